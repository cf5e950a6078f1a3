import type { ApiCall } from "./call.js";
import { fail, invalid, tooManyPoints } from "./errors.js";
import { addDays, datesBetween, dayNumber } from "./local-time.js";
import type { View } from "./view.js";

/** How many days a period word counts, back from its date and including it. */
const PERIODS: Readonly<Record<string, number>> = {
  "1d": 1,
  "7d": 7,
  "1w": 7,
  "30d": 30,
  "1m": 30,
  "3m": 90,
  "6m": 180,
  "1y": 365,
};

export const SHORT_PERIODS = ["1d", "7d", "30d", "1w", "1m"];
export const ALL_PERIODS = [...SHORT_PERIODS, "3m", "6m", "1y"];

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

export function readDate(text: string | undefined, view: View): string {
  if (text === "today") return view.today;
  if (text === undefined || !isDate(text)) throw invalid("date", `The value: ${text} is not a valid date`);
  return text;
}

export interface RangeRule {
  readonly maxDays?: number;
  readonly periods?: readonly string[];
  /** What a range that is too long is answered with. */
  readonly tooLong?: 400 | 422;
  /** The period `max`: everything since the account began, or what the service says since it no longer offers it. */
  readonly max?: "all" | "withdrawn";
}

/** The dates of `/date/:start/:end`, of `/date/:start/:period`, or of `/date/:start` alone; ascending. */
export function readDates(call: ApiCall, rule: RangeRule): string[] {
  const first = readDate(call.params["start"], call.view);
  const second = call.params["end"];
  if (second === undefined) return [first];
  const days = rule.periods?.includes(second) ? PERIODS[second] : undefined;
  if (days !== undefined) {
    if (rule.maxDays !== undefined && days > rule.maxDays) throw rangeTooLong(rule.maxDays, rule.tooLong);
    return datesBetween(addDays(first, 1 - days), first);
  }
  if (second === "max" && rule.max === "withdrawn") throw tooManyPoints();
  if (second === "max" && rule.max === "all") return datesBetween(call.view.person.memberSince, first);
  if (/^\d+[a-z]$|^max$/.test(second)) throw invalid("period", `Invalid time period: ${second}`);
  const last = readDate(second, call.view);
  if (last < first) throw invalid("Date range", "The end date must not be before the start date.");
  const asked = dayNumber(last) - dayNumber(first) + 1;
  if (rule.maxDays !== undefined && asked > rule.maxDays) throw rangeTooLong(rule.maxDays, rule.tooLong);
  return datesBetween(first, last);
}

function rangeTooLong(maxDays: number, status: 400 | 422 = 400) {
  return status === 422 ? tooManyPoints() : invalid("Date range", `The range must not exceed ${maxDays} days.`);
}

export interface IntradayPart {
  readonly date: string;
  /** Seconds of the wall clock, both included. */
  readonly from: number;
  readonly to: number;
}

export interface IntradaySpan {
  readonly parts: readonly IntradayPart[];
  /** Minutes; 0 for seconds. */
  readonly interval: number;
  /** A time window was asked for, though it may be the whole day. */
  readonly windowed: boolean;
}

const INTERVALS: Readonly<Record<string, number>> = { "1sec": 0, "1min": 1, "5min": 5, "15min": 15 };
const DAY_SECONDS = 86_400;

/** `/date/:start/{1d or :end}/:detail`, perhaps with `/time/:from/:to`: at most 24 hours, both ends included. */
export function readIntraday(call: ApiCall, seconds = false): IntradaySpan {
  const { params, view } = call;
  const detail = params["detail"] ?? "";
  const interval = INTERVALS[detail];
  if (interval === undefined || (interval === 0 && !seconds)) {
    throw invalid("detail-level", `Invalid detail level: ${detail}`);
  }
  const start = readDate(params["start"], view);
  const end = params["end"] === "1d" || params["end"] === undefined ? start : readDate(params["end"], view);
  const windowed = params["from"] !== undefined;
  const from = windowed ? readTime(params["from"], false) : 0;
  const to = windowed ? readTime(params["to"], true) : DAY_SECONDS - 1;
  const length = (dayNumber(end) - dayNumber(start)) * DAY_SECONDS + to - from;
  if (length < 0) throw invalid("time", "The end of the time range must not be before its start.");
  // The last minute is included, so a window over midnight may end in the minute in which it began.
  if (length > DAY_SECONDS + 59) {
    throw fail(400, "request", "Time range should not be bigger than 24 hours.", "n/a");
  }
  const parts = datesBetween(start, end).map((date) => ({
    date,
    from: date === start ? from : 0,
    to: date === end ? to : DAY_SECONDS - 1,
  }));
  return { parts, interval, windowed };
}

function readTime(text: string | undefined, end: boolean): number {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text ?? "");
  const [hour, minute, second] = match ? [match[1], match[2], match[3] ?? (end ? "59" : "0")].map(Number) : [];
  if (hour === undefined || hour > 23 || minute === undefined || minute > 59 || second === undefined || second > 59) {
    throw invalid("time", `Invalid time: ${text}`);
  }
  return hour * 3600 + minute * 60 + second;
}

export interface ListQuery {
  /** `yyyy-MM-dd`, perhaps with `THH:mm:ss`. */
  readonly bound: string;
  readonly key: "beforeDate" | "afterDate";
  readonly sort: "asc" | "desc";
  readonly limit: number;
  readonly offset: number;
}

export function readList(call: ApiCall, maxLimit: number): ListQuery {
  const { query } = call;
  const before = query.get("beforeDate");
  const after = query.get("afterDate");
  if ((before === null) === (after === null)) throw invalid("date", "beforeDate or afterDate is required");
  const bound = before ?? after ?? "";
  const [day = "", time] = bound.split("T");
  if (!isDate(day) || (time !== undefined && !/^\d{2}:\d{2}:\d{2}(\.\d{3})?$/.test(time))) {
    throw invalid("date", `The value: ${bound} is not a valid date`);
  }
  const sort = query.get("sort")?.toLowerCase();
  const expected = before !== null ? "desc" : "asc";
  if (sort !== expected) throw invalid("sort", `sort must be ${expected}`);
  const limit = readCount(query, "limit");
  if (limit < 1 || limit > maxLimit) throw invalid("limit", `limit must be between 1 and ${maxLimit}`);
  const key = before !== null ? "beforeDate" : "afterDate";
  return { bound, key, sort: expected, limit, offset: readCount(query, "offset") };
}

function readCount(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null) throw invalid(name, `${name} is required`);
  if (!/^\d+$/.test(text)) throw invalid(name, `Invalid value for ${name}: ${text}`);
  return Number(text);
}
