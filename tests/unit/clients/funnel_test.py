"""clients/examples/funnel.py on a handful of deals whose figures can be counted by hand."""

import importlib.util
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
MISSING = [name for name in ("pandas", "matplotlib") if importlib.util.find_spec(name) is None]


def event(sequence, deal, before, after, day, days=None, **more):
    change = {"type": "crm.opportunity.opportunity.stage_changed.v1", "subject": f"opportunities/{deal}",
              "toStage": after, "effectiveTime": f"2026-01-{day:02d}T00:00:00Z", **more}
    if before:
        change["fromStage"] = before
    if days is not None:
        change["timeInPreviousStage"] = f"{days * 86400}s"
    return json.dumps({"sequence": str(sequence), "change": change})


LOG = [
    event(1, "a", "", "open", 1),
    event(2, "b", "", "open", 1),
    event(3, "c", "", "open", 2),
    event(4, "a", "open", "won", 5, 4),
    event(5, "b", "open", "talks", 3, 2),
    event(5, "b", "open", "talks", 3, 2),  # read twice
    event(6, "b", "talks", "open", 4, 1),
    event(7, "b", "open", "talks", 8, 4),
    event(8, "a", "won", "won", 6, kind="CORRECTED", correctsVersion="2"),
    json.dumps({"sequence": "9", "change": {"type": "crm.opportunity.contact.erased.v1",
                                            "subject": "contacts/x"}}),
]


@unittest.skipIf(MISSING, f"without {' and '.join(MISSING)}")
class Funnel(unittest.TestCase):
    def setUp(self):
        sys.path.insert(0, str(ROOT / "clients/examples"))
        import funnel  # pylint: disable=import-outside-toplevel
        self.funnel = funnel
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = pathlib.Path(self.folder.name) / "log.jsonl"
        path.write_text("\n".join(LOG) + "\n", encoding="utf-8")
        self.moves = funnel.load(path)

    def test_a_thing_counts_once_in_each_stage_that_it_ever_entered(self):
        self.assertEqual({"open": 3, "won": 1, "talks": 1}, self.funnel.funnel(self.moves)["things"].to_dict())

    def test_time_in_stage_is_of_every_stay_that_has_ended(self):
        table = self.funnel.time_in_stage(self.moves)
        self.assertEqual({"open": 3, "talks": 1}, table["left"].to_dict())
        self.assertEqual({"open": 4.0, "talks": 1.0}, table["median"].to_dict())

    def test_the_pictures_are_drawn_of_nothing_too(self):
        folder = pathlib.Path(self.folder.name)
        for moves in (self.moves, self.moves.iloc[0:0]):
            self.funnel.draw(moves, folder)
            for name in ("funnel.png", "time_in_stage.png"):
                self.assertTrue((folder / name).read_bytes().startswith(b"\x89PNG"))
                (folder / name).unlink()


if __name__ == "__main__":
    unittest.main()
