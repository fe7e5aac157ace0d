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


class Node:
    """Node, with the package beside its own copies of what it needs."""

    name, language = "Node", "js"

    def __init__(self, folder):
        self.folder = folder / "node"
        place = checkout(folder / "checkout") / "clients/node"
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent", "--fetch-retries", "1", "--fetch-timeout",
                        "60000"], cwd=place, check=True)
        (self.folder / "node_modules").mkdir(parents=True)
        (self.folder / "node_modules/crm-pipeline").symlink_to(place)
        for scope in ("@bufbuild", "@grpc"):
            (self.folder / "node_modules" / scope).symlink_to(place / "node_modules" / scope)
        shutil.copy(HERE / "driver.mjs", self.folder)

    def environment(self):
        return {"NODE_NO_WARNINGS": "1"}

    def driver(self):
        return ["node", str(self.folder / "driver.mjs")]

    def program(self, text):
        path = self.folder / "program.mjs"
        path.write_text(text)
        return ["node", str(path)]


class Cpp:
    """C++: installed into a folder, and projects that know that folder alone."""

    name, language = "C++", "cpp"

    def __init__(self, folder):
        self.folder, self.prefix = folder / "cpp", folder / "prefix"
        run(["cmake", "--install", BINARY, "--component", "client", "--prefix", self.prefix])
        shutil.copytree(HERE / "cpp", self.folder)
        run(["cmake", "-S", self.folder, "-B", self.folder / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}"])
        run(["ninja", "-C", self.folder / "build"])

    def environment(self):
        return {}

    def driver(self):
        return [str(self.folder / "build/driver")]

    def program(self, text):
        """By pkg-config, which the driver does without."""
        (self.folder / "program.cc").write_text(text)
        found = {**os.environ, "PKG_CONFIG_PATH": str(next(self.prefix.glob("lib*/pkgconfig")))}
        flags = run(["pkg-config", "--cflags", "--libs", "crm"], env=found).stdout.split()
        run(["g++", "-std=c++20", self.folder / "program.cc", "-o", self.folder / "program", *flags])
        return [str(self.folder / "program")]


def run(command, **options):
    done = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}")
    return done


def checkout(folder):
    """What the packages are made from, as a checkout has it."""
    for part in ("proto", "clients/node", "clients/python"):
        shutil.copytree(SOURCE / part, folder / part,
                        ignore=shutil.ignore_patterns("node_modules", "gen", "__pycache__"))
    for part in ("methods.py", "methods.json"):
        shutil.copy(SOURCE / "clients" / part, folder / "clients")
    return folder


def available(folder):
    """Those whose tools are there; the names of the others are told."""
    packages = [Python(folder), Python(folder, "asyncio"), Cpp(folder)]
    try:
        packages.append(Node(folder))
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        print(f"Node is not tried: is npm installed, and does it reach its registry? {error}", flush=True)
    return packages
