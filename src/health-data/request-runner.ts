import type { Connection, HeaderTokens } from "../connections/connection.js";
import type { Have, Known } from "../model/cells.js";
import { domainOf, type Field, type FieldValue, isDated, type ValueOf } from "../model/fields.js";
import type { DeviceRecord, Domain, LocalDate, MissingReason } from "../model/records.js";
import { type Clock, epochDay } from "../model/time.js";
import type { Call, Failure } from "../providers/provider.js";
import { type Tell, traced } from "../tracing.js";
import type { Freshness } from "./ask.js";
import { CellMap, type Column, type Provenance } from "./column.js";
import { type ConnectionReader, isLasting } from "./connection-reader.js";
import type { CostLines } from "./cost-lines.js";
import { dayNumber, UNDATED } from "./days.js";
import type { Deadline } from "./deadline.js";
import type { Fetched, Fetcher, FetchTarget } from "./fetch.js";
import { isFresh, lastSyncIn, type SyncProof } from "./freshness.js";
import type { History, StoredCellEntry, StoredColumns, WantedDays } from "./history.js";
import { callFacts, planFacts, wantedFacts } from "./plan-facts.js";
import { isReachable, type Plan, type PlannedRequest, plan } from "./planner.js";
import { type DaysKept, isKept } from "./retention.js";
import { provesData } from "./whole.js";

/** A zone is read again daily, but only if the provider is asked for something else anyway. */
const ZONE_LIFE_MS = 24 * 3_600_000;
const CONCURRENT_REQUESTS = 5;
/** After so many failures in a row the provider counts as down, and no more requests are sent. */
const FAILURES_IN_A_ROW = 5;
/** When to ask again for what was not there in time. */
const LATE_RETRY_MS = 10_000;

const apartFromWearable: ReadonlySet<Domain> = new Set<Domain>(["BODY", "READINGS", "SCORES", "NUTRITION"]);

/** No provider was asked, so it has no time. */
export const nobodyAsked: Provenance = { at: Number.POSITIVE_INFINITY, call: "", settled: false };

export interface RunnerOptions {
  readonly today: LocalDate;
  readonly connectedOn: LocalDate;
  readonly freshness: Freshness;
  readonly dryRun: boolean;
  /** How many days are kept of the connection. Older ones are not stored, even if a request brings them. */
  readonly kept: DaysKept | null;
  readonly headerTokens: HeaderTokens;
  readonly reserve: number;
  readonly history: History;
  /** The rows that the operation has read from the store. */
  readonly seen: Set<string>;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  signal?(): AbortSignal;
  readonly deadline: Deadline | null;
  onError(error: unknown): void;
  /** Called once the store has what a newer sync than the one that was known brought, with the time of that sync. */
  onSynced?(at: number): void;
  /** Called with the newest day of the provider's data, if it is later than the day that was known. */
  onData?(connection: Connection, dataThrough: LocalDate): void;
}

/** Plans the requests that answer what the store can't, and sends them. */
export class RequestRunner {
  /** Stored values that calls need in addition to what was demanded. Their age does not matter. */
  private readonly prerequisites = new CellMap<Known>();
  /** Refused calls: a request for other days would be refused too. */
  private readonly refusedCalls = new Map<Call, Failure>();
  private failuresInARow = 0;
  /** The last sync of a worn device that was known before anything was asked. */
  private syncedAt: number | null = null;

  constructor(
    private readonly reader: ConnectionReader,
    private readonly lines: CostLines,
    private readonly options: RunnerOptions,
  ) {}

  /** Resolves with the days that no call reaches back to. Only the store can have them. */
  fetch(open: WantedDays): Promise<WantedDays> {
    return traced(
      "plan",
      () => wantedFacts(this.reader.connection, open),
      (tell) => this.planned(open, tell),
    );
  }

