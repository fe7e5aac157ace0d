"""The three servers as one object, for threads and for asyncio."""

import typing

import grpc

from crm_pipeline._asyncio import AsyncContact, AsyncLead, AsyncOpportunity
from crm_pipeline._blocking import Contact, Lead, Opportunity
from crm_pipeline._channel import open_channels
from crm_pipeline._settings import Identity, Settings


class Client:
    """`client.lead.capture_lead(request)`: a request for a response, or CrmError.

    A writing request without a request id gets one, so that what passes by itself is tried again until
    the call's deadline, with one effect. To be able to repeat a write after the process has died, set the
    id. Thread-safe; not for use over a fork."""

    def __init__(self, settings: Settings):
        settings.check()
        identity = Identity(settings)
        self._channels = open_channels(settings)
        self.contact = Contact(self._channels, identity)
        self.lead = Lead(self._channels, identity)
        self.opportunity = Opportunity(self._channels, identity)

    @classmethod
    def connect(cls, stack: typing.Optional[str] = None, **settings: str) -> "Client":
        """By what is given here (see Settings), then the environment, then the stack file. Connects with
        the first call. ValueError for what makes no sense."""
        return cls(Settings.find(stack, **settings))

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.close()


class AsyncClient:
    """The same for asyncio: `await client.lead.capture_lead(request)`. Made within the loop it runs in."""

    def __init__(self, settings: Settings):
        settings.check()
        identity = Identity(settings)
        self._channels = open_channels(settings, grpc.aio)
        self.contact = AsyncContact(self._channels, identity)
        self.lead = AsyncLead(self._channels, identity)
        self.opportunity = AsyncOpportunity(self._channels, identity)

    @classmethod
    def connect(cls, stack: typing.Optional[str] = None, **settings: str) -> "AsyncClient":
        return cls(Settings.find(stack, **settings))

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_) -> None:
        await self.close()
