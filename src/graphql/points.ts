import { LRUCache } from "lru-cache";
import { Temporal } from "temporal-polyfill";
import { atMost } from "../bounded.js";
import { instantOf, offsetOf, withOffset } from "../model/time.js";
import type { Sample, Series } from "./types/series.js";

/** The samples of a series one by one, each with the user's offset at its time. */
export function pointsOf(series: Series): readonly Sample[] {
  const clock = clockOf(series);
  return series.offsets.map((offset, index) => {
    clock?.set(offset);
    return { time: clock && clock.hour + clock.rest, value: series.values[index] as number };
  });
}

/** Writes one instant after another, in two parts: what the instants of one hour share, and the rest. */
interface Clock {
  readonly hour: string;
  readonly rest: string;
  /** Goes to so many seconds after the start. */
  set(offset: number): void;
}

/** What each instant is written between. It is part of the two texts: joining costs as much as the texts are many. */
export interface Around {
  readonly before: string;
  readonly after: string;
}
const nothing: Around = { before: "", after: "" };

/** Null if there is no offset from UTC. */
export function clockOf({ start, zone, offsets }: Series, around: Around = nothing): Clock | null {
  if (start === null) return null;
  const begin = instantOf(start);
  const change = zone ? changeOf(zone, begin, begin + (offsets.at(-1) ?? 0) * 1000) : null;
  return new LocalClock(begin, offsetOf(start) ?? 0, change, around);
}

interface Change {
  readonly at: number;
  readonly offsetSeconds: number;
}
const HOUR_MS = 3_600_000;
const HOUR_LENGTH = "1970-01-01T00".length;

/** By the second of the hour: days of one offset share them. */
type Rests = Map<number, string>;
const rests = new LRUCache<string, Rests>(atMost(40));

/** Names of a caller's own choice may be as long as a document. */
const LONGEST_SHARED = 64;

function restsFor(offsetSeconds: number, after: string): Rests {
  if (after.length > LONGEST_SHARED) return new Map();
  const key = `${offsetSeconds} ${after}`;
  let known = rests.get(key);
  if (!known) {
    known = new Map();
    rests.set(key, known);
  }
  return known;
}

class LocalClock implements Clock {
  hour = "";
  rest = "";
  private begin = Number.NaN;
  private rests: Rests;

  constructor(
    private readonly start: number,
    private offsetSeconds: number,
    private change: Change | null,
    private readonly around: Around,
  ) {
    this.rests = restsFor(offsetSeconds, around.after);
  }

  set(offset: number): void {
    const at = this.start + offset * 1000;
    if (this.change && at >= this.change.at) this.pass(this.change);
    const local = at + this.offsetSeconds * 1000;
    const past = ((local % HOUR_MS) + HOUR_MS) % HOUR_MS;
    const begin = local - past;
    if (begin !== this.begin) {
      this.hour = this.around.before + withOffset(begin, 0).slice(0, HOUR_LENGTH);
      this.begin = begin;
    }
    const second = past / 1000;
    this.rest = this.rests.get(second) ?? this.restAt(second, at);
  }

  private restAt(second: number, at: number): string {
    const rest = withOffset(at, this.offsetSeconds).slice(HOUR_LENGTH) + this.around.after;
    // Of parts of a second there are too many.
    if (Number.isInteger(second)) this.rests.set(second, rest);
    return rest;
  }

  private pass({ offsetSeconds }: Change): void {
    this.change = null;
    this.offsetSeconds = offsetSeconds;
    this.rests = restsFor(offsetSeconds, this.around.after);
  }
}

/** The change of a zone's offset within a day. A day has one at most. */
function changeOf(zone: string, from: number, to: number): Change | null {
  const next = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).getTimeZoneTransition("next");
  if (!next || next.epochMilliseconds > to) return null;
  return { at: next.epochMilliseconds, offsetSeconds: next.offsetNanoseconds / 1e9 };
}
