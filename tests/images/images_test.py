"""The images: what they hold, how they run, and that a customer gets through the services in them.

Built from the programs of the build folder, which must be of Debian 12. With CRM_TEST_COMPILE_IMAGES=1
the crmctl image is also compiled inside, which takes as long as a whole build.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import stat
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import image_builder  # noqa: E402
from image_builder import SERVICES, SOURCE, program, run  # noqa: E402
from support import leaks, report  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def files_of(root):
    return [path for path in root.rglob("*") if not path.is_dir() or path.is_symlink()]


def changeable(path):
    state = path.lstat()
    others = stat.S_ISUID | stat.S_ISGID | (0 if path.is_symlink() else stat.S_IWGRP | stat.S_IWOTH)
    return (state.st_uid, state.st_gid) != (0, 0) or bool(state.st_mode & others)


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.builder = image_builder.Builder()
        cls.addClassCleanup(cls.builder.close)
        cls.builder.check_machine()
        cls.builder.make_base(image_builder.runtime_packages())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(cls.builder.build, SERVICES))
        cls.roots = {service: cls.builder.unpack(service) for service in SERVICES}

    def test_hold_one_program_and_no_shell(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                commands = {path.name for folder in ("bin", "sbin", "usr/bin", "usr/sbin")
                            if (root / folder).is_dir() for path in (root / folder).iterdir()}
                self.assertEqual({"crm", program(service)}, commands)
                self.assertEqual(program(service), os.readlink(root / "usr/bin/crm"))
                sections = run("readelf", "-S", root / "usr/bin" / program(service))
                self.assertNotIn(".debug_", sections)
                self.assertNotIn(".symtab", sections)

    def test_hold_the_libraries_that_are_loaded_and_no_other(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                loader = root / "lib64/ld-linux-x86-64.so.2"
                listed = run("chroot", root, f"/{loader.relative_to(root)}", "--list", "/usr/bin/crm")
                self.assertNotIn("not found", listed)
                loaded = {line.split()[0].rsplit("/", 1)[-1] for line in listed.splitlines()}
                held = {path.name for path in files_of(root / "usr/lib") + files_of(root / "usr/lib64")}
                self.assertEqual(set(), held - loaded)

    def test_know_time_zones_where_reports_need_them(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                berlin = root / "usr/share/zoneinfo/Europe/Berlin"
                self.assertEqual(service == "opportunity", berlin.is_file())

    def test_know_the_authorities_where_webhooks_are_sent(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                authorities = root / "etc/ssl/certs/ca-certificates.crt"
                self.assertEqual(service != "crmctl", authorities.is_file())
                if service != "crmctl":
                    self.assertIn("BEGIN CERTIFICATE", authorities.read_text())

    def test_can_be_changed_by_nobody_who_runs_in_them(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                self.assertEqual([], [f"/{path.relative_to(root)}" for path in root.rglob("*")
                                      if path.name != "tmp" and changeable(path)])

    def test_say_who_runs_and_what_they_are(self):
        for service in SERVICES:
            with self.subTest(service):
                settings = self.builder.settings(service)
                self.assertEqual("65532:65532", settings["config"]["User"])
                self.assertEqual(["/usr/bin/crm"], settings["config"]["Entrypoint"])
                labels = settings["config"]["Labels"]
                for name in ("title", "description", "vendor", "version", "revision", "created", "base.name"):
                    self.assertTrue(labels[f"org.opencontainers.image.{name}"], name)
                self.assertEqual("test", labels["org.opencontainers.image.version"])

    def test_are_small(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                self.assertLess(sum(path.lstat().st_size for path in files_of(root)), 120e6)

    def sbom(self, service):
        return json.loads((self.roots[service] / "usr/share/doc/crm/sbom.spdx.json").read_text())

    def test_have_an_sbom_that_the_schema_of_spdx_accepts(self):
        schema = json.loads((HERE / "spdx-2.3.schema.json").read_text())
        for service in SERVICES:
            with self.subTest(service):
                sbom = self.sbom(service)
                self.assertEqual([], schema_errors(sbom, schema))
                self.assertEqual([], loose_ends(sbom))
                self.assertEqual("SPDX-2.3", sbom["spdxVersion"])

    def test_a_wrong_sbom_is_noticed(self):
        schema = json.loads((HERE / "spdx-2.3.schema.json").read_text())
        sbom = self.sbom("crmctl")
        sbom["relationships"][0]["relatedSpdxElement"] = "SPDXRef-nothing"
        self.assertNotEqual([], loose_ends(sbom))
        del sbom["packages"][0]["SPDXID"]
        self.assertNotEqual([], schema_errors(sbom, schema))

    def test_have_an_sbom_that_names_the_package_of_every_library(self):
        for service, root in self.roots.items():
            with self.subTest(service):
                named = {package["name"] for package in self.sbom(service)["packages"]}
                owners = image_builder.packages_of(f"/{path.relative_to(root)}"
                                                   for path in files_of(root / "usr/lib"))
                data = {"tzdata"} if service == "opportunity" else set()
                data |= {"ca-certificates"} if service != "crmctl" else set()
                self.assertEqual(owners | data | {program(service)}, named)
                for package in owners | data:
                    self.assertTrue((root / "usr/share/doc" / package / "copyright").stat().st_size)

    def test_carry_a_customer_from_contact_to_account(self):
        programs = self.builder.folder / "programs/bin"
        programs.mkdir(parents=True)
        for service, root in self.roots.items():
            command = programs / program(service)
            command.write_text(f"#!/bin/sh\nexec {HERE}/in_image {root} \"$@\"\n")
            command.chmod(0o700)  # for root alone: `up` then does not change the user itself
        stack = self.builder.folder / "stack"
        self.addCleanup(run, SOURCE / "deploy/local/down", "--remove", "--dir", stack)
        run(SOURCE / "deploy/local/up", "--dir", stack, "--build-dir", programs.parent)
        self.addCleanup(leaks.find, stack)
        for service in SERVICES[:3]:
            self.assert_contained((stack / "pids" / service).read_text().split()[0])
        walk = f"set -euo pipefail\nsource {stack}/stack.env\n" + readme_block("crmctl")
        answer = run("bash", "-c", walk)
        self.assertIn("54000.00 USD", answer)
        self.assertRegex(answer, r"(?m)^ *account|accounts/")

    def assert_contained(self, process):
        state = pathlib.Path(f"/proc/{process}/status").read_text()
        self.assertRegex(state, r"(?m)^Uid:\t65532\t65532\t65532\t65532$")
        self.assertRegex(state, r"(?m)^Groups:\s*(65532)?\s*$")
        self.assertRegex(state, r"(?m)^CapEff:\t0+$")
        mounts = pathlib.Path(f"/proc/{process}/mountinfo").read_text().splitlines()
        root = [line.split()[5] for line in mounts if line.split()[4] == "/"]
        self.assertTrue(root and root[-1].startswith("ro"), mounts)


@unittest.skipUnless(os.environ.get("CRM_TEST_COMPILE_IMAGES"),
                     "CRM_TEST_COMPILE_IMAGES=1 also compiles the programs inside an image")
class CompiledImages(unittest.TestCase):
    def setUp(self):
        self.builder = image_builder.Builder()
        self.addCleanup(self.builder.close)
        self.builder.check_machine()
        self.builder.make_compiling_base()

    def test_are_compiled_inside(self):
        self.builder.compile("crmctl")
        root = pathlib.Path(self.builder.buildah("mount", self.builder.buildah(
            "from", "--pull-never", "localhost/crmctl:compiled")))
        self.assertIn("lead", run(HERE / "in_image", root, "--help"))
        commands = {path.name for path in (root / "usr/bin").iterdir()}
        self.assertEqual({"crm", "crmctl"}, commands)


def readme_block(name):
    text = (SOURCE / "README.md").read_text()
    return re.search(rf"<!-- test: {name} -->\n```bash\n(.*?)\n```", text, re.S).group(1)


def schema_errors(document, schema):
    try:
        import jsonschema
    except ImportError:
        raise unittest.SkipTest("python3-jsonschema is not installed") from None
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(document)]


def loose_ends(sbom):
    """What the schema cannot say: relationships between known elements, and packages that are in one."""
    known = {"SPDXRef-DOCUMENT"} | {package["SPDXID"] for package in sbom["packages"]}
    named = [end for relation in sbom["relationships"]
             for end in (relation["spdxElementId"], relation["relatedSpdxElement"])]
    return sorted(set(named) ^ known) + ([] if len(known) == len(sbom["packages"]) + 1 else ["repeated ids"])


if __name__ == "__main__":
    report.main("images_test")
