import { PulsegateError } from "../errors.js";
import { isUserId, MAX_TEXT_LENGTH } from "../model/text.js";

/** Who sent a request. Everything a resolver does, it does as this caller. */
export type Caller =
  /**
   * Speaks for one user. `expiresAt` (epoch ms) is null where no credentials were needed. `appKey` names the app key that
   * is bound to this user, where one was sent instead of a user token: it may do what the user may, and no more.
   */
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly expiresAt: number | null;
      readonly appKey?: string;
      readonly readOnly?: boolean;
    }
  /** An app's backend: speaks for any user, and names them. */
  | { readonly kind: "app"; readonly name: string; readonly readOnly?: boolean };

/**
 * The user that a request is about: a user token's own, or whom an app key names. FORBIDDEN for a user who names
 * somebody else, BAD_USER_INPUT for an app that names nobody.
 */
export function userOf(caller: Caller, named: string | null | undefined): string {
  if (caller.kind === "user") {
    if (named !== null && named !== undefined && named !== caller.userId) {
      throw new PulsegateError(
        "FORBIDDEN",
        caller.appKey === undefined
          ? "A user token speaks for its own user alone."
          : "This app key speaks for one user alone.",
      );
    }
    return caller.userId;
  }
  if (named === null || named === undefined) {
    throw new PulsegateError("BAD_USER_INPUT", "An app key has to name the user: userId is missing.");
  }
  if (!isUserId(named)) {
    throw new PulsegateError("BAD_USER_INPUT", `userId has 1 to ${MAX_TEXT_LENGTH} characters, and no NUL.`);
  }
  return named;
}

/** Whose work it is, where callers take turns. */
export function ownerOf(caller: Caller): string {
  return caller.kind === "app" ? `app ${caller.name}` : `user ${caller.userId}`;
}

/** FORBIDDEN for anybody but an app. */
export function requireApp(caller: Caller): void {
  if (caller.kind !== "app") throw new PulsegateError("FORBIDDEN", "Only an app key may do that.");
}

/** FORBIDDEN for a key that may only read. */
export function requireWriter(caller: Caller): void {
  if (caller.readOnly) throw new PulsegateError("FORBIDDEN", "This app key may only read: it sends no mutations.");
}
