import type { Field } from "../../model/fields.js";
import type { LocalDate, MissingReason, NightBreathing, NightHypnogram, SleepRecord } from "../../model/records.js";
import { addDays, instantOf, localDateOf } from "../../model/time.js";
import { isSameSleep } from "../merge.js";
import { hasSegments, withoutSegments, withSegmentsOf } from "../packed-nights.js";
import type { StatisticDay } from "../statistics.js";
import type * as views from "../views.js";
import { completeDays } from "./days.js";
import { recordIdOf } from "./record-ids.js";
import { coursesOf, reasonOfDay, reasonsIn, recordList } from "./records.js";
import { type Assembly, type Demand, demand, type Scene, type Source } from "./scene.js";

const sleepFigures = [
  "isMainSleep",
  "minutesInBed",
  "minutesAsleep",
  "minutesAwake",
  "minutesToFallAsleep",
  "efficiency",
  "stages",
  "hypnogram",
  "averageHeartRate",
  "lowestHeartRate",
  "respiratoryRate",
  "awakenings",
  "snoringMinutes",
  "minutesNeeded",
] as const;

const hypnograms: Field = "sleep.hypnograms";
const breathing: Field = "sleep.breathing";

/** What holds the segments of a night, and why nothing does: the record itself, or what a call of their own told. */
function segmentsOf(
  { reader }: Source,
  record: SleepRecord,
): { in: Pick<SleepRecord, "hypnogram"> | null; why?: MissingReason } {
  if (hasSegments(record)) return { in: record };
  if (!reader.supports(hypnograms)) return { in: null };
  const cell = reader.look(hypnograms, localDateOf(record.end));
  if ("nothing" in cell) return { in: null, why: cell.nothing };
  const night = (cell.value as readonly NightHypnogram[]).find(({ id }) => id === record.id);
  if (night?.refused?.includes("hypnogram")) return { in: null, why: "PROVIDER_ERROR" };
  if (night && hasSegments(night)) return { in: night };
  return { in: null, why: night ? undefined : cell.lacks };
}

/** The same of breathing. */
function breathingOf(
  { reader }: Source,
  record: SleepRecord,
): { known: SleepRecord["respiratoryRate"]; why?: MissingReason } {
  if (typeof record.respiratoryRate === "number" || !reader.supports(breathing))
    return { known: record.respiratoryRate };
  const cell = reader.look(breathing, localDateOf(record.end));
  if ("nothing" in cell) return { known: null, why: cell.nothing };
  const night = (cell.value as readonly NightBreathing[]).find(({ id }) => id === record.id);
  return { known: night?.respiratoryRate ?? null, why: night ? undefined : cell.lacks };
}

export function* sleep(scene: Scene): Assembly<Omit<views.SleepHistory, "sources">> {
  const toView = (
    source: Source,
    record: SleepRecord,
    alternatives: readonly views.SleepSession[],
  ): views.SleepSession => {
    const told = withoutSegments(record);
    const [segments, breaths] = [segmentsOf(source, record), breathingOf(source, record)];
    const date = localDateOf(record.end);
    const found = { hypnogram: segments.in, respiratoryRate: breaths.known };
    const absent = reasonsIn<SleepRecord>(told, sleepFigures, found);
    if (record.pending)
      for (const [name, reason] of absent) if (reason === "NOT_RECORDED") absent.set(name, "NOT_YET_SYNCED");
    if (segments.why && absent.has("hypnogram")) absent.set("hypnogram", segments.why);
    if (breaths.why && absent.has("respiratoryRate")) absent.set("respiratoryRate", breaths.why);
    const own = {
      id: recordIdOf("SLEEP", source.reader.connection.id, record.id, date),
      respiratoryRate: breaths.known,
      date,
      source: source.reader.provider.id,
      settled: !record.pending && source.reader.settled(["sleep.sessions"], date),
      absent,
      courses: coursesOf(scene, source, "sleep", { id: record.id, day: date }, absent),
      alternatives,
    };
    return withSegmentsOf(Object.assign({}, told, own), segments.in);
  };
  const details = [...scene.ask.fields].filter((field) => field !== "sleep.sessions");
  // Only for the nights that are shown, and only where it is asked for: it may cost a call for each.
  const detailsOf = (source: Source, records: readonly SleepRecord[]): readonly Demand[] =>
    details.map((field) => {
      const lacking = records.filter(
        (record) =>
          (field !== hypnograms || !hasSegments(record)) &&
          (field !== breathing || typeof record.respiratoryRate !== "number"),
      );
      const days = new Set<LocalDate>(lacking.map(({ end }) => localDateOf(end)));
      return demand(source, [field], [...days].sort());
    });
  if (scene.ask.worn) for (const { reader } of scene.sources) reader.isProofWanted = true;
  const sessions = yield* recordList(
    scene,
    "sleep.sessions",
    isSameSleep,
    toView,
    details.length > 0 ? detailsOf : undefined,
  );
  return { sessions, statisticDays: scene.ask.worn && sessions ? mainSleeps(scene, sessions) : null };
}

/** Each day with its main sleep, the longest where there are several: a day without one misses it. */
function mainSleeps(scene: Scene, sessions: readonly views.SleepSession[]): readonly StatisticDay[] {
  const lengthOf = ({ start, end }: views.SleepSession) => instantOf(end) - instantOf(start);
  const byDate = new Map<LocalDate, views.SleepSession>();
  for (const session of sessions) {
    const before = byDate.get(session.date);
    if (session.isMainSleep === false || (before && lengthOf(before) >= lengthOf(session))) continue;
    byDate.set(session.date, session);
  }
  const able = scene.sources.filter(({ reader }) => reader.supports("sleep.sessions"));
  const complete = new Map(
    able.map((source) => [source.reader.provider.id, completeDays(scene, source, ["sleep.sessions"])]),
  );
  return scene.days.map((date): StatisticDay => {
    const session = byDate.get(date);
    const answering = able.find(({ reader }) => reader.answered("sleep.sessions", date)) ?? able[0]!;
    const isComplete = complete.get(session?.source ?? answering.reader.provider.id)!;
    const figures = session && {
      minutesAsleep: session.minutesAsleep,
      efficiency: session.efficiency,
      bedtimeMinutes: afterNoon(session),
    };
    const missing = session ? null : whyNoSleep(reasonOfDay(scene, "sleep.sessions", date));
    return {
      date,
      isComplete: isComplete(date),
      worn: null,
      values: new Map(Object.entries(figures ?? {})),
      reasons: new Map(sleepStatistics.map((name) => [name, missing ?? session?.absent.get(name) ?? "UNKNOWN"])),
    };
  });
}

const sleepStatistics = ["minutesAsleep", "efficiency", "bedtimeMinutes"] as const;

/** A day that was answered and has no main sleep has none. */
const whyNoSleep = (reason: MissingReason): MissingReason => (reason === "UNKNOWN" ? "NOT_RECORDED" : reason);

/** Minutes of the wall clock after noon of the day before the sleep's day. */
function afterNoon({ start, date }: views.SleepSession): number {
  const wallClock = Date.parse(`${start.slice(0, 19)}Z`);
  return Math.round((wallClock - Date.parse(`${addDays(date, -1)}T12:00:00Z`)) / 60_000);
}
