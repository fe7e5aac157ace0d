"""What is known of a method, and the ids that make calls safe to repeat."""

import os
import time
import typing
import uuid


class Method(typing.NamedTuple):
    path: str
    request: type
    response: type
    seconds: float   # default deadline
    repeatable: str  # "request_id", "same_effect" or "read"
    ids: str         # the field with the request id, or the repeated one whose items have it; else ""
    items: str       # of a list that has pages: the field with the things listed; else ""


def new_request_id() -> str:
    """A UUIDv7: begins with the time, so that the ids of a time lie together in the server's index."""
    value = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


def with_ids(method: Method, request):
    """The request with an id in each place that is empty: a copy, the caller's stays as it is. Made once
    for a call, whatever its attempts, so that the server knows them for one."""
    if not method.ids:
        return request
    if method.ids == "request_id":
        if request.request_id:
            return request
        request = method.request.FromString(request.SerializeToString())
        request.request_id = new_request_id()
        return request
    request = method.request.FromString(request.SerializeToString())
    for item in getattr(request, method.ids):
        if not item.request_id:
            item.request_id = new_request_id()
    return request
