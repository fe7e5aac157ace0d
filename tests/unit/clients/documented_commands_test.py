"""Each crmctl command in the documentation exists, with the flags that it is given there."""

import os
import re
import subprocess
import sys
import unittest

SOURCE, CRMCTL = sys.argv.pop(1), sys.argv.pop(1)
WORD = re.compile(r"[a-z][a-z-]*")


def pages():
    yield os.path.join(SOURCE, "README.md")
    for folder in ("docs", "clients/crmctl/mappings", "clients/crmctl/sample"):
        for name in sorted(os.listdir(os.path.join(SOURCE, folder))):
            if name.endswith(".md"):
                yield os.path.join(SOURCE, folder, name)


def told(text):
    """The words behind each "crmctl", to the end of the command."""
    text = text.replace("\\\n", " ")
    for match in re.finditer(r"(?<![\w/.-])crmctl ([^\n`]*)", text):
        command = re.split(r"\s#|[|;&)>]", re.sub(r"'[^']*'|\"[^\"]*\"", "TEXT", match.group(1)))[0]
        yield command.split()


class Help:
    """What `crmctl … --help` says; asked once for each command."""

    def __init__(self):
        self.texts = {}

    def of(self, path):
        if path not in self.texts:
            self.texts[path] = subprocess.run([CRMCTL, *path, "--help"], capture_output=True,
                                              text=True, check=True).stdout
        return self.texts[path]

    def commands(self, path):
        lines = self.of(path).partition("\nSubcommands:\n")[2].partition("\n\n")[0]
        return {line.split()[0] for line in lines.splitlines() if re.match(r"  \S", line)}

    def flags(self, path):
        flags = set()
        for end in range(len(path) + 1):
            flags |= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", self.of(path[:end])))
        return flags


class DocumentedCommandsTest(unittest.TestCase):
    def check(self, words, help_):
        """What is wrong with a command; None for nothing, or for prose behind the word crmctl."""
        path, flags = (), []
        taken = False
        for word in words:
            if word.startswith("-"):
                flags.append(word.split("=")[0])
                taken = True  # its value may follow
            elif WORD.fullmatch(word) and help_.commands(path):
                if word in help_.commands(path):
                    path += (word,)
                elif not taken:
                    return f"{word} is no command of crmctl {' '.join(path)}" if path else None
            elif help_.commands(path):
                break  # prose, or NAME in the place of a command
        unknown = [flag for flag in flags if flag not in help_.flags(path)]
        return f"crmctl {' '.join(path)} has no {', '.join(unknown)}" if path and unknown else None

    def test_all_exist(self):
        help_ = Help()
        seen, wrong = 0, []
        for page in pages():
            with open(page, encoding="utf-8") as file:
                for words in told(file.read()):
                    seen += 1
                    problem = self.check(words, help_)
                    if problem:
                        wrong.append(f"{os.path.relpath(page, SOURCE)}: {problem}: {' '.join(words)}")
        self.assertEqual(wrong, [])
        self.assertGreater(seen, 80)


if __name__ == "__main__":
    unittest.main()
