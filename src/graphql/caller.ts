import { PulsegateError } from "../errors.js";
import { isUserId, MAX_TEXT_LENGTH } from "../model/text.js";

/** Who sent a request. A resolver does everything in the name of this caller. */
export type Caller =
  /**
   * Speaks for one user. `expiresAt` (epoch ms) is null if no credentials were needed. `appKey` names the app key that
   * is bound to this user, if a key and no user token was sent: it may do what the user may.
   */
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly expiresAt: number | null;
      readonly appKey?: string;
      readonly readOnly?: boolean;
    }
  /** An app's backend: speaks for any user, and must name the user. */
  | { readonly kind: "app"; readonly name: string; readonly readOnly?: boolean };

/**
 * The user that a request is about: the user of the token, or the user that an app names. FORBIDDEN for a user who
 * names somebody else, BAD_USER_INPUT for an app that names nobody.
 */
export function userOf(caller: Caller, named: string | null | undefined): string {
  if (caller.kind === "user") {
    if (named !== null && named !== undefined && named !== caller.userId) {
      throw new PulsegateError(
        "FORBIDDEN",
        caller.appKey === undefined
          ? "A user token speaks for its own user only."
          : "This app key speaks for one user only.",
      );
    }
    return caller.userId;
  }
  if (named === null || named === undefined) {
    throw new PulsegateError("BAD_USER_INPUT", "userId is missing: a request with an app key must name the user.");
  }
  if (!isUserId(named)) {
    throw new PulsegateError("BAD_USER_INPUT", `userId must have 1 to ${MAX_TEXT_LENGTH} characters, and no NUL.`);
  }
  return named;
}

/** As `userOf`, but null, which means all users, for an app that names nobody. */
export function usersOf(caller: Caller, named: string | null | undefined): string | null {
  const isOfAll = caller.kind === "app" && (named === null || named === undefined);
  return isOfAll ? null : userOf(caller, named);
}

/** The owner of the work, for turns among callers. */
export function ownerOf(caller: Caller): string {
  return caller.kind === "app" ? `app ${caller.name}` : `user ${caller.userId}`;
}

/** Throws FORBIDDEN for every caller but an app. */
export function requireApp(caller: Caller): void {
  if (caller.kind !== "app") throw new PulsegateError("FORBIDDEN", "Only an app key may do that.");
}

/** Throws FORBIDDEN for a key that may only read. */
export function requireWriter(caller: Caller): void {
  if (caller.readOnly) throw new PulsegateError("FORBIDDEN", "This app key may only read: it can't send mutations.");
}
