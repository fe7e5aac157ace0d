"""Gets kustomize 5.6: Debian 13's package, which runs on Debian 12 unchanged.

Debian 12's kubectl embeds kustomize 2, which knows no components. The package is unpacked under the
build's folder; nothing is installed, nor added to the system's sources.
"""

import pathlib
import subprocess

UNPACK = pathlib.Path(__file__).resolve().parents[2] / "deploy/local/packages/unpack"
SECONDS = 240


class CannotBeHad(Exception):
    """kustomize is not to be had on this machine; the text says why."""


def path(build):
    """The program, fetched when it is not there yet. Raises CannotBeHad."""
    folder = build / "kustomize"
    try:
        done = subprocess.run([UNPACK, "trixie", folder, "kustomize"], capture_output=True,
                              text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBeHad(str(error)) from error
    if done.returncode != 0:
        raise CannotBeHad(done.stderr.strip()[-300:])
    return folder / "usr/bin/kustomize"
