import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { status as codes } from "@grpc/grpc-js";
import { SubscribeStageEventsRequestSchema, SubscribeStageEventsResponseSchema } from "../gen/event.js";
import { CrmError } from "./errors.js";
import { pauseAfter, sleep } from "./retry.js";

const PATH = "/crm.event.v1.StageEventService/SubscribeStageEvents";
const SILENCE_MS = 35_000; // the server says something every ten seconds

// Each event once, in order, for ever: a subscription that ends is made again behind what was handed out.
export async function* watch(channel, identity, { after, since, ...filters }) {
  if (after !== undefined && since !== undefined) {
    throw new TypeError("a watch begins after a sequence or at a time, not both");
  }
  let start = { case: undefined };
  if (after !== undefined) start = { case: "afterSequence", value: BigInt(after) };
  if (since !== undefined) start = { case: "startTime", value: timestampFromDate(since) };
  // Whoever begins with the oldest takes what is kept; who begins elsewhere misses what is not.
  let read = start.case === "afterSequence" && start.value > 0n ? start.value : undefined;
  let refreshed = false;
  for (let failures = 0; ;) {
    try {
      for await (const response of subscribe(channel, identity, create(SubscribeStageEventsRequestSchema,
        { ...filters, start }))) {
        failures = 0;
        refreshed = false;
        if (read !== undefined && response.beginSequence > read + 1n) throw eventsLost(read, response.beginSequence);
        yield* response.events;
        read = response.readSequence;
        start = { case: "afterSequence", value: read };
      }
    } catch (failure) {
      const error = failure instanceof CrmError ? failure : CrmError.of(failure);
      if (error.code === codes.UNAUTHENTICATED && !refreshed && identity.refresh()) {
        refreshed = true;
        continue;
      }
      failures += 1;
      const pause = pauseAfter(error, failures, Infinity, Math.random());
      if (pause === undefined) throw error;
      await sleep(pause);
    }
  }
}

function eventsLost(read, begin) {
  return new CrmError(codes.DATA_LOSS, "Events left the log before they were read.", {
    reason: "EVENTS_LOST", metadata: { firstSequence: String(read + 1n), lastSequence: String(begin - 1n) },
  });
}

// One subscription. Its end is an error, be it one of ours: a watch wants to go on.
async function* subscribe(channel, identity, request) {
  const call = channel.makeServerStreamRequest(
    PATH, (message) => Buffer.from(toBinary(SubscribeStageEventsRequestSchema, message)),
    (bytes) => fromBinary(SubscribeStageEventsResponseSchema, bytes), request, identity.metadata());
  let silent = false;
  const onSilence = () => {
    silent = true;
    call.cancel();
  };
  let timer = setTimeout(onSilence, SILENCE_MS);
  try {
    for await (const response of call) {
      clearTimeout(timer); // however long these events are worked on
      yield response;
      timer = setTimeout(onSilence, SILENCE_MS);
    }
  } catch (failure) {
    if (!silent) throw failure;
  } finally {
    clearTimeout(timer);
    call.cancel();
  }
  throw new CrmError(codes.UNAVAILABLE, silent ? "the server says nothing any more" : "the server ended the subscription");
}
