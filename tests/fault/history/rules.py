"""The promises, as rules over a history. A rule yields (kind of fault, what is wrong) and never stops at the first.

A move is answered with its version, so a thing's history is a list whose places are known: whether the calls of a
thing can be put in one order that agrees with the clock is decided by sorting, not by search.
"""

import collections

# Kind of fault: what it means. A history without any of them keeps the promises.
KINDS = {
    "lost": "a move was acknowledged and is not there, or not as acknowledged",
    "repeated": "one request was carried out twice",
    "phantom": "a move is there that nobody asked for, or that was refused",
    "gap": "versions of a thing are not 1, 2, 3 …, or a move does not begin where the one before it ended",
    "forbidden": "a move that the rules do not allow",
    "overwritten": "a move was made on another version than the one that it named",
    "stale": "an answer is older than what somebody had been told before the call began",
    "early": "an answer tells of a move that nobody had asked for yet",
    "torn": "a read shows a state that never was",
    "missing": "a move without its event, or an event that is not on the stream or was not told",
    "duplicated": "a move has two events, or an event two places",
    "out_of_order": "events of a thing, of the log or of the stream do not follow each other",
    "two_contents": "one id stood for two things",
    "foreign": "an event without a move, or an entry that is not in the log",
}


class Story:
    """The final moves and the calls of one thing."""

    def __init__(self):
        self.moves, self.calls = [], []


def stories(history):
    found = collections.defaultdict(Story)
    for move in history.moves:
        found[move.thing].moves.append(move)
    for call in history.calls:
        found[call.thing].calls.append(call)
    for story in found.values():
        story.moves.sort(key=lambda move: move.version)
    return found


def follow(thing, story, allowed):
    """The final history is one chain of allowed moves."""
    version, stage = 0, ""
    for move in story.moves:
        name = f"version {move.version} of {thing}"
        if move.version != version + 1 or move.from_stage != stage:
            yield "gap", f"{name} begins at {move.from_stage!r}, after version {version} at {stage!r}"
        if allowed and (move.from_stage, move.to) not in allowed:
            yield "forbidden", f"{name} goes from {move.from_stage!r} to {move.to!r}"
        version, stage = move.version, move.to


def asked(thing, story):
    """Each move was asked for, by one request, which was carried out once and was not refused."""
    by_request = collections.defaultdict(list)
    for move in story.moves:
        by_request[move.request].append(move.version)
    outcomes = {call.request: call.outcome for call in story.calls if call.do == "move"}
    for request, versions in by_request.items():
        if len(versions) > 1:
            yield "repeated", f"request {request} made versions {versions} of {thing}"
        if outcomes.get(request) in (None, "refused"):
            told = "was refused" if request in outcomes else "is nobody's"
            yield "phantom", f"version {versions[0]} of {thing}: its request {request} {told}"


def kept(thing, story):
    """What was answered is what the history says."""
    moves = {move.version: move for move in story.moves}
    for call in story.calls:
        if call.outcome != "ok":
            continue
        move = moves.get(call.version)
        if call.do == "read":
            if move is None or move.to != call.stage:
                yield "torn", f"{thing} was shown at {call.stage!r} as version {call.version}"
        elif move is None or move.request != call.request or move.to != call.stage:
            yield "lost", f"version {call.version} of {thing}, by request {call.request} to {call.stage!r}"
        elif call.expected is not None and call.expected + 1 != call.version:
            yield "overwritten", f"request {call.request} built on version {call.expected} and made {call.version}"


def agrees_with_the_clock(thing, story):
    """Whoever asks later sees no less; nobody sees what was not asked for yet."""
    begins = {call.request: call.begin for call in story.calls if call.do == "move"}
    versions = {move.request: move.version for move in story.moves}
    latest, asked_by = 0, [0]  # asked_by[v]: when the last of the first v moves was asked for
    for move in story.moves:
        latest = max(latest, begins.get(move.request, latest))
        asked_by.append(latest)
    answered = [call for call in story.calls if call.outcome == "ok"]
    placed = answered + [call._replace(version=versions[call.request]) for call in story.calls
                         if call.outcome == "open" and call.request in versions]
    answered.sort(key=lambda call: call.end)
    placed.sort(key=lambda call: call.begin)
    floor = told = 0
    for call in placed:
        while told < len(answered) and answered[told].end < call.begin:
            floor = max(floor, answered[told].version)
            told += 1
        if call.version < floor + (call.do == "move"):
            yield "stale", (f"{call.do} of {thing} by {call.worker} at {call.begin} came to version {call.version}, "
                            f"after version {floor} had been told")
        if call.outcome == "ok" and asked_by[min(call.version, len(story.moves))] > call.end:
            yield "early", f"{call.do} of {thing} by {call.worker} told of version {call.version} before it was asked for"


