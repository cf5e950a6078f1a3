import { UnreadableAnswer } from "../http/json.js";
import { checked, isFiledRightly } from "../model/bounds.js";
import type { Cell, Flaw } from "../model/cells.js";
import { type Field, type FieldValue, isDated, isList, isSeries } from "../model/fields.js";
import { namesOf, vitalRows } from "../model/figure-tables.js";
import type { LocalDate, SampleSeries } from "../model/records.js";
import { joinedSeries } from "../model/series.js";
import { eachDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Call, Input, ReadPage, Skipped } from "../providers/provider.js";
import { isSettledDay, type SyncProof } from "./freshness.js";
import type { StoredCellEntry } from "./history.js";

interface Target {
  readonly provider: Provider;
  readonly today: LocalDate;
  readonly proof: SyncProof;
}

interface Whole {
  readonly cells: readonly StoredCellEntry[];
  /** How often something was left out, by the cause. */
  readonly causes: ReadonlyMap<string, number>;
}

/**
 * Joins the pages of one call, leaves out what can't be believed, and fills in what its span was answered not to have.
 * Throws `UnreadableAnswer` where records came, of days that can't be told, and none can be read: that says nothing.
 */
export function whole(pagesRead: readonly ReadPage[], call: Call, target: Target, input: Input, at: number): Whole {
  const byKey = new Map<string, Cell>();
  const causes = new Map<string, number>();
  const count = (cause: string) => causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const spans = [input, ...pagesRead.flatMap(({ covers }) => covers ?? [])];
  const isWithin = (day: LocalDate | null) => day === null || spans.some(({ from, to }) => day >= from && day <= to);
  for (const given of pagesRead.flatMap((reading) => reading.cells)) {
    if (!isFiledRightly(given, target.today)) {
      count(`${given.field} is of a day that can't be`);
      continue;
    }
    // What is told of a day beyond the edge was not asked for, and may be only part of that day's.
    if (!isWithin(given.day)) continue;
    const each = checked(given, target.today);
    if (each !== given && isFlawed(each)) count(`${given.field} is not what a person can have`);
    const key = `${each.field}|${each.day ?? ""}`;
    const before = byKey.get(key);
    byKey.set(key, before && isInParts(each.field) ? joined(before, each) : each);
  }
  const unplaced = new Map<Field, Flaw>();
  /** Fields of records that can't be read, and don't tell of which day they are. */
  const damaged = new Set<Field>();
  const lacking = new Set<string>();
  for (const each of pagesRead.flatMap((reading) => reading.skipped ?? [])) {
    count(each.why);
    if (each.day === null && each.reason === "PROVIDER_ERROR") damaged.add(each.field);
    if (each.day === null && isDated(each.field))
      unplaced.set(each.field, graver(unplaced.get(each.field), each.reason));
    else if (isWithin(each.day)) {
      flaw(byKey, each);
      lacking.add(`${each.field}|${each.day ?? ""}`);
    }
  }
  const read = [...byKey.values()].filter(hasData);
  const readsOthers = pagesRead.some((reading) => reading.readsOthers === true);
  if (damaged.size > 0 && read.length === 0 && !readsOthers)
    throw new UnreadableAnswer(`none of the records of ${call.name} can be read: ${[...causes.keys()].join("; ")}`);
  const isLost = (field: Field) => !readsOthers && !read.some((each) => each.field === field);
  const lost = new Set([...damaged].filter(isLost));
  fillIn(byKey, pagesRead, call, target, lost);

  const { today } = target;
  const newest = [...byKey.values()]
    .filter((each) => provesData(each) && each.day! <= today)
    .reduce<LocalDate | null>((max, { day }) => (max !== null && max > day! ? max : day), null);
  const { dataThrough } = target.proof;
  const proof = {
    ...target.proof,
    dataThrough: dataThrough && newest && dataThrough > newest ? dataThrough : (newest ?? dataThrough),
  };
  // What could not be placed may be of any day: none that lacks data is known to have none.
  const isOpen = (each: Cell) =>
    isPending(each) ||
    isFlawed(each) ||
    lacking.has(`${each.field}|${each.day ?? ""}`) ||
    (unplaced.has(each.field) && !hasData(each));
  const cells = [...byKey.values()].map((each) => ({
    at,
    call: call.name,
    settled: each.day !== null && !isOpen(each) && isSettledDay(each.day, today, target.provider, proof),
    ...lackingUnplaced(each, unplaced.get(each.field)),
  }));
  return { cells, causes };
}

/** Whether several pages, or several records of one page, may each hold a part of one cell. */
function isInParts(field: Field): boolean {
  return isList(field) || isSeries(field);
}

/** Whether a part of the cell can't be believed: it is asked for again, since a correction may come. */
function isFlawed({ known }: Cell): boolean {
  return "value" in known ? known.lacks !== undefined : known.nothing === "PROVIDER_ERROR";
}

/** Whether a cell says more than that there is nothing. */
export function hasData({ known }: Cell): boolean {
  return "value" in known && !(Array.isArray(known.value) && known.value.length === 0);
}

