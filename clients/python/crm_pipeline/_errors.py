"""The one type of error that calls raise."""

import typing

import grpc

from crm_pipeline.rpc.v1 import error_details_pb2, status_pb2


class Violation(typing.NamedTuple):
    """What is wrong with a field: its path from the request on, and what would be right."""
    field: str
    description: str


class Precondition(typing.NamedTuple):
    """What must hold first: "GATE", "CRITERION" …, its key, and how to supply it."""
    type: str
    subject: str
    description: str


class CrmError(Exception):
    """A call that failed.

    code           grpc.StatusCode
    reason         "STATE_INVALID" …, a value of crm.error.v1.ErrorReason or of the server's own; "" where
                   it was not the server that refused
    metadata       what the reason is about, as told at each reason
    violations     all that is wrong with the request's fields
    preconditions  all that must hold first
    retry_delay    seconds to wait at least before the next attempt, or None
    """

    def __init__(self, code: grpc.StatusCode, message: str, *, reason: str = "", domain: str = "",
                 metadata: typing.Optional[typing.Dict[str, str]] = None,
                 violations: typing.Sequence[Violation] = (),
                 preconditions: typing.Sequence[Precondition] = (),
                 retry_delay: typing.Optional[float] = None):
        super().__init__(message)
        self.code, self.message, self.reason, self.domain = code, message, reason, domain
        self.metadata = dict(metadata or {})
        self.violations, self.preconditions = list(violations), list(preconditions)
        self.retry_delay = retry_delay

    def __str__(self) -> str:
        head = " ".join(word for word in (self.code.name, self.reason) if word)
        points = [f"{each.field}: {each.description}" for each in self.violations]
        points += [f"{each.type} {each.subject}: {each.description}" for each in self.preconditions]
        return f"{head}: {self.message}" + (f" [{'; '.join(points)}]" if points else "")

    @classmethod
    def of(cls, error: grpc.RpcError) -> "CrmError":
        """What a failed call tells: of grpc or of grpc.aio."""
        made = cls(error.code(), error.details() or "")
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                made._read(value)
        return made

    def _read(self, details: bytes) -> None:
        try:
            for each in status_pb2.Status.FromString(details).details:
                _READERS.get(each.type_url.rpartition(".")[2], lambda *_: None)(self, each.value)
        except Exception:  # what cannot be understood leaves code and message, which are enough
            return


def _read_info(error, value):
    info = error_details_pb2.ErrorInfo.FromString(value)
    error.reason, error.domain, error.metadata = info.reason, info.domain, dict(info.metadata)


def _read_request(error, value):
    error.violations = [Violation(each.field, each.description)
                        for each in error_details_pb2.BadRequest.FromString(value).field_violations]


def _read_preconditions(error, value):
    error.preconditions = [Precondition(each.type, each.subject, each.description)
                           for each in error_details_pb2.PreconditionFailure.FromString(value).violations]


def _read_retry(error, value):
    delay = error_details_pb2.RetryInfo.FromString(value).retry_delay
    error.retry_delay = delay.seconds + delay.nanos / 1e9


_READERS = {"ErrorInfo": _read_info, "BadRequest": _read_request, "PreconditionFailure": _read_preconditions,
            "RetryInfo": _read_retry}
