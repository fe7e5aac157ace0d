#!/usr/bin/python3
"""A receiver of webhooks: checks signatures, takes each event once, answers quickly.

    CRM_WEBHOOK_SECRET=whsec_… clients/examples/webhook_receiver.py --port 8443 \
        --certificate cert.pem --key key.pem --file events.jsonl

Needs nothing but Python 3. Without a certificate it speaks plain HTTP, for trials or behind a proxy
that ends TLS. docs/webhooks.md says what is sent.
"""

import argparse
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import ssl
import threading
import time

TOLERANCE = 300       # seconds: how old a signature may be, and how far clocks may differ
LARGEST = 256 * 1024  # bytes of a body


def verified(secrets, header, body, now=None):
    """Whether the header Crm-Signature ("t=…,v1=…[,v1=…]") signs the body with one of the secrets, lately."""
    parts = [part.split("=", 1) for part in header.split(",") if "=" in part]
    times = [value for name, value in parts if name == "t"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit():
        return False
    if abs((time.time() if now is None else now) - int(times[0])) > TOLERANCE:
        return False
    given = [value for name, value in parts if name == "v1"]
    for secret in secrets:
        wanted = hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest()
        # Compared in a time that does not tell how much of it is right.
        if any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given):
            return True
    return False


class Events:
    """A file of events, each once. What is answered 2xx is on disk."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._seen = set()
        if path.exists():
            self._seen = {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}
        self._file = path.open("a", encoding="utf-8")

    def take(self, event):
        with self._lock:
            if event["id"] in self._seen:
                return  # sent again: the answer to the first time did not arrive
            self._file.write(json.dumps(event) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._seen.add(event["id"])


def handler(secrets, events):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self):
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > LARGEST:
                self.close_connection = True
                return self.answer(413)
            body = self.rfile.read(int(length))
            if not verified(secrets, self.headers.get("Crm-Signature", ""), body):
                return self.answer(401)
            events.take(json.loads(body))
            return self.answer(204)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=0, help="0 takes a free one, which is printed")
    options.add_argument("--address", default="127.0.0.1")
    options.add_argument("--certificate", help="PEM file; with --key")
    options.add_argument("--key")
    options.add_argument("--file", type=pathlib.Path, default=pathlib.Path("events.jsonl"))
    given = options.parse_args()
    # Several, parted by commas, while one replaces another.
    secrets = os.environ["CRM_WEBHOOK_SECRET"].split(",")
    server = http.server.ThreadingHTTPServer((given.address, given.port), handler(secrets, Events(given.file)))
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