  private async planned(open: WantedDays, tell: Tell): Promise<WantedDays> {
    const { clock, history } = this.options;
    const { connection, offer } = this.reader;
    const needed = this.neededFor(open);
    const zone = "profile.timeZone" as const;
    const beside = await history.columns(
      connection.id,
      new Map<Field, readonly number[]>([
        ...(offer.offered.has(zone) ? [[zone, [UNDATED]] as const] : []),
        ["devices.devices", [UNDATED]],
        ...needed,
      ]),
      { seen: this.options.seen },
    );
    const known = this.notePrerequisites(needed, beside);
    this.syncedAt = lastSyncIn(beside.at("devices.devices", UNDATED)?.value(UNDATED));
    const wanted = new Map(open);
    const storedZone = beside.at(zone, UNDATED)?.provenance(UNDATED);
    if (offer.offered.has(zone) && storedZone && clock.now() - storedZone.at > ZONE_LIFE_MS)
      wanted.set(zone, [UNDATED]);

    const made = plan({
      calls: offer.usable,
      wanted,
      known,
      isKnown: (field, day) => this.prerequisites.get(field, day) !== undefined,
      recordsPerDay: await this.densities(wanted),
      ...this.bounds,
    });
    tell({ ...planFacts(made), "pulsegate.plan.dry_run": this.options.dryRun });
    // Calls whose scope is granted, but which need a call whose scope is not.
    for (const field of made.unanswerable)
      for (const day of wanted.get(field) ?? []) this.reader.failed.set(field, day, { code: "INSUFFICIENT_SCOPE" });
    if (this.options.dryRun)
      for (const request of made.requests) this.lines.request(request, request.requests, request.atLeast, "UPSTREAM");
    else await this.execute(made, this.proof(beside.at("devices.devices", UNDATED)));
    return made.outOfReach;
  }

  private get bounds() {
    const { today, connectedOn } = this.options;
    return { today: epochDay(today), connectedOn: epochDay(connectedOn) };
  }

  /** Notes which needed cells are known, and answers the undated fields among them. */
  private notePrerequisites(needed: WantedDays, stored: StoredColumns): ReadonlySet<Field> {
    const { freshness, clock, today } = this.options;
    const world = { freshness, now: clock.now(), today: epochDay(today), provider: this.reader.provider };
    const known = new Set<Field>();
    for (const [field, days] of needed) {
      for (const day of days) {
        const own = this.reader.columns.get(field);
        const column = own?.provenance(day) ? own : stored.at(field, day);
        const provenance = column?.provenance(day);
        if (!column || !provenance) continue;
        // An undated value may be of any age. "There is nothing" counts too while it is fresh: the call works without
        // the value, or says that it can't.
        const serves = (day === UNDATED && column.value(day) !== undefined) || isFresh(provenance, day, world);
        if (!serves) continue;
        this.prerequisites.set(field, day, column.known(day)!);
        if (day === UNDATED) known.add(field);
      }
    }
    return known;
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
    const { reader, options } = this;
    const { provider, connection } = reader;
    const { today, headerTokens, reserve } = options;
    const hopeless = reader.stopped ?? this.refusedCalls.get(request.call) ?? this.failureOfNeeds(request, UNDATED);
    if (hopeless) {
      this.fail(request, hopeless);
      return;
    }
    const lacking = this.lackingDays(request);
    for (const [day, failure] of lacking)
      for (const field of request.fields) {
        if (failure === unreadable) reader.columnFor(field).set(day, { nothing: "PROVIDER_ERROR" }, nobodyAsked);
        else reader.failed.set(field, day, failure);
      }
    if (lacking.size > 0 && lacking.size === request.to - request.from + 1) return;
    const { have } = this;
    const { connectedOn } = options;
    const target = { provider, connection, headerTokens, today, connectedOn, have, proof, reserve };
    // An answer that can't be joined with its needs says nothing of that day.
    const isUsable = ({ day }: StoredCellEntry) => day === null || !lacking.has(epochDay(day));
    const isStored = ({ field, day }: StoredCellEntry) => isKept(options.kept, field, day, today);
    const fetched = await this.ask(target, request, (all) => all.filter((cell) => isUsable(cell) && isStored(cell)));
    const { failure, requests, shared } = fetched;
    const usable = fetched.cells.filter(isUsable);
    const cells = usable.filter(isStored);
    // Calls of other domains may need what is not kept of this one.
    if (cells.length < usable.length)
      for (const cell of usable)
        if (!isStored(cell)) this.prerequisites.set(cell.field, dayNumber(cell.day), cell.known);
    this.lines.request(request, requests, false, shared ? "SHARED" : "UPSTREAM");
    for (const { field, day, known, ...provenance } of cells)
      reader.columnFor(field).set(dayNumber(day), known, provenance);
    if (failure) this.fail(request, failure);
    this.learn(request.call, failure);
    const newest = this.newestWithData(cells);
    if (newest !== null && newest > (reader.dataThrough ?? "")) reader.dataThrough = newest;
    if (!shared) this.keep(cells, newest);
  }

  /** `kept`: what of an answer is stored. */
  private ask(
    target: FetchTarget,
    request: PlannedRequest,
    kept: (cells: Fetched["cells"]) => Fetched["cells"],
  ): Promise<Fetched> {
    const facts = () => callFacts(target.connection, request);
    return traced("call", facts, async (tell) => {
      const fetched = await this.inTime(target, request, kept);
      const { requests, shared, failure } = fetched;
      tell({ "pulsegate.call.requests": requests, "pulsegate.call.shared": shared });
      if (failure) tell({ "pulsegate.failure": failure.code }, true);
      return fetched;
    });
  }

