import { type Field, isSamples } from "../../model/fields.js";
import type { LocalDate, MissingReason, SampleSeries } from "../../model/records.js";
import { dateIn, instantOf, localDateOf } from "../../model/time.js";
import { alternativesTo, chooseDay } from "../merge.js";
import type { StatisticDay } from "../statistics.js";
import type * as views from "../views.js";
import { provesData } from "../whole.js";
import { reasonOfDay } from "./records.js";
import { type Demand, demand, held, inParts, type Scene, type Source } from "./scene.js";

const activityWitnesses: readonly Field[] = ["activity.steps", "activity.energyBurned"];
const heartWitnesses: readonly Field[] = [
  "heart.restingRate",
  "heart.hrvRmssd",
  "heart.hrvSdnn",
  "heart.samples:ONE_MINUTE",
];

/** What is answered in whole days of one source. */
export type DayDomain = "ACTIVITY" | "HEART" | "NUTRITION";
const witnesses = {
  ACTIVITY: activityWitnesses,
  NUTRITION: ["nutrition.energyConsumed", "nutrition.water"],
} as const satisfies Partial<Record<DayDomain, readonly Field[]>>;

/** The field by which a source shows that it saw the day. */
export function witnessOf(domain: DayDomain, { reader }: Source, fields: ReadonlySet<Field>): Field | null {
  if (domain !== "HEART") {
    return witnesses[domain].find((field) => reader.supports(field)) ?? null;
  }
  const found = heartWitnesses.find((field) => reader.supports(field)) ?? null;
  // Whichever series is read anyway tells the same: a second one would cost a call a day.
  return found !== null && isSamples(found) ? ([...fields].find(isSamples) ?? found) : found;
}

/** The field that says of a provider's day whether it was worn. Null for series, which nobody else asked for. */
export function wornWitness(domain: "ACTIVITY" | "HEART", supports: (field: Field) => boolean): Field | null {
  const fields = domain === "ACTIVITY" ? activityWitnesses : heartWitnesses;
  return fields.find((field) => !isSamples(field) && supports(field)) ?? null;
}

function witnessValue(field: Field, { reader }: Source, day: LocalDate): number | null {
  const known = reader.look(field, day);
  if (isSamples(field)) return held<SampleSeries>(known)?.values.find((value) => value > 0) ?? null;
  return held<number>(known);
}

/** A day, the source that is shown for it, and the others that have it too. */
export interface DayChoice {
  readonly date: LocalDate;
  readonly winner: Source;
  readonly alternatives: readonly Source[];
}

/**
 * Chooses each day's source, asking the next best only for the days that the better ones did not witness. A witness is
 * wanted only where there is somebody to choose from.
 */
export function* chooseDays(scene: Scene, domain: DayDomain): Generator<readonly Demand[], readonly DayChoice[], void> {
  const { ask, days } = scene;
  const witnessBy = new Map(scene.everyone.map((source) => [source, witnessOf(domain, source, ask.fields)]));
  const byRank = (sources: readonly Source[]): readonly Source[] => {
    const able = sources.filter((source) => witnessBy.get(source) !== null);
    if (domain !== "ACTIVITY") return able;
    // A source without steps ranks after those that count them.
    const counts = ({ reader }: Source) => reader.supports("activity.steps");
    return [...able.filter(counts), ...able.filter((source) => !counts(source))];
  };
  const ranked = byRank(scene.sources);
  const candidates = ask.alternatives ? byRank(scene.everyone) : ranked;
  if (ask.worn) for (const { reader } of candidates) reader.isProofWanted = true;
  const alone = candidates.length < 2 && ask.fields.size > 0 && !ask.worn;
  /** Where there is nobody to choose from, a series is not worth its calls: it would only say that it was worn. */
  const witnessWanted = (source: Source): readonly Field[] => {
    const witness = witnessBy.get(source)!;
    return candidates.length < 2 && ask.fields.size > 0 && isSamples(witness) ? [] : [witness];
  };
  const fieldsOf = new Map(
    candidates.map((source) => [
      source,
      [...(alone ? ask.fields : new Set([...ask.fields, ...witnessWanted(source)]))].filter((field) =>
        source.reader.supports(field),
      ),
    ]),
  );
  if (ask.alternatives) yield candidates.map((source) => demand(source, fieldsOf.get(source)!, days));

  const outdated = (source: Source, day: LocalDate) => source.reader.isOutdated([witnessBy.get(source)!], day);
  const decides = (source: Source, day: LocalDate) =>
    (witnessValue(witnessBy.get(source)!, source, day) ?? 0) > 0 && !outdated(source, day);
  let open = days;
  for (const source of ranked) {
    if (open.length === 0) break;
    yield [demand(source, fieldsOf.get(source)!, open)];
    if (ranked.length > 1) open = open.filter((day) => !decides(source, day));
  }
  const look = (day: LocalDate) => (source: Source) => ({
    answered: fieldsOf.get(source)!.some((field) => source.reader.answered(field, day)),
    witnessAnswered: source.reader.answered(witnessBy.get(source)!, day),
    witness: candidates.length < 2 ? null : witnessValue(witnessBy.get(source)!, source, day),
    isOutdated: outdated(source, day),
  });
  const only = candidates.length === 1 && ranked.length === 1 ? ranked[0]! : null;
  const choices = yield* inParts(days, (date): DayChoice | null => {
    if (only) {
      const isAnswered = fieldsOf.get(only)!.some((field) => only.reader.answered(field, date));
      return isAnswered ? { date, winner: only, alternatives: [] } : null;
    }
    const chosen = chooseDay(ranked, look(date));
    if (!chosen) return null;
    const alternatives = ask.alternatives ? alternativesTo(chosen.winner, candidates, look(date)) : [];
    return { date, winner: chosen.winner, alternatives };
  });
  return choices.filter((choice) => choice !== null);
}

