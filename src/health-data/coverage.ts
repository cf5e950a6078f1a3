import type { Field } from "../model/fields.js";
import type { Provider } from "../providers/index.js";
import type { Freshness } from "./ask.js";
import type { Column, Provenance } from "./column.js";
import { ServedSpans } from "./cost-lines.js";
import { ageOf, CellAges, type DayAge, isFresh, mayStandIn } from "./freshness.js";
import { type StoredColumns, weightOfValue } from "./history.js";

export interface CoverageWorld {
  readonly freshness: Freshness;
  /** Epoch ms. */
  readonly now: number;
  /** Epoch day. */
  readonly today: number;
  readonly provider: Provider;
  /** Epoch ms. A refusal for a missing scope does not count after the person consented again. */
  readonly connectedAt: number;
}

/**
 * Which stored days may answer, field by field. Freshness is judged once for each stretch of days of one age that one
 * request answered.
 */
export class Coverage {
  readonly served = new ServedSpans();
  /** Of everything taken as fresh. */
  readonly ages = new CellAges();
  /** Whether a day is stored, but too old for this request. */
  hasStale = false;
  /** An estimate, in bytes, of what was taken. */
  weight = 0;

  constructor(
    private readonly stored: StoredColumns,
    private readonly world: CoverageWorld,
  ) {}

  /** Takes the fresh ones of these days into a column, and answers the others. */
  takeFresh(field: Field, days: readonly number[], into: Column, valuesOnly = false): readonly number[] {
    const { world } = this;
    let judged: Provenance | undefined;
    let age: DayAge | undefined;
    let accepted = false;
    const overtaken = this.stored.overtaken(field);
    return this.take(field, days, into, (provenance, day, hasValue) => {
      if (valuesOnly && !hasValue) return false;
      const ageOfDay = ageOf(day, world.today, world.provider);
      if (provenance !== judged || ageOfDay !== age) {
        judged = provenance;
        age = ageOfDay;
        accepted = isFresh(provenance, day, world);
        // Days that a notification overtook count too: they are then few, and a shorter time does no harm.
        if (accepted) this.ages.note(provenance, day, world);
        else this.hasStale = true;
      }
      return accepted && !overtaken?.(day, provenance.at);
    });
  }

  /** Takes those of these days that may be answered although they are stale, and answers the days taken. */
  takeStale(field: Field, days: readonly number[], into: Column, blocked: boolean): readonly number[] {
    const world = { blocked, ...this.world };
    const left = new Set(this.take(field, days, into, (provenance, day) => mayStandIn(provenance, day, world)));
    return days.filter((day) => !left.has(day));
  }

  /** Answers the days that are not known, or not accepted. */
  private take(
    field: Field,
    days: readonly number[],
    into: Column,
    accepts: (provenance: Provenance, day: number, hasValue: boolean) => boolean,
  ): readonly number[] {
    const parts = this.stored.parts(field);
    const left: number[] = [];
    /** Days in a row that one request answered. */
    let run:
      | { readonly column: Column; readonly provenance: Provenance; readonly from: number; to: number }
      | undefined;
    const takeRun = () => {
      if (!run) return;
      into.take(run.column, run.from, run.to);
      this.served.note({ call: run.provenance.call, from: run.from, to: run.to });
    };
    let at = 0;
    for (const day of days) {
      while (at < parts.length && parts[at]!.to < day) at++;
      const column = parts[at]?.column;
      const provenance = column?.provenance(day);
      if (column === undefined || provenance === undefined || this.isOutdatedRefusal(column, day, provenance)) {
        left.push(day);
        continue;
      }
      const value = column.kept(day);
      if (!accepts(provenance, day, value !== undefined)) {
        left.push(day);
        continue;
      }
      this.weight += BYTES_PER_CELL + weightOfValue(value);
      if (run?.column === column && run.provenance === provenance && run.to === day - 1) run.to = day;
      else {
        takeRun();
        run = { column, provenance, from: day, to: day };
      }
    }
    takeRun();
    return left;
  }

  private isOutdatedRefusal(column: Column, day: number, { at }: Provenance): boolean {
    if (at > this.world.connectedAt) return false;
    const note = column.note(day);
    return note === "INSUFFICIENT_SCOPE" || note === "NOT_PERMITTED_TO_APP";
  }
}

/** What an answer has for each cell. */
const BYTES_PER_CELL = 100;
