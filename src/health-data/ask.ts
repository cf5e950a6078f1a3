import type { HeaderTokens } from "../connections/connection.js";
import type { Field } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import type { Histories } from "./views.js";

/** Days as a caller writes them; which they are depends on the person's zone and is resolved while reading. */
export interface DateRange {
  readonly from?: LocalDate | null;
  readonly to?: LocalDate | null;
  readonly lastDays?: number | null;
  readonly timeZone?: string | null;
}

/** One history as one selection asks for it. All asks of an operation are read together. */
export interface Ask<D extends Domain = Domain> {
  readonly userId: string;
  readonly domain: D;
  /** Null for undated domains. */
  readonly range: DateRange | null;
  /** The leaves that this selection reads. */
  readonly fields: ReadonlySet<Field>;
  /** Null: all that the person connected. */
  readonly providers: readonly ProviderId[] | null;
  /** Whether `alternatives` is selected: they are fetched only then. */
  readonly alternatives: boolean;
  /** The vitals on which it is selected: each is chosen by itself. Left out where it is selected on all, or on none. */
  readonly alternativesTo?: ReadonlySet<Field>;
  /**
   * Whether `worn` or `statistics` is selected: then the witness of each day is read, and what proves that the device
   * has synced, as far as that is stored.
   */
  readonly worn?: boolean;
  /** Whether a goal's `current` is selected, which may need the activity of its period. */
  readonly goalProgress: boolean;
}

const keys = new WeakMap<Ask, string>();

/** Equal for asks with one meaning. Never equal for two users. Known once for an ask: a request that comes again brings its asks. */
export function askKey(ask: Ask): string {
  const known = keys.get(ask);
  if (known !== undefined) return known;
  const { userId, domain, range, fields, providers, alternatives, alternativesTo, worn, goalProgress } = ask;
  const days = range && [range.from ?? null, range.to ?? null, range.lastDays ?? null, range.timeZone ?? null];
  const shown = [providers, alternatives, [...(alternativesTo ?? [])].sort(), worn === true, goalProgress];
  const wanted = [[...fields].sort(), ...shown];
  const key = JSON.stringify([userId, domain, days, ...wanted]);
  keys.set(ask, key);
  return key;
}

/** What the caller said of freshness, the first four after RFC 9111; nulls where nothing was said. */
export interface Freshness {
  readonly maxAgeSeconds: number | null;
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  readonly staleIfErrorSeconds: number | null;
  /** Epoch ms. What was fetched since then is fresh, whatever its day: work in steps reads nothing twice. */
  readonly fetchedSince?: number;
}

const callOrigins = ["UPSTREAM", "STORE", "SHARED"] as const;

/** One line of the cost report. */
export interface PlannedCall {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly call: string;
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
  readonly requests: number;
  /** True where pages can't be known before they are asked for. */
  readonly atLeast: boolean;
  readonly origin: (typeof callOrigins)[number];
}
interface PlannedBudget {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly scope: "CONNECTION" | "APP";
  readonly windowSeconds: number;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms. */
  readonly resetsAt: number;
}
export interface CostReport {
  readonly upstreamCalls: number;
  readonly calls: readonly PlannedCall[];
  readonly budgets: readonly PlannedBudget[];
}

/** Everything of one request that reading depends on: made once per operation. */
export interface ReadRequest {
  readonly freshness: Freshness;
  /** Plan only: nobody is called, and no data is answered. */
  readonly dryRun: boolean;
  /** Tokens that the caller sent along, by provider. */
  readonly headerTokens: HeaderTokens;
  /** Share of each budget that must be left over: 0 for people who wait, more for background work. */
  readonly reserve: number;
  /** Whose work it is, where callers take turns; left out: nobody's but its own. */
  readonly owner?: string;
  /** Aborted when nobody waits for the answer any more. Asked for once a provider is called: most requests call none. */
  signal?(): AbortSignal;
  /**
   * Told how many readings an ask is about, as far as what is stored says, before a provider is asked. What it throws is
   * the answer to this ask.
   */
  weigh?(ask: Ask, counts: ReadingCounts): Promise<void>;
}

/** How many readings of a field an answer has. */
export interface ReadingCount {
  /** Readings, or days with a course. */
  readonly records: number;
  /** Samples of those courses. */
  readonly samples: number;
  /** Days of which nothing can be told: nothing is stored. */
  readonly unknownDays: number;
}
export type ReadingCounts = ReadonlyMap<Field, ReadingCount>;

/** A reading session of one operation; `load` is the batch function of its DataLoader. */
export interface ReadSession {
  /** Answers in the order of the asks; an ask that is itself wrong is an `Error` in its place and takes nothing from the others. */
  load(asks: readonly Ask[]): Promise<readonly (Histories[Domain] | Error)[]>;
  /** What the reading so far cost, or would cost. */
  report(): CostReport;
}

export interface HealthData {
  session(request: ReadRequest): ReadSession;
}
