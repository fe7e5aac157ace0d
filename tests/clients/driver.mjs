// Does with the Node package what it is told: a JSON object a line in, one a line out; see drivers.py.

import { createInterface } from "node:readline";
import { fromJson, toJson } from "@bufbuild/protobuf";
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
  const events = [];
  for await (const event of client[order.watch].watchStageEvents({ after: order.after, subjects: order.subjects ?? [] })) {
    events.push(toJson(StageEventSchema, event));
    if (events.length === order.count) break;
  }
  return { events };
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
