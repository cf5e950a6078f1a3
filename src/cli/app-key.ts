import { createHash, randomBytes } from "node:crypto";
import { CommandFailed, type Io } from "./io.js";

/** Makes a key for an app's backend. We keep nothing of it: the operator configures its hash, the app keeps the key. */
export async function createAppKey(io: Io, name: string): Promise<void> {
  if (!/^[\w.-]+$/.test(name)) {
    throw new CommandFailed("A key's name has only letters, digits, dots, dashes and underscores.");
  }
  const key = `pgk_${randomBytes(32).toString("base64url")}`;
  const sha256 = createHash("sha256").update(key).digest("hex");
  io.note("The app sends this key as X-Api-Key. It is shown only now:\n");
  await io.out(`${key}\n`);
  io.note("The gateway is given this in APP_KEYS, separated by commas from others:\n");
  await io.out(`${name}:${sha256}\n`);
}
