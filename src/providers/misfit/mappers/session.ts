import { id, number, object, optionalString, UnreadableAnswer } from "../../../http/json.js";
import type { LocalDate, WorkoutKind, WorkoutRecord } from "../../../model/records.js";
import { localDateOf, normaliseInstant, plusSeconds } from "../../../model/time.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { figure as figureOf } from "../../kit/figures.js";
import { readRecords } from "../../kit/members.js";
import { instant } from "../../kit/times.js";
import type { Input, ReadPage } from "../../provider.js";
import { milesToMetres } from "./miles.js";

/** https://build.misfit.com/docs/cloudapi/api_references#session (the portal is gone) */
interface RawSession {
  readonly id: string;
  /** Capitalised; an open set. */
  readonly activityType: string;
  /** With the person's offset: the only information about the zone. */
  readonly startTime: string;
  /** Elapsed seconds. */
  readonly duration: number;
  readonly points: number;
  readonly steps: number;
  /** kcal */
  readonly calories: number;
  /** Miles. */
  readonly distance: number;
}

/** The first six are documented. The app could use others. */
const kinds: Readonly<Record<string, WorkoutKind>> = {
  cycling: "CYCLING",
  swimming: "SWIMMING",
  walking: "WALKING",
  tennis: "TENNIS",
  basketball: "BASKETBALL",
  soccer: "SOCCER",
  running: "RUNNING",
  yoga: "YOGA",
  pilates: "PILATES",
  dancing: "DANCE",
  dance: "DANCE",
  hiking: "HIKING",
  rowing: "ROWING",
  elliptical: "ELLIPTICAL",
  skiing: "SKIING",
};

/** Each workout once, on the local day of its start. */
export function toWorkouts(answer: unknown, span: Input): Pick<ReadPage, "cells" | "skipped"> {
  return readRecords<WorkoutRecord>(requiredList(envelope(answer, "sessions"), "sessions"), {
    field: "workouts.workouts",
    span,
    read: toWorkout,
    dayOf: ({ start }) => localDateOf(start),
    dayOfUnread: dayOfStart,
  });
}

/** The local day on which a session or sleep begins, even if its other parts can't be read. */
export function dayOfStart(member: unknown): LocalDate | null {
  const start = normaliseInstant(object(member, "record")["startTime"]);
  return start === null ? null : localDateOf(start);
}

/** A duration in seconds; 0 occurs. */
export function secondsGiven(value: unknown, path: string): number {
  const seconds = number(value, path);
  if (seconds < 0) throw new UnreadableAnswer(`${path} is below 0`);
  return seconds;
}

/** One session. The list and the answer by id have one form. */
export function toWorkout(value: unknown): WorkoutRecord {
  const raw: Partial<RawSession> = object(value, "sessions[]");
  const start = instant(raw.startTime, "sessions[].startTime");
  const durationSeconds = secondsGiven(raw.duration, "sessions[].duration");
  const figure = (key: keyof RawSession) => figureOf(raw[key]);
  const miles = figure("distance");
  const name = optionalString(raw.activityType);
  return {
    id: id(raw.id, "sessions[].id"),
    kind: kinds[(name ?? "").toLowerCase()] ?? "OTHER",
    name,
    start,
    end: plusSeconds(start, durationSeconds),
    durationSeconds,
    distance: miles === null ? null : milesToMetres(miles),
    energyBurned: figure("calories"),
    steps: figure("steps"),
    averageHeartRate: null,
    points: figure("points"),
  };
}
