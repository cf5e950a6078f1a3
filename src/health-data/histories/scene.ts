import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { atMost } from "../../bounded.js";
import type { Known } from "../../model/cells.js";
import { type Field, isDated, isSamples } from "../../model/fields.js";
import type { Domain, LocalDate } from "../../model/records.js";
import { samplesOf } from "../../model/series.js";
import type { Ask } from "../ask.js";
import type { ConnectionReader } from "../connection-reader.js";
import type { Ranked } from "../merge.js";
import type * as views from "../views.js";
import type { Wanted } from "../wanted.js";

/** One connected source of a person, as an answer is put together from it. Best first wherever they come as a list. */
export interface Source extends Ranked {
  readonly reader: ConnectionReader;
}

export interface Demand {
  readonly source: Source;
  readonly wanted: Wanted;
}

/** What putting one answer together knows. `sources` are those asked; `others` only ever become alternatives. */
export interface Scene {
  readonly ask: Ask;
  readonly days: readonly LocalDate[];
  readonly today: LocalDate;
  readonly sources: readonly Source[];
  readonly others: readonly Source[];
  /** Both, by priority. */
  readonly everyone: readonly Source[];
  /** The person's own zone, where it is known by name. */
  readonly zone: string | null;
}

type History = Omit<views.Histories[Domain], "sources">;

/**
 * Puts an answer together. Yields what it needs to know next, is resumed when that is known (or known not to be had),
 * and so asks no source for what a better one has already said. What wants nothing is a pause in long work.
 */
export type Assembly<H extends History = History> = Generator<readonly Demand[], H, void>;

/** Hashing is most of what a day out of the store costs, and the same days are read again and again. */
const ids = new LRUCache<string, string>(atMost(20_000));

/** Opaque and stable: says nothing of the person, the provider's ids or the date. */
export function opaqueId(...parts: readonly string[]): string {
  const whole = parts.join("\n");
  let id = ids.get(whole);
  if (id === undefined) {
    id = hash("sha256", whole, "base64url").slice(0, 22);
    ids.set(whole, id);
  }
  return id;
}

export function held<T>(known: Known): T | null {
  return "value" in known ? (known.value as T) : null;
}

/** As `missing` names it: the schema's field, a series with its arguments. */
export function missingName(field: Field): string {
  if (isSamples(field)) {
    const { metric, resolution } = samplesOf(field);
    return metric === "HEART" ? `samples(${resolution})` : `samples(${metric},${resolution})`;
  }
  const name = field.slice(field.indexOf(".") + 1);
  return name.startsWith("zones.") ? "zones" : name;
}

export function demand(source: Source, fields: Iterable<Field>, days: readonly LocalDate[]): Demand {
  const wanted = new Map<Field, readonly (LocalDate | null)[]>();
  for (const field of fields) {
    if (source.reader.supports(field) && (days.length > 0 || !isDated(field)))
      wanted.set(field, isDated(field) ? days : [null]);
  }
  return { source, wanted };
}

/** Items that are put together in a millisecond or two. */
const ITEMS_AT_ONCE = 50;

/** Makes one of each. A step that wants nothing gives others their turn between parts of a long list. */
export function* inParts<T, V>(
  items: readonly T[],
  make: (item: T) => V,
): Generator<readonly Demand[], readonly V[], void> {
  const made: V[] = [];
  for (const item of items) {
    if (made.length > 0 && made.length % ITEMS_AT_ONCE === 0) yield [];
    made.push(make(item));
  }
  return made;
}
