"""Writes SQL migration files as a C++ table. Arguments: namespace, include folder, out, files."""

import pathlib
import re
import sys

CHUNK = 8000  # compilers bound the length of one string literal


def literal(text):
    parts = [text[i:i + CHUNK] for i in range(0, len(text), CHUNK)] or [""]
    return "\n".join(f'R"crmsql({part})crmsql"' for part in parts)


def read(path):
    match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
    if not match:
        sys.exit(f"{path}: a migration is named NNNN_name.sql")
    text = path.read_text(encoding="utf-8")
    if ')crmsql"' in text or "\0" in text:
        sys.exit(f"{path}: contains what cannot be embedded")
    oldest = re.search(r"^-- oldest program: (\d+)$", text, re.MULTILINE)
    oldest = int(oldest[1]) if oldest else 0
    if oldest > int(match[1]):
        sys.exit(f"{path}: the oldest program cannot be newer than the migration")
    return int(match[1]), match[2], text, oldest


def main():
    namespace, folder, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    rows = sorted(read(pathlib.Path(p)) for p in sys.argv[4:])
    numbers = [row[0] for row in rows]
    if len(set(numbers)) != len(numbers):
        sys.exit(f"{folder}: two migrations share a number")
    out.mkdir(parents=True, exist_ok=True)
    (out / "migrations.h").write_text(
        "#pragma once\n\n#include <absl/types/span.h>\n\n#include \"common/pg/migrator.h\"\n\n"
        f"namespace {namespace} {{\n\n"
        "// The schema's migrations in order of number. Valid for the life of the process.\n"
        "absl::Span<const crm::pg::Migration> Migrations();\n\n"
        f"}}  // namespace {namespace}\n", encoding="utf-8")
    entries = "".join(f'      {{{n}, "{name}",\n{literal(sql)},\n{oldest}}},\n'
                      for n, name, sql, oldest in rows)
    (out / "migrations.cc").write_text(
        f"#include \"{folder}/migrations.h\"\n\n#include <vector>\n\nnamespace {namespace} {{\n\n"
        "absl::Span<const crm::pg::Migration> Migrations() {\n"
        "  static const auto* const kMigrations = new std::vector<crm::pg::Migration>{\n"
        f"{entries}  }};\n  return *kMigrations;\n}}\n\n"
        f"}}  // namespace {namespace}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
