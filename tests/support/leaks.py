"""Looks for personal data in all that a local stack has told, for tests in Python (see leaks.h)."""

import os
import subprocess

_said = []


def keep(said):
    """What a client has said; find() looks through its errors, as crmctl writes them (see ErrorsIn)."""
    _said.append(said)


def find(stack):
    """An AssertionError if there is any; the stack must run. CRM_BINARY_DIR and CRM_SOURCE_DIR as ctest sets them."""
    done = subprocess.run([os.path.join(os.environ["CRM_BINARY_DIR"], "tests/support/find_leaks"), str(stack)],
                          input="\n".join(_said), text=True, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"find_leaks: {done.returncode}\n{done.stdout}{done.stderr}")
