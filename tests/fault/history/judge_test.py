"""The judge finds each fault that is planted into a good history, as what it is, and none in a good one."""

import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]
import history as histories  # noqa: E402
import planted  # noqa: E402
import rules  # noqa: E402
from support import report  # noqa: E402

def kinds_of(lines):
    history = histories.History()
    for line in lines:
        history.add(line)
    return {kind for kind, _ in rules.faults(history)}


def some_calls(chance):
    """A few calls of one thing with times and answers that may or may not go together, over a chain of moves."""
    moves = chance.randrange(1, 4)
    lines = [{"is": "move", "thing": "t", "version": v, "from": f"s{v - 1}" if v > 1 else "", "to": f"s{v}",
              "request": f"r{v}", "event": f"e{v}"} for v in range(1, moves + 1)]
    for v in range(1, moves + 1 + chance.randrange(3)):
        begin = chance.randrange(20)
        call = {"is": "call", "thing": "t", "worker": v, "begin": begin, "end": begin + chance.randrange(1, 12)}
        if v <= moves:
            done = chance.random() < .8
            call |= {"do": "move", "request": f"r{v}", "stage": f"s{v}", "outcome": "ok" if done else "open",
                     "version": v if done else None}
        else:
            seen = chance.randrange(1, moves + 1)
            call |= {"do": "read", "version": seen, "stage": f"s{seen}", "outcome": "ok"}
        lines.append(call)
    return lines


def can_be_ordered(lines):
    """By trying every order: each call at one instant of its time, each read after exactly its moves."""
    calls = [line for line in lines if line["is"] == "call"]
    for call in calls:
        call["at"] = int(call["request"][1:]) if call["do"] == "move" else call["version"]
    for order in itertools.permutations(calls):
        version = 0
        for place, call in enumerate(order):
            if any(later["outcome"] == "ok" and later["end"] < call["begin"] for later in order[place + 1:]):
                break
            if call["at"] != version + (call["do"] == "move"):
                break
            version = call["at"]
        else:
            return True
    return False


class JudgeTest(unittest.TestCase):
    def test_calls_that_no_order_explains_are_those_that_trying_every_order_finds(self):
        chance, verdicts = random.Random(3), []
        for _ in range(1500):
            lines = some_calls(chance)
            verdicts.append(can_be_ordered(lines))
            history = histories.History()
            for line in lines:
                line.pop("at", None)
                history.add(line)
            (thing, story), = rules.stories(history).items()
            found = list(rules.agrees_with_the_clock(thing, story))
            self.assertEqual(not found, verdicts[-1], f"{lines}: {found}")
        self.assertGreater(verdicts.count(True), 100)
        self.assertGreater(verdicts.count(False), 100)

    def test_good_histories_have_no_fault(self):
        for seed in range(50):
            history = histories.History()
            for line in planted.good(things=1 + seed % 5, moves=20, seed=seed, partitions=1 + seed % 3):
                history.add(line)
            self.assertEqual(list(rules.faults(history)), [], f"seed {seed}")

    def test_each_planted_fault_is_found(self):
        for plant, kind in planted.PLANTED.items():
            with self.subTest(plant.__name__):
                lines = planted.Lines()
                plant(lines)
                self.assertIn(kind, kinds_of(lines.all))

    def test_every_kind_of_fault_is_planted(self):
        self.assertEqual(set(planted.PLANTED.values()), set(rules.KINDS))

    def run_judge(self, *texts):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for number, text in enumerate(texts):
                files.append(os.path.join(folder, f"{number}.jsonl"))
                pathlib.Path(files[-1]).write_text(text, encoding="utf-8")
            return subprocess.run([str(HERE / "judge"), *files], text=True, capture_output=True, check=False)

    def test_the_tool_prints_faults_and_figures(self):
        lines = [json.dumps(line) + "\n" for line in planted.good()]
        done = self.run_judge("".join(lines[:50]), "".join(lines[50:]))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        figures = json.loads(done.stdout)
        self.assertEqual(figures["faults"], dict.fromkeys(rules.KINDS, 0))
        self.assertEqual(figures["moves"], figures["events"])
        self.assertEqual(figures["moves refused"], 1)
        lines = planted.Lines()
        planted.lose_an_entry(lines)
        done = self.run_judge("".join(json.dumps(line) + "\n" for line in lines.all))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"missing: event 6 \(\S+\) is not on the stream\n")

    def test_what_proves_nothing_is_no_success(self):
        for text, message in (("", "nothing can be judged"), ("{", "is no line of a history"),
                              ('{"is": "call"}\n', "is no line of a history")):
            done = self.run_judge(text)
            self.assertEqual(done.returncode, 2, text)
            self.assertIn(message, done.stderr)
        self.assertEqual(self.run_judge().returncode, 2)


if __name__ == "__main__":
    report.main("fault_judge")
