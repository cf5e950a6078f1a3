import { PulsegateError } from "../errors.js";

/** Who sent a request. Everything a resolver does, it does as this caller. */
export type Caller =
  /** Speaks for one user. `expiresAt` (epoch ms) is null where no credentials were needed. */
  | { readonly kind: "user"; readonly userId: string; readonly expiresAt: number | null }
  /** An app's backend: speaks for any user, and names them. */
  | { readonly kind: "app"; readonly name: string };

const MAX_USER_ID_LENGTH = 256;

/**
 * The user that a request is about: a user token's own, or whom an app key names. FORBIDDEN for a user who names
 * somebody else, BAD_USER_INPUT for an app that names nobody.
 */
export function userOf(caller: Caller, named: string | null | undefined): string {
  if (caller.kind === "user") {
    if (named !== null && named !== undefined && named !== caller.userId) {
      throw new PulsegateError("FORBIDDEN", "A user token speaks for its own user alone.");
    }
    return caller.userId;
  }
  if (named === null || named === undefined) {
    throw new PulsegateError("BAD_USER_INPUT", "An app key has to name the user: userId is missing.");
  }
  if (named.trim() === "" || named.length > MAX_USER_ID_LENGTH) {
    throw new PulsegateError("BAD_USER_INPUT", `userId has 1 to ${MAX_USER_ID_LENGTH} characters.`);
  }
  return named;
}

/** FORBIDDEN for anybody but an app. */
export function requireApp(caller: Caller): void {
  if (caller.kind !== "app") throw new PulsegateError("FORBIDDEN", "Only an app key may do that.");
}
