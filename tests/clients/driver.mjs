// Does with the Node package what it is told: a JSON object a line in, one a line out; see drivers.py.

import { createInterface } from "node:readline";
import { create, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { Client, CrmError } from "crm-pipeline";
import { StageEventSchema } from "crm-pipeline/event";

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const pairs = (list) => list.map((each) => Object.values(each));
let client;

// "lead.get_lead": the server, the method's name there, and its schemas.
function find(words) {
  const [server, name] = words.split(".");
  return [client[server], camel(name), client[server].constructor.methods[camel(name)]];
}

async function obey(order) {
  if (order.connect) {
    client?.close();
    client = Client.connect(Object.fromEntries(Object.entries(order.connect).map(([key, value]) => [camel(key), value])));
    return {};
  }
  if (order.call) {
    const [server, name, method] = find(order.call);
    const response = await server[name](fromJson(method.request, order.request), { timeout: order.timeout });
    return { response: toJson(method.response, response) };
  }
  if (order.list_all) {
    const [server, name, method] = find(order.list_all);
    const schema = method.response.fields.find((field) => field.localName === method.items).message;
    const items = [];
    for await (const item of server.listAll(name, fromJson(method.request, order.request))) items.push(toJson(schema, item));
    return { items };
  }
  if (order.throughput) return throughput(order);
  const events = [];
  for await (const event of client[order.watch].watchStageEvents({ after: order.after, subjects: order.subjects ?? [] })) {
    events.push(toJson(StageEventSchema, event));
    if (events.length === order.count) break;
  }
  return { events };
}

// Seconds and CPU seconds for `calls` of GetLead in turns by the bare client of grpc-js and by the package.
async function throughput({ address, name, calls, rounds }) {
  const { Client: Bare, credentials } = await import("@grpc/grpc-js");
  const { GetLeadRequestSchema: input, GetLeadResponseSchema: output } = await import("crm-pipeline/lead");
  const stub = new Bare(address, credentials.createInsecure());
  const request = create(input, { name });
  const ways = {
    bare: () => new Promise((done, fail) => {
      stub.makeUnaryRequest("/crm.lead.v1.LeadService/GetLead", (message) => Buffer.from(toBinary(input, message)),
        (bytes) => fromBinary(output, bytes), request, { deadline: Date.now() + 5000 },
        (error, response) => (error ? fail(error) : done(response)));
    }),
    package: () => client.lead.getLead(request),
  };
  const spent = { bare: [0, 0], package: [0, 0] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, call] of Object.entries(ways)) {
      await call();
      const [begun, cpu] = [performance.now(), process.cpuUsage()];
      for (let each = 0; each < calls; each += 1) await call();
      const { user, system } = process.cpuUsage(cpu);
      spent[way][0] += (performance.now() - begun) / 1e3;
      spent[way][1] += (user + system) / 1e6;
    }
  }
  stub.close();
  return spent;
}

function toldError(error) {
  const { codeName: code, reason, message, metadata, violations, preconditions } = error;
  return { code, reason, message, metadata, violations: pairs(violations), preconditions: pairs(preconditions) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await obey(JSON.parse(line));
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    answer = { error: toldError(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
client?.close();
