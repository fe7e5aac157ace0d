"""The asyncio calls of one server; see _calls.py."""

import asyncio
import typing

import grpc

from crm_pipeline import _methods
from crm_pipeline._attempts import page_request
from crm_pipeline._errors import CrmError
from crm_pipeline._server import Server
from crm_pipeline._watch import AsyncStageEventWatch


class Calls(Server[AsyncStageEventWatch]):
    _WATCH = AsyncStageEventWatch

    async def _call(self, method, request, timeout):
        stub, request, attempts = self._prepare(method, request, timeout)
        while True:
            try:
                return await stub(request, timeout=attempts.remaining(), metadata=self._identity.metadata())
            except grpc.RpcError as failure:
                error = CrmError.of(failure)
                pause = attempts.pause_after(error)
                if pause is None:
                    raise error from None
            await asyncio.sleep(pause)

    async def list_all(self, request, *,
                       timeout: typing.Optional[float] = None) -> typing.AsyncIterator[typing.Any]:
        """All things of a list, page after page."""
        method = _methods.BY_REQUEST[type(request)]
        request = page_request(method, request)
        while True:
            page = await self._call(method, request, timeout)
            for item in getattr(page, method.items):
                yield item
            request.page_token = page.next_page_token
            if not request.page_token:
                return
