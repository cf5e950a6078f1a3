import type { LocalDate } from "../../../model/records.js";
import { addDays, withOffset } from "../../../model/time.js";
import { pageToken } from "../../kit/envelope.js";
import type { ApiRequest } from "../../provider.js";

/** More is refused. */
export const LARGEST_PAGE = 25;
/** The offsets from UTC at which a day begins first and last. */
const [EARLIEST_OFFSET_SECONDS, LATEST_OFFSET_SECONDS] = [50_400, -43_200];

export const BODY_PATH = "/developer/v2/user/measurement/body";

export const get = (path: string): ApiRequest => ({ method: "GET", path: `/developer/v2/${path}` });

/**
 * Records of local days, at whatever offset. The list has all that overlaps the span, so it may have records of days
 * beside it too. Without both ends a list goes back through the person's whole history.
 */
export function list(path: string, from: LocalDate, to: LocalDate): ApiRequest {
  const start = midnight(from, EARLIEST_OFFSET_SECONDS);
  const end = midnight(addDays(to, 1), LATEST_OFFSET_SECONDS);
  return { ...get(path), query: { start, end, limit: LARGEST_PAGE } };
}

/** The newest record of the last 30 days alone: the pages after it are never asked for. */
export function newest(path: string, today: LocalDate): ApiRequest {
  const { query, ...request } = list(path, addDays(today, -30), today);
  return { ...request, query: { ...query, limit: 1 } };
}

function midnight(date: LocalDate, offsetSeconds: number): string {
  return withOffset(Date.parse(`${date}T00:00:00Z`) - offsetSeconds * 1000, 0).replace("+00:00", ".000Z");
}

/** The request for the page after an answer: the same span again, with the token. Undefined after the last page. */
export function pageAfter(request: ApiRequest, answer: Readonly<Record<string, unknown>>): ApiRequest | undefined {
  const nextToken = pageToken(answer, "next_token");
  return nextToken === undefined ? undefined : { ...request, query: { ...request.query, nextToken } };
}
