"""The reasons that errors carry are the same in the interface, in the code and in the docs."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()


def published(package):
    text = (ROOT / f"proto/crm/{package}/v1/error_reason.proto").read_text(encoding="utf-8")
    return set(re.findall(r"^  ERROR_REASON_(\w+) = [1-9]", text, re.MULTILINE))


SHARED = published("error")
OWN = {path.parents[1].name: published(path.parents[1].name)
       for path in ROOT.glob("proto/crm/*/v1/error_reason.proto")
       if path.parents[1].name != "error"}


class ErrorReasons(unittest.TestCase):
    def test_shared_ones_are_the_constants_of_common_error(self):
        text = (ROOT / "common/error/reasons.h").read_text(encoding="utf-8")
        self.assertEqual(SHARED, set(re.findall(r'= "(\w+)";', text)))

    def test_a_service_has_none_that_all_share(self):
        self.assertGreater(len(OWN), 0)
        for service, reasons in OWN.items():
            self.assertEqual(set(), reasons & SHARED, service)

    def test_a_service_gives_all_of_its_own(self):
        for service, reasons in OWN.items():
            code = "".join(path.read_text(encoding="utf-8")
                           for path in (ROOT / "services" / service).rglob("*.*")
                           if path.suffix in (".h", ".cc"))
            for reason in reasons:
                self.assertIn(f'"{reason}"', code, service)

    def test_the_docs_list_them_all(self):
        text = (ROOT / "docs/api_style.md").read_text(encoding="utf-8")
        for reason in SHARED.union(*OWN.values()):
            self.assertIn(f"`{reason}`", text)


if __name__ == "__main__":
    unittest.main()
