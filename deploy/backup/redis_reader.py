"""Reads a stream from Redis with nothing but Python."""

import socket
from urllib.parse import unquote, urlparse


class Refused(Exception):
    """Redis answered with an error."""


class Redis:
    def __init__(self, url):
        address = urlparse(url)
        self._socket = socket.create_connection((address.hostname, address.port or 6379), timeout=10)
        self._file = self._socket.makefile("rwb")
        if address.password:
            user = [unquote(address.username)] if address.username else []
            self.call("AUTH", *user, unquote(address.password))
        if address.path.strip("/"):
            self.call("SELECT", address.path.strip("/"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def call(self, *words):
        parts = [f"*{len(words)}\r\n".encode()]
        parts += [b"$%d\r\n%s\r\n" % (len(word), word) for word in (str(w).encode() for w in words)]
        self._file.write(b"".join(parts))
        self._file.flush()
        return self._reply()

    def _reply(self):
        line = self._file.readline()
        if not line:
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"$":
            return None if rest == "-1" else self._file.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == "-1" else [self._reply() for _ in range(int(rest))]
        if kind == b"-":
            raise Refused(rest)
        return rest

    def entries(self, stream):
        """{id: {field: value}} of the whole stream, in its order."""
        found, start = {}, "-"
        while page := self.call("XRANGE", stream, start, "+", "COUNT", 1000):
            found.update((name, dict(zip(fields[::2], fields[1::2]))) for name, fields in page)
            start = "(" + page[-1][0]
        return found