  /**
   * What is not answered within the operation's time is told to come later. It goes on, and is stored for whoever asks
   * next: where a provider is slow, each would begin anew otherwise, and nobody come to an end.
   */
  private async inTime(
    target: FetchTarget,
    request: PlannedRequest,
    kept: (cells: Fetched["cells"]) => Fetched["cells"],
  ): Promise<Fetched> {
    const { fetcher, deadline, clock, signal } = this.options;
    if (!deadline) return await fetcher.fetch(target, request, signal?.());
    const gone = signal?.();
    const given = new AbortController();
    const giveUp = () => given.abort(gone?.reason);
    if (gone?.aborted) giveUp();
    gone?.addEventListener("abort", giveUp, { once: true });
    let flight: Promise<Fetched> | undefined;
    try {
      const fetched = await deadline.race(() => {
        flight = fetcher.fetch(target, request, given.signal);
        return flight;
      });
      if (fetched) return fetched;
    } finally {
      gone?.removeEventListener("abort", giveUp);
    }
    void flight
      ?.then(({ cells, shared }) => {
        if (shared) return;
        const late = kept(cells);
        this.keep(late, this.newestWithData(late));
      })
      .catch(this.options.onError);
    const message = `${target.provider.name} takes too long to answer. It goes on being asked.`;
    const failure: Failure = { code: "UNAVAILABLE", message, retryAt: clock.now() + LATE_RETRY_MS };
    return { cells: [], failure, requests: flight ? 1 : 0, shared: false };
  }

  /**
   * Stores an answer, and tells how far its data reach. A shared one is kept by the reader that has it first. A failed
   * write is logged, and costs one more fetch later.
   */
  private keep(cells: readonly StoredCellEntry[], newest: LocalDate | null): void {
    if (cells.length === 0) return;
    const { history, onError, onData } = this.options;
    const { connection } = this.reader;
    if (newest !== null && newest > (connection.dataThrough ?? "")) onData?.(connection, newest);
    void history
      .write(connection.id, cells)
      .then(() => this.noteSync(cells))
      .catch((error) => onError(error));
  }

  /** Why a request can't be made, on a day or undated, because a need is unknown. Null if all needs are known. */
  private failureOfNeeds({ call }: PlannedRequest, day: number): Failure | null {
    const needs = (call.needs ?? []).filter((need) => isDated(need) === (day !== UNDATED));
    for (const need of needs) {
      const known = this.known(need, day);
      if (known === undefined && day !== UNDATED && !isReachable(need, day, this.reader.offer.usable, this.bounds))
        continue;
      if (known === undefined) return this.reader.failed.get(need, day) ?? { code: "UNAVAILABLE" };
      // That it was refused, or can't be read, is not that the provider has none.
      const failure = day !== UNDATED && "nothing" in known ? failureOfNeed[known.nothing] : undefined;
      if (failure) return failure;
    }
    return null;
  }

  private lackingDays(request: PlannedRequest): ReadonlyMap<number, Failure> {
    const lacking = new Map<number, Failure>();
    if (request.from === UNDATED || !request.call.needs?.some(isDated)) return lacking;
    for (let day = request.from; day <= request.to; day++) {
      const failure = this.failureOfNeeds(request, day);
      if (failure) lacking.set(day, failure);
    }
    return lacking;
  }

  /** The cells that calls may need before they can answer the open ones: undated, or of the same days. */
  private neededFor(open: WantedDays): WantedDays {
    const needs = [...new Set(this.reader.offer.usable.flatMap((call) => call.needs ?? []))];
    const dated = needs.filter(isDated);
    const needed = new Map<Field, readonly number[]>();
    for (const field of needs) if (!isDated(field)) needed.set(field, [UNDATED]);
    if (dated.length === 0) return needed;
    const spans = [...open.values()].filter(([first]) => first !== UNDATED);
    if (spans.length === 0) return needed;
    const first = Math.min(...spans.map((days) => days[0]!));
    const last = Math.max(...spans.map((days) => days.at(-1)!));
    const span = Array.from({ length: last - first + 1 }, (_, after) => first + after);
    for (const field of dated) needed.set(field, span);
    return needed;
  }

  /** Notes what an answer means for the requests that are still to be sent. */
  private learn(call: Call, failure: Failure | null): void {
    this.failuresInARow = failure?.code === "UNAVAILABLE" ? this.failuresInARow + 1 : 0;
    if (!failure) return;
    if (isLasting(failure) || this.failuresInARow >= FAILURES_IN_A_ROW) this.reader.stopped ??= failure;
    if (failure.code === "NOT_PERMITTED_TO_APP" || failure.code === "INSUFFICIENT_SCOPE")
      this.refusedCalls.set(call, failure);
  }

