"""Builds crm_pipeline from a checkout: the messages come from ../../proto, by Debian's protoc."""

import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from generate import generate  # noqa: E402

BUILD = HERE.parents[1] / "build/clients/python"
BUILD.mkdir(parents=True, exist_ok=True)


class BuildWithStubs(build_py):
    """What is written by hand, and beside it what is made from the protos."""

    def run(self):
        super().run()
        if not self.editable_mode:
            generate(pathlib.Path(self.build_lib) / "crm_pipeline")


setup(packages=["crm_pipeline"], package_data={"crm_pipeline": ["py.typed"]},
      cmdclass={"build_py": BuildWithStubs},
      # Nothing is left behind in the sources.
      options={"build": {"build_base": str(BUILD)}, "egg_info": {"egg_base": str(BUILD)}})
