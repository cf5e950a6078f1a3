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

/** An app's key: we hold only its SHA-256. */
export interface AppKey {
  readonly name: string;
  readonly sha256: Uint8Array;
  /** The one person it speaks for; null: for everybody, naming them. */
  readonly userId: string | null;
  /** Whether mutations are refused. */
  readonly readOnly: boolean;
}

const keyBytes = 32;
const fileName = "encryption.key";

/** A base64 or base64url text of exactly 32 bytes; null otherwise. */
export function readKey(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === keyBytes ? bytes : null;
}

export function newKey(): Uint8Array {
  return randomBytes(keyBytes);
}

/**
 * One entry of APP_KEYS: `name:sha256-hex`, then `:ro` for a key that may only read and `:user=ID` for one that speaks
 * for one person, in any order. The id is percent-encoded, since a comma would end the entry. Null for anything else.
 */
export function readAppKey(text: string): AppKey | null {
  const [name = "", hex = "", ...options] = text.split(":");
  if (!/^[\w.-]+$/.test(name) || !/^[0-9a-f]{64}$/i.test(hex)) return null;
  let userId: string | null = null;
  let readOnly = false;
  for (const option of options) {
    // An option that is misspelt, or given twice, must not leave a key that may do more than was meant.
    if (option === "ro" && !readOnly) readOnly = true;
    else if (option.startsWith("user=") && userId === null) {
      userId = decoded(option.slice("user=".length));
      if (userId === null || !isUserId(userId)) return null;
    } else return null;
  }
  return { name, sha256: Buffer.from(hex, "hex"), userId, readOnly };
}

/** The same entry as text. */
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
 * The key in the data folder, made if there is none. Written aside and then linked to its name, which succeeds for one
 * process only: whoever comes second reads the first one's, and nobody ever reads half a key. Throws what the file
 * system throws, and an Error if the file holds no key.
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
  // Making a new one in its place would make everything encrypted so far unreadable.
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
