import type { Connection } from "../connections/connection.js";
import { domainOf, type Field, isDated, isSamples } from "../model/fields.js";
import { otherResolutions } from "../model/series.js";
import { epochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { type Blocked, ConnectionReader } from "./connection-reader.js";
import { CostLines } from "./cost-lines.js";
import { Coverage } from "./coverage.js";
import { joinedDays, sharedNumbers, UNDATED } from "./days.js";
import { CellAges } from "./freshness.js";
import type { ColumnOptions, StoredColumns, WantedDays } from "./history.js";
import { nobodyAsked, RequestRunner, type RunnerOptions } from "./request-runner.js";
import { firstKept } from "./retention.js";
import type { Wanted } from "./wanted.js";

/** No provider was asked, so it has no time. It is not stored, since the limit moves with today. */
const outOfReach = { nothing: "OUT_OF_REACH" } as const;
const notKept = { nothing: "NOT_KEPT" } as const;

export interface LoaderOptions extends RunnerOptions {
  readonly userId: string;
  readonly provider: Provider;
  readonly connection: Connection;
  readonly blocked: Blocked | null;
  /** What was read of the store when the person was looked up. */
  readonly first: FirstRead;
}

/** Columns, and the days of each field that they were read for. */
export interface FirstRead {
  readonly wanted: WantedDays;
  readonly columns: StoredColumns;
}

/**
 * Makes known what one operation wants of one connection. Days that are stored and fresh come from the store. The
 * others are planned as one set and fetched. What can't be had stays unknown, with its reason.
 */
export class ConnectionLoader {
  readonly reader: ConnectionReader;
  readonly lines: CostLines;
  private readonly requests: RequestRunner;
  /** What was demanded, with the work that makes it known: nothing is fetched twice in one operation. */
  private readonly works: { readonly days: WantedDays; readonly done: Promise<void> }[] = [];
  /** Whether something that was demanded was not in the store, or too old. */
  private leftOpen = false;
  private readonly ages = new CellAges();
  private weight = 0;
  /** Until something was demanded: what is stored may be newer by the time of the next demand. */
  private first: FirstRead | null;

  constructor(private readonly options: LoaderOptions) {
    const { provider, connection, blocked, freshness } = options;
    this.first = options.first;
    this.reader = new ConnectionReader(provider, connection, blocked, freshness.onlyIfCached);
    this.lines = new CostLines(options.userId, provider.id);
    this.requests = new RequestRunner(this.reader, this.lines, options);
  }

  /** Makes the wanted cells known, as far as possible. Rejects only if the store fails, or for a defect. */
  async ensure(wanted: Wanted): Promise<void> {
    const { days, pending } = this.openDays(wanted);
    if (days.size > 0) {
      const done = this.obtain(days);
      this.works.push({ days, done });
      pending.add(done);
    }
    await Promise.all(pending);
  }

  private async obtain(wanted: WantedDays): Promise<void> {
    const days = this.withoutNotKept(wanted);
    if (days.size === 0) return;
    const open = await this.takeStored(days, false);
    if (open.size === 0) return;
    this.leftOpen = true;
    const { blocked, offer } = this.reader;
    const stillOpen = await this.takeStored(open, true);
    const askable = new Map([...stillOpen].filter(([field]) => !offer.ungranted.has(field)));
    if (askable.size > 0 && blocked === null && !this.options.freshness.onlyIfCached)
      await this.takeOutOfReach(await this.requests.fetch(askable));
    await this.standIn(stillOpen);
  }

  /** Answers the days that are not kept, whether they are still stored or not, and leaves the others. */
  private withoutNotKept(days: WantedDays): WantedDays {
    const { kept, today } = this.options;
    if (kept === null) return days;
    const left = new Map<Field, readonly number[]>();
    for (const [field, all] of days) {
      const first = isDated(field) ? firstKept(kept, domainOf(field), epochDay(today)) : UNDATED;
      const gone = all.filter((day) => day < first);
      if (gone.length < all.length) left.set(field, gone.length === 0 ? all : all.filter((day) => day >= first));
      if (gone.length === 0) continue;
      const column = this.reader.columnFor(field);
      for (const day of gone) column.set(day, notKept, nobodyAsked);
      this.reader.noteOutOfReach(field, gone.at(-1)!);
      this.reader.hasNotKept = true;
    }
    return left;
  }

  /** The days behind the wanted ones that are not demanded yet, and the work on those that are. */
  private openDays(wanted: Wanted): { days: Map<Field, readonly number[]>; pending: Set<Promise<void>> } {
    const open = new Map<Field, readonly number[]>();
    const pending = new Set<Promise<void>>();
    const numbersOf = sharedNumbers();
    for (const [field, days] of wanted) {
      for (const source of this.reader.offer.sourcesOf(field)) {
        const left = this.leftOf(source.field, source.isDated ? numbersOf(days) : [UNDATED], pending);
        const before = open.get(source.field);
        if (left.length > 0) open.set(source.field, before && before !== left ? joinedDays(before, left) : left);
      }
    }
    // If a finer series of the same day is wanted too, it answers the coarser one.
    for (const [field, days] of open) {
      if (!isSamples(field)) continue;
      const finer = otherResolutions(field, "finer");
      const left = days.filter(
        (day) =>
          !finer.some((each) => {
            const work = this.workOn(each, day);
            if (work) pending.add(work);
            return work !== undefined || open.get(each)?.includes(day);
          }),
      );
      if (left.length === 0) open.delete(field);
      else open.set(field, left);
    }
    return { days: open, pending };
  }

  /** Those of these days that are neither known nor demanded: mostly all of them, and then the same array. */
  private leftOf(field: Field, days: readonly number[], pending: Set<Promise<void>>): readonly number[] {
    const column = this.reader.columns.get(field);
    if (!column && this.works.length === 0) return days;
    return days.filter((day) => {
      const work = this.workOn(field, day);
      if (work) pending.add(work);
      return work === undefined && column?.provenance(day) === undefined;
    });
  }

  private workOn(field: Field, day: number): Promise<void> | undefined {
    return this.works.find(({ days }) => days.get(field)?.includes(day))?.done;
  }

  /** Takes the fresh days of the store, and answers the days that are still open. */
  private async takeStored(days: WantedDays, reread: boolean): Promise<WantedDays> {
    const coverage = await this.coverage(days, { reread, seen: this.options.seen });
    const open = new Map<Field, readonly number[]>();
    for (const [field, wanted] of days) {
      let left = coverage.takeFresh(field, wanted, this.reader.columnFor(field));
      if (isSamples(field)) {
        for (const finer of otherResolutions(field, "finer"))
          if (left.length > 0) left = coverage.takeFresh(finer, left, this.reader.columnFor(finer), true);
      }
      if (left.length > 0) open.set(field, left);
    }
    this.ages.join(coverage.ages);
    // A finer series may answer for days of a coarser one that are stale for this request, and for no other.
    if (coverage.hasStale) this.leftOpen = true;
    this.weight += coverage.weight;
    this.lines.served(coverage.served);
    return open;
  }

  /** Of what the provider can't tell any more, what is stored is all that there is, whatever its age. */
  private async takeOutOfReach(days: WantedDays): Promise<void> {
    if (days.size === 0) return;
    const coverage = await this.coverage(days, { seen: this.options.seen });
    for (const [field, all] of days) {
      const column = this.reader.columnFor(field);
      const taken = new Set(coverage.takeStale(field, all, column, true));
      for (const day of all) {
        if (taken.has(day)) continue;
        column.set(day, outOfReach, nobodyAsked);
        this.reader.noteOutOfReach(field, day);
      }
    }
    this.lines.served(coverage.served);
  }

  /** Stale stored days stand in for days that could not be fetched. */
  private async standIn(days: WantedDays): Promise<void> {
    const { reader } = this;
    const open = new Map<Field, readonly number[]>();
    for (const [field, wanted] of days) {
      const left = wanted.filter((day) => reader.columns.get(field)?.provenance(day) === undefined);
      if (left.length > 0) open.set(field, left);
    }
    if (open.size === 0 || this.options.dryRun) return;
    const coverage = await this.coverage(open, { seen: this.options.seen });
    for (const [field, left] of open) {
      const taken = coverage.takeStale(field, left, this.reader.columnFor(field), reader.blocked !== null);
      for (const day of taken) reader.standIns.set(field, day, true);
    }
    this.lines.served(coverage.served);
  }

  private async coverage(days: WantedDays, options: ColumnOptions): Promise<Coverage> {
    const { history, clock, freshness, today, connection, provider } = this.options;
    const wanted = withFiner(days);
    if (this.reader.isProofWanted) wanted.set("devices.devices", [UNDATED]);
    const { first } = this;
    this.first = null;
    const stored =
      first && hasAll(first.wanted, wanted) ? first.columns : await history.columns(connection.id, wanted, options);
    if (this.reader.isProofWanted) this.reader.storedDevices = stored.parts("devices.devices")[0]?.column;
    const { connectedAt } = connection;
    return new Coverage(stored, { freshness, provider, connectedAt, now: clock.now(), today: epochDay(today) });
  }

  /**
   * The ages of what was demanded, which say how long the store will answer it without a change while today is today,
   * and its weight. Null if not all of it was stored and fresh.
   */
  stored(): { readonly ages: CellAges; readonly weight: number } | null {
    return this.leftOpen ? null : { ages: this.ages, weight: this.weight };
  }
}

/** Whether all these days are among those. Days with gaps count as others: most are days in a row. */
function hasAll(those: WantedDays, these: WantedDays): boolean {
  for (const [field, days] of these) {
    const all = those.get(field);
    if (!all || days[0]! < all[0]! || days.at(-1)! > all.at(-1)!) return false;
    if (all.length > 1 && all.at(-1)! - all[0]! !== all.length - 1) return false;
  }
  return true;
}

/** With the finer series, which answer as well. */
export function withFiner(days: WantedDays): Map<Field, readonly number[]> {
  const all = new Map(days);
  for (const [field, wanted] of days) {
    if (!isSamples(field)) continue;
    for (const finer of otherResolutions(field, "finer")) all.set(finer, joinedDays(all.get(finer) ?? [], wanted));
  }
  return all;
}
