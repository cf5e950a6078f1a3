import { addDays, datesBetween } from "../people/index.js";
import { sourcesOf } from "./data-points.js";
import type { DataType } from "./data-types.js";
import { invalid, RpcError } from "./errors.js";
import { pausesBefore, readCursor, readPageSize, writeToken } from "./paging.js";
import type { GoogleHealthSwitches } from "./switches.js";
import { civil, DAY_MS, localMs, timestamp } from "./time.js";
import type { View } from "./view.js";

type Body = Readonly<Record<string, unknown>>;

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly times: object;
}

interface RollUpAnswer {
  rollupDataPoints?: object[];
  nextPageToken?: string;
}

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As the JSON reader of the service: a member that the message does not have is refused, whatever it holds. */
function onlyMembers(body: unknown, members: readonly string[], where: string): Body {
  if (!isObject(body)) throw invalid(undefined, `Invalid JSON payload received. Expected an object${where}.`);
  for (const name of Object.keys(body))
    if (!members.includes(name))
      throw invalid(undefined, `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`);
  return body;
}

const refused = () => invalid(undefined, "Invalid argument");

function tooLong({ maxRangeDays }: DataType, { capturedErrors }: GoogleHealthSwitches): RpcError {
  if (!capturedErrors) return refused();
  return new RpcError("INVALID_ARGUMENT", `The range must not exceed ${maxRangeDays} days.`, {
    reason: "INVALID_ROLLUP_QUERY_DURATION",
    domain: "health.googleapis.com",
    metadata: { maxDurationDays: String(maxRangeDays) },
  });
}

/** Windows of equal length from the range's start on, wherever that lies on the clock. */
export function rollUp(view: View, type: DataType, json: unknown, switches: GoogleHealthSwitches): RollUpAnswer {
  const members = ["range", "windowSize", "pageSize", "pageToken", "dataSourceFamily"];
  const body = onlyMembers(json, members, "");
  const range = onlyMembers(body.range, ["startTime", "endTime"], ' at "range"');
  const [startMs, endMs] = [instant(range.startTime), instant(range.endTime)];
  const windowSize = /^(\d+(?:\.\d{1,9})?)s$/.exec(typeof body.windowSize === "string" ? body.windowSize : "");
  const windowMs = Number(windowSize?.[1]) * 1000;
  if (!(windowMs >= 1000) || endMs <= startMs) throw refused();
  if (endMs - startMs > type.maxRangeDays * DAY_MS) throw tooLong(type, switches);
  const count = Math.ceil((endMs - startMs) / windowMs);
  const size = readPageSize(body.pageSize, [1440, 10_000]);
  if (switches.rollUpOnOnePage) {
    if (size < count) throw invalid(undefined, `page_size (${size}) is too small for ${count} windows`);
    // The default of 1440 windows of a quarter of an hour is a day more than a fortnight.
    if (size * windowMs > type.maxRangeDays * DAY_MS) throw refused();
  }
  return page(view, type, body, switches, size, count, (index) => {
    const fromMs = startMs + index * windowMs;
    const toMs = Math.min(fromMs + windowMs, endMs);
    return { fromMs, toMs, times: { startTime: timestamp(fromMs), endTime: timestamp(toMs) } };
  });
}

/** Windows of whole days by the person's own calendar; the client names no zone. */
export function dailyRollUp(view: View, type: DataType, json: unknown, switches: GoogleHealthSwitches): RollUpAnswer {
  const members = ["range", "windowSizeDays", "pageSize", "pageToken", "dataSourceFamily"];
  const body = onlyMembers(json, members, "");
  const range = onlyMembers(body.range, ["start", "end"], ' at "range"');
  const start = civilDate(range.start, "start");
  const end = civilDate(range.end, "end");
  // An end within a day was seen to be accepted: that day is then included.
  const lastDate = end.midnight ? addDays(end.date, -1) : end.date;
  const dates = start.date <= lastDate ? datesBetween(start.date, lastDate) : [];
  const windowDays = body.windowSizeDays ?? 1;
  if (typeof windowDays !== "number" || !Number.isInteger(windowDays) || windowDays < 1) throw refused();
  if (!start.midnight || dates.length === 0) throw refused();
  if (dates.length > type.maxRangeDays) throw tooLong(type, switches);
  const size = readPageSize(body.pageSize, [90, 10_000]);
  // What clients ran into: the windows of one page must fit into the longest range, so a generous page size is refused.
  if (body.pageSize !== undefined && type.maxRangeDays === 14 && windowDays * size > 14) throw refused();
  if (switches.dailyRollUpNewestFirst) dates.reverse();
  const count = Math.ceil(dates.length / windowDays);
  return page(view, type, body, switches, size, count, (index) => {
    const some = dates.slice(index * windowDays, (index + 1) * windowDays).sort();
    const [first, after] = [some[0]!, addDays(some.at(-1)!, 1)];
    const times = switches.bareRollUpDays
      ? { civilStartTime: { date: civil(localMs(first)).date } }
      : { civilStartTime: civil(localMs(first)), civilEndTime: civil(localMs(after)) };
    return { fromMs: view.person.day(first).startMs, toMs: view.person.day(some.at(-1)!).endMs, times };
  });
}

function instant(value: unknown): number {
  const ms = typeof value === "string" && value.includes("T") ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw refused();
  return ms;
}

function civilDate(json: unknown, side: string): { readonly date: string; readonly midnight: boolean } {
  const where = ` at "range.${side}"`;
  // A client that writes the date without its nesting stumbles here.
  const civilTime = onlyMembers(json, ["date", "time"], where);
  const { year, month, day } = onlyMembers(civilTime.date, ["year", "month", "day"], where);
  const time = onlyMembers(civilTime.time ?? {}, ["hours", "minutes", "seconds", "nanos"], where);
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const at = new Date(ms);
  if (Number.isNaN(ms) || at.getUTCMonth() + 1 !== month || at.getUTCDate() !== day) throw refused();
  return { date: at.toISOString().slice(0, 10), midnight: Object.values(time).every((part) => part === 0) };
}

function page(
  view: View,
  type: DataType,
  body: Body,
  switches: GoogleHealthSwitches,
  size: number,
  count: number,
  windowAt: (index: number) => Window,
): RollUpAnswer {
  const family = typeof body.dataSourceFamily === "string" ? body.dataSourceFamily : null;
  const sources = sourcesOf(family, view);
  // Minutes come from wearables: what apps have written adds nothing to them.
  const has = type.methods.has("create") || sources.includes("tracker");
  const seen = family === null ? view : view.from(sources);
  const pageToken = typeof body.pageToken === "string" ? body.pageToken : null;
  const { pageToken: _, ...parameters } = body;
  const identity = ["rollUp", view.person.id, type.id, parameters];
  const cursor = readCursor(pageToken, identity, switches);
  if (cursor.pauseFirst) return { nextPageToken: writeToken({ ...cursor, pauseFirst: false }, identity) };
  const rollupDataPoints: object[] = [];
  const end = Math.min(count, cursor.skip + size);
  for (let index = cursor.skip; index < end; index++) {
    const { fromMs, toMs, times } = windowAt(index);
    const value = has ? type.rollUp(seen, fromMs, toMs) : null;
    if (value) rollupDataPoints.push({ ...times, [type.rollUpKey]: value });
  }
  const next = cursor.page + 1;
  const begin = { page: next, pauseFirst: pausesBefore(next, switches), date: "", skip: end };
  return {
    ...(rollupDataPoints.length > 0 && { rollupDataPoints }),
    ...(end < count && { nextPageToken: writeToken(begin, identity) }),
  };
}
