"""What happened, as JSON lines: one object each, `is` says of what kind.

  call     what a client asked and was told: {thing, worker, do: "move" or "read", begin, end (nanoseconds of one
           clock, from the first attempt to the last answer), outcome}. outcome "ok": version and stage as answered;
           "refused": for certain nothing was done; "open": perhaps. A move has its request id and the stage that it
           asked for, with `expected` if it named the version that it builds on
  allowed  a transition of the rules: {from, to}; from "" opens a thing. None at all: every one is allowed
  move     the history of the database, once all is over: {thing, version, from, to, request, event}
  event    the log, in its order: {seq, entry, event, thing, version, to}; without a thing if it is no move
  entry    the stream at the end, in its order: as event, with the digest of its `content`, and with `differs`, what
           it says otherwise than the log
  seen     what somebody has read on the stream on the way: {by, entry, event, content}
  told     what a subscriber was told, in the order in which he was: {by, seq, entry, event}

Event, entry, seen and told have the `partition` of the log that they are of, which is 0 if they do not say: each has
sequences of its own, and all events of a thing are in one.

What came of it belongs to any number of files; who wrote a line, and where lines of different kinds stand to each
other, says nothing.
"""

import collections
import json

Call = collections.namedtuple(
    "Call", "thing worker do begin end outcome version stage request expected", defaults=(None,) * 4)
Move = collections.namedtuple("Move", "thing version from_stage to request event")
Event = collections.namedtuple(
    "Event", "seq entry event thing version to content differs partition", defaults=(None, None, None, "", "", 0))
Seen = collections.namedtuple("Seen", "by entry event content partition", defaults=(0,))
Told = collections.namedtuple("Told", "by seq entry event partition", defaults=(0,))


class History:
    def __init__(self):
        self.calls, self.moves, self.allowed = [], [], set()
        self.log, self.stream, self.seen, self.told = [], [], [], []
        self._take = {"call": (Call, self.calls), "move": (Move, self.moves), "event": (Event, self.log),
                      "entry": (Event, self.stream), "seen": (Seen, self.seen), "told": (Told, self.told)}

    def add(self, line):
        line = dict(line)
        kind = line.pop("is")
        if "from" in line:
            line["from_stage"] = line.pop("from")
        if kind == "allowed":
            self.allowed.add((line["from_stage"], line["to"]))
            return
        make, into = self._take[kind]
        into.append(make(**line))

    def partitions(self):
        """(partition, history of its log, stream and readers alone) of each."""
        parts = {0: History()}
        for name in ("log", "stream", "seen", "told"):
            for line in getattr(self, name):
                getattr(parts.setdefault(line.partition, History()), name).append(line)
        return sorted(parts.items())


def read(files):
    history = History()
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    history.add(json.loads(line))
                except (ValueError, TypeError, KeyError) as error:
                    raise ValueError(f"{file}:{number} is no line of a history: {error}") from error
    return history
