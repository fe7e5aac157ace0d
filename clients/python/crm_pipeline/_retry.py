"""When a failed call is made again. Pure: no clock, no chance, no network."""

import typing

import grpc

from crm_pipeline._errors import CrmError

FIRST, LONGEST = 0.05, 2.0


def pause_after(error: CrmError, failures: int, remaining: float, chance: float) -> typing.Optional[float]:
    """Seconds to wait after the `failures`-th failure in a row, or None when the error is final: it does
    not pass by itself, or not within `remaining`. The server's own delay is never undercut; `chance`, in
    [0, 1), cuts the rest by up to half."""
    if error.code == grpc.StatusCode.RESOURCE_EXHAUSTED:
        if error.retry_delay is None:
            return None  # too much for this call alone, as an answer beyond the limit
    elif error.code != grpc.StatusCode.UNAVAILABLE:
        return None
    pause = min(FIRST * 2 ** min(failures - 1, 10), LONGEST) * (1 - chance / 2)
    pause = max(pause, error.retry_delay or 0)
    return pause if pause < remaining else None
