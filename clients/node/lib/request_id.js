import { randomBytes } from "node:crypto";
import { clone, create, isMessage } from "@bufbuild/protobuf";

// A UUIDv7: begins with the time, so that the ids of a time lie together in the server's index.
export function newRequestId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The request as a message, with an id in each place that is empty; what the caller gave stays as it is.
export function withIds(method, request) {
  let message = isMessage(request, method.request) ? request : create(method.request, request);
  if (!method.ids) return message;
  if (method.ids !== "requestId") {
    message = clone(method.request, message);
    for (const each of message[method.ids]) each.requestId ||= newRequestId();
  } else if (!message.requestId) {
    message = { ...message, requestId: newRequestId() };
  }
  return message;
}
