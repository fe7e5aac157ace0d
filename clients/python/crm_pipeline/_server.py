"""What the blocking and the asyncio calls of a server share."""

import typing

from crm_pipeline._attempts import Attempts, Stubs, no_address
from crm_pipeline._method import with_ids
from crm_pipeline._watch import start_of

W = typing.TypeVar("W")


class Server(typing.Generic[W]):
    _SERVER = ""
    _WATCH: typing.Callable[..., W]

    def __init__(self, channels, identity):
        self._channel = channels.get(self._SERVER)
        self._identity = identity
        self._stubs = Stubs(self._channel)

    def _prepare(self, method, request, timeout):
        """What a call is made with: its stub, the request with its ids, and the attempts."""
        if self._channel is None:
            raise no_address(self._SERVER)
        attempts = Attempts(self._identity, method.seconds if timeout is None else timeout)
        return self._stubs.of(method), with_ids(method, request), attempts

    def watch_stage_events(self, *, after=None, since=None, types=(), subjects=(), to_stages=(), tenants=(),
                           partition=0) -> W:
        """The stage events of this server, for ever: each once, in order, whatever breaks meanwhile.
        `after`: behind this sequence, 0 for the oldest kept. `since`: a datetime with its time zone.
        Neither: those from now on. `types`, `subjects`, `to_stages`, `tenants`: these alone.
        `partition`: of a log that has several."""
        if self._channel is None:
            raise no_address(self._SERVER)
        request = start_of(after, since, types=types, subjects=subjects, to_stages=to_stages, tenants=tenants,
                           partition=partition)
        return self._WATCH(self._channel, self._identity, request)
