"""The blocking calls of one server."""

import time
import typing

import grpc

from crm_pipeline import _methods
from crm_pipeline._attempts import page_request
from crm_pipeline._errors import CrmError
from crm_pipeline._server import Server
from crm_pipeline._watch import StageEventWatch


class Calls(Server[StageEventWatch]):
    _WATCH = StageEventWatch

    def _call(self, method, request, timeout):
        stub, request, attempts = self._prepare(method, request, timeout)
        while True:
            try:
                return stub(request, attempts.remaining(), self._identity.metadata())
            except grpc.RpcError as failure:
                error = CrmError.of(failure)
                pause = attempts.pause_after(error)
                if pause is None:
                    raise error from None
            time.sleep(pause)

    def list_all(self, request, *, timeout: typing.Optional[float] = None) -> typing.Iterator[typing.Any]:
        """All things of a list, page after page: list_all(lead.ListLeadsRequest(filter="state = WORKING")).
        `page_size` says how many are fetched at a time, `timeout` how long a page may take."""
        method = _methods.BY_REQUEST[type(request)]
        request = page_request(method, request)
        while True:
            page = self._call(method, request, timeout)
            yield from getattr(page, method.items)
            request.page_token = page.next_page_token
            if not request.page_token:
                return
