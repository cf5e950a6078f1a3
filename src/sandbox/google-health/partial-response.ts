import { invalid } from "./errors.js";

/** What is kept of an object: member by member, all of it, or a part. `*` stands for every member. */
type Mask = Map<string, Mask | "all">;

/**
 * The `fields` parameter of Google's APIs: `nextPageToken,dataPoints(sleep/interval,name)`. Lists are cut entry by entry.
 * Throws what Google answers to a mask that can't be read; a member that nothing has is left out without a word.
 */
export function partialResponse(body: unknown, text: string): unknown {
  const parser = new MaskParser(text);
  return cut(body, parser.whole());
}

function cut(value: unknown, mask: Mask): unknown {
  if (Array.isArray(value)) return value.map((entry) => cut(entry, mask));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const part = mask.get(name) ?? mask.get("*");
    if (!part) return [];
    return [[name, part === "all" ? member : cut(member, part)] as const];
  });
  return Object.fromEntries(kept);
}

class MaskParser {
  #at = 0;

  constructor(readonly text: string) {}

  whole(): Mask {
    const mask = this.#list();
    if (this.#at < this.text.length) throw this.#unreadable();
    return mask;
  }

  #list(): Mask {
    const mask: Mask = new Map();
    do this.#path(mask);
    while (this.#take(","));
    return mask;
  }

  #path(mask: Mask): void {
    const name = /^(?:\*|[A-Za-z]\w*)/.exec(this.text.slice(this.#at))?.[0];
    if (name === undefined) throw this.#unreadable();
    this.#at += name.length;
    const known = mask.get(name);
    if (this.#take("/")) {
      const below: Mask = new Map();
      this.#path(below);
      mask.set(name, merged(known, below));
    } else if (this.#take("(")) {
      const below = this.#list();
      if (!this.#take(")")) throw this.#unreadable();
      mask.set(name, merged(known, below));
    } else {
      mask.set(name, "all");
    }
  }

  #take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #unreadable() {
    return invalid(undefined, `Request contains an invalid argument: invalid field selection ${this.text}`);
  }
}

function merged(one: Mask | "all" | undefined, other: Mask): Mask | "all" {
  if (one === "all" || one === undefined) return one ?? other;
  const both: Mask = new Map(one);
  for (const [name, part] of other) both.set(name, part === "all" ? part : merged(both.get(name), part));
  return both;
}
