import type { PersonDay, PersonSleep, PersonSleepStage } from "../../person.js";
import { duration, MINUTE_MS, timestamp } from "../time.js";
import { steadyFraction } from "../user-id.js";
import type { View } from "../view.js";
import { intervalPoint, type PointsOn } from "./point.js";
import type { Point } from "./shape.js";

export const STAGE_NAMES: Record<PersonSleepStage, string> = {
  awake: "AWAKE",
  light: "LIGHT",
  deep: "DEEP",
  rem: "REM",
  asleep: "ASLEEP",
  restless: "RESTLESS",
};
const SLEEPING: readonly PersonSleepStage[] = ["light", "deep", "rem", "asleep"];

/**
 * Ids of sessions begin with their date, so that `get` finds them without a search. They are not the ids that the
 * legacy API gave to the same sessions: nobody has ever shown that those are equal.
 */
export function sessionId(day: PersonDay, lifelongId: string): string {
  const rest = Math.floor(steadyFraction(`session:${lifelongId}`) * 1e11);
  return `${day.date.replaceAll("-", "")}${String(rest).padStart(11, "0")}`;
}

/** The date in a session's id; empty if it is none. */
export function dateOfSession(id: string): string {
  const dated = /^(\d{4})(\d{2})(\d{2})\d{11}$/.exec(id);
  return dated ? `${dated[1]}-${dated[2]}-${dated[3]}` : "";
}

export const sleep: PointsOn = (view, day) =>
  day.sleeps
    .filter((session) => session.endMs <= view.untilMs || isInProgress(view, session))
    .sort((a, b) => a.startMs - b.startMs)
    .map((session) => {
      const ongoing = session.endMs > view.untilMs;
      const body = ongoing ? soFar(session) : bodyOf(view, day, session);
      const endMs = ongoing ? view.untilMs : session.endMs;
      const point = intervalPoint(view, session.startMs, endMs, body);
      return { ...point, ...(ongoing && { ongoing }), id: sessionId(day, session.id) };
    });

/** A night is noticed when it has gone on for an hour. */
function isInProgress(view: View, session: PersonSleep): boolean {
  return view.options.nightsInProgress.has(view.person.id) && session.startMs + 60 * MINUTE_MS <= view.untilMs;
}

function soFar(session: PersonSleep): Point["body"] {
  const noticed = timestamp(session.startMs + 60 * MINUTE_MS);
  return { type: session.staged ? "STAGES" : "CLASSIC", metadata: {}, createTime: noticed, updateTime: noticed };
}

/** A nap as the service computes it: what a classic recording calls asleep is light sleep among stages. */
const AS_STAGE: Partial<Record<PersonSleepStage, PersonSleepStage>> = { asleep: "light", restless: "light" };

function asServed({ options }: View, session: PersonSleep): PersonSleep {
  if (session.staged || session.main || !options.stagedNaps) return session;
  const segments: { stage: PersonSleepStage; startMs: number; seconds: number }[] = [];
  for (const { stage, startMs, seconds } of session.segments) {
    const known = AS_STAGE[stage] ?? stage;
    const last = segments.at(-1);
    if (last?.stage === known) last.seconds += seconds;
    else segments.push({ stage: known, startMs, seconds });
  }
  return { ...session, staged: true, segments };
}

function bodyOf(view: View, day: PersonDay, recorded: PersonSleep) {
  const session = asServed(view, recorded);
  const createMs = session.endMs + 12 * MINUTE_MS + 443;
  const times = { createTime: timestamp(createMs), updateTime: timestamp(createMs + 566) };
  const type = session.staged ? "STAGES" : "CLASSIC";
  const short = session.endMs - session.startMs < 60 * MINUTE_MS;
  const alsoMain = view.options.shortNapsAreMain && short;
  const role = session.main ? { mainSleep: true } : { nap: true, ...(alsoMain && { mainSleep: true }) };
  if (view.options.newestSleepUnprocessed && isNewest(view, day, session))
    // Detected, but the stages are still being computed; false is a default, which JSON leaves out.
    return { type, metadata: role, summary: {}, ...times };
  const stagesStatus = session.staged ? "SUCCEEDED" : session.main ? "REJECTED_COVERAGE" : "REJECTED_NAP";
  return {
    type,
    stages: session.segments.map(({ stage, startMs, seconds }) => span(view, stage, startMs, seconds)),
    ...(session.staged && { shortAwakenings: shortAwakenings(view, session) }),
    metadata: { stagesStatus, processed: true, ...role },
    summary: summaryOf(session, view.options.latenciesUnmeasured),
    ...times,
  };
}

function isNewest(view: View, day: PersonDay, session: PersonSleep): boolean {
  const newest = Math.max(...day.sleeps.filter(({ endMs }) => endMs <= view.untilMs).map(({ endMs }) => endMs));
  return session.endMs === newest && view.untilMs - newest < 24 * 60 * MINUTE_MS;
}

function span(view: View, stage: PersonSleepStage, startMs: number, seconds: number) {
  const endMs = startMs + seconds * 1000;
  return {
    type: STAGE_NAMES[stage],
    startTime: timestamp(startMs),
    startUtcOffset: duration(view.offsetAt(startMs)),
    endTime: timestamp(endMs),
    endUtcOffset: duration(view.offsetAt(endMs)),
  };
}

/**
 * Seconds of waking inside long light sleep. They lie over the stages and count in no summary; that they are awakenings is
 * said by the member that holds them, and their type is the stage beneath.
 */
function shortAwakenings(view: View, session: PersonSleep) {
  return session.segments
    .filter(({ stage, seconds }) => stage === "light" && seconds >= 1200)
    .map(({ startMs, seconds }) => {
      const type = view.options.shortAwakeningsAsStages ? "light" : "awake";
      return span(view, type, startMs + Math.floor(seconds / 60) * 30_000, 60);
    });
}

export function summaryOf({ segments }: Pick<PersonSleep, "segments">, latenciesUnmeasured: boolean) {
  const secondsOf = (stages: readonly PersonSleepStage[]) =>
    segments.reduce((sum, { stage, seconds }) => sum + (stages.includes(stage) ? seconds : 0), 0);
  const minutes = (seconds: number) => `${Math.round(seconds / 60)}`;
  const present = [...new Set(segments.map(({ stage }) => stage))];
  const firstAsleep = segments.findIndex(({ stage }) => SLEEPING.includes(stage));
  const lastAsleep = segments.findLastIndex(({ stage }) => SLEEPING.includes(stage));
  const before = segments.slice(0, Math.max(0, firstAsleep));
  const after = lastAsleep < 0 ? [] : segments.slice(lastAsleep + 1);
  const total = (some: PersonSleep["segments"]) => some.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    minutesInSleepPeriod: minutes(total(segments)),
    minutesAsleep: minutes(secondsOf(SLEEPING)),
    minutesAwake: minutes(secondsOf(["awake"])),
    minutesToFallAsleep: latenciesUnmeasured ? "0" : minutes(total(before)),
    minutesAfterWakeUp: latenciesUnmeasured ? "0" : minutes(total(after)),
    stagesSummary: present.map((stage) => ({
      type: STAGE_NAMES[stage],
      minutes: minutes(secondsOf([stage])),
      count: `${segments.filter((segment) => segment.stage === stage).length}`,
    })),
  };
}
