"""The client packages installed as a new user would: by the commands of their READMEs, from the checkout."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests/clients"))
from packages import checkout  # noqa: E402
SECONDS = 240


def commands(readme):
    """The commands of the first block of a README."""
    block = re.search(r"(?:^    .*\n)+", (SOURCE / readme).read_text(), re.M).group()
    return [line.strip() for line in block.replace("\\\n", " ").splitlines()]


class Install(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="crm-install-"))
        self.addCleanup(shutil.rmtree, self.home)

    def run_shell(self, command, folder):
        environment = {**os.environ, "HOME": str(self.home), "PATH": "/usr/bin:/bin:" + os.environ["PATH"],
                       "PYTHONDONTWRITEBYTECODE": "1", "npm_config_cache": str(pathlib.Path.home() / ".npm"),
                       "npm_config_userconfig": str(pathlib.Path.home() / ".npmrc")}
        done = subprocess.run(["bash", "-ec", command], cwd=folder, env=environment, text=True, timeout=SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def install(self, readme):
        packages, *rest = commands(readme)
        self.assertRegex(packages, "^sudo apt install ")
        self.assertLessEqual(len(rest), 2)
        place = checkout(self.home / "checkout")
        for command in rest:
            self.run_shell(command, place)

    def test_python(self):
        self.install("clients/python/README.md")
        said = self.run_shell("~/crm/bin/python -c 'from crm_pipeline import Client, lead, money; "
                              "print(money(\"EUR\", \"1.50\").amount_minor, lead.GetLeadRequest(name=\"x\").name)'",
                              self.home)
        self.assertEqual(said, "150 x\n")
        stubs = list(self.home.glob("crm/lib/python3*/site-packages/crm_pipeline/lead/v1/lead_pb2.pyi"))
        self.assertEqual(len(stubs), 1)

    def test_node(self):
        if shutil.which("npm") is None:
            self.skipTest("npm is not installed")
        if subprocess.run(["npm", "ping", "--fetch-retries", "0"], capture_output=True, timeout=SECONDS).returncode:
            self.skipTest("npm does not reach its registry")
        self.install("clients/node/README.md")
        said = self.run_shell("cd ~/crm && node --input-type=module -e 'import { amountOf, Client, money } from "
                              "\"crm-pipeline\"; import { Finding } from \"crm-pipeline/lead\"; "
                              "console.log(amountOf(money(\"EUR\", \"1.50\")), Finding.MET)'", self.home)
        self.assertEqual(said, "1.50 1\n")


if __name__ == "__main__":
    unittest.main()
