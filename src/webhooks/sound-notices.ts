import { domains as known } from "../model/records.js";
import { faultOfText } from "../model/text.js";
import { isLocalDate } from "../model/time.js";
import type { Notice } from "../providers/provider.js";

const isKnown: ReadonlySet<string> = new Set(known);

/**
 * What of a delivery can be kept and worked off, whatever an adapter made of it: one bad notice costs itself alone. One
 * that names nobody, or nothing that is read, is left out; one whose days are none says that something changed, some day.
 */
export function soundNotices(notices: readonly Notice[]): readonly Notice[] {
  return notices.flatMap((notice): readonly Notice[] => {
    const { providerUserId } = notice;
    if (typeof providerUserId !== "string" || providerUserId === "" || faultOfText(providerUserId) !== null) return [];
    if (notice.kind !== "changed") return [notice];
    const domains = notice.domains.filter((domain) => isKnown.has(domain));
    if (domains.length === 0) return [];
    const { days } = notice;
    const areDays = days !== null && isLocalDate(days.from) && isLocalDate(days.to) && days.from <= days.to;
    return [{ ...notice, domains, days: areDays ? days : null }];
  });
}
