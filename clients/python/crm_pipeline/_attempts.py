"""What the blocking and the asyncio calls share: one logical call and its attempts."""

import random
import time
import typing

import grpc

from crm_pipeline._errors import CrmError
from crm_pipeline._method import Method
from crm_pipeline._retry import pause_after


def no_address(server: str) -> CrmError:
    return CrmError(grpc.StatusCode.FAILED_PRECONDITION, f"no address is known for the {server} service")


class Attempts:
    """The attempts of a call all end by one deadline, `seconds` from now."""

    def __init__(self, identity, seconds: float):
        self._identity = identity
        self._end = time.monotonic() + seconds
        self._failures = 0
        self._refreshed = False

    def remaining(self) -> float:
        return max(self._end - time.monotonic(), 0)

    def pause_after(self, error: CrmError) -> typing.Optional[float]:
        """Seconds until the next attempt; None if there is to be none."""
        if error.code == grpc.StatusCode.UNAUTHENTICATED:
            # The token has ended, and somebody has put another into the file.
            again = not self._refreshed and self._identity.refresh()
            self._refreshed = True
            return 0.0 if again else None
        self._failures += 1
        return pause_after(error, self._failures, self.remaining(), random.random())


class Stubs:
    """A channel's methods, each made at its first use."""

    def __init__(self, channel):
        self._channel = channel
        self._stubs: typing.Dict[str, typing.Any] = {}

    def of(self, method: Method):
        found = self._stubs.get(method.path)
        if found is None:
            found = self._stubs[method.path] = self._channel.unary_unary(
                method.path, request_serializer=method.request.SerializeToString,
                response_deserializer=method.response.FromString)
        return found


def page_request(method: Method, request):
    """A copy, whose page token is set page by page."""
    if not method.items:
        raise TypeError(f"{method.path} has no pages")
    return method.request.FromString(request.SerializeToString())
