import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { isUserId } from "../model/text.js";

/** An app's key. Only its SHA-256 is stored. */
export interface AppKey {
  readonly name: string;
  readonly sha256: Uint8Array;
  /** The only person that the key speaks for. Null: it speaks for every person, and names them. */
  readonly userId: string | null;
  /** Whether mutations are refused. */
  readonly readOnly: boolean;
}

const keyBytes = 32;
const fileName = "encryption.key";

/** The bytes of a base64 or base64url text of exactly 32 bytes; null otherwise. */
export function readKey(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === keyBytes ? bytes : null;
}

export function newKey(): Uint8Array {
  return randomBytes(keyBytes);
}

/**
 * Reads one entry of APP_KEYS: `name:sha256-hex`, then in any order `:ro` (the key may only read) and `:user=ID` (it
 * speaks for one person). The id is percent-encoded, since a comma would end the entry. Null for anything else.
 */
export function readAppKey(text: string): AppKey | null {
  const [name = "", hex = "", ...options] = text.split(":");
  if (!/^[\w.-]+$/.test(name) || !/^[0-9a-f]{64}$/i.test(hex)) return null;
  let userId: string | null = null;
  let readOnly = false;
  for (const option of options) {
    // A misspelt or repeated option makes the entry invalid: the key must not get more rights than intended.
    if (option === "ro" && !readOnly) readOnly = true;
    else if (option.startsWith("user=") && userId === null) {
      userId = decoded(option.slice("user=".length));
      if (userId === null || !isUserId(userId)) return null;
    } else return null;
  }
  return { name, sha256: Buffer.from(hex, "hex"), userId, readOnly };
}

/** Writes an entry that `readAppKey` reads. */
export function writeAppKey({ name, sha256, userId, readOnly }: AppKey): string {
  const bound = userId === null ? "" : `:user=${encodeURIComponent(userId)}`;
  return `${name}:${Buffer.from(sha256).toString("hex")}${readOnly ? ":ro" : ""}${bound}`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * The key in the data folder; a new one is made if there is none. It is written to a temporary file and then linked to
 * its name, which succeeds in one process only: a later process reads the key of the first, and no process reads half a
 * key. Throws what the file system throws, and an Error if the file has no key.
 */
export function keyFromFolder(folder: string): { readonly key: Uint8Array; readonly notice: string | null } {
  const path = join(folder, fileName);
  const existing = readIfThere(path);
  if (existing === null) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const aside = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
    const file = openSync(aside, "wx", 0o600);
    try {
      writeSync(file, `${Buffer.from(newKey()).toString("base64")}\n`);
      fsyncSync(file);
      linkSync(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      closeSync(file);
      unlinkSync(aside);
    }
  }
  const key = readKey((existing ?? readFileSync(path, "utf8")).trim());
  // A new key would make everything encrypted so far unreadable.
  if (!key) throw new Error(`${path} holds no key`);
  const open = process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0;
  return { key, notice: open ? `${path} can be read by others on this machine: chmod 600 it.` : null };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
