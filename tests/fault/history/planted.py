"""A good history, and faults to plant into it: each with the kind that the judge must take it for."""

import random

STAGES = ("discovery", "proposal", "contract")


def good(things=3, moves=12, seed=7, partitions=1):
    """Calls that overlap, each of which takes effect at one instant between its begin and its end."""
    chance = random.Random(seed)
    lines = [{"is": "allowed", "from": a, "to": b} for a in ("",) + STAGES for b in STAGES if a != b]
    state = {f"t{i}": (0, "") for i in range(things)}
    last = [0] * partitions
    number = now = 0
    for _ in range(things * moves):
        now += 10
        thing = chance.choice(sorted(state))
        version, stage = state[thing]
        call = {"is": "call", "thing": thing, "worker": chance.randrange(4), "begin": now - chance.randrange(25),
                "end": now + 1 + chance.randrange(25), "outcome": "ok"}
        if version and chance.random() < .4:
            lines.append(call | {"do": "read", "version": version, "stage": stage})
            continue
        to = chance.choice([s for s in STAGES if s != stage])
        number += 1
        partition = int(thing[1:]) % partitions
        last[partition] += 1
        seq = last[partition]
        names = {"request": f"r{number}", "event": f"e{number}"}
        move = call | {"do": "move", "request": names["request"], "version": version + 1, "stage": to}
        if chance.random() < .3:
            move["expected"] = version
        if chance.random() < .2:
            move |= {"outcome": "open", "version": None}
        entry = {"seq": seq, "entry": f"{1000 + seq // 3}-{seq}", "event": names["event"]}
        if partitions > 1:
            entry["partition"] = partition
        told = entry | {"thing": thing, "version": version + 1, "to": to}
        lines += [move, {"is": "move", "thing": thing, "version": version + 1, "from": stage, "to": to} | names,
                  {"is": "event"} | told, {"is": "entry", "content": f"c{number}", "differs": ""} | told,
                  {"is": "told", "by": "anna"} | entry,
                  {"is": "seen", "by": "bob", "content": f"c{number}"} | {
                      name: value for name, value in entry.items() if name != "seq"}]
        state[thing] = version + 1, to
    for outcome in ("refused", "open"):
        lines.append({"is": "call", "thing": "t0", "worker": 1, "do": "move", "begin": now, "end": now + 9,
                      "outcome": outcome, "request": "r-" + outcome, "stage": "proposal"})
    return lines


class Lines:
    """A good history in which faults are planted."""

    def __init__(self, partitions=1):
        self.all = good(partitions=partitions)

    def of(self, kind, **fields):
        return [line for line in self.all
                if line["is"] == kind and all(line.get(name) == value for name, value in fields.items())]

    def call_of(self, move):
        return self.of("call", request=move["request"])[0]

    def acknowledged(self, **fields):
        """A move in the middle of a thing's history, and the call that was told of it."""
        for move in self.of("move", **fields):
            if move["version"] > 2 and self.call_of(move)["outcome"] == "ok" and self.of(
                    "move", thing=move["thing"], version=move["version"] + 2):
                return move, self.call_of(move)
        raise AssertionError("no such move")

    def drop(self, *lines):
        self.all = [line for line in self.all if line not in lines]


def forget_a_move(it):
    move, _ = it.acknowledged()
    it.drop(move)


def forget_the_last_move(it):
    last = max(it.of("move", thing="t0"), key=lambda move: move["version"])
    it.call_of(last).update(outcome="ok", version=last["version"])
    it.drop(last, *it.of("event", event=last["event"]), *it.of("entry", event=last["event"]))


def acknowledge_another_stage(it):
    _, call = it.acknowledged()
    call["stage"] = "elsewhere"


def carry_out_twice(it):
    first, _ = it.acknowledged()
    second = it.of("move", thing=first["thing"], version=first["version"] + 2)[0]
    second["request"] = first["request"]


def carry_out_refused(it):
    move, call = it.acknowledged()
    call.update(outcome="refused", version=None)


def invent_a_move(it):
    move, call = it.acknowledged()
    it.drop(call)


def break_the_chain(it):
    move, _ = it.acknowledged()
    move["from"] = "elsewhere"


def break_the_rules(it):
    move, _ = it.acknowledged()
    it.drop(*it.of("allowed", **{"from": move["from"], "to": move["to"]}))


def build_on_an_old_version(it):
    _, call = it.acknowledged()
    call["expected"] = call["version"] - 2


def read_the_past(it):
    move, call = it.acknowledged()
    old = it.of("move", thing=move["thing"], version=1)[0]
    it.all.append({"is": "call", "thing": move["thing"], "worker": 9, "do": "read", "outcome": "ok",
                   "begin": call["end"] + 1, "end": call["end"] + 2, "version": 1, "stage": old["to"]})


def swap_two_moves(it):
    """Two moves whose calls did not overlap have each other's places."""
    move, call = it.acknowledged()
    after = it.of("move", thing=move["thing"], version=move["version"] + 1)[0]
    call["begin"], call["end"] = it.call_of(after)["end"] + 1, it.call_of(after)["end"] + 2


