import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Metadata } from "@grpc/grpc-js";

export const serverNames = ["contact", "lead", "opportunity"];
const variables = {
  contact: "CRM_CONTACT_ADDRESS", lead: "CRM_LEAD_ADDRESS", opportunity: "CRM_OPPORTUNITY_ADDRESS",
  tenant: "CRM_TENANT", actor: "CRM_ACTOR", tlsCa: "CRM_TLS_CA", tlsCert: "CRM_TLS_CERT", tlsKey: "CRM_TLS_KEY",
};

// What is not given comes from the environment, then from the stack file.
export function findSettings({ stack, ...given } = {}) {
  const file = readStack(stack || process.env.CRM_STACK || "");
  const found = { token: "", tokenFile: "", ...given };
  for (const [field, variable] of Object.entries(variables)) {
    found[field] ||= process.env[variable] || file[variable] || "";
  }
  // The one that was said closest to the call, whichever of the two it is.
  for (const place of [process.env, file]) {
    if (found.token || found.tokenFile) break;
    Object.assign(found, { token: place.CRM_TOKEN ?? "", tokenFile: place.CRM_TOKEN_FILE ?? "" });
  }
  check(found);
  return found;
}

function check(settings) {
  for (const [name, most] of [["tenant", 64], ["actor", 128]]) {
    if (settings[name].length > most || !/^[A-Za-z0-9._@:-]*$/.test(settings[name])) {
      throw new TypeError(`${name}: letters, digits and . _ @ : - only, at most ${most} characters`);
    }
  }
  if (settings.tlsCa || !(settings.token || settings.tokenFile)) return;
  for (const server of serverNames) {
    if (!staysHere(settings[server])) {
      throw new TypeError(`the token would go to the ${server} service in plain text; give tlsCa`);
    }
  }
}

function readStack(named) {
  let path = named || "deploy/local/run";
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) path = join(path, "stack.env");
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (named) throw new TypeError(`${path} cannot be read`, { cause });
  }
  const lines = text.split("\n").filter((line) => line.includes("=") && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => {
    const equals = line.indexOf("=");
    return [line.slice(0, equals).trim(), line.slice(equals + 1).trim().replace(/^(["'])(.*)\1$/, "$2")];
  }));
}

// Whether what is sent there stays on this machine.
export function staysHere(target) {
  if (!target || target.startsWith("unix:")) return true;
  return target.replace(/^(dns:\/\/\/|ipv4:|ipv6:)/, "").split(",").every((address) => {
    const host = address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
    return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
  });
}

// Who calls, as the metadata of each call.
export class Identity {
  #file;
  #token;
  #looked = performance.now();
  #metadata = new Metadata();

  constructor({ token, tokenFile, tenant, actor }) {
    this.#file = token ? "" : tokenFile;
    this.#token = this.#file ? readToken(this.#file) : token;
    this.#metadata.set("x-crm-tenant", tenant || "default");
    this.#metadata.set("x-crm-actor", actor || "anonymous");
    this.#set();
  }

  // A token file is looked at again with a call that comes a second or more after the last look.
  metadata() {
    if (this.#file && performance.now() - this.#looked >= 1000) this.refresh();
    return this.#metadata;
  }

  // Whether the file now has another token. While it cannot be read, the one before stays.
  refresh() {
    if (!this.#file) return false;
    this.#looked = performance.now();
    let token;
    try {
      token = readToken(this.#file);
    } catch {
      return false;
    }
    const changed = token !== this.#token;
    this.#token = token;
    this.#set();
    return changed;
  }

  #set() {
    if (!this.#token) return;
    this.#metadata = new Metadata();
    this.#metadata.set("authorization", `Bearer ${this.#token}`);
  }
}

function readToken(path) {
  const token = readFileSync(path, "utf8").trim();
  if (!/^[!-~]+$/.test(token)) throw new TypeError(`${path} holds no token`);
  return token;
}
