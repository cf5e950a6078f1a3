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

/** Every token of a document, and its comments. What GraphQL has no token for is one of its own here. */
const tokens =
  /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[_A-Za-z]\w*|-?\d[\w.+-]*|\.{3}|[^ \t\n\r,\ufeff]/g;
const isName = (token: string | undefined) => token !== undefined && /^[_A-Za-z]/.test(token);
const operationWords: ReadonlySet<string> = new Set(["query", "mutation", "subscription"]);

/** What two texts have in common that mean the same. */
export interface TextShape {
  /** The tokens, without the name of the operation where there is but one. */
  readonly meaning: string;
  /** That name. Null where the operation has none, or there are several. */
  readonly operationName: string | null;
  /** Without the aliases too that occur once. Of two texts with one such shape, both are valid documents, or none is. */
  readonly validity: string;
}

/** Null for a text that GraphQL may read otherwise. */
export function shapeOf(text: string): TextShape | null {
  // GraphQL takes half a character for a mistake, in comments too.
  if (/\p{Surrogate}/u.test(text)) return null;
  const found: string[] = [];
  for (const [token] of text.matchAll(tokens)) if (token[0] !== "#") found.push(token);
  const aliases = new Map<number, string>();
  const occurrences = new Map<string, number>();
  let [braces, parentheses, operations, nameAt] = [0, 0, 0, -1];
  for (const [at, token] of found.entries()) {
    if (token === "{") {
      if (braces === 0 && parentheses === 0 && (at === 0 || found[at - 1] === "}")) operations++;
      braces++;
    } else if (token === "}") braces--;
    else if (token === "(") parentheses++;
    else if (token === ")") parentheses--;
    else if (isName(token)) {
      occurrences.set(token, (occurrences.get(token) ?? 0) + 1);
      if (parentheses > 0) continue;
      if (braces > 0) {
        if (found[at + 1] === ":") aliases.set(at, token);
      } else if (operationWords.has(token)) {
        operations++;
        nameAt = isName(found[at + 1]) ? at + 1 : -1;
      }
    }
  }
  const hasName = operations === 1 && nameAt > 0;
  const operationName = hasName ? found[nameAt]! : null;
  if (hasName) found[nameAt] = "*";
  const meaning = found.join(" ");
  for (const [at, alias] of aliases) if (occurrences.get(alias) === 1) found[at] = "*";
  return { meaning, operationName, validity: found.join(" ") };
}
