"""Does with the Python package what it is told: a JSON object a line in, one a line out; see drivers.py."""

import asyncio
import json
import sys
import time

from crm_pipeline import AsyncClient, Client, CrmError, _methods
from google.protobuf import json_format


def server_and_method(call):
    server, name = call.split(".")
    return server, name, METHODS[server, name]


def known_methods():
    from crm_pipeline import _blocking
    found = {}
    for method in _methods.METHODS.values():
        for each in ("Contact", "Lead", "Opportunity"):
            for name, function in vars(getattr(_blocking, each)).items():
                if callable(function) and method.path in (function.__code__.co_consts or ()):
                    found[each.lower(), name] = method
    return found


METHODS = known_methods()


def told(message):
    return json_format.MessageToDict(message)


def told_error(error):
    return {"code": error.code.name, "reason": error.reason, "message": error.message,
            "metadata": error.metadata, "violations": [list(each) for each in error.violations],
            "preconditions": [list(each) for each in error.preconditions]}


class Blocking:
    client = None

    def connect(self, settings):
        if self.client is not None:
            self.client.close()
        self.client = Client.connect(**settings)
        return {}

    def call(self, order):
        server, name, method = server_and_method(order["call"])
        request = json_format.ParseDict(order["request"], method.request())
        return {"response": told(getattr(getattr(self.client, server), name)(request, timeout=order.get("timeout")))}

    def list_all(self, order):
        server, _, method = server_and_method(order["list_all"])
        request = json_format.ParseDict(order["request"], method.request())
        return {"items": [told(each) for each in getattr(self.client, server).list_all(request)]}

    def throughput(self, order):
        """Seconds and CPU seconds for `calls` of GetLead in turns by the bare stub and by the package."""
        import grpc
        from crm_pipeline import lead
        from crm_pipeline.lead.v1.lead_service_pb2_grpc import LeadServiceStub
        stub = LeadServiceStub(grpc.insecure_channel(order["address"]))
        request = lead.GetLeadRequest(name=order["name"])
        ways = {"bare": lambda: stub.GetLead(request, timeout=5), "package": lambda: self.client.lead.get_lead(request)}
        spent = {way: [0.0, 0.0] for way in ways}
        for each in [*ways] * order["rounds"]:
            ways[each]()
            begun = time.perf_counter(), time.process_time()
            for _ in range(order["calls"]):
                ways[each]()
            spent[each][0] += time.perf_counter() - begun[0]
            spent[each][1] += time.process_time() - begun[1]
        return spent

    def watch(self, order):
        events = []
        with getattr(self.client, order["watch"]).watch_stage_events(
                after=order["after"], subjects=order.get("subjects", ())) as watch:
            for event in watch:
                events.append(told(event))
                if len(events) == order["count"]:
                    return {"events": events}


class Asyncio:
    """The same by asyncio."""

    client = None

    def __init__(self):
        self.loop = asyncio.new_event_loop()

    def connect(self, settings):
        return self.loop.run_until_complete(self._connect(settings))

    async def _connect(self, settings):
        if self.client is not None:
            await self.client.close()
        self.client = AsyncClient.connect(**settings)
        return {}

    def call(self, order):
        server, name, method = server_and_method(order["call"])
        request = json_format.ParseDict(order["request"], method.request())
        made = getattr(getattr(self.client, server), name)(request, timeout=order.get("timeout"))
        return {"response": told(self.loop.run_until_complete(made))}

    def list_all(self, order):
        server, _, method = server_and_method(order["list_all"])
        request = json_format.ParseDict(order["request"], method.request())

        async def run():
            return [told(each) async for each in getattr(self.client, server).list_all(request)]
        return {"items": self.loop.run_until_complete(run())}

    def throughput(self, order):
        import grpc
        from crm_pipeline import lead
        from crm_pipeline.lead.v1.lead_service_pb2_grpc import LeadServiceStub

        async def run():
            stub = LeadServiceStub(grpc.aio.insecure_channel(order["address"]))
            request = lead.GetLeadRequest(name=order["name"])
            ways = {"bare": lambda: stub.GetLead(request, timeout=5),
                    "package": lambda: self.client.lead.get_lead(request)}
            spent = {way: [0.0, 0.0] for way in ways}
            for each in [*ways] * order["rounds"]:
                await ways[each]()
                begun = time.perf_counter(), time.process_time()
                for _ in range(order["calls"]):
                    await ways[each]()
                spent[each][0] += time.perf_counter() - begun[0]
                spent[each][1] += time.process_time() - begun[1]
            return spent
        return self.loop.run_until_complete(run())

    def watch(self, order):
        async def run():
            events = []
            async for event in getattr(self.client, order["watch"]).watch_stage_events(
                    after=order["after"], subjects=order.get("subjects", ())):
                events.append(told(event))
                if len(events) == order["count"]:
                    return {"events": events}
        return self.loop.run_until_complete(run())


def main():
    driver = Asyncio() if "asyncio" in sys.argv else Blocking()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "connect" in order:
                answer = driver.connect(order["connect"])
            elif "call" in order:
                answer = driver.call(order)
            elif "list_all" in order:
                answer = driver.list_all(order)
            elif "throughput" in order:
                answer = driver.throughput(order)
            else:
                answer = driver.watch(order)
        except CrmError as error:
            answer = {"error": told_error(error)}
        print(json.dumps(answer), flush=True)


main()
