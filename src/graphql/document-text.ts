import { PulsegateError } from "../errors.js";
import type { Limits } from "./limits.js";

/** Strings and comments (brackets in them don't count), names, and brackets. */
const parts = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[_A-Za-z]\w*|[{}()[\]]/g;

/**
 * Checks a document before it is parsed and validated. The parser calls itself for each level, and overflows the stack
 * at thousands of levels. Validation compares every two fields of one name, in quadratic time. Throws QUERY_TOO_COSTLY.
 * A text that is not a document passes: the parser reports what is wrong with it.
 */
export function checkText(text: string, limits: Limits): void {
  const occurrences = new Map<string, number>();
  let depth = 0;
  let pairs = 0;
  for (const [part] of text.matchAll(parts)) {
    if (part === "{" || part === "(" || part === "[") {
      if (++depth > limits.nesting) throw tooDeep(limits);
    } else if (part === "}" || part === ")" || part === "]") depth--;
    else if (part[0] !== '"' && part[0] !== "#") {
      const before = occurrences.get(part) ?? 0;
      occurrences.set(part, before + 1);
      pairs += before;
      if (pairs > limits.pairs)
        throw new PulsegateError("QUERY_TOO_COSTLY", "The document repeats one name too often.", {
          limit: { pairs: limits.pairs },
        });
    }
  }
}

/** Checks the depth of variables and extensions before any code visits them by recursion. Throws QUERY_TOO_COSTLY. */
export function checkNesting(value: unknown, limits: Limits): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    const depth = next.depth + 1;
    if (depth > limits.nesting) throw tooDeep(limits);
    for (const inner of Object.values(next.value)) open.push({ value: inner, depth });
  }
}

const tooDeep = ({ nesting }: Limits) =>
  new PulsegateError("QUERY_TOO_COSTLY", "The request is nested too deeply.", { limit: { nesting } });
