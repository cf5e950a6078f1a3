import type { Connection } from "../connections/connection.js";
import type { Known } from "../model/cells.js";
import { type Field, type FieldValue, isSamples } from "../model/fields.js";
import type { DeviceRecord, LocalDate, MissingReason, OffsetDateTime, SampleSeries } from "../model/records.js";
import { binned } from "../model/series.js";
import type { Provider } from "../providers/index.js";
import type { Failure } from "../providers/provider.js";
import { CellMap, Column, type Provenance } from "./column.js";
import { dayNumber, sharedNumbers, UNDATED } from "./days.js";
import { type FieldSource, type Offer, offerOf } from "./offer.js";
import type { Wanted } from "./wanted.js";

/** Why a provider is not asked about a connection. Stored data are answered even then. */
export type Blocked = "REAUTHORIZATION_REQUIRED" | "RETIRED" | "NOT_CONNECTED" | "NOT_CONFIGURED";

/** Failures that every further request would meet too. */
const lasting: ReadonlySet<Failure["code"]> = new Set<Failure["code"]>([
  "RETIRED",
  "CONSENT_LOST",
  "TOKEN_REJECTED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
]);
export const isLasting = ({ code }: Failure) => lasting.has(code);

/**
 * What one operation knows of one connection. It fills as the store and the provider answer (`connection-loader.ts`).
 * Each cell that is not known has a reason.
 */
export class ConnectionReader {
  readonly offer: Offer;
  /** Only cells that this operation may answer with: fresh, fetched, or stale ones that stand in. */
  readonly columns = new Map<Field, Column>();
  readonly failed = new CellMap<Failure>();
  /** Stale cells that are answered because the provider could not be asked. */
  readonly standIns = new CellMap<true>();
  /** By field, the last day that the provider can't tell any more and that is not stored, or that is not kept. */
  readonly outOfReach = new Map<Field, number>();
  /** Whether days are wanted that this gateway does not keep. */
  hasNotKept = false;
  /** Why no more requests are sent. */
  stopped: Failure | null = null;
  /** Whether answers say which days are proven synced: then what is stored of devices is read along with other cells. */
  isProofWanted = false;
  /** The newest day for which the provider is known to have data. */
  dataThrough: LocalDate | null;
  /** What is stored of devices, however old. */
  storedDevices: Column | undefined;

  constructor(
    readonly provider: Provider,
    readonly connection: Connection,
    readonly blocked: Blocked | null,
    private readonly onlyIfCached: boolean,
  ) {
    this.offer = offerOf(provider, connection.scopes);
    this.dataThrough = connection.dataThrough;
  }

  /** When a device last sent data to the provider, as far as it is known without asking. */
  get lastSyncAt(): OffsetDateTime | null {
    const known = this.columns.get("devices.devices")?.value(UNDATED) ?? this.storedDevices?.value(UNDATED) ?? [];
    const times = (known as readonly DeviceRecord[]).flatMap(({ lastSyncAt }) => lastSyncAt ?? []);
    return times.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  }

  supports(field: Field): boolean {
    return this.offer.sourcesOf(field).length > 0;
  }

  isUngranted(field: Field): boolean {
    return this.offer.sourcesOf(field).some((source) => this.offer.ungranted.has(source.field));
  }

  /** Whether the provider answered a cell; "there is nothing" is an answer too. */
  answered(field: Field, day: LocalDate | null): boolean {
    const at = dayNumber(day);
    const plain = this.offer.plainSourceOf(field);
    if (plain) return this.columns.get(plain.field)?.provenance(plain.isDated ? at : UNDATED) !== undefined;
    const sources = this.offer.sourcesOf(field);
    // Height alone is no answer about the BMI of a day.
    return sources.length > 0 && sources.every((source) => this.columnOf(source, at) !== undefined);
  }

  /** The content of a cell: its value, or why there is none. */
  look(field: Field, day: LocalDate | null): Known {
    const sources = this.offer.sourcesOf(field);
    if (sources.length === 0) return { nothing: "UNSUPPORTED" };
    const at = dayNumber(day);
    const parts: Known[] = [];
    for (const source of sources) {
      const known = this.columnOf(source, at)?.known(source.isDated ? at : UNDATED);
      if (known === undefined) return { nothing: this.reasonFor(sources, at) };
      parts.push(known);
    }
    const [first] = parts as [Known];
    if (isSamples(field)) return "value" in first ? { value: binned(first.value as SampleSeries, field) } : first;
    const derivation = this.offer.derivations.get(field);
    if (!derivation) return first;
    const value = derivation.derive(parts.map((known) => ("value" in known ? known.value : undefined)));
    // What is derived from an incomplete part may be incomplete too.
    const lacks = parts.flatMap((known) => ("value" in known ? (known.lacks ?? []) : []))[0];
    if (value !== null) return { value, ...(lacks && { lacks }) };
    return parts.find((known) => "nothing" in known) ?? { nothing: lacks ?? "NOT_RECORDED" };
  }

