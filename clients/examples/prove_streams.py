#!/usr/bin/python3
"""Proves that what stands on the Redis streams is what the services' logs hold.

Digests the entries of each stream by the rule of DigestStageEvents (docs/events.md), some thousand at
a time, and compares with what the service says of the same sequences. So can any other copy be proved:
of each event it takes the id of its entry, its epoch and its `data`, however the JSON is written.
Needs a token that may see all tenants, where there are tokens.
"""

import argparse
import hashlib
import json
import pathlib
import sys

import redis

import analyst

PAGE = 5000


def line_of(entry_id, epoch, data):
    """One event as it is digested: the JSON in the canonical form of RFC 8785."""
    canonical = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{entry_id} {epoch} {canonical}\n".encode()


def pages(store, key):
    after = "-"
    while entries := store.xrange(key, min=after, count=PAGE):
        yield entries
        after = "(" + entries[-1][0]


def prove(store, log, messages, key, partition):
    """How many entries are proved; None if some differ."""
    proved = 0
    for entries in pages(store, key):
        first, last = int(entries[0][1]["seq"]), int(entries[-1][1]["seq"])
        digest = hashlib.sha256()
        for entry_id, fields in entries:
            digest.update(line_of(entry_id, fields["epoch"], fields["data"]))
        answer = log.ask(log.stub.DigestStageEvents, messages.DigestStageEventsRequest(
            after_sequence=first - 1, through_sequence=last, partition=partition))
        if (answer.read_sequence, answer.count, answer.sha256) != (last, len(entries), digest.hexdigest()):
            print(f"{key}: the entries {first} to {last} are not what the log holds", file=sys.stderr)
            return None
        proved += len(entries)
    return proved


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stack", default=str(analyst.ROOT / "deploy/local/run"))
    parser.add_argument("--stubs", default=analyst.ROOT / "build/python-stubs", type=pathlib.Path)
    options = parser.parse_args()
    stack = analyst.read_stack(options.stack)
    store = redis.Redis.from_url(stack["CRM_REDIS_URL"], decode_responses=True)
    stubs = analyst.load_stubs(options.stubs)
    from crm.event.v1 import stage_event_reads_pb2 as messages
    different = False
    for service in analyst.SERVICES:
        log = analyst.Log(stubs, stack[f"CRM_{service.upper()}_ADDRESS"], stack)
        for partition in range(log.page(0, 1).partitions):
            key = f"crm:stage-events:{service}:{partition}"
            proved = prove(store, log, messages, key, partition)
            different |= proved is None
            if proved is not None:
                print(f"{key}: {proved} entries are those of the log")
    sys.exit(different)


if __name__ == "__main__":
    main()
