#!/usr/bin/python3
"""Counts how many things entered each stage, from the stage events of all services.

Reads the three Redis streams with a consumer group. Consumer groups deliver at least once, so the
position of each stream, the last `seq` that was counted, is what makes every event count once; it is
kept in a file. `seq` has no holes: where the next event is not the next number, the ones between are
fetched over gRPC with ListStageEvents, which serves any position, however old. A token shows the
events of its own tenant there; of those of others, how many they are.
"""

import argparse
import collections
import json
import os
import pathlib
import socket
import subprocess
import sys

import grpc
import redis

SERVICES = ("contact", "lead", "opportunity")
ROOT = pathlib.Path(__file__).resolve().parents[2]


def load_stubs(folder):
    """Generates the Python stubs of StageEventService, unless they are there, and imports them."""
    stage = (ROOT / "proto/crm/event/v1").glob("stage_*.proto")
    protos = [*sorted(str(path.relative_to(ROOT / "proto")) for path in stage), "crm/type/v1/money.proto",
              "crm/auth/v1/auth.proto"]
    made = folder / "crm/event/v1/stage_event_service_pb2_grpc.py"
    changed = max((ROOT / "proto" / proto).stat().st_mtime for proto in protos)
    if not made.exists() or made.stat().st_mtime < changed:
        folder.mkdir(parents=True, exist_ok=True)
        plugin = subprocess.run(["which", "grpc_python_plugin"], check=True,
                                capture_output=True, text=True).stdout.strip()
        subprocess.run(["protoc", f"-I{ROOT / 'proto'}", f"--python_out={folder}",
                        f"--grpc_out={folder}", f"--plugin=protoc-gen-grpc={plugin}", *protos],
                       check=True)
    sys.path.insert(0, str(folder))
    from crm.event.v1 import stage_event_service_pb2, stage_event_service_pb2_grpc
    return stage_event_service_pb2, stage_event_service_pb2_grpc


def read_stack(place):
    path = pathlib.Path(place)
    if path.is_dir():
        path = path / "stack.env"
    values = dict(os.environ)
    if path.exists():
        for line in path.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not name.startswith("#"):
                values.setdefault(name.strip(), value.strip().strip("\"'"))
    return values


class Log:
    """ListStageEvents of one service: by TLS and with a token, where the stack has them."""

    def __init__(self, stubs, address, stack):
        self.messages, services = stubs
        self.token_file, self.token = stack.get("CRM_TOKEN_FILE"), stack.get("CRM_TOKEN")
        authority = stack.get("CRM_TLS_CA")
        if authority:
            credentials = grpc.ssl_channel_credentials(pathlib.Path(authority).read_bytes())
            channel = grpc.secure_channel(address, credentials)
        else:
            channel = grpc.insecure_channel(address)
        self.stub = services.StageEventServiceStub(channel)

    def metadata(self):
        """The token; read again each time, since somebody replaces it before it ends."""
        token = self.token or self.token_file and pathlib.Path(self.token_file).read_text().strip()
        return [("authorization", f"Bearer {token}")] if token else []

    def page(self, after, size):
        request = self.messages.ListStageEventsRequest(after_sequence=after, page_size=size)
        return self.ask(self.stub.ListStageEvents, request)

    def ask(self, method, request):
        return method(request, timeout=15, wait_for_ready=True, metadata=self.metadata())


class Positions:
    """The last seq counted of each stream, and the counts, written together."""

    def __init__(self, path):
        self.path = path
        self.seq = dict.fromkeys(SERVICES, 0)
        self.counts = collections.Counter()
        if path.exists():
            state = json.loads(path.read_text())
            self.seq.update(state["seq"])
            self.counts.update(state["counts"])

    def save(self):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"seq": self.seq, "counts": self.counts}, indent=1))
        fresh.replace(self.path)


