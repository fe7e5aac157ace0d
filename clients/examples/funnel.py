#!/usr/bin/python3
"""Draws the funnel and the time in each stage from exported stage events, with pandas.

    crmctl events export --service opportunity --file opportunity.jsonl
    clients/examples/funnel.py opportunity.jsonl --folder pictures

Prints both as tables and writes funnel.png and time_in_stage.png. A thing has reached a stage if it has
ever entered it. Needs Debian's python3-pandas and python3-matplotlib.
"""

import argparse
import json
import pathlib

import matplotlib

matplotlib.use("Agg")  # pictures into files, without a display
import matplotlib.pyplot as plt  # noqa: E402
import pandas  # noqa: E402

MOVES = ".stage_changed.v1"


def load(path):
    """The moves of a file of `crmctl events export`, each once, in the order of the log."""
    rows = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            change = event["change"]
            if not change["type"].endswith(MOVES) or "correctsVersion" in change:
                continue
            spent = change.get("timeInPreviousStage", "")
            rows.append({
                "sequence": int(event["sequence"]),
                "subject": change["subject"],
                "from": change.get("fromStage", ""),
                "to": change["toStage"],
                "time": change["effectiveTime"],
                "days": float(spent[:-1]) / 86400 if spent else None,
            })
    moves = pandas.DataFrame(rows, columns=["sequence", "subject", "from", "to", "time", "days"])
    moves["time"] = pandas.to_datetime(moves["time"], utc=True)
    return moves.drop_duplicates("sequence").sort_values("sequence")


def funnel(moves):
    """How many things ever entered each stage, in the order in which stages were first seen."""
    order = list(dict.fromkeys(moves["to"]))
    reached = moves.groupby("to")["subject"].nunique().reindex(order)
    started = moves["subject"].nunique()
    return pandas.DataFrame({"things": reached, "share": (reached / started).round(4)})


def time_in_stage(moves):
    """Days in each stage of what has left it: how many, and the quartiles."""
    left = moves[moves["days"].notna() & (moves["from"] != "")]
    days = left.groupby("from")["days"]
    table = pandas.DataFrame({"left": days.size(), "p25": days.quantile(0.25), "median": days.median(),
                              "p75": days.quantile(0.75)}).round(2)
    return table.reindex([stage for stage in dict.fromkeys(moves["to"]) if stage in table.index])


def draw(moves, folder):
    folder.mkdir(parents=True, exist_ok=True)
    counts = funnel(moves)
    figure, axes = plt.subplots(figsize=(8, 4))
    bars = axes.barh(counts.index[::-1], counts["things"][::-1])
    axes.bar_label(bars)
    axes.set_xlabel("things that ever entered the stage")
    figure.tight_layout()
    figure.savefig(folder / "funnel.png")
    figure, axes = plt.subplots(figsize=(8, 4))
    left = moves[moves["days"].notna() & (moves["from"] != "")]
    stages = time_in_stage(moves).index
    if len(stages):
        axes.boxplot([left.loc[left["from"] == stage, "days"] for stage in stages], labels=stages,
                     showfliers=False)
    axes.set_ylabel("days in the stage")
    figure.tight_layout()
    figure.savefig(folder / "time_in_stage.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="of crmctl events export, as JSON lines")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("."),
                        help="where the pictures go")
    arguments = parser.parse_args()
    moves = load(arguments.file)
    print(funnel(moves).to_string(), "", time_in_stage(moves).to_string(), sep="\n")
    draw(moves, arguments.folder)


if __name__ == "__main__":
    main()
