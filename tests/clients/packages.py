"""The client packages as they are put together from the sources, and how a program runs on each."""

import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["CRM_BINARY_DIR"])
HERE = SOURCE / "tests/clients"


class Python:
    """Debian's Python, with the package beside it."""

    def __init__(self, folder, mode=""):
        self.folder, self.mode = folder / "python", mode
        self.name = f"Python {mode}".strip()
        self.language = "" if mode else "python"  # of the code in docs/clients.md
        if not self.folder.exists():
            shutil.copytree(SOURCE / "clients/python/crm_pipeline", self.folder / "crm_pipeline",
                            ignore=shutil.ignore_patterns("__pycache__"))
            subprocess.run([sys.executable, "-B", SOURCE / "clients/python/generate.py",
                            self.folder / "crm_pipeline"], check=True)

    def environment(self):
        return {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def driver(self):
        return [sys.executable, str(HERE / "driver.py"), self.mode]

    def program(self, text):
        """The command that runs a program of docs/clients.md."""
        path = self.folder / "program.py"
        path.write_text(text)
        return [sys.executable, str(path)]


def available(folder):
    return [Python(folder), Python(folder, "asyncio")]
