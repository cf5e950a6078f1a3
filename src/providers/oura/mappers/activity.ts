import type { Unchecked } from "../../../http/json.js";
import { type Cell, cell, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { GoalRecord, LocalDate, OffsetDateTime, OffsetRecord } from "../../../model/records.js";
import { addDays, normaliseInstant, offsetOf, plusSeconds } from "../../../model/time.js";
import { figure, figureCells, minutes } from "../../kit/figures.js";
import { dayOf, type Loose } from "./document.js";
import { toScore } from "./scores.js";

/** https://cloud.ouraring.com/v2/docs#tag/Daily-Activity-Routes. The day runs from 04:00 to 04:00. */
interface RawDailyActivity {
  readonly day: LocalDate;
  /** 04:00 of the day, in the person's offset at that time. */
  readonly timestamp: OffsetDateTime;
  readonly steps: number;
  /** kcal, without energy at rest. */
  readonly active_calories: number;
  /** kcal, with energy at rest. */
  readonly total_calories: number;
  /** m: the walk that would burn as much energy. */
  readonly equivalent_walking_distance: number;
  // Times in seconds. Resting time is not part of sedentary time.
  readonly low_activity_time: number;
  readonly medium_activity_time: number;
  readonly high_activity_time: number;
  readonly sedentary_time: number;
  readonly non_wear_time: number;
  /** kcal */
  readonly target_calories: number;
  /** m of equivalent walking. */
  readonly target_meters: number;
}
type Raw = Unchecked<RawDailyActivity>;

export const activityFields = [
  "activity.steps",
  "activity.distance",
  "activity.energyBurned",
  "activity.activeEnergyBurned",
  "activity.lightlyActiveMinutes",
  "activity.moderatelyActiveMinutes",
  "activity.veryActiveMinutes",
  "activity.sedentaryMinutes",
  "activity.nonWearMinutes",
  "activity.offsets",
  "scores.ACTIVITY",
] as const satisfies readonly Field[];

export function toActivity(document: Loose): Cell[] {
  const raw: Raw = document;
  const day = dayOf(document, "daily_activity");
  return [
    ...figureCells("activity.steps", day, raw.steps),
    ...figureCells("activity.distance", day, raw.equivalent_walking_distance),
    ...figureCells("activity.energyBurned", day, raw.total_calories),
    ...figureCells("activity.activeEnergyBurned", day, raw.active_calories),
    ...present("activity.lightlyActiveMinutes", day, minutes(raw.low_activity_time)),
    ...present("activity.moderatelyActiveMinutes", day, minutes(raw.medium_activity_time)),
    ...present("activity.veryActiveMinutes", day, minutes(raw.high_activity_time)),
    ...present("activity.sedentaryMinutes", day, minutes(raw.sedentary_time)),
    ...present("activity.nonWearMinutes", day, minutes(raw.non_wear_time)),
    ...toOffsets(document, day),
    toScore("scores.ACTIVITY", document),
  ];
}

/** The record helps to tell both midnights of its day, and with them where the days beside begin and end. */
function toOffsets({ timestamp }: Loose, day: LocalDate): Cell[] {
  const start = normaliseInstant(timestamp);
  if (start === null) return [];
  const offset: OffsetRecord = { id: day, start, end: plusSeconds(start, 86_400) };
  return [addDays(day, -1), day, addDays(day, 1)].map((each) => cell("activity.offsets", each, [offset]));
}

/** What a document says of now, if it is the newest. */
export interface Recent {
  readonly day: LocalDate;
  readonly raw: Raw;
}

export function toRecent(document: Loose): Recent {
  return { day: dayOf(document, "daily_activity"), raw: document };
}

/** The person's offset from UTC, as the newest document has it. */
export function toUtcOffset(documents: readonly Recent[]): Cell[] {
  const timestamp = newest(documents)?.raw.timestamp;
  return present("profile.utcOffsetSeconds", null, offsetOf(normaliseInstant(timestamp) ?? ""));
}

/** The goals of the newest day. */
export function toGoals(documents: readonly Recent[]): Cell[] {
  const raw = newest(documents)?.raw;
  if (raw === undefined) return [];
  return [
    cell("goals.daily", null, [
      ...goal("ACTIVE_ENERGY_BURNED", "kcal", raw.target_calories),
      ...goal("DISTANCE", "m", raw.target_meters),
    ]),
  ];
}

function newest(documents: readonly Recent[]): Recent | undefined {
  return [...documents].sort((a, b) => (a.day < b.day ? -1 : 1)).at(-1);
}

function goal(metric: GoalRecord["metric"], unit: string, value: unknown): GoalRecord[] {
  const target = figure(value);
  return target === null ? [] : [{ metric, period: "DAILY", target, current: null, unit }];
}
