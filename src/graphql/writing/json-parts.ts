import { pacer } from "../../turns.js";
import { Texts } from "./texts.js";
import { Written } from "./written.js";

/** Values that JSON writes in a millisecond or two. */
const VALUES_AT_ONCE = 5_000;

/**
 * What `JSON.stringify` writes, in texts that belong one after the other. Others have their turn in between: an answer may
 * have megabytes. It is never one text, as memory for long ones is fetched from the system each time.
 */
export async function jsonInParts(value: unknown, owner: unknown): Promise<readonly string[]> {
  const pace = pacer(owner);
  const texts = new Texts();
  for (const part of partsOf(value)) {
    texts.add(part);
    await pace();
  }
  return texts.all();
}

/** The parts of a value's JSON, in order. None of them holds more values than that. */
export function* partsOf(value: unknown, most = VALUES_AT_ONCE): Generator<string> {
  if (value instanceof Written) yield* value.json;
  else if (leftAfter(value, most) >= 0) yield JSON.stringify(value) ?? "null";
  else if (Array.isArray(value)) yield* partsOfList(value, most);
  else {
    let opening = "{";
    for (const [name, inner] of Object.entries(value as object)) {
      if (inner === undefined) continue;
      yield `${opening}${JSON.stringify(name)}:`;
      opening = ",";
      yield* partsOf(inner, most);
    }
    yield opening === "{" ? "{}" : "}";
  }
}

/** As many items at once as have few values together. */
function* partsOfList(list: readonly unknown[], most: number): Generator<string> {
  yield "[";
  for (let at = 0; at < list.length; ) {
    let end = at;
    for (let left = most; end < list.length; end++) {
      left = leftAfter(list[end], left);
      if (left < 0) break;
    }
    if (at > 0) yield ",";
    if (end === at) yield* partsOf(list[end++], most);
    else yield JSON.stringify(list.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield "]";
}

/** How many values may still come after this one and all in it; below 0 as soon as it is too long. */
function leftAfter(value: unknown, most: number): number {
  // Only `partsOf` can write it.
  if (value instanceof Written) return -1;
  let left = most - 1;
  if (typeof value !== "object" || value === null) return left;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (left < 0) return left;
    left = leftAfter(inner, left);
  }
  return left;
}
