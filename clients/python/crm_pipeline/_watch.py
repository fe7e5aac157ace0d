"""Stage events as they come. A subscription that ends is made again behind what was read."""

import asyncio
import random
import threading
import time
import typing

import grpc

from crm_pipeline import event
from crm_pipeline._errors import CrmError
from crm_pipeline._retry import pause_after

_PATH = "/crm.event.v1.StageEventService/SubscribeStageEvents"
_SILENCE = 35.0  # the server says something every ten seconds; after this the connection is dead
_FOR_EVER = float("inf")


def start_of(after, since, **filters):
    request = event.SubscribeStageEventsRequest(**filters)
    if after is not None and since is not None:
        raise ValueError("a watch begins after a sequence or at a time, not both")
    if after is not None:
        request.after_sequence = after
    if since is not None:
        if since.tzinfo is None:
            raise ValueError("`since` needs its time zone")
        request.start_time.FromDatetime(since)
    return request


class Position:
    """Where a watch stands, and what to make of what it is told."""

    def __init__(self, identity, request):
        self._identity = identity
        self.request = request
        # Whoever begins with the oldest takes what is kept; who begins elsewhere misses what is not.
        self._read = request.after_sequence if request.after_sequence else None
        self._failures = 0
        self._refreshed = False

    @property
    def read_sequence(self) -> typing.Optional[int]:
        return self._read

    def take(self, response):
        """The events of a response. Raises CrmError EVENTS_LOST where some left the log unread."""
        self._failures, self._refreshed = 0, False
        if self._read is not None and response.begin_sequence > self._read + 1:
            lost = {"firstSequence": str(self._read + 1), "lastSequence": str(response.begin_sequence - 1)}
            self._go_on_after(response.begin_sequence - 1)
            raise CrmError(grpc.StatusCode.DATA_LOSS, "Events left the log before they were read.",
                           reason="EVENTS_LOST", metadata=lost)
        return response.events

    def done(self, response):
        self._go_on_after(response.read_sequence)

    def _go_on_after(self, sequence):
        self._read = sequence
        self.request.after_sequence = sequence

    def pause_after(self, error: CrmError) -> float:
        """Seconds until the next subscription; raises what does not pass by itself."""
        if error.code == grpc.StatusCode.UNAUTHENTICATED and not self._refreshed and self._identity.refresh():
            self._refreshed = True
            return 0.0
        self._failures += 1
        pause = pause_after(error, self._failures, _FOR_EVER, random.random())
        if pause is None:
            raise error
        return pause


def _stub(channel):
    return channel.unary_stream(_PATH, request_serializer=event.SubscribeStageEventsRequest.SerializeToString,
                                response_deserializer=event.SubscribeStageEventsResponse.FromString)


def _end(failure):
    """How a subscription ended; an end without error is one all the same, since a watch wants to go on."""
    if failure is None:
        return CrmError(grpc.StatusCode.UNAVAILABLE, "the server ended the subscription")
    error = CrmError.of(failure)
    if error.code == grpc.StatusCode.CANCELLED:  # by us, after a silence: a cancelled watch does not get here
        return CrmError(grpc.StatusCode.UNAVAILABLE, "the server says nothing any more")
    return error


class StageEventWatch:
    """An endless iterator of crm_pipeline.event.StageEvent, for one thread.

    `event.sequence`, kept beside what was done with the event, is the `after` to go on with in another
    process; where only some events are asked for, `read_sequence` may be further. cancel(), from any
    thread, ends the iteration. Raises CrmError: what does not pass by itself; DATA_LOSS EVENTS_LOST where
    events left the log unread, behind which the next iteration goes on."""

    def __init__(self, channel, identity, request):
        self._stub, self._identity = _stub(channel), identity
        self._position = Position(identity, request)
        self._cancelled = threading.Event()
        self._call = None
        self._heard = time.monotonic()
        self._events = self._run()

    @property
    def read_sequence(self) -> typing.Optional[int]:
        """How far it has read; None before the first response."""
        return self._position.read_sequence

    def cancel(self) -> None:
        self._cancelled.set()
        call = self._call
        if call is not None:
            call.cancel()

    def __enter__(self) -> "StageEventWatch":
        return self

    def __exit__(self, *_) -> None:
        self.cancel()

    def __iter__(self) -> typing.Iterator[event.StageEvent]:
        return self

    def __next__(self) -> event.StageEvent:
        try:
            return next(self._events)
        except CrmError:
            self._events = self._run()
            raise

    def _run(self):
        while not self._cancelled.is_set():
            failure = None
            try:
                for response in self._responses():
                    yield from self._position.take(response)
                    self._position.done(response)
            except grpc.RpcError as ended:
                failure = ended
            finally:
                self._hang_up()
            if not self._cancelled.is_set():
                self._cancelled.wait(self._position.pause_after(_end(failure)))

    def _responses(self):
        self._heard = time.monotonic()
        call = self._call = self._stub(self._position.request, metadata=self._identity.metadata())
        if self._cancelled.is_set():
            call.cancel()
        threading.Thread(target=self._end_silence, args=(call,), daemon=True).start()
        for response in call:
            self._heard = time.monotonic()
            yield response
            self._heard = time.monotonic()

    def _end_silence(self, call):
        while call is self._call and not self._cancelled.wait(1):
            if self._waiting() > _SILENCE:
                call.cancel()
                return

    def _waiting(self):
        return time.monotonic() - self._heard

    def _hang_up(self):
        call, self._call = self._call, None
        if call is not None:
            call.cancel()


class AsyncStageEventWatch:
    """The same for `async for`. End it by leaving the loop, or its task, or cancel()."""

    def __init__(self, channel, identity, request):
        self._stub, self._identity = _stub(channel), identity
        self._position = Position(identity, request)
        self._call = None
        self._cancelled = False
        self._events = self._run()

    @property
    def read_sequence(self) -> typing.Optional[int]:
        return self._position.read_sequence

    def cancel(self) -> None:
        self._cancelled = True
        if self._call is not None:
            self._call.cancel()

    def __aiter__(self) -> typing.AsyncIterator[event.StageEvent]:
        return self

    async def __anext__(self) -> event.StageEvent:
        try:
            return await self._events.__anext__()
        except CrmError:
            self._events = self._run()
            raise

    async def _run(self):
        while not self._cancelled:
            error = None
            try:
                call = self._call = self._stub(self._position.request, metadata=self._identity.metadata())
                while (response := await asyncio.wait_for(call.read(), _SILENCE)) is not grpc.aio.EOF:
                    for each in self._position.take(response):
                        yield each
                    self._position.done(response)
                error = _end(None)
            except asyncio.TimeoutError:
                error = CrmError(grpc.StatusCode.UNAVAILABLE, "the server says nothing any more")
            except grpc.RpcError as failure:
                error = _end(failure)
            except asyncio.CancelledError:
                if not self._cancelled:
                    raise
            finally:
                call, self._call = self._call, None
                if call is not None:
                    call.cancel()
            if not self._cancelled:
                await asyncio.sleep(self._position.pause_after(error))
