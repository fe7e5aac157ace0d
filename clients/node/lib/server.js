import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { status as codes } from "@grpc/grpc-js";
import { CrmError } from "./errors.js";
import { withIds } from "./request_id.js";
import { pauseAfter, sleep } from "./retry.js";
import { watch } from "./watch.js";

// The calls of one server.
export class Server {
  #channel;
  #identity;
  #name;

  constructor(name, channel, identity) {
    this.#name = name;
    this.#channel = channel;
    this.#identity = identity;
  }

  async call(method, request, { timeout = method.seconds } = {}) {
    this.#checkAddress();
    const end = performance.now() + timeout * 1000;
    const bytes = Buffer.from(toBinary(method.request, withIds(method, request)));
    let refreshed = false;
    for (let failures = 0; ;) {
      let pause = 0;
      try {
        return await this.#attempt(method, bytes, end);
      } catch (failure) {
        const error = CrmError.of(failure);
        if (error.code === codes.UNAUTHENTICATED) {
          // The token has ended, and somebody has put another into the file.
          if (refreshed || !this.#identity.refresh()) throw error;
          refreshed = true;
        } else {
          failures += 1;
          pause = pauseAfter(error, failures, (end - performance.now()) / 1000, Math.random());
          if (pause === undefined) throw error;
        }
      }
      await sleep(pause);
    }
  }

  #attempt(method, bytes, end) {
    return new Promise((done, fail) => {
      this.#channel.makeUnaryRequest(
        method.path, asIs, (answer) => fromBinary(method.response, answer), bytes, this.#identity.metadata(),
        { deadline: Date.now() + end - performance.now() },
        (failure, response) => (failure ? fail(failure) : done(response)));
    });
  }

  async* listAll(list, request, options) {
    const method = this.constructor.methods[list];
    if (!method?.items) throw new TypeError(`${list} is no list with pages`);
    for (let pageToken = request.pageToken; ;) {
      const page = await this.call(method, { ...request, pageToken }, options);
      yield* page[method.items];
      pageToken = page.nextPageToken;
      if (!pageToken) return;
    }
  }

  watchStageEvents(from = {}) {
    this.#checkAddress();
    return watch(this.#channel, this.#identity, from);
  }

  #checkAddress() {
    if (!this.#channel) {
      throw new CrmError(codes.FAILED_PRECONDITION, `no address is known for the ${this.#name} service`);
    }
  }
}

const asIs = (bytes) => bytes;