  /** The value of a cell; undefined where it has none, and `look` tells why. */
  value(field: Field, day: LocalDate): FieldValue | undefined {
    const plain = this.offer.plainSourceOf(field);
    if (plain) return this.columns.get(plain.field)?.value(plain.isDated ? dayNumber(day) : UNDATED);
    const known = this.look(field, day);
    return "value" in known ? known.value : undefined;
  }

  noteOutOfReach(field: Field, day: number): void {
    this.outOfReach.set(field, Math.max(day, this.outOfReach.get(field) ?? day));
  }

  /**
   * The column whose values are those of a dated field as they are. Undefined while nothing is known of the field, null
   * where its value is derived, or taken from a finer series.
   */
  plainColumn(field: Field): Column | null | undefined {
    const plain = this.offer.plainSourceOf(field);
    return plain?.isDated ? this.columns.get(plain.field) : null;
  }

  /** The column of a field, made where there is none yet. */
  columnFor(field: Field): Column {
    let column = this.columns.get(field);
    if (!column) {
      column = new Column();
      this.columns.set(field, column);
    }
    return column;
  }

  /** The column that knows a day of a field, or of a finer series of it. */
  private columnOf({ field, isDated, finer }: FieldSource, day: number): Column | undefined {
    const at = isDated ? day : UNDATED;
    const column = this.columns.get(field);
    if (column?.provenance(at) !== undefined) return column;
    if (finer.length === 0) return undefined;
    const known = finer.flatMap((each) => {
      const other = this.columns.get(each);
      return other?.provenance(at) === undefined ? [] : [other];
    });
    return known.find((each) => each.value(at) !== undefined) ?? known[0];
  }

  private reasonFor(sources: readonly FieldSource[], day: number): MissingReason {
    if (sources.some(({ field }) => this.offer.ungranted.has(field))) return "INSUFFICIENT_SCOPE";
    for (const { field, finer, isDated } of sources) {
      for (const each of [field, ...finer]) {
        const failure = this.failed.get(each, isDated ? day : UNDATED);
        if (failure) return reasonOf(failure);
      }
    }
    return this.blocked !== null || this.onlyIfCached ? "NOT_FETCHED" : "UNKNOWN";
  }

  /**
   * Whether the provider can be asked. It can't after the person left, after consent ended, or after a lasting refusal.
   */
  get canBeAsked(): boolean {
    return this.blocked === null && (this.stopped === null || !isLasting(this.stopped));
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
    const at = dayNumber(day);
    let some = false;
    for (const field of fields) {
      for (const source of this.offer.sourcesOf(field)) {
        // Undated inputs (a height) are never settled, so they are left out of this decision.
        if (!source.isDated) continue;
        const provenance = this.columnOf(source, at)?.provenance(at);
        if (provenance === undefined) continue;
        if (!provenance.settled) return false;
        some = true;
      }
    }
    return some;
  }

  /**
   * When the oldest of these cells was fetched, and whether any of them stands in for one that could not be fetched.
   */
  provenance(wanted: Wanted): { asOf: number | null; stoodIn: boolean; complete: boolean } {
    let asOf = Number.POSITIVE_INFINITY;
    let stoodIn = false;
    let complete = true;
    const numbersOf = sharedNumbers();
    for (const [field, days] of wanted) {
      for (const source of this.offer.sourcesOf(field)) {
        const mayStandIn = this.standIns.has(source.field);
        const column = this.columns.get(source.field);
        // One request mostly answered many days in a row.
        let before: Provenance | undefined;
        for (const at of source.isDated ? numbersOf(days) : [UNDATED]) {
          const provenance = column?.provenance(at) ?? this.columnOf(source, at)?.provenance(at);
          if (provenance === undefined) complete = false;
          else if (provenance !== before && provenance.at < asOf) asOf = provenance.at;
          before = provenance;
          if (mayStandIn) stoodIn ||= this.standIns.get(source.field, at) ?? false;
        }
      }
    }
    return { asOf: Number.isFinite(asOf) ? asOf : null, stoodIn, complete };
  }

  /** The failures of these cells. */
  failuresOf(wanted: Wanted): readonly Failure[] {
    const met = new Set<Failure>();
    for (const [field, days] of wanted) {
      for (const source of this.offer.sourcesOf(field)) {
        if (!this.failed.has(source.field)) continue;
        for (const day of days) {
          const failure = this.failed.get(source.field, source.isDated ? dayNumber(day) : UNDATED);
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
}

function reasonOf({ code }: Failure): MissingReason {
  switch (code) {
    case "RATE_LIMITED":
    case "RETIRED":
    case "CONSENT_LOST":
    case "TOKEN_REJECTED":
    case "NOT_CONFIGURED":
    case "ACTION_REQUIRED":
      return "NOT_FETCHED";
    case "INSUFFICIENT_SCOPE":
    case "NOT_PERMITTED_TO_APP":
      return code;
    default:
      return "PROVIDER_ERROR";
  }
}
