#!/usr/bin/env python3
"""The scripts for shells: bash and zsh load them, and complete what a person would write."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

import node
import harness

# As bash calls a completion: with the line up to the cursor.
ASK = 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _unscripted; printf "%s\\n" "${COMPREPLY[@]}"'


class CompletionTest(node.SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().start()
        cls.addClassCleanup(cls.server.close)
        cls.where = f"127.0.0.1:{cls.server.port}"
        with cls.server.connect() as client:
            for name in ("eden", "oz", "$(touch pwned)", "a b", "`x`"):
                client.call("world.create", name=name)

    def setUp(self):
        self.files = self.folder()
        self.files.mkdir()
        self.script = self.files / "script"

    def shell(self, *command):
        program = Path(harness.BINARY).parent
        return subprocess.run(
            command, cwd=self.files, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=node.PATIENCE,
            env=node.environment(PATH=f"{program}:{os.environ['PATH']}"))

    def complete(self, line):
        """What bash offers behind this line."""
        self.script.write_text(node.output("completion", "bash"))
        ended = self.shell("bash", "--norc", "-c", ASK, "bash", str(self.script), line)
        self.assertEqual(ended.stderr, "", line)
        return ended.stdout.split()

    def test_bash_completes_verbs_options_and_values(self):
        for line, offered in {
                "unscripted wor": ["world"],
                "unscripted world li": ["list"],
                "unscripted world create --pa": ["--pace", "--pause-at"],
                "unscripted world create --pace lo": ["lockstep"],
                "unscripted world create --pace=lo": ["lockstep"],
                "unscripted world create eden --json --seed 7 --di": ["--dims"],
                "unscripted history replay eden --speed ": ["max"],
                "unscripted completion ": ["bash", "zsh"],
                "unscripted call world.": ["world.create", "world.list", "world.get",
                                           "world.update", "world.delete", "world.fork"],
                "unscripted --he": ["--help"],
                "unscripted status x": [],
        }.items():
            with self.subTest(line):
                self.assertEqual(sorted(self.complete(line)), sorted(offered))

    def test_bash_completes_files_and_folders(self):
        (self.files / "jump.so").touch()
        (self.files / "junk").mkdir()

        self.assertEqual(sorted(self.complete("unscripted plugin load ju")), ["jump.so", "junk"])
        self.assertEqual(self.complete("unscripted doctor --data ju"), ["junk"])

    def test_bash_offers_the_worlds_of_the_server_and_runs_none_of_their_names(self):
        for verb in ("world show", "watch", "history stats", "bot create --world"):
            line = f"unscripted {verb.split(' --')[0]} --server {self.where} "
            line += "--world " if "--world" in verb else ""
            with self.subTest(line):
                self.assertEqual(sorted(self.complete(line)), ["eden", "oz"])
        self.assertEqual([file.name for file in self.files.iterdir()], ["script"])

    def test_no_server_is_no_error(self):
        self.assertEqual(self.complete("unscripted world show --server 127.0.0.1:1 "), [])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_loads_its_script_and_knows_each_verb(self):
        script = self.files / "_unscripted"
        script.write_text(node.output("completion", "zsh"))
        self.assertEqual(self.shell("zsh", "-n", str(script)).stderr, "")
        ended = self.shell("zsh", "-f", "-c", "fpath=($PWD $fpath); autoload -Uz compinit; "
                           "compinit -u -d dump; print $_comps[unscripted]; "
                           "_arguments() { print -l -- $@ }; autoload +X _unscripted; "
                           "_unscripted 2>/dev/null; _unscripted_world_create")
        self.assertEqual(ended.stdout.split()[0], "_unscripted", ended.stderr)
        self.assertIn("--pace=[When actions happen", ended.stdout)
        self.assertIn(":(free lockstep realtime)", ended.stdout)
        # As _arguments has it: with its colons escaped.
        server = self.where.replace(":", "\\:")
        asked = self.shell("zsh", "-f", "-c", "fpath=($PWD $fpath); autoload +X _unscripted; "
                           "_arguments() { }; _unscripted 2>/dev/null; typeset -A opt_args; "
                           f"opt_args[--server]='{server}'; compadd() {{ print -l -- $names }}; "
                           "_unscripted_worlds")
        self.assertEqual(sorted(asked.stdout.split()), ["eden", "oz"], asked.stderr)


if __name__ == "__main__":
    harness.main()
