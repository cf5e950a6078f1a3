import type { Page } from "../parts/page.js";

type Telling = Pick<Page, "say" | "format" | "today">;

/** "today" and "yesterday" before dates, within a sentence. */
export function dayInside({ say, format, today }: Telling, date: string): string {
  if (date === today) return say("todayInside");
  return date === dayBefore(today) ? say("yesterdayInside") : format.day(date);
}

/** The same at the beginning of a line. */
export function dayAtStart({ say, format, today }: Telling, date: string): string {
  if (date === today) return say("today");
  return date === dayBefore(today) ? say("yesterday") : format.weekday(date);
}

/** When something happened: 14:20, or yesterday, 14:20. */
export function moment(page: Telling, instant: string): string {
  const time = page.format.time(instant);
  const date = page.format.dateOf(instant);
  return date === page.today ? time : page.say("atTime", { day: dayInside(page, date), time });
}

export const dayBefore = (date: string): string => dayAfter(date, -1);

/** The calendar day so many days later. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** All days of a range that ends with `last`, oldest first. */
export const daysUntil = (last: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, k) => dayAfter(last, k - count + 1));

/** How far the day has come, where the person is: minutes after midnight, and in words. */
export function nowLine({ say, format, zone }: Pick<Page, "say" | "format" | "zone">) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeStyle: "short", timeZone: zone }).format(new Date()).split(":");
  const minute = Number(parts[0]) * 60 + Number(parts[1]);
  return { minute, text: `${say("now")} ${format.clock(minute)}` };
}
