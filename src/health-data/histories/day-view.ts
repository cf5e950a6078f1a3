import { type Field, isSamples, type SamplesField } from "../../model/fields.js";
import type { LocalDate, MissingReason, SampleSeries } from "../../model/records.js";
import { epochDay, instantOf, inZone, offsetOf } from "../../model/time.js";
import type { Column } from "../column.js";
import type * as views from "../views.js";
import { type DayChoice, type DayDomain, type Seen, witnessOf } from "./days.js";
import { inParts, missingName, opaqueId, type Scene, type Source } from "./scene.js";
import { readWhenAsked } from "./when-asked.js";

/** What all days of one source have in common, in one answer. */
class DaysOfSource {
  /** By the number of the figure: its column, null where it is derived, undefined where it was not asked for. */
  private readonly columns: readonly (Column | null | undefined)[];
  /** The fields that decide whether a day is settled: a selection of nothing but the day was answered by the witness. */
  private readonly decisive: Iterable<Field>;

  constructor(
    readonly scene: Scene,
    readonly source: Source,
    readonly kind: FigureDays,
  ) {
    const { fields } = scene.ask;
    const { reader } = source;
    this.columns = kind.fields.map((field) => (fields.has(field) ? reader.plainColumn(field) : undefined));
    this.decisive = fields.size > 0 ? fields : [witnessOf(kind.domain, source, fields)!];
  }

  figure(number: number, date: LocalDate, day: number): number | null {
    const column = this.columns[number];
    if (column === undefined) return null;
    const value = column === null ? this.source.reader.value(this.kind.fields[number]!, date) : column.value(day);
    return (value ?? null) as number | null;
  }

  isSettled(date: LocalDate): boolean {
    return date < this.scene.today && this.source.reader.settled(this.decisive, date);
  }
}

/** What a domain has of each day. */
interface FigureDays {
  readonly domain: DayDomain;
  readonly prefix: string;
  /** By number. */
  readonly fields: readonly Field[];
}

/** Most days miss nothing, and have no series: they share these. */
const nothingAbsent: views.Absent = new Map();
const noSeries: ReadonlyMap<SamplesField, SampleSeries | null> = new Map();

/**
 * A day of one source. What a day has is read off the columns when it is asked for, since an answer reads little of it,
 * and may have thousands of days.
 */
class DayView {
  // Private to the engine too: whoever writes a view as JSON writes what it shows, and not all that it is read from.
  readonly #of: DaysOfSource;
  /** The day as a number, as columns have it. */
  readonly #day: number;
  readonly #seen: Seen | undefined;
  #reasons: views.Absent | undefined;

  /** `seen` is left out where it was not asked for. */
  constructor(
    of: DaysOfSource,
    readonly date: LocalDate,
    readonly alternatives: readonly unknown[],
    seen?: Seen,
  ) {
    this.#of = of;
    this.#day = epochDay(date);
    this.#seen = seen;
  }

  protected days(): DaysOfSource {
    return this.#of;
  }

  figure(number: number): number | null {
    return this.#of.figure(number, this.date, this.#day);
  }

  get id(): string {
    return opaqueId(this.#of.kind.prefix, this.#of.source.reader.connection.id, this.date);
  }

  get source() {
    return this.#of.source.reader.provider.id;
  }

  get settled(): boolean {
    return this.#of.isSettled(this.date);
  }

  get worn(): boolean | null {
    return this.#seen?.worn ?? null;
  }

  get absent(): views.Absent {
    this.#reasons ??= this.findReasons();
    return this.#reasons;
  }

  get series(): ReadonlyMap<SamplesField, SampleSeries | null> {
    const { scene, source } = this.#of;
    let series: Map<SamplesField, SampleSeries | null> | undefined;
    for (const field of scene.ask.fields) {
      if (!isSamples(field)) continue;
      series ??= new Map();
      const value = (source.reader.value(field, this.date) ?? null) as SampleSeries | null;
      series.set(field, inClockOf(value, scene.zone));
    }
    return series ?? noSeries;
  }

  protected findReasons(): views.Absent {
    const { scene, source } = this.#of;
    let absent: Map<string, MissingReason> | undefined;
    for (const field of scene.ask.fields) {
      if (source.reader.value(field, this.date) !== undefined) continue;
      const known = source.reader.look(field, this.date);
      const name = missingName(field);
      absent ??= new Map();
      if ("nothing" in known && (name !== "zones" || !absent.has(name))) absent.set(name, known.nothing);
    }
    return withReasons(absent ?? nothingAbsent, this.#seen ? [["worn", this.#seen.worn, this.#seen.why]] : []);
  }
}

/** The class of a domain's days, with a property for each of its figures, and what they have in common. */
export function dayClassOf<K extends string>(domain: DayDomain, prefix: string, names: readonly K[]) {
  class Day extends DayView {}
  const kind: FigureDays = { domain, prefix, fields: names.map((name) => `${prefix}.${name}` as Field) };
  return { kind, Day: readWhenAsked(Day, names, (day, _name, number) => day.figure(number)) };
}

/** The days that were chosen, each with its alternatives. `seen` tells whether the device was worn. */
export function* chosenDays<D>(
  { scene, kind, Day }: { readonly scene: Scene; readonly kind: FigureDays; readonly Day: DayClass<D> },
  chosen: readonly DayChoice[],
  seen?: (source: Source, date: LocalDate) => Seen,
) {
  const known = new Map<Source, DaysOfSource>();
  const daysOf = (source: Source) => {
    let found = known.get(source);
    if (!found) {
      found = new DaysOfSource(scene, source, kind);
      known.set(source, found);
    }
    return found;
  };
  const toDay = (source: Source, date: LocalDate, others: readonly Source[]): D => {
    const alternatives = others.map((other) => toDay(other, date, []));
    return new Day(daysOf(source), date, alternatives, seen?.(source, date));
  };
  return yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
}

type DayClass<D> = new (of: DaysOfSource, date: LocalDate, alternatives: readonly D[], seen?: Seen) => D;

const DAY_SECONDS = 86_400;

/**
 * Names the zone of a series on the days on which its clocks change, so that times after the change are written with the
 * offset that then held. Only where the series begins with that zone's offset: a traveller's may not.
 */
function inClockOf(series: SampleSeries | null, zone: string | null): SampleSeries | null {
  if (series === null || series.start === null || zone === null) return series;
  const start = instantOf(series.start);
  const offset = offsetOf(series.start);
  const changes = offsetOf(inZone(start + DAY_SECONDS * 1000, zone)) !== offset;
  return changes && offsetOf(inZone(start, zone)) === offset ? { ...series, zone } : series;
}

/** Reasons of more null fields, beside those of the figures. */
export function withReasons(
  absent: views.Absent,
  more: readonly (readonly [name: string, value: unknown, reason: MissingReason])[],
): views.Absent {
  const lacking = more.filter(([, value]) => value === null);
  if (lacking.length === 0) return absent;
  if (absent.size > 0 || lacking.length > 1)
    return new Map([...absent, ...lacking.map(([name, , why]) => [name, why] as const)]);
  // Mostly all days of a provider lack the same, and share it.
  const [[name, , why]] = lacking as [(typeof lacking)[number]];
  const key = `${name} ${why}`;
  const shared = loneReasons.get(key) ?? new Map([[name, why]]);
  loneReasons.set(key, shared);
  return shared;
}

/** As many as there are names of fields and reasons. */
const loneReasons = new Map<string, views.Absent>();
