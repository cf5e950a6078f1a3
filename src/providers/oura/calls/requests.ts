import { object, UnreadableAnswer } from "../../../http/json.js";
import type { LocalDate } from "../../../model/records.js";
import { addDays } from "../../../model/time.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import type { ApiRequest } from "../../provider.js";
import type { Loose } from "../mappers/document.js";

/** Oura names no limit for documents by day. A year is one request. */
export const LONGEST_DAYS = 366;

/** A token is part of an address. */
const LONGEST_TOKEN = 4096;

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
  const token = envelope(answer)["next_token"];
  if (token === undefined || token === null || token === "") return undefined;
  // If this counted as the end, a part would be read as the whole.
  if (typeof token !== "string" || token.length > LONGEST_TOKEN) throw new UnreadableAnswer("next_token is no token");
  return { ...asked, query: { ...asked.query, next_token: token } };
}
