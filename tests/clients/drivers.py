"""The client packages as programs that do what they are told, and what stands between them and the servers.

A driver reads an order a line and answers with a line of JSON:

    {"connect": {"stack": …, "lead": …, "token_file": …}}      {}
    {"call": "lead.get_lead", "request": {…}, "timeout": 5}    {"response": {…}} or {"error": {"code": …}}
    {"list_all": "lead.list_leads", "request": {…}}            {"items": [{…}, …]}
    {"watch": "lead", "after": 0, "count": 3}                  {"events": [{…}, …]}
"""

import json
import os
import queue
import re
import socket
import subprocess
import threading
import time

from support import leaks

SECONDS = 150  # most that an answer may take on a busy machine


def await_true(what, condition, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Driver:
    def __init__(self, command, folder, environment=()):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        self._process = subprocess.Popen(command, cwd=folder, env={**clean, **dict(environment)}, text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put(None)

    def send(self, **order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def receive(self, seconds=SECONDS):
        line = self._answers.get(timeout=seconds)
        if line is None:
            raise AssertionError("the driver has ended")
        return json.loads(line)

    def do(self, **order):
        self.send(**order)
        answer = self.receive()
        if "error" in answer:
            leaks.keep(f"error: {json.dumps(answer, ensure_ascii=False)}")
        return answer

    def connect(self, **settings):
        answer = self.do(connect={name: str(value) for name, value in settings.items()})
        if answer:
            raise AssertionError(answer)

    def call(self, method, request, **more):
        answer = self.do(call=method, request=request, **more)
        if "response" not in answer:
            raise AssertionError(answer)
        return answer["response"]

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def run_scenario(driver, steps, values):
    """The answers to `steps`, whose $WORDS are replaced by `values` and by what is kept of answers."""
    values, answers = dict(values), []
    for step in steps:
        keep = step.get("keep", {})
        order = fill({key: value for key, value in step.items() if key != "keep"}, values)
        answer = driver.do(**order)
        answers.append(answer)
        for word, path in keep.items():
            if "response" not in answer:
                raise AssertionError(f"{order}: {answer}")
            value = answer["response"]
            for part in path.split("."):
                value = value[part]
            values[word] = value
    return answers


def fill(thing, values):
    if isinstance(thing, dict):
        return {key: fill(value, values) for key, value in thing.items()}
    if isinstance(thing, list):
        return [fill(value, values) for value in thing]
    if isinstance(thing, str):
        return re.sub(r"\$[A-Z]+", lambda word: values[word.group()], thing)
    return thing


_CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z"
    r"|\d{13}-\d+|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TIMES = re.compile(r"^\d{4}-\d\d-\d\dT|^\d{13}-")
# What differs from run to run and names nothing.
_FREE = {"sequence", "timeInPreviousStage", "responseDuration", "etag", "traceparent", "requestId", "causationId"}


def comparable(answers):
    """Answers without what differs from run to run: ids by the order in which they come, no times."""
    seen = {}

    def plain(word):
        if _TIMES.match(word.group()):
            return "TIME"
        return seen.setdefault(word.group(), f"ID{len(seen) + 1}")

    def walk(thing, name=""):
        if name in _FREE:
            return name.upper()
        if isinstance(thing, dict):
            return {key: walk(thing[key], key) for key in sorted(thing)}
        if isinstance(thing, list):
            return [walk(each) for each in thing]
        return _CHANGING.sub(plain, thing) if isinstance(thing, str) else thing
    return [walk(each) for each in answers]


class Proxy:
    """A loopback port in front of a server. arm(): the next request is let through, its answer is not, and
    the connection is cut after a moment in which the server has done what it was asked."""

    def __init__(self, target):
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._armed = threading.Event()
        self.cuts = 0
        self.connections = 0
        self.answered = False  # whether a server has said something
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self):
        self._armed.set()

    def cut(self):
        """Cuts what is open now."""
        for end in self._open:
            shut(end)
        self._open.clear()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            self.connections += 1
            self._open += [near, far]
            held = threading.Event()
            threading.Thread(target=self._forward, args=(near, far, held, True), daemon=True).start()
            threading.Thread(target=self._forward, args=(far, near, held, False), daemon=True).start()

    def _forward(self, source, sink, held, from_client):
        try:
            while data := source.recv(65536):
                if from_client and self._armed.is_set():
                    self._armed.clear()
                    held.set()
                    sink.sendall(data)
                    time.sleep(0.5)
                    self.cuts += 1
                    break
                if not from_client and held.is_set():
                    continue
                sink.sendall(data)
                self.answered |= not from_client
        except OSError:
            pass
        shut(sink)  # the other direction ends too, and closes it
        source.close()

    def close(self):
        self._listener.close()
        self.cut()


def shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