def read_after_a_read(it):
    """Two reads, one after the other, while a move is under way: the second sees less."""
    move, call = it.acknowledged()
    call["end"] = call["begin"] + 1000
    before = it.of("move", thing=move["thing"], version=move["version"] - 1)[0]
    for at, seen in ((100, move), (200, before)):
        it.all.append({"is": "call", "thing": move["thing"], "worker": 9, "do": "read", "outcome": "ok",
                       "begin": call["begin"] + at, "end": call["begin"] + at + 1, "version": seen["version"],
                       "stage": seen["to"]})


def read_the_future(it):
    move, call = it.acknowledged()
    it.all.append({"is": "call", "thing": move["thing"], "worker": 9, "do": "read", "outcome": "ok",
                   "begin": call["begin"] - 50, "end": call["begin"] - 40, "version": move["version"],
                   "stage": move["to"]})


def read_what_never_was(it):
    it.of("call", do="read")[0]["stage"] = "elsewhere"


def tell_nothing(it):
    move, _ = it.acknowledged()
    it.drop(*it.of("event", event=move["event"]), *it.of("entry", event=move["event"]))


def tell_twice(it):
    last = it.of("event")[-1]
    it.all.append(last | {"seq": last["seq"] + 1, "entry": f"9999-{last['seq'] + 1}"})


def tell_another_stage(it):
    it.of("event")[3]["to"] = "elsewhere"


def tell_what_never_was(it):
    last = it.of("event")[-1]
    for kind in ("event", "entry"):
        it.all.append(last | {"is": kind, "seq": last["seq"] + 1, "entry": f"9999-{last['seq'] + 1}", "event": "e-new",
                              "thing": "t9", "version": 1})


def lose_an_entry(it):
    it.drop(it.of("entry")[5])


def lose_the_tail(it):
    it.drop(*it.of("entry")[-3:])


def publish_twice(it):
    last = it.of("entry")[-1]
    it.all.append(last | {"entry": "9999-99", "seq": last["seq"] + 1})


def publish_late(it):
    entry = it.of("entry")[5]
    it.drop(entry)
    it.all.append(entry)


def sequence_late(it):
    """Two events of one thing have each other's places in the log and on the stream."""
    move, _ = it.acknowledged()
    after = it.of("move", thing=move["thing"], version=move["version"] + 1)[0]
    for kind in ("event", "entry"):
        one, other = it.of(kind, event=move["event"])[0], it.of(kind, event=after["event"])[0]
        for name in ("event", "version", "to"):
            one[name], other[name] = other[name], one[name]


def sequence_elsewhere(it):
    """The last move of a thing is in a partition of its own."""
    last = max(it.of("move", thing="t0"), key=lambda move: move["version"])
    for kind in ("event", "entry", "seen", "told"):
        for line in it.of(kind, event=last["event"]):
            line |= {"partition": 9, "entry": "9999-1"} | ({"seq": 1} if "seq" in line else {})


def publish_another_content(it):
    it.of("entry")[4]["differs"] = "to_stage is 'x', not 'y'"


def republish_another_content(it):
    it.of("seen")[4]["content"] = "another"


def reuse_an_id(it):
    it.of("seen")[4]["event"] = "another"


def publish_before_commit(it):
    it.all.append({"is": "seen", "by": "bob", "entry": "9999-99", "event": "e-gone", "content": "c"})


def publish_what_is_not_in_the_log(it):
    last = it.of("entry")[-1]
    it.all.append(last | {"entry": f"9999-{last['seq'] + 1}", "seq": last["seq"] + 1, "event": "e-new", "thing": None})


def skip_a_subscriber(it):
    it.drop(it.of("told")[4])


def leave_a_subscriber(it):
    it.drop(*it.of("told")[-2:])


def repeat_to_a_subscriber(it):
    at = it.all.index(it.of("told")[4])
    it.all.insert(at, dict(it.all[at]))


def turn_back_a_subscriber(it):
    it.all.append(dict(it.of("told")[4]))


def tell_a_subscriber_another(it):
    it.of("told")[4]["event"] = "another"


# Each plants one fault; what it must be called, whatever else follows from it.
PLANTED = {
    forget_a_move: "lost", forget_the_last_move: "lost", acknowledge_another_stage: "lost",
    carry_out_twice: "repeated", carry_out_refused: "phantom", invent_a_move: "phantom", break_the_chain: "gap",
    break_the_rules: "forbidden", build_on_an_old_version: "overwritten", read_the_past: "stale",
    swap_two_moves: "stale", read_after_a_read: "stale", read_the_future: "early", read_what_never_was: "torn",
    tell_nothing: "missing", tell_twice: "duplicated", tell_another_stage: "two_contents",
    tell_what_never_was: "foreign", lose_an_entry: "missing", lose_the_tail: "missing", publish_twice: "duplicated",
    publish_late: "out_of_order", sequence_elsewhere: "out_of_order", sequence_late: "out_of_order", publish_another_content: "two_contents",
    republish_another_content: "two_contents", reuse_an_id: "two_contents", publish_before_commit: "foreign",
    publish_what_is_not_in_the_log: "foreign", skip_a_subscriber: "missing", leave_a_subscriber: "missing",
    repeat_to_a_subscriber: "duplicated", turn_back_a_subscriber: "out_of_order",
    tell_a_subscriber_another: "two_contents",
}
