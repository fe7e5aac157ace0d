"""The three services have the same jobs in the same places, and it would be noticed if not."""

import pathlib
import sys
import unittest

import layout

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else __file__).resolve()
if ROOT.is_file():
    ROOT = ROOT.parents[3]


def files_of(service):
    folder = ROOT / "services" / service
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")
            if path.suffix in (".h", ".cc")}


class TheServices(unittest.TestCase):
    def assert_nothing(self, problems):
        self.assertEqual([], sorted(problems), "\n" + "\n".join(sorted(problems)))

    def test_are_those_that_stand_there(self):
        found = {path.name for path in (ROOT / "services").iterdir() if path.is_dir()}
        self.assertEqual(set(layout.THINGS), found)

    def test_have_every_job_in_its_place(self):
        self.assert_nothing(problem for service in layout.THINGS
                            for problem in layout.missing_jobs(service, files_of(service)))

    def test_hold_no_file_without_a_role(self):
        self.assert_nothing(problem for service in layout.THINGS
                            for problem in layout.strangers(service, files_of(service)))

    def test_keep_headers_and_sources_together(self):
        self.assert_nothing(problem for service in layout.THINGS
                            for problem in layout.lone_files(service, files_of(service)))


class TheLayout(unittest.TestCase):
    def test_misses_a_job(self):
        self.assertIn("services/lead: ids in use: no store/lead_taken.h",
                      layout.missing_jobs("lead", {"store/lead_table.h"}))

    def test_knows_a_stranger(self):
        for path in ("store/lead_uniqueness.cc", "store/catalog.h", "rpc/requests.cc",
                     "rpc/contact_filters.h", "rpc/conversion.h", "clients/contact_desk.h",
                     "contact_commands.h", "lead_helpers.cc"):
            self.assertEqual(1, len(layout.strangers("lead", {path})), path)

    def test_lets_the_roles_be(self):
        for path in ("store/lead_table.cc", "store/statements.h", "store/migrations/0001_lead.sql",
                     "rpc/lead_service.cc", "rpc/lead_moves.cc", "domain/verdict.cc",
                     "clients/grpc_contact_directory.h", "conversion/lead_conversions.cc",
                     "main.cc", "lead_commands.cc", "lead_options.h"):
            self.assertEqual([], layout.strangers("lead", {path}), path)

    def test_misses_the_other_half(self):
        self.assertEqual(1, len(layout.lone_files("lead", {"domain/lead_conversion.cc"})))
        self.assertEqual(1, len(layout.lone_files("lead", {"domain/verdict.h"})))
        self.assertEqual([], layout.lone_files("lead", {"domain/ports.h", "rpc/lead_reads.cc"}))


if __name__ == "__main__":
    unittest.main()
