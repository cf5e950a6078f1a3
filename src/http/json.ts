import { parse } from "lossless-json";

/** The answer lacks a part that the provider guarantees. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
}

/** Integers beyond 2^53 stay exact, as strings. All other numbers are numbers. */
function exactNumber(text: string): number | string {
  const value = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
}

const hasLongInteger = /\d{16}/;

/**
 * Parses JSON without rounding 64-bit ids. A byte order mark at the start is ignored: some servers send one. Throws
 * SyntaxError if the text is not JSON, and RangeError if it is nested too deep.
 */
export function parseLossless(given: string): unknown {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  // Only a run of at least 16 digits can be an unsafe integer. Other texts go to the built-in parser, which is far
  // faster.
  return hasLongInteger.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text);
}

/** The content of a body, parsed without rounding. Undefined if it is empty, or not JSON, or not UTF-8. */
export function jsonIn(body: string | Uint8Array): unknown {
  try {
    return parseLossless(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** A vendor's shape before it is checked: the names are known, the values are not. */
export type Unchecked<T> = { readonly [K in keyof T]?: unknown };

/**
 * Readers for JSON of unknown shape. For a required part they throw `UnreadableAnswer` with its path; an `optional…`
 * reader gives null if the part is absent or of another type.
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

/**
 * A number, or a decimal number in a text ("12840", "5.72"). Null for everything else, such as "NaN", "" and "0x1F".
 */
export function optionalNumber(value: unknown): number | null {
  const number = typeof value === "string" && decimal.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export function number(value: unknown, path: string): number {
  const found = optionalNumber(value);
  if (found === null) throw new UnreadableAnswer(`${path} is not a number`);
  return found;
}

/** An id as exact text, whether the answer has a text or a number. */
export function id(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw new UnreadableAnswer(`${path} is not an id`);
}
