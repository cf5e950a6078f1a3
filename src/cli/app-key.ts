import { createHash, randomBytes } from "node:crypto";
import { writeAppKey } from "../config/keys.js";
import { isUserId } from "../model/text.js";
import { CommandFailed, type Io } from "./io.js";

export interface AppKeyOptions {
  /** The only person that the key speaks for. */
  readonly user?: string;
  /** The key may not send mutations. */
  readonly readOnly?: boolean;
}

/**
 * Makes a key for an app's backend. The gateway does not store it: the operator configures its hash, and the app keeps
 * the key.
 */
export async function createAppKey(
  io: Io,
  name: string,
  { user, readOnly = false }: AppKeyOptions = {},
): Promise<void> {
  if (!/^[\w.-]+$/.test(name)) {
    throw new CommandFailed("A key's name has only letters, digits, dots, dashes and underscores.");
  }
  if (user !== undefined && !isUserId(user)) throw new CommandFailed("A user's id has 1 to 256 characters.");
  const key = `pgk_${randomBytes(32).toString("base64url")}`;
  const sha256 = createHash("sha256").update(key).digest();
  io.note("The app sends this key as X-Api-Key. It is shown only now:\n");
  await io.out(`${key}\n`);
  io.note("Add this to the gateway's APP_KEYS, with a comma between entries:\n");
  await io.out(`${writeAppKey({ name, sha256, userId: user ?? null, readOnly })}\n`);
}