/**
 * Which days of a source are over and proven synced to their end: a later day has data, or the device synced after it.
 * What is only known from the provider's account of old days proves nothing.
 */
export function completeDays(scene: Scene, { reader }: Source, fields: readonly Field[]): (day: LocalDate) => boolean {
  const { dataThrough, lastSyncAt } = reader;
  const proves = (day: LocalDate) => fields.some((field) => provesData({ field, day, known: reader.look(field, day) }));
  const inRange = scene.days.findLast(proves) ?? "";
  const synced =
    lastSyncAt === null ? "" : scene.zone ? dateIn(scene.zone, instantOf(lastSyncAt)) : localDateOf(lastSyncAt);
  const through = [dataThrough ?? "", inRange, synced].sort().at(-1)!;
  return (day) => day < scene.today && through > day;
}

type CompleteOf = (source: Source) => (day: LocalDate) => boolean;

/** The same for each source, looked up once. */
export function completeOf(scene: Scene, domain: "ACTIVITY" | "HEART"): CompleteOf {
  const known = new Map<Source, (day: LocalDate) => boolean>();
  return (source) => {
    let found = known.get(source);
    if (!found) {
      const witness = wornWitness(domain, (field) => source.reader.supports(field));
      found = completeDays(scene, source, witness === null ? [] : [witness]);
      known.set(source, found);
    }
    return found;
  };
}

/** Whether a source saw the person on a day, and why that is not known. */
export interface Seen {
  readonly worn: boolean | null;
  readonly why: MissingReason;
}

export function wornOn(domain: "ACTIVITY" | "HEART", { reader }: Source, day: LocalDate, isComplete: boolean): Seen {
  const witness = wornWitness(domain, (field) => reader.supports(field));
  if (witness === null) return { worn: null, why: "UNSUPPORTED" };
  const known = reader.look(witness, day);
  const value = held<number>(known);
  const { zeroMeansStill = false, methods = {} } = reader.provider;
  if (value !== null && (value > 0 || zeroMeansStill)) return { worn: true, why: "UNKNOWN" };
  if ("nothing" in known && known.nothing !== "NOT_RECORDED") return { worn: null, why: known.nothing };
  const isOfNight =
    (witness === "heart.restingRate" && methods.restingRate !== undefined && methods.restingRate !== "PROVIDER") ||
    (witness.startsWith("heart.hrv") && methods.hrv !== "DAY");
  // A night without the device says nothing of the day.
  if (isOfNight) return { worn: null, why: "NOT_RECORDED" };
  return isComplete ? { worn: false, why: "UNKNOWN" } : { worn: null, why: "NOT_YET_SYNCED" };
}

/** What statistics need of every day of the range, in the order of the days. */
export function statisticDays<
  D extends { readonly date: LocalDate; readonly worn?: boolean | null; readonly absent: views.Absent },
>(
  scene: Scene,
  days: readonly D[],
  names: readonly (keyof D & string)[],
  prefix: string,
  { isComplete, chosen }: { readonly isComplete: CompleteOf; readonly chosen: readonly DayChoice[] },
): readonly StatisticDay[] {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const winners = new Map(chosen.map(({ date, winner }) => [date, winner]));
  const asked = names.filter((name) => scene.ask.fields.has(`${prefix}.${name}` as Field));
  return scene.days.map((date): StatisticDay => {
    const day = byDate.get(date);
    const of = <V>(value: (name: string) => V) => new Map(asked.map((name) => [name as string, value(name)]));
    return {
      date,
      // Of a day that nobody answered, the best source tells.
      isComplete: isComplete(winners.get(date) ?? scene.sources[0]!)(date),
      worn: day?.worn ?? null,
      values: of((name) => (day ? ((day as Readonly<Record<string, unknown>>)[name] as number | null) : null)),
      reasons: of((name) =>
        day ? (day.absent.get(name) ?? "UNKNOWN") : reasonOfDay(scene, `${prefix}.${name}` as Field, date),
      ),
    };
  });
}
