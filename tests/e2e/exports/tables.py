"""Tables as text."""

import csv
import io

# How most products write a time.
STAMP = "%Y-%m-%d %H:%M:%S"


def text_of(header, rows, delimiter=",", quoting=csv.QUOTE_MINIMAL, end="\n"):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
