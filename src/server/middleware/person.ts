import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../../config/config.js";
import { PulsegateError } from "../../errors.js";
import type { AddressOf } from "../address.js";
import { guardOpenDoor } from "../guard.js";
import type { Identity } from "../identity.js";
import type { RateLimiter } from "../rate-limit.js";
import { found } from "./request.js";

/** Finds out who asks, and takes a point of theirs; of the address where nobody vouches for it. */
export function person({
  config,
  identity,
  limiter,
  addressOf,
}: {
  readonly config: Config;
  readonly identity: Identity;
  readonly limiter: Pick<RateLimiter, "take">;
  readonly addressOf: AddressOf;
}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const mine = found(response);
    try {
      mine.caller = await identity.authenticate(request.headers);
      if (mine.caller.kind === "user" && mine.caller.expiresAt === null) guardOpenDoor(request.headers, config);
    } catch (error) {
      mine.caller = undefined;
      mine.refusal = error;
      // A page elsewhere must not even get to see the explorer.
      if (error instanceof PulsegateError && error.code === "FORBIDDEN") throw error;
    }
    await limiter.take(mine.caller ?? null, addressOf(request));
  };
}
