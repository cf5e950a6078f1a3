import type { FieldValue } from "../model/fields.js";
import type { DeviceRecord, LocalDate } from "../model/records.js";
import { daysInclusive } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Freshness } from "./ask.js";
import type { Provenance } from "./column.js";
import { UNDATED } from "./days.js";

const TODAY_FRESH_SECONDS = 60;
/** Undated cells change when a person edits the account, or a device syncs. */
const UNDATED_FRESH_SECONDS = 300;
/** How long a day outside the revision window is fresh while no sync of that day is proven. */
const UNPROVEN_FRESH_SECONDS = 3_600;
/** After so many days a day is settled, with or without proof. */
const SETTLED_WITHOUT_PROOF_DAYS = 30;
/** Even `no-cache` gets cells that were fetched within this time: two clicks are one request. */
const NEVER_YOUNGER_THAN_MS = 10_000;

/** What proves that a wearable has synced a whole day. */
export interface SyncProof {
  /** The newest day for which the provider has data. */
  readonly dataThrough: LocalDate | null;
  /** The local day of the device's last sync, if the provider gives it. */
  readonly lastSyncDate: LocalDate | null;
}

/**
 * Whether the provider will not change a day any more. The day must be outside the revision window, and proven synced
 * (a later day has data, or the device synced after the day ended) or so old that no proof is needed.
 */
export function isSettledDay(day: LocalDate, today: LocalDate, provider: Provider, proof: SyncProof): boolean {
  const age = daysInclusive(day, today) - 1;
  if (age < Math.max(provider.revision.days, 1)) return false;
  if (age > SETTLED_WITHOUT_PROOF_DAYS) return true;
  return (
    (proof.dataThrough !== null && proof.dataThrough > day) || (proof.lastSyncDate !== null && proof.lastSyncDate > day)
  );
}

interface FreshnessWorld {
  readonly freshness: Pick<Freshness, "noCache" | "maxAgeSeconds" | "fetchedSince">;
  /** Epoch day. */
  readonly today: number;
  readonly provider: Pick<Provider, "revision">;
}

/** Whether a stored cell is answered without asking the provider. */
export function isFresh(fetched: Provenance, day: number, world: FreshnessWorld & { now: number }): boolean {
  return world.now <= freshUntil(fetched, day, world);
}

/** Epoch ms of the last moment at which a stored cell is fresh, while today is today. `day` is an epoch day. */
function freshUntil(
  { at, settled }: Pick<Provenance, "at" | "settled">,
  day: number,
  { freshness, today, provider }: FreshnessWorld,
): number {
  const young = at + NEVER_YOUNGER_THAN_MS - 1;
  if (freshness.noCache) return young;
  if (settled || at >= (freshness.fetchedSince ?? Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  const seconds = freshness.maxAgeSeconds ?? freshSeconds(ageOf(day, today, provider), provider);
  return Math.max(young, at + seconds * 1000);
}

/**
 * How long cells that answer together are fresh for any request: what decides is the oldest of them, for each way of
 * asking.
 */
export class CellAges {
  /** Epoch ms of the last moment at which all are fresh for a request that sets no greatest age. */
  private usual = Number.POSITIVE_INFINITY;
  /** Epoch ms at which the oldest cell was fetched, of all and of those that are not settled. */
  private oldest = Number.POSITIVE_INFINITY;
  private oldestOpen = Number.POSITIVE_INFINITY;

  note(fetched: Pick<Provenance, "at" | "settled">, day: number, world: Omit<FreshnessWorld, "freshness">): void {
    this.usual = Math.min(this.usual, freshUntil(fetched, day, { ...world, freshness: unasked }));
    this.oldest = Math.min(this.oldest, fetched.at);
    if (!fetched.settled) this.oldestOpen = Math.min(this.oldestOpen, fetched.at);
  }

  join(other: CellAges): void {
    this.usual = Math.min(this.usual, other.usual);
    this.oldest = Math.min(this.oldest, other.oldest);
    this.oldestOpen = Math.min(this.oldestOpen, other.oldestOpen);
  }

  /** Epoch ms of the last moment at which all of them are fresh, while today is today. */
  freshUntil({ noCache, maxAgeSeconds }: Pick<Freshness, "noCache" | "maxAgeSeconds">): number {
    if (noCache) return this.oldest + NEVER_YOUNGER_THAN_MS - 1;
    if (maxAgeSeconds === null) return this.usual;
    return this.oldestOpen + Math.max(NEVER_YOUNGER_THAN_MS - 1, maxAgeSeconds * 1000);
  }
}

const unasked = { noCache: false, maxAgeSeconds: null };

/** Days of one age stay fresh for the same time. */
export type DayAge = "undated" | "today" | "in revision" | "past";

export function ageOf(day: number, today: number, { revision }: Pick<Provider, "revision">): DayAge {
  if (day === UNDATED) return "undated";
  if (day >= today) return "today";
  return today - day < revision.days ? "in revision" : "past";
}

function freshSeconds(age: DayAge, { revision }: Pick<Provider, "revision">): number {
  switch (age) {
    case "undated":
      return UNDATED_FRESH_SECONDS;
    case "today":
      return TODAY_FRESH_SECONDS;
    case "in revision":
      return revision.freshSeconds;
    case "past":
      return UNPROVEN_FRESH_SECONDS;
  }
}

/** Whether a stale cell may be answered because the provider could not be asked. */
export function mayStandIn(
  { at, settled }: Pick<Provenance, "at" | "settled">,
  day: number,
  {
    freshness,
    now,
    today,
    provider,
    blocked,
  }: FreshnessWorld & { freshness: Freshness; now: number; blocked: boolean },
): boolean {
  // Data of a source that can't be asked are history: there is no limit of age.
  if (blocked) return true;
  // With `only-if-cached` and a greatest age, the stored cells within that age were already taken.
  if (freshness.onlyIfCached) return freshness.maxAgeSeconds === null && !freshness.noCache;
  if (freshness.staleIfErrorSeconds === null || settled) return true;
  // RFC 5861 counts from the moment at which the cell became stale.
  const staleMs = now - at - freshSeconds(ageOf(day, today, provider), provider) * 1000;
  return staleMs <= freshness.staleIfErrorSeconds * 1000;
}

/** When a device that is worn has synced last, in epoch ms. */
export function lastSyncIn(devices: FieldValue | undefined): number | null {
  const times = ((devices ?? []) as readonly DeviceRecord[]).flatMap(({ lastSyncAt, isWorn = true }) =>
    lastSyncAt && isWorn ? [Date.parse(lastSyncAt)] : [],
  );
  return times.length === 0 ? null : Math.max(...times);
}
