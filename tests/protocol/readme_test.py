"""What the README shows is what happens: its session and its bot, against a server of its own."""

import json
import re
import subprocess
import sys

import harness

README = (harness.ROOT / "README.md").read_text()
SESSION = re.compile(r"^    (\{.*\})$", re.M)
BOT = re.search(r"```python\n(.*?)```", README, re.S).group(1)
BOT_LINES = 20


def shown(answer):
    """The members that an answer in the README spells out: what stands between its gaps."""
    return [part.strip(",{}") for part in re.split("…", answer) if part.strip(",{}")]


class Session(harness.ServerTest):
    def test_the_session_is_answered_as_it_says(self):
        lines = SESSION.findall(README)
        requests = [line for line in lines if '"method"' in line]
        answers = [line for line in lines if '"result"' in line or '"error"' in line]
        self.assertEqual(len(requests), len(answers))
        self.assertGreater(len(requests), 5)
        client = self.connect()
        for request, expected in zip(requests, answers):
            client.send_line(request.encode())
            answer = json.dumps(client.answer(json.loads(request)["id"]), separators=(",", ":"),
                                ensure_ascii=False)
            for part in shown(expected):
                self.assertIn(part, answer)


class Bot(harness.ServerTest):
    def test_the_bot_of_ten_lines_lives(self):
        self.assertEqual(len(BOT.splitlines()), 10)
        self.world(name="bots")
        code = BOT.replace("4000", str(self.server.port)).replace('"eden"', '"bots"')
        bot = subprocess.Popen([sys.executable, "-u", "-c", code], text=True,
                               stdout=subprocess.PIPE)
        try:
            lived = [bot.stdout.readline() for _ in range(BOT_LINES)]
        finally:
            bot.kill()
            bot.communicate()
        for line in lived:
            self.assertRegex(line, r"^\d+ (done|refused) \[[\d., ]+\] \d+ things in sight$")


if __name__ == "__main__":
    harness.main()
