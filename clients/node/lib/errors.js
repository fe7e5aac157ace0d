import { fromBinary } from "@bufbuild/protobuf";
import { status as codes } from "@grpc/grpc-js";
import {
  BadRequestSchema, ErrorInfoSchema, PreconditionFailureSchema, RetryInfoSchema,
} from "../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../gen/google/rpc/status_pb.js";

const readers = {
  "google.rpc.ErrorInfo": (error, value) => {
    const { reason, domain, metadata } = fromBinary(ErrorInfoSchema, value);
    Object.assign(error, { reason, domain, metadata: { ...metadata } });
  },
  "google.rpc.BadRequest": (error, value) => {
    error.violations = fromBinary(BadRequestSchema, value).fieldViolations
      .map(({ field, description }) => ({ field, description }));
  },
  "google.rpc.PreconditionFailure": (error, value) => {
    error.preconditions = fromBinary(PreconditionFailureSchema, value).violations
      .map(({ type, subject, description }) => ({ type, subject, description }));
  },
  "google.rpc.RetryInfo": (error, value) => {
    const { seconds, nanos } = fromBinary(RetryInfoSchema, value).retryDelay ?? { seconds: 0n, nanos: 0 };
    error.retryDelay = Number(seconds) + nanos / 1e9;
  },
};

export class CrmError extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.name = "CrmError";
    this.code = code;
    Object.assign(this, {
      reason: "", domain: "", metadata: {}, violations: [], preconditions: [], retryDelay: undefined, ...details,
    });
  }

  get codeName() {
    return codes[this.code] ?? String(this.code);
  }

  // What a failed call of grpc-js tells.
  static of(failure) {
    const error = new CrmError(failure.code ?? codes.UNKNOWN, failure.details ?? failure.message);
    const [sent] = failure.metadata?.get("grpc-status-details-bin") ?? [];
    if (sent !== undefined) readDetails(error, sent);
    return error;
  }
}

function readDetails(error, sent) {
  try {
    for (const each of fromBinary(StatusSchema, sent).details) {
      readers[each.typeUrl.slice(each.typeUrl.lastIndexOf("/") + 1)]?.(error, each.value);
    }
  } catch {
    // What cannot be understood leaves code and message, which are enough.
  }
}
