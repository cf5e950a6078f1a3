import type { PersonSleep, PersonSleepStage } from "../person.js";
import { addDays, dayNumber, MINUTE_MS, midnight } from "./calendar.js";
import { bell, between, integer, type Random, random } from "./random.js";
import { type Character, isWorn } from "./roster.js";

type Segments = PersonSleep["segments"];

/** Sleeps that end on this local day. They depend on that day only, so that the evening before can ask for them too. */
export function sleepsEndingOn(character: Character, date: string): PersonSleep[] {
  if (!isWorn(character, date)) {
    return [];
  }
  const next = random(character.id, date, "sleep");
  const nightChance = next();
  const spans: Span[] = [];
  // A person without the wearable on the evening before does not put it on for the night.
  if (isWorn(character, addDays(date, -1)) && nightChance >= 0.03) {
    spans.push(...nightSpans(character, date, next));
  }
  const nap = napSpan(character, date, next);
  if (nap) {
    spans.push(nap);
  }
  const longest = Math.max(0, ...spans.filter((span) => !span.nap).map((span) => span.minutes));
  return spans.map((span, index) => {
    const staged = !span.nap && span.minutes >= 180 && next() >= character.classicChance;
    const segments = staged ? stagedNight(span, next) : classicSleep(span, next);
    return {
      id: sleepId(character, date, index, next),
      startMs: span.startMs,
      endMs: span.startMs + span.minutes * MINUTE_MS,
      main: !span.nap && span.minutes === longest,
      staged,
      segments,
    };
  });
}

interface Span {
  readonly startMs: number;
  readonly minutes: number;
  readonly nap: boolean;
}

function nightSpans(character: Character, date: string, next: Random): Span[] {
  const bedtime = Math.round(Math.min(120, Math.max(-170, character.bedtimeMinute + 40 * bell(next))));
  const minutes = Math.round(Math.min(590, Math.max(300, character.sleepMinutes + 45 * bell(next))));
  const halfMinute = next() < 0.5 ? 30_000 : 0;
  const startMs = midnight(date, character.zoneOn(date)) + bedtime * MINUTE_MS + halfMinute;
  const first = Math.round(minutes * between(next, 0.38, 0.46));
  const awake = integer(next, 35, 75);
  // The first part must end after midnight, or it would belong to the day before.
  if (next() < character.splitChance && bedtime + first > 15) {
    const secondMs = startMs + (first + awake) * MINUTE_MS;
    return [
      { startMs, minutes: first, nap: false },
      { startMs: secondMs, minutes: minutes - first, nap: false },
    ];
  }
  return [{ startMs, minutes, nap: false }];
}

function napSpan(character: Character, date: string, next: Random): Span | null {
  const wanted = next() < character.napChance;
  const tomorrow = addDays(date, 1);
  const endMs = midnight(tomorrow, character.zoneOn(tomorrow));
  const halfMinute = next() < 0.5 ? 30_000 : 0;
  const afternoon = integer(next, 785, 955);
  const evening = random(character.id, date, "evening nap");
  const start = evening() < character.eveningNapShare ? integer(evening, 1020, 1110) : afternoon;
  const startMs = midnight(date, character.zoneOn(date)) + start * MINUTE_MS + halfMinute;
  const minutes = integer(next, 22, 95);
  // A day of travel may end in the afternoon, and the next night begins up to three hours before its midnight.
  const room = startMs + (minutes + 200) * MINUTE_MS <= endMs;
  return wanted && room ? { startMs, minutes, nap: true } : null;
}

/** Eleven digits, as at providers without 64-bit ids. */
function sleepId(character: Character, date: string, index: number, next: Random): string {
  return `${40 + character.number}${dayNumber(date)}${index}${String(integer(next, 0, 999)).padStart(3, "0")}`;
}

/** Cycles of about ninety minutes: deep sleep early, REM towards the morning, and awakenings of seconds to minutes. */
function stagedNight(span: Span, next: Random): Segments {
  const cells: PersonSleepStage[] = [];
  const total = span.minutes * 2;
  const add = (stage: PersonSleepStage, minutes: number) => {
    const count = Math.max(1, Math.round(minutes * 2));
    for (let cell = 0; cell < count && cells.length < total; cell++) {
      cells.push(stage);
    }
  };
  add("awake", between(next, 2, 11));
  for (let cycle = 0; cells.length < total; cycle++) {
    add("light", between(next, 12, 26));
    if (cycle < 4) {
      add("deep", between(next, 14, 34) / (1 + 0.55 * cycle));
    }
    add("light", between(next, 10, 24));
    if (next() < 0.25) {
      add("awake", between(next, 4, 12));
      add("light", between(next, 6, 12));
    }
    add("rem", between(next, 7, 13) + Math.min(4, cycle) * between(next, 3, 6));
  }
  sprinkle(cells, "awake", Math.round(total / 52), 1, 6, next);
  // A recording never ends in deep sleep: it ends when the person wakes.
  cells.fill("awake", total - integer(next, 2, 9));
  return runs(cells, span.startMs, 30);
}

function classicSleep(span: Span, next: Random): Segments {
  const cells = new Array<PersonSleepStage>(span.minutes).fill("asleep");
  sprinkle(cells, "restless", Math.max(1, Math.round(span.minutes / 28)), 1, 5, next);
  sprinkle(cells, "awake", Math.round(span.minutes / 120), 1, 3, next);
  cells.fill("restless", 0, integer(next, 1, 4));
  cells.fill("awake", span.minutes - integer(next, 1, 2));
  return runs(cells, span.startMs, 60);
}

function sprinkle(
  cells: PersonSleepStage[],
  stage: PersonSleepStage,
  times: number,
  shortest: number,
  longest: number,
  next: Random,
): void {
  for (let count = 0; count < times; count++) {
    const start = integer(next, 0, cells.length - 1);
    cells.fill(stage, start, start + integer(next, shortest, longest));
  }
}

function runs(cells: readonly PersonSleepStage[], startMs: number, cellSeconds: number): Segments {
  const segments: Segments[number][] = [];
  let first = 0;
  for (let cell = 1; cell <= cells.length; cell++) {
    if (cells[cell] !== cells[first]) {
      const seconds = (cell - first) * cellSeconds;
      segments.push({ stage: cells[first]!, startMs: startMs + first * cellSeconds * 1000, seconds });
      first = cell;
    }
  }
  return segments;
}
