"""A terminal with a program in it, as a person has one: what it shows, and keys to press."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time

import node
import harness

SEQUENCE = re.compile(rb"\x1b\[([?0-9;]*)([A-Za-z])")


class Page:
    """The cells that an output leaves behind. It knows what our program uses, and no more."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells, self.reversed = {}, set()
        self.row = self.column = 0
        self.is_other_page = self.wraps = self.has_cursor = None
        self.is_reversed, self.colours = False, set()
        self.rest = b""

    def feed(self, data):
        data, self.rest = self.rest + data, b""
        while data:
            found = SEQUENCE.match(data)
            if found:
                self.obey(found[1].decode(), found[2].decode())
                data = data[found.end():]
            elif data[0] == 0x1b or len(data) < 4:
                if data[0] != 0x1b and len(data.decode(errors="ignore").encode()) == len(data):
                    self.put(data.decode()[0])
                    data = data[len(data.decode()[0].encode()):]
                    continue
                if len(data) > 16:
                    raise AssertionError(f"an unknown sequence: {data[:16]}")
                self.rest = data  # its end has not come yet
                return
            else:
                letter = data[:4].decode(errors="ignore")[0]
                self.put(letter)
                data = data[len(letter.encode()):]

    def put(self, letter):
        if letter in "\r\n":
            self.row, self.column = self.row + (letter == "\n"), 0
            return
        assert letter >= " " and not "\x7f" <= letter <= "\x9f", repr(letter)
        if self.column < self.columns:
            self.cells[self.row, self.column] = letter
            if self.is_reversed:
                self.reversed.add((self.row, self.column))
        self.column += 1

    def obey(self, numbers, what):
        if what == "H":
            row, column = numbers.split(";")
            self.row, self.column = int(row) - 1, int(column) - 1
        elif what == "J":
            self.cells, self.reversed = {}, set()
        elif what == "K":
            for column in range(self.column, self.columns):
                self.cells.pop((self.row, column), None)
                self.reversed.discard((self.row, column))
        elif what == "m":
            self.is_reversed = numbers == "7"
            self.colours.add(numbers)
        elif what in "hl":
            name = {"?1049": "is_other_page", "?25": "has_cursor", "?7": "wraps"}[numbers]
            setattr(self, name, what == "h")
        else:
            raise AssertionError(f"an unknown sequence: {numbers}{what}")

    def lines(self):
        return ["".join(self.cells.get((row, column), " ") for column in range(self.columns))
                for row in range(self.rows)]


class Terminal:
    """Runs the program with these arguments until close()."""

    def __init__(self, *arguments, columns=60, rows=24, **variables):
        self.master, self.slave = os.openpty()
        self.page = Page(columns, rows)
        self.set_size(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        self.program = subprocess.Popen(
            [harness.BINARY, *map(str, arguments)], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=node.environment(TERM="xterm", **variables))

    def close(self):
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait(harness.PATIENCE)
        for end in (self.master, self.slave):
            os.close(end)

    def set_size(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.page.columns, self.page.rows = columns, rows

    def press(self, keys):
        os.write(self.master, keys.encode())

    def read(self, patience=0.05):
        """What has come by now is on the page."""
        while select.select([self.master], [], [], patience)[0]:
            self.page.feed(os.read(self.master, 1 << 16))
            patience = 0

    def wait_until(self, condition, what):
        """Until the page fulfils it; returns what it returned."""
        end = time.monotonic() + harness.PATIENCE
        while True:
            self.read()
            found = condition(self.page)
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain until {what}:\n" + self.text())

    def wait_for(self, text):
        self.wait_until(lambda page: text in self.text(), f"`{text}` is shown")

    def text(self):
        return "\n".join(self.page.lines())

    def end(self, by=None):
        """The exit code, after a signal where one is named."""
        if by:
            self.program.send_signal(by)
        end = time.monotonic() + harness.PATIENCE
        while self.program.poll() is None:
            self.read()  # or it could not write
            assert time.monotonic() < end, "it does not end:\n" + self.text()
        self.read(0)
        return self.program.returncode

    def is_given_back(self):
        """Whether the terminal is as it was before."""
        page = self.page
        return (termios.tcgetattr(self.slave) == self.before and page.is_other_page is False
                and page.has_cursor is True and page.wraps is True)


ENDS = {"q": None, "Ctrl-C": None, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}
