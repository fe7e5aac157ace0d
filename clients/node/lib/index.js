import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { Contact, Lead, Opportunity } from "../gen/servers.js";
import { services } from "../gen/services.js";
import { findSettings, Identity, serverNames } from "./settings.js";

export { CrmError } from "./errors.js";
export { Server } from "./server.js";
export { amountOf, dateOf, money, toDate } from "./values.js";

// Short breaks are bridged by gRPC: round robin over a name's addresses, up to 4 attempts on UNAVAILABLE.
// What lasts longer is bridged by the calls, until their deadline.
const serviceConfig = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [{
    name: services.map((service) => ({ service })),
    retryPolicy: {
      maxAttempts: 4, initialBackoff: "0.05s", maxBackoff: "1s", backoffMultiplier: 2,
      retryableStatusCodes: ["UNAVAILABLE"],
    },
  }],
});

const options = {
  "grpc.service_config": serviceConfig,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_retries": 1,
  "grpc.max_receive_message_length": 64 << 20,
  "grpc.initial_reconnect_backoff_ms": 200,
  "grpc.max_reconnect_backoff_ms": 2000,
};

function credentialsOf({ tlsCa, tlsCert, tlsKey }) {
  if (!tlsCa) return grpc.credentials.createInsecure();
  const [authority, key, certificate] = [tlsCa, tlsKey, tlsCert].map((path) => (path ? readFileSync(path) : null));
  return grpc.credentials.createSsl(authority, key, certificate);
}

export class Client {
  #channels;

  constructor(settings) {
    const identity = new Identity(settings);
    const credentials = credentialsOf(settings);
    this.#channels = Object.fromEntries(serverNames.filter((name) => settings[name]).map(
      (name) => [name, new grpc.Client(settings[name], credentials, options)]));
    this.contact = new Contact("contact", this.#channels.contact, identity);
    this.lead = new Lead("lead", this.#channels.lead, identity);
    this.opportunity = new Opportunity("opportunity", this.#channels.opportunity, identity);
  }

  static connect(settings) {
    return new Client(findSettings(settings));
  }

  close() {
    for (const channel of Object.values(this.#channels)) channel.close();
  }
}