/** An error is graver than something that is not over yet. */
const graver = (before: Flaw | undefined, reason: Flaw): Flaw => (before === "PROVIDER_ERROR" ? before : reason);

/** Notes on a cell that a part of it was left out. */
function flaw(cells: Map<string, Cell>, { field, day, reason }: Skipped): void {
  const key = `${field}|${day ?? ""}`;
  const before = cells.get(key);
  if (before && "value" in before.known) {
    const lacks = graver(before.known.lacks, reason);
    cells.set(key, { ...before, known: { ...before.known, lacks } });
  } else if (!before || reason === "PROVIDER_ERROR") cells.set(key, { field, day, known: { nothing: reason } });
}

/** A record that could not be placed may be of any day of its list. What a day has of others is no less settled for that. */
function lackingUnplaced(each: Cell, reason: Flaw | undefined): Cell {
  if (!reason || !isList(each.field) || !("value" in each.known)) return each;
  return { ...each, known: { ...each.known, lacks: graver(each.known.lacks, reason) } };
}

/** `lost`: fields of which records came, of days that can't be told, and none could be read. */
function fillIn(
  cells: Map<string, Cell>,
  pagesRead: readonly ReadPage[],
  call: Call,
  target: Target,
  lost: ReadonlySet<Field>,
): void {
  const fill = (field: Field, day: LocalDate | null) => {
    const key = `${field}|${day ?? ""}`;
    if (cells.has(key)) return;
    cells.set(key, { field, day, known: lost.has(field) ? { nothing: "PROVIDER_ERROR" } : absent(field, day, target) });
  };
  for (const { covers } of pagesRead) {
    if (!covers) continue;
    for (const field of call.yields) {
      if (!isDated(field)) continue;
      for (const day of eachDay(covers.from, covers.to)) fill(field, day);
    }
  }
  for (const field of call.yields) if (!isDated(field)) fill(field, null);
}

/** What is known of a cell that an answer says nothing of. */
function absent(field: Field, day: LocalDate | null, { proof }: Target): Cell["known"] {
  const unsynced = day !== null && proof.lastSyncDate !== null && proof.lastSyncDate < day;
  return isList(field)
    ? { value: [] as unknown as FieldValue }
    : { nothing: unsynced ? ("NOT_YET_SYNCED" as const) : ("NOT_RECORDED" as const) };
}

/** Two pages' parts of one day. */
function joined(a: Cell, b: Cell): Cell {
  if (!("value" in a.known)) return "value" in b.known ? withLack(b, a) : b;
  if (!("value" in b.known)) return withLack(a, b);
  const lacks = a.known.lacks ?? b.known.lacks;
  const value = isSeries(a.field)
    ? joinedSeries(a.known.value as SampleSeries, b.known.value as SampleSeries)
    : joinedRecords(a.known.value as readonly Member[], b.known.value as readonly Member[]);
  return { ...a, known: { value: value as unknown as FieldValue, ...(lacks && { lacks }) } };
}

/** The part that could be used, as one that lacks the part that could not. */
function withLack(part: Cell, other: Cell): Cell {
  const isRefused = "nothing" in other.known && other.known.nothing === "PROVIDER_ERROR";
  return isRefused ? { ...part, known: { ...part.known, lacks: "PROVIDER_ERROR" } as Cell["known"] } : part;
}

interface Member {
  readonly id?: string;
  /** Of a course, of which each page may have a part. */
  readonly series?: SampleSeries;
}

function joinedRecords<R extends Member>(a: readonly R[], b: readonly R[]): readonly R[] {
  const unique = new Map<string | number, R>();
  [...a, ...b].forEach((record, index) => {
    const key = record.id ?? index;
    const before = unique.get(key);
    const isCourse = before?.series && record.series;
    unique.set(key, isCourse ? { ...record, series: joinedSeries(before.series!, record.series!) } : record);
  });
  return [...unique.values()];
}

/** What a provider reckons for days without a wearable too, or takes from the days beside: it proves nothing. */
const reckonedAnyway: ReadonlySet<Field> = new Set<Field>([
  ...namesOf(vitalRows).filter((field) => vitalRows[field].reckonedAnyway),
  "activity.offsets",
  "sleep.offsets",
  "sleep.wakingDays",
  "activity.energyBurned",
  "activity.basalEnergyBurned",
  "activity.sedentaryMinutes",
  "heart.zones.bounds",
  "heart.zones.minutes",
  "heart.zones.energyBurned",
]);

/** Whether a cell shows that the wearable had data on its day. */
export function provesData({ field, day, known }: Cell): boolean {
  if (day === null || !("value" in known) || reckonedAnyway.has(field)) return false;
  const { value } = known;
  if (typeof value === "number") return value > 0;
  if (Object.hasOwn(vitalRows, field)) return true;
  if (isSeries(field)) return (value as SampleSeries).values.some((sample) => sample > 0);
  return Array.isArray(value) && value.length > 0;
}

function isPending({ field, known }: Cell): boolean {
  return (
    field === "sleep.sessions" &&
    "value" in known &&
    (known.value as readonly { pending: boolean }[]).some((s) => s.pending)
  );
}
