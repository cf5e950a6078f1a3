import { object } from "../../../http/json.js";
import type { LocalDate } from "../../../model/records.js";
import { addDays } from "../../../model/time.js";
import { envelope, pageToken, requiredList } from "../../kit/envelope.js";
import type { ApiRequest } from "../../provider.js";
import type { Loose } from "../mappers/document.js";

/** Oura names no limit for documents by day. A year is one request. */
export const LONGEST_DAYS = 366;

export function collection(name: string, query?: ApiRequest["query"]): ApiRequest {
  return { method: "GET", path: `/v2/usercollection/${name}`, ...(query && { query }) };
}

/**
 * One day more on both sides: collections differ in whether the end is included, and sleep is filtered by the date on
 * which it began. What is of other days is left out by the reader.
 */
export function documents(
  name: string,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  daysBehind = 1,
): ApiRequest {
  return collection(name, { start_date: addDays(from, -1), end_date: addDays(to, daysBehind) });
}

/** The members of one page. Throws `UnreadableAnswer` for anything but a page. */
export function members(answer: unknown): readonly unknown[] {
  return requiredList(envelope(answer), "data");
}

export function document(member: unknown): Loose {
  return object(member, "data[]");
}

/** The request for the page after an answer. Undefined after the last page. */
export function pageAfter(asked: ApiRequest, answer: unknown): ApiRequest | undefined {
  const token = pageToken(envelope(answer), "next_token");
  return token === undefined ? undefined : { ...asked, query: { ...asked.query, next_token: token } };
}
