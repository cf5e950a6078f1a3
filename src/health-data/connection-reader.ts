import type { Connection, HeaderTokens } from "../connections/connection.js";
import type { Have, Known } from "../model/cells.js";
import {
  domainOf,
  type Field,
  type FieldValue,
  isDated,
  isSamples,
  type SamplesField,
  type ValueOf,
} from "../model/fields.js";
import type { DeviceRecord, Domain, LocalDate, MissingReason, SampleSeries } from "../model/records.js";
import { binned, offeredSamples, otherResolutions } from "../model/series.js";
import { type Clock, eachDay, epochDay, fromEpochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { type Call, type Derivation, type Failure, fieldsOf } from "../providers/provider.js";
import { grantedCalls } from "../providers/registry.js";
import type { Lifetime } from "./answers.js";
import type { Freshness, PlannedCall } from "./ask.js";
import type { Fetcher } from "./fetch.js";
import { freshUntil, isFresh, mayStandIn, type SyncProof } from "./freshness.js";
import { type CellKey, type History, type StoredCell, type StoredCellEntry, weightOfCell } from "./history.js";
import { type Plan, type PlannedRequest, plan, UNDATED } from "./planner.js";
import { provesData } from "./whole.js";

/** Fields and the days that are wanted. `null` stands for the one cell of an undated field. */
export type Wanted = ReadonlyMap<Field, readonly (LocalDate | null)[]>;

/** Why a provider is not asked about a connection. Stored data are answered even then. */
export type Blocked = "REAUTHORIZATION_REQUIRED" | "RETIRED" | "NOT_CONNECTED" | "NOT_CONFIGURED";

export interface ReaderOptions {
  readonly userId: string;
  readonly provider: Provider;
  readonly connection: Connection;
  readonly blocked: Blocked | null;
  readonly today: LocalDate;
  readonly connectedOn: LocalDate;
  readonly freshness: Freshness;
  readonly dryRun: boolean;
  readonly headerTokens: HeaderTokens;
  readonly reserve: number;
  readonly history: History;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  onError(error: unknown): void;
  /** Called with the newest day of the provider's data, if it is later than the day that was known. */
  onData?(connection: Connection, dataThrough: LocalDate): void;
}

/** A zone is read again daily, but only if the provider is asked for something else anyway. */
const ZONE_LIFE_MS = 24 * 3_600_000;
const CONCURRENT_REQUESTS = 5;
/** After so many failures in a row the provider counts as down, and no more requests are sent. */
const FAILURES_IN_A_ROW = 5;

const undatedDays = [null] as const;

/** No provider was asked, so it has no time. It is not stored, since the limit moves with today. */
const outOfReach: StoredCell = {
  ...{ known: { nothing: "OUT_OF_REACH" }, at: Number.POSITIVE_INFINITY },
  ...{ call: "", settled: false },
};

/** Failures that every further request would meet too. */
const lasting: ReadonlySet<Failure["code"]> = new Set<Failure["code"]>([
  "RETIRED",
  "CONSENT_LOST",
  "TOKEN_REJECTED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
]);

const apartFromWearable: ReadonlySet<Domain> = new Set<Domain>(["BODY", "READINGS", "SCORES"]);

const keyOf = (field: Field, day: LocalDate | null) => `${field}|${day ?? ""}`;

/** By field, then by day, so that no key must be built for each look-up. */
class CellMap<T> {
  private readonly byField = new Map<Field, Map<LocalDate | null, T>>();

  get(field: Field, day: LocalDate | null): T | undefined {
    return this.byField.get(field)?.get(day);
  }
  has(field: Field, day: LocalDate | null): boolean {
    return this.byField.get(field)?.has(day) ?? false;
  }
  set(field: Field, day: LocalDate | null, value: T): void {
    const days = this.byField.get(field);
    if (days) days.set(day, value);
    else this.byField.set(field, new Map([[day, value]]));
  }
  *[Symbol.iterator](): Generator<{ field: Field; day: LocalDate | null; value: T }> {
    for (const [field, days] of this.byField) for (const [day, value] of days) yield { field, day, value };
  }
}

/**
 * Everything that one operation reads of one connection. Cells that are stored and fresh come from the store. The
 * others are planned as one set and fetched. Each cell that can't be read has a reason.
 */
export class ConnectionReader {
  readonly userId: string;
  readonly provider: Provider;
  readonly connection: Connection;
  readonly blocked: Blocked | null;
  readonly offered: ReadonlySet<Field>;
  readonly calls: PlannedCall[] = [];

  /** Only cells that this operation may answer with: fresh, fetched, or stale ones that stand in. */
  private readonly cells = new CellMap<StoredCell>();
  /** Each demanded cell, with the work that makes it known: nothing is fetched twice in one operation. */
  private readonly demanded = new CellMap<Promise<void>>();
  private readonly failed = new CellMap<Failure>();
  /** Stored values that calls need in addition to what was demanded. Their age does not matter. */
  private readonly prerequisites = new CellMap<Known>();
  /** Refused calls: a request for other days would be refused too. */
  private readonly refusedCalls = new Map<Call, Failure>();
  /** Whether a demanded cell was not in the store. */
  private leftOpen = false;
  private stopped: Failure | null = null;
  private failuresInARow = 0;
  private readonly dated = new Map<Field, boolean>();
  private readonly sources = new Map<Field, readonly Field[]>();
  /** Stale cells that are answered because the provider could not be asked. */
  private readonly standIns = new CellMap<true>();
  private readonly ungranted: ReadonlySet<Field>;
  private readonly usable: readonly Call[];

  private readonly derivations: ReadonlyMap<Field, Derivation>;

  constructor(private readonly options: ReaderOptions) {
    this.userId = options.userId;
    this.provider = options.provider;
    this.connection = options.connection;
    this.blocked = options.blocked;
    this.offered = fieldsOf(options.provider);
    this.derivations = new Map((options.provider.derive ?? []).map((each) => [each.yields, each]));
    this.usable = grantedCalls(options.provider, options.connection.scopes);
    const reachable = new Set(this.usable.flatMap((call) => call.yields));
    this.ungranted = new Set(
      options.provider.calls.flatMap((call) => call.yields).filter((field) => !reachable.has(field)),
    );
  }

  /**
   * The provider's fields that answer a wanted field: the field itself, another resolution, or the inputs of a
   * derivation.
   */
  private sourcesOf(field: Field): readonly Field[] {
    let sources = this.sources.get(field);
    if (!sources) {
      sources = this.findSources(field);
      this.sources.set(field, sources);
    }
    return sources;
  }

  /** Remembered, since it is called for every cell. */
  private isDated(field: Field): boolean {
    let dated = this.dated.get(field);
    if (dated === undefined) {
      dated = isDated(field);
      this.dated.set(field, dated);
    }
    return dated;
  }

  private findSources(field: Field): readonly Field[] {
    if (isSamples(field)) {
      const offered = offeredSamples(field, this.offered);
      return offered ? [offered] : [];
    }
    const derivation = this.derivations.get(field);
    if (derivation) return derivation.from;
    return this.offered.has(field) ? [field] : [];
  }

  /** Makes the wanted cells known, as far as possible. Rejects only if the store fails, or for a defect. */
  async ensure(wanted: Wanted): Promise<void> {
    const { keys, pending } = this.expand(wanted);
    if (keys.length > 0) {
      const work = this.obtain(keys);
      for (const { field, day } of keys) this.demanded.set(field, day, work);
      pending.add(work);
    }
    await Promise.all(pending);
  }

  private async obtain(keys: readonly CellKey[]): Promise<void> {
    const open = await this.takeStored(keys, false);
    if (open.length === 0) return;
    this.leftOpen = true;
    const { onlyIfCached } = this.options.freshness;
    const stillOpen = await this.takeStored(open, true);
    const askable = stillOpen.filter(({ field }) => !this.ungranted.has(field));
    if (askable.length > 0 && this.blocked === null && !onlyIfCached) await this.fetchCells(askable);
    await this.standIn(stillOpen);
  }

  /** The cells behind the wanted ones that are not demanded yet, and the work on those that are. */
  private expand(wanted: Wanted): { keys: readonly CellKey[]; pending: Set<Promise<void>> } {
    const expanded = new Map<string, CellKey>();
    const pending = new Set<Promise<void>>();
    let samples = false;
    for (const [field, days] of wanted) {
      for (const source of this.sourcesOf(field)) {
        samples ||= isSamples(source);
        for (const day of this.isDated(source) ? days : undatedDays) {
          const key = keyOf(source, day);
          const underWay = this.demanded.get(source, day);
          if (underWay) pending.add(underWay);
          else if (!this.cells.has(source, day)) expanded.set(key, { field: source, day });
        }
      }
    }
    if (!samples) return { keys: [...expanded.values()], pending };
    // If a finer series of the same day is wanted too, it answers the coarser one.
    for (const [key, { field, day }] of expanded) {
      if (!isSamples(field)) continue;
      for (const finer of otherResolutions(field, "finer")) {
        const finerKey = keyOf(finer, day);
        const underWay = this.demanded.get(finer, day);
        if (!underWay && !expanded.has(finerKey)) continue;
        if (underWay) pending.add(underWay);
        expanded.delete(key);
        break;
      }
    }
    return { keys: [...expanded.values()], pending };
  }

  /** Takes the fresh cells of the store, and answers the cells that are still open. */
  private async takeStored(keys: readonly CellKey[], reread: boolean): Promise<readonly CellKey[]> {
    const { history, clock, freshness, today } = this.options;
    const finer = keys.flatMap(({ field, day }) =>
      isSamples(field) ? otherResolutions(field, "finer").map((each) => ({ field: each, day })) : [],
    );
    const reader = await history.read(this.connection.id, [...keys, ...finer], reread);
    const now = clock.now();
    const fresh = (field: Field, day: LocalDate | null): StoredCell | null => {
      const stored = reader.get(field, day);
      if (!stored || reader.isOvertaken(field, day, stored.at) || this.isOutdatedRefusal(stored)) return null;
      return isFresh(stored, { field, day }, { freshness, now, today, provider: this.provider }) ? stored : null;
    };
    const open: CellKey[] = [];
    const served: (CellKey & { stored: StoredCell })[] = [];
    for (const { field, day } of keys) {
      const exact = fresh(field, day);
      if (exact) {
        this.cells.set(field, day, exact);
        served.push({ field, day, stored: exact });
        continue;
      }
      const finerField = isSamples(field)
        ? otherResolutions(field, "finer").find((each) => {
            const stored = fresh(each, day);
            return stored !== null && "value" in stored.known;
          })
        : undefined;
      if (finerField) {
        const stored = fresh(finerField, day)!;
        this.cells.set(finerField, day, stored);
        served.push({ field: finerField, day, stored });
      } else open.push({ field, day });
    }
    this.reportStored(served);
    return open;
  }

  /** A refusal for a missing scope does not count after the person consented again. */
  private isOutdatedRefusal({ known, at }: StoredCell): boolean {
    return (
      "nothing" in known &&
      (known.nothing === "INSUFFICIENT_SCOPE" || known.nothing === "NOT_PERMITTED_TO_APP") &&
      at <= this.connection.connectedAt
    );
  }

  private async fetchCells(open: readonly CellKey[]): Promise<void> {
    const { clock, today } = this.options;
    const needed = this.neededFor(open);
    const zone = { field: "profile.timeZone" as const, day: null };
    const beside = await this.options.history.read(this.connection.id, [
      ...needed,
      ...(this.offered.has(zone.field) ? [zone] : []),
      { field: "devices.devices", day: null },
    ]);
    const known = new Set<Field>();
    const world = { freshness: this.options.freshness, now: clock.now(), today, provider: this.provider };
    for (const { field, day } of needed) {
      const stored = this.cells.get(field, day) ?? beside.get(field, day);
      if (!stored) continue;
      // An undated value may be of any age. "There is nothing" counts too while it is fresh: the call works without the
      // value, or says that it can't.
      const serves = (day === null && "value" in stored.known) || isFresh(stored, { field, day }, world);
      if (!serves) continue;
      this.prerequisites.set(field, day, stored.known);
      if (day === null) known.add(field);
    }
    const wanted = new Map<Field, number[]>();
    for (const { field, day } of open) {
      const days = wanted.get(field) ?? [];
      wanted.set(field, days);
      days.push(day === null ? UNDATED : epochDay(day));
    }
    const storedZone = beside.get(zone.field, null);
    if (this.offered.has(zone.field) && storedZone && clock.now() - storedZone.at > ZONE_LIFE_MS) {
      wanted.set(zone.field, [UNDATED]);
    }
    for (const days of wanted.values()) days.sort((a, b) => a - b);

    const made = plan({
      calls: this.usable,
      wanted,
      known,
      isKnown: (field, day) => this.prerequisites.has(field, fromEpochDay(day)),
      today: epochDay(today),
      recordsPerDay: await this.densities(wanted),
    });
    // Calls whose scope is granted, but which need a call whose scope is not.
    for (const field of made.unanswerable)
      for (const day of wanted.get(field) ?? [])
        this.failed.set(field, day === UNDATED ? null : fromEpochDay(day), { code: "INSUFFICIENT_SCOPE" });
    for (const [field, days] of made.outOfReach)
      for (const day of days) this.cells.set(field, fromEpochDay(day), outOfReach);
    if (this.options.dryRun) {
      for (const request of made.requests) this.report(request, request.requests, request.atLeast, "UPSTREAM");
      return;
    }
    await this.execute(made, this.proof(beside.get("devices.devices", null)));
  }

  private async execute(made: Plan, proof: SyncProof): Promise<void> {
    const needed = new Set(made.requests.flatMap((request) => request.call.needs ?? []));
    const first = made.requests.filter((request) => request.call.yields.some((field) => needed.has(field)));
    const rest = made.requests.filter((request) => !first.includes(request));
    for (const request of first) await this.run(request, proof);
    const waiting = [...rest];
    const worker = async () => {
      for (let request = waiting.shift(); request; request = waiting.shift()) await this.run(request, proof);
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_REQUESTS, rest.length) }, worker));
  }

  private async run(request: PlannedRequest, proof: SyncProof): Promise<void> {
    const { provider, connection, options } = this;
    const { today, headerTokens, reserve } = options;
    const hopeless = this.stopped ?? this.refusedCalls.get(request.call) ?? this.failureOfNeeds(request, null);
    if (hopeless) {
      this.fail(request, hopeless);
      return;
    }
    const lacking = this.lackingDays(request);
    for (const [day, failure] of lacking) for (const field of request.fields) this.failed.set(field, day, failure);
    if (lacking.size > 0 && lacking.size === request.to - request.from + 1) return;
    const target = {
      ...{ provider, connection, headerTokens, today, connectedOn: options.connectedOn },
      ...{ have: this.have, proof, reserve },
    };
    const fetched = await options.fetcher.fetch(target, request, options.signal);
    const { failure, requests, shared } = fetched;
    // An answer that can't be joined with its needs says nothing of that day.
    const cells = fetched.cells.filter(({ day }) => day === null || !lacking.has(day));
    this.report(request, requests, false, shared ? "SHARED" : "UPSTREAM");
    for (const { field, day, ...stored } of cells) this.cells.set(field, day, stored);
    if (failure) this.fail(request, failure);
    this.learn(request.call, failure);
    if (!shared) this.noteDataThrough(cells);
    // A shared answer is written by the reader that sent the request. A failed write is logged, and costs one more
    // fetch later.
    if (cells.length > 0 && !shared)
      void options.history.write(connection.id, cells).catch((error) => options.onError(error));
  }

  /** Why a request can't be made, on a day or undated, because a need is unknown. Null if all needs are known. */
  private failureOfNeeds({ call }: PlannedRequest, day: LocalDate | null): Failure | null {
    const needs = (call.needs ?? []).filter((need) => this.isDated(need) === (day !== null));
    const missing = needs.find((need) => !this.cells.has(need, day) && !this.prerequisites.has(need, day));
    return missing ? (this.failed.get(missing, day) ?? { code: "UNAVAILABLE" }) : null;
  }

  private lackingDays(request: PlannedRequest): ReadonlyMap<LocalDate, Failure> {
    const lacking = new Map<LocalDate, Failure>();
    if (request.from === UNDATED || !request.call.needs?.some((need) => this.isDated(need))) return lacking;
    for (let at = request.from; at <= request.to; at++) {
      const day = fromEpochDay(at);
      const failure = this.failureOfNeeds(request, day);
      if (failure) lacking.set(day, failure);
    }
    return lacking;
  }

  /** The cells that calls may need before they can answer the open ones: undated, or of the same days. */
  private neededFor(open: readonly CellKey[]): readonly CellKey[] {
    const needs = [...new Set(this.usable.flatMap((call) => call.needs ?? []))];
    const dated = needs.filter((need) => this.isDated(need));
    const undated = needs.filter((need) => !this.isDated(need)).map((field) => ({ field, day: null }));
    if (dated.length === 0) return undated;
    const days = open.flatMap(({ day }) => day ?? []).sort();
    const span = days.length === 0 ? [] : [...eachDay(days[0]!, days.at(-1)!)];
    return [...undated, ...dated.flatMap((field) => span.map((day) => ({ field, day })))];
  }

  /** Notes what an answer means for the requests that are still to be sent. */
  private learn(call: Call, failure: Failure | null): void {
    this.failuresInARow = failure?.code === "UNAVAILABLE" ? this.failuresInARow + 1 : 0;
    if (!failure) return;
    if (lasting.has(failure.code) || this.failuresInARow >= FAILURES_IN_A_ROW) this.stopped ??= failure;
    if (failure.code === "NOT_PERMITTED_TO_APP" || failure.code === "INSUFFICIENT_SCOPE")
      this.refusedCalls.set(call, failure);
  }

  /**
   * Data of a scale, or what a person took, don't prove that the wearable has synced, and today's figures don't prove that today is complete.
   */
  private noteDataThrough(cells: readonly StoredCellEntry[]): void {
    let newest: LocalDate | null = null;
    for (const cell of cells) {
      if (cell.day === null || (newest !== null && cell.day <= newest) || cell.day > this.options.today) continue;
      if (!apartFromWearable.has(domainOf(cell.field)) && provesData(cell)) newest = cell.day;
    }
    if (newest !== null && newest > (this.connection.dataThrough ?? "")) this.options.onData?.(this.connection, newest);
  }

  private fail(request: PlannedRequest, failure: Failure): void {
    for (const field of request.fields) {
      if (request.from === UNDATED) this.failed.set(field, null, failure);
      else for (let day = request.from; day <= request.to; day++) this.failed.set(field, fromEpochDay(day), failure);
    }
  }

  /** Stale stored cells stand in for cells that could not be fetched. */
  private async standIn(keys: readonly CellKey[]): Promise<void> {
    const open = keys.filter(({ field, day }) => !this.cells.has(field, day));
    if (open.length === 0 || this.options.dryRun) return;
    const { history, clock, freshness, today } = this.options;
    const world = { freshness, now: clock.now(), today, provider: this.provider, blocked: this.blocked !== null };
    const reader = await history.read(this.connection.id, open);
    const served: (CellKey & { stored: StoredCell })[] = [];
    for (const { field, day } of open) {
      const stored = reader.get(field, day);
      if (!stored || this.isOutdatedRefusal(stored) || !mayStandIn(stored, { field, day }, world)) continue;
      this.cells.set(field, day, stored);
      this.standIns.set(field, day, true);
      served.push({ field, day, stored });
    }
    this.reportStored(served);
  }

  private async densities(wanted: ReadonlyMap<Field, readonly number[]>): Promise<(call: Call) => number | undefined> {
    const paged = this.usable.filter(
      (call) => call.reach.kind === "pages" && call.yields.some((field) => wanted.has(field)),
    );
    const result = new Map<Call, number>();
    for (const call of paged) {
      const field = call.yields.find((each) => wanted.has(each))!;
      const days = wanted.get(field)!.filter(Number.isFinite);
      if (days.length === 0) continue;
      // The wanted days and the month before. Stale or fresh, they show how many records a day has.
      const span = [...days.slice(-60), ...Array.from({ length: 30 }, (_, back) => days[0]! - 1 - back)];
      const keys = span.map((day) => ({ field, day: fromEpochDay(day) }));
      const reader = await this.options.history.read(this.connection.id, keys);
      const counts = keys.flatMap(({ day }) => {
        const stored = reader.get(field, day);
        return stored && "value" in stored.known && Array.isArray(stored.known.value)
          ? [stored.known.value.length]
          : [];
      });
      if (counts.length >= 7) result.set(call, counts.reduce((sum, count) => sum + count, 0) / counts.length);
    }
    return (call) => result.get(call);
  }

  private proof(devices: StoredCell | undefined): SyncProof {
    const known = devices && "value" in devices.known ? (devices.known.value as readonly DeviceRecord[]) : [];
    const synced = known.flatMap((device) => (device.lastSyncAt ? [device.lastSyncAt.slice(0, 10)] : []));
    return { dataThrough: this.connection.dataThrough, lastSyncDate: synced.sort().at(-1) ?? null };
  }

  private report(request: PlannedRequest, requests: number, atLeast: boolean, origin: PlannedCall["origin"]): void {
    const undated = request.from === UNDATED;
    this.calls.push({
      userId: this.userId,
      provider: this.provider.id,
      call: request.call.name,
      from: undated ? null : fromEpochDay(request.from),
      to: undated ? null : fromEpochDay(request.to),
      requests,
      atLeast,
      origin,
    });
  }

  /** One line for each call that fetched stored cells of this answer, with the days that they cover. */
  private reportStored(served: readonly (CellKey & { readonly stored: StoredCell })[]): void {
    const spans = new Map<string, { from: LocalDate | null; to: LocalDate | null }>();
    for (const { day, stored } of served) {
      const span = spans.get(stored.call) ?? { from: day, to: day };
      if (day !== null) {
        if (span.from === null || day < span.from) span.from = day;
        if (span.to === null || day > span.to) span.to = day;
      }
      spans.set(stored.call, span);
    }
    for (const [call, { from, to }] of spans) {
      this.calls.push({
        userId: this.userId,
        provider: this.provider.id,
        call,
        from,
        to,
        requests: 0,
        atLeast: false,
        origin: "STORE",
      });
    }
  }

  private readonly have: Have = {
    value: <F extends Field>(field: F, day: LocalDate | null = null) =>
      this.value(field, day) as ValueOf<F> | undefined,
  };

  private value(field: Field, day: LocalDate | null): FieldValue | undefined {
    const known = this.cells.get(field, day)?.known ?? this.prerequisites.get(field, day);
    return known && "value" in known ? known.value : undefined;
  }

  /** The stored cells from which a wanted cell is answered. */
  private behind(field: Field, day: LocalDate | null): readonly StoredCell[] {
    const found: StoredCell[] = [];
    for (const source of this.sourcesOf(field)) {
      const at = this.isDated(source) ? day : null;
      const cell = this.cells.get(source, at) ?? (isSamples(source) ? this.finer(source, at) : undefined);
      if (cell) found.push(cell);
    }
    return found;
  }

  private finer(field: SamplesField, day: LocalDate | null): StoredCell | undefined {
    const cells = otherResolutions(field, "finer").flatMap((each) => this.cells.get(each, day) ?? []);
    return cells.find(({ known }) => "value" in known) ?? cells[0];
  }

  /** Whether the provider answered a cell; "there is nothing" is an answer too. */
  answered(field: Field, day: LocalDate | null): boolean {
    const sources = this.sourcesOf(field);
    // Height alone is no answer about the BMI of a day.
    return sources.length > 0 && this.behind(field, day).length === sources.length;
  }

  /** The content of a cell: its value, or why there is none. */
  look(field: Field, day: LocalDate | null): Known {
    const sources = this.sourcesOf(field);
    if (sources.length === 0) return { nothing: "UNSUPPORTED" };
    if (sources[0] === field && sources.length === 1 && !isSamples(field)) {
      const cell = this.cells.get(field, this.isDated(field) ? day : null);
      return cell ? cell.known : { nothing: this.reasonFor(sources, day) };
    }
    const cells = this.behind(field, day);
    if (cells.length < sources.length) return { nothing: this.reasonFor(sources, day) };
    if (isSamples(field)) {
      const { known } = cells[0]!;
      return "value" in known ? { value: binned(known.value as SampleSeries, field) } : known;
    }
    const derivation = this.derivations.get(field);
    if (!derivation) return cells[0]!.known;
    const values = cells.map(({ known }) => ("value" in known ? known.value : undefined));
    const value = derivation.derive(values);
    if (value !== null) return { value };
    const absent = cells.map(({ known }) => known).find((known) => "nothing" in known);
    return absent ?? { nothing: "NOT_RECORDED" };
  }

  private reasonFor(sources: readonly Field[], day: LocalDate | null): MissingReason {
    if (sources.some((source) => this.ungranted.has(source))) return "INSUFFICIENT_SCOPE";
    const failure = sources
      .flatMap((source) => (isSamples(source) ? [source, ...otherResolutions(source, "finer")] : [source]))
      .map((source) => this.failed.get(source, this.isDated(source) ? day : null))
      .find(Boolean);
    if (failure) {
      switch (failure.code) {
        case "RATE_LIMITED":
        case "RETIRED":
        case "CONSENT_LOST":
        case "TOKEN_REJECTED":
        case "NOT_CONFIGURED":
        case "ACTION_REQUIRED":
          return "NOT_FETCHED";
        case "INSUFFICIENT_SCOPE":
        case "NOT_PERMITTED_TO_APP":
          return failure.code;
        default:
          return "PROVIDER_ERROR";
      }
    }
    return this.blocked !== null || this.options.freshness.onlyIfCached ? "NOT_FETCHED" : "UNKNOWN";
  }

  /**
   * Whether the provider can be asked. It can't after the person left, after consent ended, or after a lasting refusal.
   */
  get canBeAsked(): boolean {
    return this.blocked === null && (this.stopped === null || !lasting.has(this.stopped.code));
  }

  /**
   * Whether a day was possibly incomplete when it was last fetched from a source that can't be asked any more. Such a
   * day is kept and shown, but must not replace the day of a source that can be asked.
   */
  isOutdated(fields: Iterable<Field>, day: LocalDate): boolean {
    return !this.canBeAsked && !this.settled(fields, day);
  }

  /** Whether the provider will not change these cells any more. */
  settled(fields: Iterable<Field>, day: LocalDate): boolean {
    let some = false;
    for (const field of fields) {
      for (const source of this.sourcesOf(field)) {
        // Undated inputs (a height) are never settled, so they are left out of this decision.
        if (!this.isDated(source)) continue;
        for (const cell of this.behind(source, day)) {
          if (!cell.settled) return false;
          some = true;
        }
      }
    }
    return some;
  }

  /**
   * When the oldest of these cells was fetched, and whether any of them stands in for one that could not be fetched.
   */
  provenance(wanted: Wanted): { asOf: number | null; stoodIn: boolean; complete: boolean } {
    let asOf: number | null = null;
    let stoodIn = false;
    let complete = true;
    for (const [field, days] of wanted) {
      const sources = this.sourcesOf(field);
      for (const day of days) {
        const cells = this.behind(field, day);
        if (cells.length < sources.length) complete = false;
        for (const { at } of cells) if (at < (asOf ?? Number.POSITIVE_INFINITY)) asOf = at;
        stoodIn ||= sources.some((source) => this.standIns.has(source, this.isDated(source) ? day : null));
      }
    }
    return { asOf, stoodIn, complete };
  }

  /**
   * How long the store will answer the demanded cells without a change, while today is today. Null if not all of them
   * were stored and fresh.
   */
  lifetime(): Lifetime | null {
    if (this.leftOpen) return null;
    let until = Number.POSITIVE_INFINITY;
    let weight = 0;
    for (const { field, day, value } of this.cells) {
      until = Math.min(until, freshUntil(value, { field, day }, { ...this.options, provider: this.provider }));
      weight += weightOfCell(value);
    }
    return { until, weight };
  }

  /** The failures of these cells. */
  failuresOf(wanted: Wanted): readonly Failure[] {
    const met = new Set<Failure>();
    for (const [field, days] of wanted) {
      for (const source of this.sourcesOf(field)) {
        for (const day of days) {
          const failure = this.failed.get(source, this.isDated(source) ? day : null);
          if (failure) met.add(failure);
        }
      }
    }
    return [...met];
  }

  /** Whether every wanted cell of a field was refused for a missing scope. */
  wasRefused(field: Field, wanted: Wanted): boolean {
    const days = wanted.get(field) ?? [];
    return (
      days.length > 0 &&
      days.every((day) => {
        const known = this.look(field, day);
        return "nothing" in known && known.nothing === "INSUFFICIENT_SCOPE";
      })
    );
  }

  supports(field: Field): boolean {
    return this.sourcesOf(field).length > 0;
  }

  isUngranted(field: Field): boolean {
    const sources = this.sourcesOf(field);
    return sources.some((source) => this.ungranted.has(source));
  }
}
