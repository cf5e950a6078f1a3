import type { LocalDate } from "../../../model/records.js";
import type { ApiRequest, ReadPage } from "../../provider.js";

/** The days in lists without parameters, and the longest span of the others. */
export const WINDOW_DAYS = 28;
/** How far back a span may begin. */
export const OLDEST_DAYS = 365;

/** Several resources answer in XML if nobody asks for JSON. */
export function get(path: string, query?: ApiRequest["query"]): ApiRequest {
  return { method: "GET", path: `/v3/${path}`, headers: { accept: "application/json" }, ...(query && { query }) };
}

/** Both days are included. */
export function between(
  path: string,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  flag?: string,
) {
  return get(path, { from, to, ...(flag && { [flag]: "true" }) });
}

export const userRequest = (userId: string) => get(`users/${encodeURIComponent(userId)}`);
export const physicalInfo = get("users/physical-info");
export const availableNights = get("users/sleep/available");
export const exercises = (...flags: readonly string[]) =>
  get("exercises", Object.fromEntries(flags.map((flag) => [flag, "true"])));

/** What was read of one answer. */
export type Parts = Pick<ReadPage, "cells" | "skipped">;

export function joined(parts: readonly Parts[]): Parts {
  return { cells: parts.flatMap(({ cells }) => cells), skipped: parts.flatMap(({ skipped = [] }) => skipped) };
}