class Subscriber:
    def __init__(self, service, store, log, positions, group, consumer):
        self.service, self.store, self.log, self.positions = service, store, log, positions
        self.key = f"crm:stage-events:{service}:0"
        self.group, self.consumer = group, consumer

    def join(self, from_start):
        try:
            self.store.xgroup_create(self.key, self.group, id="0" if from_start else "$",
                                     mkstream=True)
            if not from_start and self.positions.seq[self.service] == 0:
                last = self.store.xinfo_stream(self.key)["last-generated-id"]
                self.positions.seq[self.service] = int(last.split("-")[1])
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def take_over(self, idle_ms=30_000):
        """What another consumer received and never acknowledged."""
        start = "0-0"
        while True:
            reply = self.store.xautoclaim(self.key, self.group, self.consumer, idle_ms, start,
                                          count=500)
            start, entries = reply[0], reply[1]
            self.handle([(entry, fields) for entry, fields in entries if fields])
            if start == "0-0":
                return

    def handle(self, entries):
        if not entries:
            return
        for _, fields in entries:
            seq = int(fields["seq"])
            self.fill_up_to(seq)
            if seq == self.positions.seq[self.service] + 1:
                self.count(seq, fields["subject"].split("/")[0], fields["to_stage"])
        self.positions.save()
        self.store.xack(self.key, self.group, *[entry for entry, _ in entries])

    def fill_up_to(self, seq):
        """Counts what lies between the last event and this one, from the service's own log.

        A page may hold other tenants' events alone, as ranges, so it is `read_sequence` that tells how
        far it reads, not whether there are events in it."""
        while self.positions.seq[self.service] + 1 < seq:
            after = self.positions.seq[self.service]
            page = self.log.page(after, min(1000, seq - 1 - after))
            if page.read_sequence <= after:
                raise RuntimeError(f"{self.service}: the log ends at {after}, before {seq}")
            last = min(page.read_sequence, seq - 1)
            print(f"{self.service}: {after + 1} to {last} fetched from the log", file=sys.stderr)
            for event in page.events:
                if event.sequence <= last:
                    self.count(event.sequence, event.change.subject.split("/")[0],
                               event.change.to_stage)
            hidden = sum(min(skipped.last_sequence, last) - skipped.first_sequence + 1
                         for skipped in page.skipped if skipped.first_sequence <= last)
            if hidden:
                self.positions.counts["(of other tenants, not shown)"] += hidden
            self.positions.seq[self.service] = last

    def count(self, seq, collection, stage):
        if stage:  # else it is no move
            self.positions.counts[f"{collection} {stage}"] += 1
        self.positions.seq[self.service] = seq


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stack", default=str(ROOT / "deploy/local/run"))
    parser.add_argument("--group", default="analyst")
    parser.add_argument("--consumer", default=f"{socket.gethostname()}-{os.getpid()}")
    parser.add_argument("--state", default="analyst-state.json", type=pathlib.Path)
    parser.add_argument("--stubs", default=ROOT / "build/python-stubs", type=pathlib.Path)
    parser.add_argument("--token-file", help="bearer token for the log (default: CRM_TOKEN_FILE)")
    parser.add_argument("--from-start", action="store_true", help="count what is there already")
    parser.add_argument("--once", action="store_true", help="end when nothing more is there")
    options = parser.parse_args()

    stack = read_stack(options.stack)
    if options.token_file:
        stack["CRM_TOKEN_FILE"] = options.token_file
    store = redis.Redis.from_url(stack["CRM_REDIS_URL"], decode_responses=True)
    stubs = load_stubs(options.stubs)
    positions = Positions(options.state)
    subscribers = {}
    for service in SERVICES:
        log = Log(stubs, stack[f"CRM_{service.upper()}_ADDRESS"], stack)
        subscriber = Subscriber(service, store, log, positions, options.group, options.consumer)
        subscriber.join(options.from_start)
        subscriber.take_over()
        subscribers[subscriber.key] = subscriber

    try:
        while True:
            reply = store.xreadgroup(options.group, options.consumer,
                                     dict.fromkeys(subscribers, ">"), count=500, block=1000)
            for key, entries in reply:
                subscribers[key].handle(entries)
            if not reply and options.once:
                break
            if not reply:
                for subscriber in subscribers.values():
                    subscriber.take_over()
    except KeyboardInterrupt:
        pass
    for name, count in sorted(positions.counts.items()):
        print(f"{count:8}  {name}")


if __name__ == "__main__":
    main()
