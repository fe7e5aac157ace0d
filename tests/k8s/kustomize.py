"""Gets kustomize 5.6: Debian 13's package, which runs on Debian 12 unchanged.

Debian 12's kubectl embeds kustomize 2, which knows no components. The package is fetched by its name
from the mirror that the machine's own sources name, with an apt state in build/: nothing is added to
the system's sources, nothing is installed. apt checks the index against Debian's key, and the file
against the index; the latter is checked here once more.
"""

import hashlib
import pathlib
import re
import subprocess

PACKAGE, RELEASE = "kustomize", "trixie"
DEFAULT_MIRROR = "http://deb.debian.org/debian"
SECONDS = 120


class CannotBeHad(Exception):
    """kustomize is not to be had on this machine; the text says why."""


def machine_mirror():
    """The address from which this machine gets Debian's main packages."""
    files = [pathlib.Path("/etc/apt/sources.list"),
             *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))]
    for path in files:
        if not path.is_file():
            continue
        text = path.read_text(errors="replace")
        for pattern in (r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+\S+\s+main\b", r"^URIs:\s*(\S+)"):
            for address in re.findall(pattern, text, re.M):
                if re.search(r"/debian/?$", address):
                    return address
    return DEFAULT_MIRROR


def apt_state(folder):
    """Makes an apt state of its own in FOLDER and returns its configuration file."""
    for name in ("state/lists/partial", "cache/archives/partial", "none"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "state/status").touch()
    (folder / "sources.list").write_text(
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
        f"{machine_mirror()} {RELEASE} main\n")
    settings = {
        "Dir::State": folder / "state", "Dir::State::status": folder / "state/status",
        "Dir::Cache": folder / "cache", "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": folder / "none", "Dir::Etc::preferencesparts": folder / "none",
        "Acquire::Languages": "none", "Acquire::Retries": "1", "Acquire::http::Timeout": "20",
        "APT::Sandbox::User": "", "APT::Update::Error-Mode": "any",
    }
    configuration = folder / "apt.conf"
    configuration.write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
    return configuration


def call(command, configuration, cwd):
    try:
        done = subprocess.run(command, cwd=cwd, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                                     "APT_CONFIG": str(configuration)},
                              capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBeHad(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise CannotBeHad(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def fetch(folder):
    configuration = apt_state(folder)
    call(["apt-get", "update", "-qq"], configuration, folder)
    record = call(["apt-cache", "show", "--no-all-versions", PACKAGE], configuration, folder)
    wanted = re.search(r"^SHA256: (\w+)$", record, re.M)
    for old in folder.glob("*.deb"):
        old.unlink()
    call(["apt-get", "download", "-qq", PACKAGE], configuration, folder)
    [package] = folder.glob("*.deb")
    if not wanted or hashlib.sha256(package.read_bytes()).hexdigest() != wanted[1]:
        raise CannotBeHad(f"{package.name} is not what the index says")
    call(["dpkg-deb", "-x", str(package), str(folder / "unpacked")], configuration, folder)


def path(build):
    """The program, fetched when it is not there yet. Raises CannotBeHad."""
    folder = build / "kustomize"
    program = folder / "unpacked/usr/bin/kustomize"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fetch(folder)
    return program
