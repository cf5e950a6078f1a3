import type { Settings } from "../settings/settings.js";

/** Numbers, days and times as one person reads them. Days are calendar days (2026-11-29), instants RFC 3339. */
export interface Format {
  number(value: number, digits?: number): string;
  /** With its sign: +0.3, −0.4. */
  change(value: number, digits?: number): string;
  /** 29 Nov */
  day(date: string): string;
  /** 29 Nov 2026 */
  dayOfYear(date: string): string;
  /** Sun 29 Nov */
  weekday(date: string): string;
  /** Sunday 29 November */
  fullDay(date: string): string;
  /** 14:20, by the clock where it was written down; in the person's zone where the text has no offset of its own. */
  time(instant: string): string;
  /** 14:20 of minutes after midnight; 1500 is one o'clock. */
  clock(minutes: number): string;
  /** The same on an axis, where 6 am is enough. */
  hour(minutes: number): string;
  /** 6 h 52 min */
  duration(minutes: number): string;
  /** Calendar day of an instant, as `time` sees it. */
  dateOf(instant: string): string;
}

const NARROW = "\u202f";

export function createFormat(
  { language, clock }: Pick<Settings, "language" | "clock">,
  zone: string | undefined,
): Format {
  const locale = language === "de" ? "de-DE" : "en-GB";
  const dayIn = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    return (date: string) => format.format(new Date(`${date}T12:00:00Z`));
  };
  const numbers = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const number = (value: number, digits = 0) => (numbers[digits] ?? numbers[2]!).format(value).replace("-", "\u2212");
  const inZone = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "short",
    ...(zone !== undefined && { timeZone: zone }),
  });
  /** 2026-11-29 14:20 */
  const local = (instant: string) =>
    instant.endsWith("Z") ? inZone.format(new Date(instant)) : instant.replace("T", " ").slice(0, 16);
  const minutesOf = (instant: string) =>
    Number(local(instant).slice(11, 13)) * 60 + Number(local(instant).slice(14, 16));
  const clockOf = (minutes: number, short: boolean) => {
    const whole = ((Math.round(minutes) % 1440) + 1440) % 1440;
    const [hours, rest] = [Math.floor(whole / 60), String(whole % 60).padStart(2, "0")];
    if (clock === "24") return `${String(hours).padStart(2, "0")}:${rest}`;
    return `${hours % 12 || 12}${short && rest === "00" ? "" : `:${rest}`}${NARROW}${hours < 12 ? "am" : "pm"}`;
  };
  return {
    number,
    change(value, digits = 0) {
      const rounded = Number(value.toFixed(digits));
      return `${rounded > 0 ? "+" : rounded === 0 ? "±" : ""}${number(rounded === 0 ? 0 : value, digits)}`;
    },
    day: dayIn({ day: "numeric", month: "short" }),
    dayOfYear: dayIn({ day: "numeric", month: "short", year: "numeric" }),
    weekday: dayIn({ weekday: "short", day: "numeric", month: "short" }),
    fullDay: dayIn({ weekday: "long", day: "numeric", month: "long" }),
    time: (instant) => clockOf(minutesOf(instant), false),
    clock: (minutes) => clockOf(minutes, false),
    hour: (minutes) => clockOf(minutes, true),
    duration(minutes) {
      const whole = Math.round(minutes);
      const hours = Math.floor(whole / 60);
      const rest = `${whole % 60}${NARROW}min`;
      return hours === 0 ? rest : `${hours}${NARROW}h ${rest}`;
    },
    dateOf: (instant) => local(instant).slice(0, 10),
  };
}
