import type { Field } from "../../model/fields.js";
import type { MissingReason, NightHypnogram, SleepRecord } from "../../model/records.js";
import { localDateOf } from "../../model/time.js";
import { isSameSleep } from "../merge.js";
import type * as views from "../views.js";
import { recordList } from "./records.js";
import { type Assembly, type Demand, demand, opaqueId, type Scene, type Source } from "./scene.js";

const sleepFigures = [
  "isMainSleep",
  "minutesInBed",
  "minutesAsleep",
  "minutesAwake",
  "minutesToFallAsleep",
  "efficiency",
  "stages",
  "hypnogram",
] as const;

const hypnograms: Field = "sleep.hypnograms";

/** The stages of a night, and why there are none: in the record itself, or told by a call of their own. */
function hypnogramOf(
  { reader }: Source,
  record: SleepRecord,
): { known: SleepRecord["hypnogram"]; why?: MissingReason } {
  if (record.hypnogram !== null || !reader.supports(hypnograms)) return { known: record.hypnogram };
  const cell = reader.look(hypnograms, localDateOf(record.end));
  if ("nothing" in cell) return { known: null, why: cell.nothing };
  const night = (cell.value as readonly NightHypnogram[]).find(({ id }) => id === record.id);
  if (night?.refused?.includes("hypnogram")) return { known: null, why: "PROVIDER_ERROR" };
  return { known: night?.hypnogram ?? null, why: night ? undefined : cell.lacks };
}

export function* sleep(scene: Scene): Assembly<Omit<views.SleepHistory, "sources">> {
  const toView = (
    source: Source,
    record: SleepRecord,
    alternatives: readonly views.SleepSession[],
  ): views.SleepSession => {
    const { pending, refused = [], ...told } = record;
    const { known: hypnogram, why } = hypnogramOf(source, record);
    const figures = { ...told, hypnogram };
    const date = localDateOf(record.end);
    const absent = new Map<string, MissingReason>();
    for (const name of sleepFigures) {
      if (figures[name] !== null) continue;
      if (name === "hypnogram" && why) {
        absent.set(name, why);
        continue;
      }
      absent.set(name, refused.includes(name) ? "PROVIDER_ERROR" : pending ? "NOT_YET_SYNCED" : "NOT_RECORDED");
    }
    return {
      ...figures,
      id: opaqueId("sleep", source.reader.connection.id, record.id),
      date,
      source: source.reader.provider.id,
      settled: !pending && source.reader.settled(["sleep.sessions"], date),
      absent,
      alternatives,
    };
  };
  // Only for the nights that are shown, and only where it is asked for: it may cost a call for each.
  const detailsOf = (source: Source, records: readonly SleepRecord[]): Demand => {
    const days = records.filter(({ hypnogram }) => hypnogram === null).map(({ end }) => localDateOf(end));
    return demand(source, [hypnograms], [...new Set(days)].sort());
  };
  const isAsked = scene.ask.fields.has(hypnograms);
  return {
    sessions: yield* recordList(scene, "sleep.sessions", isSameSleep, toView, isAsked ? detailsOf : undefined),
  };
}