  /**
   * Data of a scale, or what a person took, don't prove that the wearable has synced, and today's figures don't prove
   * that today is complete.
   */
  private newestWithData(cells: readonly StoredCellEntry[]): LocalDate | null {
    let newest: LocalDate | null = null;
    for (const cell of cells) {
      if (cell.day === null || (newest !== null && cell.day <= newest) || cell.day > this.options.today) continue;
      if (!apartFromWearable.has(domainOf(cell.field)) && provesData(cell)) newest = cell.day;
    }
    return newest;
  }

  private noteSync(cells: readonly StoredCellEntry[]): void {
    const devices = cells.find(({ field }) => field === "devices.devices");
    const synced = devices && lastSyncIn(valueIn(devices.known));
    if (synced && this.syncedAt !== null && synced > this.syncedAt) this.options.onSynced?.(synced);
  }

  private fail(request: PlannedRequest, failure: Failure): void {
    for (const field of request.fields) {
      if (request.from === UNDATED) this.reader.failed.set(field, UNDATED, failure);
      else for (let day = request.from; day <= request.to; day++) this.reader.failed.set(field, day, failure);
    }
  }

  /** How many records a day has of what paged calls are asked for, as far as enough days are stored. */
  private async densities(wanted: WantedDays): Promise<(call: Call) => number | undefined> {
    const { usable } = this.reader.offer;
    const fields = new Map<Call, Field>();
    for (const call of usable) {
      const field = call.reach.kind === "pages" ? call.yields.find((each) => wanted.has(each)) : undefined;
      if (field && isDated(field)) fields.set(call, field);
    }
    if (fields.size === 0) return () => undefined;
    // The wanted days and the month before. Stale or fresh, they show how many records a day has.
    const spanOf = (field: Field) => {
      const days = wanted.get(field)!;
      const before = Array.from({ length: DENSITY_DAYS }, (_, after) => days[0]! - DENSITY_DAYS + after);
      return [...before, ...days.slice(-2 * DENSITY_DAYS)];
    };
    const spans = new Map([...fields.values()].map((field) => [field, spanOf(field)]));
    const { connection } = this.reader;
    const stored = await this.options.history.columns(connection.id, spans, { seen: this.options.seen });
    const result = new Map<Call, number>();
    for (const [call, field] of fields) {
      const counts = spans.get(field)!.flatMap((day) => {
        const value = stored.at(field, day)?.value(day);
        return Array.isArray(value) ? [value.length] : [];
      });
      if (counts.length >= 7) result.set(call, counts.reduce((sum, count) => sum + count, 0) / counts.length);
    }
    return (call) => result.get(call);
  }

  private proof(devices: Column | undefined): SyncProof {
    const known = (devices?.value(UNDATED) ?? []) as readonly DeviceRecord[];
    const synced = known.flatMap(({ lastSyncAt, isWorn = true }) =>
      lastSyncAt && isWorn ? [lastSyncAt.slice(0, 10)] : [],
    );
    return { dataThrough: this.reader.connection.dataThrough, lastSyncDate: synced.sort().at(-1) ?? null };
  }

  private readonly have: Have = {
    value: <F extends Field>(field: F, day: LocalDate | null = null) =>
      valueIn(this.known(field, dayNumber(day))) as ValueOf<F> | undefined,
  };

  private known(field: Field, day: number): Known | undefined {
    const column = this.reader.columns.get(field);
    // Of what is not kept, the answer holds only that.
    const isOfSomebody = column?.provenance(day)?.at !== nobodyAsked.at;
    return (isOfSomebody ? column?.known(day) : undefined) ?? this.prerequisites.get(field, day) ?? column?.known(day);
  }
}

const DENSITY_DAYS = 30;

/** The provider answered the need, and its record can't be read: what depends on it is unknown on that day alone. */
const unreadable: Failure = { code: "UNAVAILABLE" };

/** What it means for a call that a day's need is known to be nothing, for this reason. */
const failureOfNeed: Readonly<Partial<Record<MissingReason, Failure>>> = {
  INSUFFICIENT_SCOPE: { code: "INSUFFICIENT_SCOPE" },
  NOT_PERMITTED_TO_APP: { code: "NOT_PERMITTED_TO_APP" },
  PROVIDER_ERROR: unreadable,
};

const valueIn = (known: Known | undefined): FieldValue | undefined =>
  known && "value" in known ? known.value : undefined;
