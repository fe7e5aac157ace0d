import type { Contact, Lead, Opportunity } from "../gen/servers.js";
import type { StageEvent } from "../gen/event.js";
import type { Date as CrmDate, Money } from "../gen/type.js";

/**
 * Where the servers are and who calls. What is not given comes from the environment (CRM_LEAD_ADDRESS,
 * CRM_TLS_CA, CRM_TOKEN_FILE …), then from the stack file: `stack`, CRM_STACK, or
 * deploy/local/run/stack.env if it is there; a folder means its stack.env.
 */
export interface Settings {
  stack?: string;
  /** "host:port" or another target of gRPC. */
  contact?: string;
  lead?: string;
  opportunity?: string;
  /** Who calls, to servers that believe it; a token says so to those that do not. */
  tenant?: string;
  actor?: string;
  token?: string;
  /** Looked at again once a second, and when the server says that the token has ended. */
  tokenFile?: string;
  /** File of the authority to trust; then by TLS. */
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
}

export interface CallOptions {
  /** Seconds for all attempts together. Default: the method's own. */
  timeout?: number;
}

export interface WatchOptions {
  /** Behind this sequence; 0 is the oldest kept. Without it and `since`: from now on. */
  after?: bigint | number;
  since?: Date;
  types?: string[];
  subjects?: string[];
  toStages?: string[];
  /** Of a log that has several; 0 if left out. */
  partition?: number;
  tenants?: string[];
}

/**
 * The three servers as one object: `await client.lead.captureLead({…})`. A writing request without a request
 * id gets one, so that what passes by itself is tried again until the call's deadline, with one effect.
 */
export declare class Client {
  /** Connects with the first call. TypeError for settings that make no sense. */
  static connect(settings?: Settings): Client;
  readonly contact: Contact;
  readonly lead: Lead;
  readonly opportunity: Opportunity;
  close(): void;
}

export declare class Server<Lists> {
  /** All things of a list, page after page: listAll("listLeads", { filter: "state = WORKING" }). */
  listAll<L extends keyof Lists & string>(
    list: L, request: Lists[L] extends [infer Request, unknown] ? Request : never, options?: CallOptions,
  ): AsyncGenerator<Lists[L] extends [unknown, infer Item] ? Item : never>;
  /**
   * The stage events of this server, each once, in order, for ever. `sequence`, kept beside what was done with
   * the event, is the `after` to go on with. Throws CrmError: what does not pass by itself; EVENTS_LOST.
   */
  watchStageEvents(from?: WatchOptions): AsyncGenerator<StageEvent>;
}

/** The one type of error that calls throw. */
export declare class CrmError extends Error {
  /** As in grpc.status. */
  readonly code: number;
  readonly codeName: string;
  /** A value of an ErrorReason; "" where it was not the server that refused. */
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Record<string, string>;
  readonly violations: { field: string; description: string }[];
  readonly preconditions: { type: string; subject: string; description: string }[];
  /** Seconds to wait at least before the next attempt. */
  readonly retryDelay?: number;
}

/** money("EUR", "96000.50"). TypeError for an amount finer than the currency, or a number with fractions. */
export declare function money(currency: string, amount: string | number | bigint): Money;
/** "96000.50", exactly. */
export declare function amountOf(money: Money): string;
/** Of "2031-03-31". */
export declare function toDate(text: string): CrmDate;
export declare function dateOf(date: CrmDate): string;