def moves_and_events(history):
    """Exactly one event for each move, and none without."""
    yield from once("the log", history.log)
    of_moves = {event.event: event for event in history.log if event.thing}
    for move in history.moves:
        event = of_moves.pop(move.event, None)
        if event is None:
            yield "missing", f"version {move.version} of {move.thing} has no event {move.event}"
        elif (event.thing, event.version, event.to) != (move.thing, move.version, move.to):
            yield "two_contents", f"event {move.event} is another move in the log"
    for event in of_moves.values():
        yield "foreign", f"event {event.event} tells of version {event.version} of {event.thing}, which never was"


def together(history):
    """All events of a thing are in one partition, since there is no order across them."""
    partitions = {}
    for event in history.log:
        if event.thing and partitions.setdefault(event.thing, event.partition) != event.partition:
            yield "out_of_order", (f"version {event.version} of {event.thing} is in partition {event.partition}, others "
                                   f"in {partitions[event.thing]}")


def once(place, events):
    for event, times in collections.Counter(event.event for event in events).items():
        if times > 1:
            yield "duplicated", f"event {event} is {times} times in {place}"


def order(place, events):
    """Sequences without holes from the first on, ids that rise, versions of a thing that rise by one."""
    versions = {}
    before = None
    for event in events:
        if before is not None:
            if event.seq > before.seq + 1:
                yield "missing", f"{place}: {event.seq} follows {before.seq}"
            elif event.seq <= before.seq:
                yield "out_of_order", f"{place}: {event.seq} follows {before.seq}"
            if _key(event.entry) <= _key(before.entry):
                yield "out_of_order", f"{place}: entry {event.entry} follows {before.entry}"
        if _key(event.entry)[1] != event.seq:
            yield "out_of_order", f"{place}: entry {event.entry} has sequence {event.seq}"
        if event.thing:
            if event.thing in versions and event.version != versions[event.thing] + 1:
                yield "out_of_order", (f"{place}: version {event.version} of {event.thing} follows "
                                       f"{versions[event.thing]}")
            versions[event.thing] = event.version
        before = event


def stream_is_log(history):
    """Entry by entry, ids and contents."""
    entries = {}
    for entry in history.stream:
        if entry.entry in entries:
            yield "duplicated", f"entry {entry.entry} is there twice"
        entries[entry.entry] = entry
        if entry.differs:
            yield "two_contents", f"entry {entry.entry} is not what the log says: {entry.differs}"
    yield from once("the stream", history.stream)
    for event in history.log:
        entry = entries.pop(event.entry, None)
        if entry is None:
            yield "missing", f"event {event.seq} ({event.entry}) is not on the stream"
        elif entry.event != event.event:
            yield "two_contents", f"entry {event.entry} is another event in the log"
    for entry in entries:
        yield "foreign", f"entry {entry} is not in the log"


def seen_is_final(history):
    """What was read on the way, however often it was lost and published again, is what is there at the end."""
    final = {entry.entry: (entry.event, entry.content) for entry in history.stream}
    log = {event.entry: event.event for event in history.log}
    for seen in history.seen:
        if seen.entry in final:
            if final[seen.entry] != (seen.event, seen.content):
                yield "two_contents", f"entry {seen.entry} was another one when {seen.by} read it"
        elif seen.entry not in log:
            yield "foreign", f"{seen.by} has read entry {seen.entry}, which is not in the log"


def told_once(history):
    """Each subscriber was told everything once and in order."""
    log = {event.seq: event for event in history.log}
    lists = collections.defaultdict(list)
    for told in history.told:
        lists[told.by].append(told)
    first = min(log, default=0)
    for by, list_of in lists.items():
        before = first - 1
        for told in list_of:
            if told.seq > before + 1:
                yield "missing", f"{by} was told {told.seq} after {before}"
            elif told.seq <= before:
                yield "duplicated" if told.seq == before else "out_of_order", f"{by} was told {told.seq} after {before}"
            before = told.seq
            event = log.get(told.seq)
            if event is None:
                yield "foreign", f"{by} was told {told.seq}, which is not in the log"
            elif (event.event, event.entry) != (told.event, told.entry):
                yield "two_contents", f"{by} was told another event as {told.seq}"
        if log and before < max(log):
            yield "missing", f"{by} was told nothing after {before}, of {max(log)}"


def faults(history):
    for thing, story in stories(history).items():
        yield from follow(thing, story, history.allowed)
        yield from asked(thing, story)
        yield from kept(thing, story)
        yield from agrees_with_the_clock(thing, story)
    yield from moves_and_events(history)
    yield from together(history)
    for number, partition in history.partitions():
        yield from order(f"log {number}", partition.log)
        yield from order(f"stream {number}", partition.stream)
        yield from stream_is_log(partition)
        yield from seen_is_final(partition)
        yield from told_once(partition)


def _key(entry):
    ms, _, seq = entry.partition("-")
    return int(ms), int(seq)
