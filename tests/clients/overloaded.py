"""A lead service that says OVERLOADED some times before it answers, and remembers what it was sent."""

import concurrent.futures
import time

import grpc
from google.protobuf import any_pb2, duration_pb2

_METHOD = "/crm.lead.v1.LeadService/LogActivity"


def _field(number, data):
    """A field with bytes of up to 127."""
    return bytes([number << 3 | 2, len(data)]) + data


def _overloaded(delay):
    """google.rpc.Status with ErrorInfo and RetryInfo, as the services send it."""
    wait = duration_pb2.Duration(nanos=int(delay * 1e9)).SerializeToString()
    details = [("google.rpc.ErrorInfo", _field(1, b"OVERLOADED")), ("google.rpc.RetryInfo", _field(1, wait))]
    packed = [any_pb2.Any(type_url=f"type.googleapis.com/{name}", value=value).SerializeToString()
              for name, value in details]
    return bytes([8, grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]]) + b"".join(_field(3, each) for each in packed)


class OverloadedLead(grpc.GenericRpcHandler):
    def __init__(self, refusals, delay):
        self.calls = []  # (when, the request's bytes)
        self._refusals, self._delay = refusals, delay
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers([self])
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(self._log_activity) if details.method == _METHOD else None

    def _log_activity(self, request, context):
        self.calls.append((time.monotonic(), request))
        if len(self.calls) <= self._refusals:
            context.set_trailing_metadata([("grpc-status-details-bin", _overloaded(self._delay))])
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Too many calls wait.")
        return b""

    def request_id(self, request):
        """The field `request_id`, which is the last: 36 characters."""
        return request[-36:].decode() if request[-38:-36] == bytes([4 << 3 | 2, 36]) else ""

    def stop(self):
        self._server.stop(None)
