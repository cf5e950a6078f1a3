/** The first and the last instant that a client may ask for: 0001-01-01 and the end of 9999. */
const [FIRST_MS, LAST_MS] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("9999-12-30T23:59:59Z")];

/** False for what is no number, and for instants that no calendar holds. */
export const isInstant = (ms: number): boolean => ms >= FIRST_MS && ms <= LAST_MS;

/** A day that exists: not 2026-02-30. */
export function isCalendarDate(text: string | null | undefined): text is string {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(text);
  return isInstant(ms) && new Date(ms).toISOString().startsWith(text);
}
