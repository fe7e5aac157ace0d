import { status as codes } from "@grpc/grpc-js";

// Seconds to wait after the `failures`-th failure in a row, or undefined when the error is final: it does
// not pass by itself, or not within `remaining`. The server's own delay is never undercut; `chance`, in
// [0, 1), cuts the rest by up to half.
export function pauseAfter(error, failures, remaining, chance) {
  if (error.code === codes.RESOURCE_EXHAUSTED) {
    if (error.retryDelay === undefined) return undefined; // too much for this call alone
  } else if (error.code !== codes.UNAVAILABLE) {
    return undefined;
  }
  const own = Math.min(0.05 * 2 ** Math.min(failures - 1, 10), 2) * (1 - chance / 2);
  const pause = Math.max(own, error.retryDelay ?? 0);
  return pause < remaining ? pause : undefined;
}

export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
