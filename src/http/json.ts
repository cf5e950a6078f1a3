import { parse } from "lossless-json";

/** An answer that lacks a part the provider guarantees. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
}

/** Integers beyond 2^53 stay exact as strings; every other number is a number. */
function exactNumber(text: string): number | string {
  const value = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
}

const hasLongInteger = /\d{16}/;

/**
 * Parses JSON without rounding 64-bit ids. A byte order mark before it is passed over: some servers write one. Throws
 * SyntaxError for anything else, and RangeError where it is nested too deep.
 */
export function parseLossless(given: string): unknown {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  // Only a run of 16 digits can be an unsafe integer: everything else takes the far faster built-in parser.
  return hasLongInteger.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text);
}

/** What a body says, parsed losslessly; undefined where it is no JSON, as an empty one is not, or no UTF-8. */
export function jsonIn(body: string | Uint8Array): unknown {
  try {
    return parseLossless(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads JSON of unknown shape. `required` parts throw `UnreadableAnswer` with the path that is missing; `optional`
 * ones are null when absent or of another type.
 */
export function object(value: unknown, path: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new UnreadableAnswer(`${path} is not an object`);
}

export function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnreadableAnswer(`${path} is not a list`);
}

export function optionalObject(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function optionalList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new UnreadableAnswer(`${path} is not a string`);
}

export function optionalString(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

const decimal = /^\s*[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/;

/** A number, or a text that holds one in decimals ("12840", "5.72"); null for "NaN", "", "0x1F" and everything else. */
export function optionalNumber(value: unknown): number | null {
  const number = typeof value === "string" && decimal.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export function number(value: unknown, path: string): number {
  const found = optionalNumber(value);
  if (found === null) throw new UnreadableAnswer(`${path} is not a number`);
  return found;
}

/** An id as exact text, whether it arrived as text or as a number. */
export function id(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new UnreadableAnswer(`${path} is not an id`);
}
