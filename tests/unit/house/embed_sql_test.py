"""cmake/embed_sql.py: what of a migration's file gets into the program."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[3]


def embed(files):
    """Returns the exit code and the code that was written."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        paths = [pathlib.Path(folder) / name for name in files]
        for path, text in zip(paths, files.values()):
            path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-B", ROOT / "cmake/embed_sql.py", "crm::demo", "demo", out, *paths],
            stderr=subprocess.DEVNULL, check=False)
        code = out / "migrations.cc"
        return done.returncode, code.read_text(encoding="utf-8") if code.exists() else ""


class EmbedSql(unittest.TestCase):
    def test_files_go_by_number(self):
        code, text = embed({"0002_b.sql": "SELECT 2;", "0001_a.sql": "SELECT 1;"})
        self.assertEqual(0, code)
        self.assertLess(text.index('{1, "a"'), text.index('{2, "b"'))

    def test_the_oldest_program_is_told_by_a_line_of_its_own(self):
        _, text = embed({"0003_c.sql": "-- oldest program: 2\nDROP TABLE a;"})
        self.assertIn('DROP TABLE a;)crmsql",\n2}', text)
        _, text = embed({"0003_c.sql": "-- No word of the oldest program: 2 is a number.\nSELECT 1;"})
        self.assertIn('SELECT 1;)crmsql",\n0}', text)

    def test_what_makes_no_sense_is_refused(self):
        self.assertNotEqual(0, embed({"0003_c.sql": "-- oldest program: 4\nSELECT 1;"})[0])
        self.assertNotEqual(0, embed({"3_c.sql": "SELECT 1;"})[0])
        self.assertNotEqual(0, embed({"0001_a.sql": "", "0001_b.sql": ""})[0])


if __name__ == "__main__":
    unittest.main()
