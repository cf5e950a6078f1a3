import type { LocalDate } from "../../../model/records.js";
import { addDays, epochDay, fromEpochDay } from "../../../model/time.js";
import { envelope, pageToken } from "../../kit/envelope.js";
import type { ApiRequest } from "../../provider.js";
import type { RawCivilDateTime } from "../mappers/wire.js";

/** The most points in a page: Google cuts a larger size without an error. Pages may be shorter, so all are followed. */
export const LARGEST_PAGE = 10_000;
/** Sleep and exercise have a smaller limit. */
export const LARGEST_SESSION_PAGE = 25;

const collection = (type: string) => `/v4/users/me/dataTypes/${type}/dataPoints`;

/**
 * Points of one type whose `member` is in a span of civil days. Merged over sources, as the person sees them in the
 * app.
 */
export function reconcile(
  type: string,
  member: string,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  pageSize: number,
): ApiRequest {
  return reconcileWhere(type, member, from, addDays(to, 1), pageSize);
}

/** Points of one type whose `member` is in a span of instants, in epoch ms. */
export function reconcileBetween(
  type: string,
  member: string,
  start: number,
  end: number,
  pageSize: number,
): ApiRequest {
  return reconcileWhere(type, member, timestamp(start), timestamp(end), pageSize);
}

function reconcileWhere(type: string, member: string, least: string, below: string, pageSize: number): ApiRequest {
  // The type is in kebab case in the path, in snake case in the filter, and in camel case in the answer.
  const field = `${type.replaceAll("-", "_")}.${member}`;
  return {
    method: "GET",
    path: `${collection(type)}:reconcile`,
    query: { filter: `${field} >= "${least}" AND ${field} < "${below}"`, pageSize },
  };
}

/** The newest point of one type: lists begin with the newest. */
export function newest(type: string): ApiRequest {
  return { method: "GET", path: collection(type), query: { pageSize: 1 } };
}

/** Points of types that are not merged over sources, without members that are not read. */
export function listWithout(
  type: string,
  { filter, fields }: { readonly filter: string; readonly fields: string },
): ApiRequest {
  return { method: "GET", path: collection(type), query: { filter, fields, pageSize: 100 } };
}

/** Totals by civil day. Without a page size: the types that reach 14 days refuse one. */
export function dailyRollUp(
  type: string,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
): ApiRequest {
  return {
    method: "POST",
    reads: true,
    path: `${collection(type)}:dailyRollUp`,
    json: { range: { start: midnight(from), end: midnight(addDays(to, 1)) }, windowSizeDays: 1 },
  };
}

/**
 * Totals by windows of elapsed time, counted from the start of the range (epoch ms). The page size is the number of
 * windows: a page must not reach further than the range.
 */
export function rollUp(type: string, start: number, end: number, windowSeconds: number): ApiRequest {
  return {
    method: "POST",
    reads: true,
    path: `${collection(type)}:rollUp`,
    json: {
      range: { startTime: timestamp(start), endTime: timestamp(end) },
      windowSize: `${windowSeconds}s`,
      pageSize: Math.min(LARGEST_PAGE, Math.ceil((end - start) / 1000 / windowSeconds)),
    },
  };
}

/** Epoch ms. */
export function endOfRollUp({ json }: ApiRequest): number {
  return Date.parse((json as { range: { endTime: string } }).range.endTime);
}

/** The request for the page after an answer. Undefined after the last page. A page may be empty and not the last. */
export function pageAfter(request: ApiRequest, answer: unknown): ApiRequest | undefined {
  const token = pageToken(envelope(answer), "nextPageToken");
  if (token === undefined) return undefined;
  return request.json === undefined
    ? { ...request, query: { ...request.query, pageToken: token } }
    : { ...request, json: { ...(request.json as object), pageToken: token } };
}

function midnight(date: LocalDate): RawCivilDateTime {
  const day = fromEpochDay(epochDay(date));
  return { date: { year: +day.slice(0, 4), month: +day.slice(5, 7), day: +day.slice(8, 10) }, time: {} };
}

function timestamp(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
