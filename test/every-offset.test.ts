import { Temporal } from "temporal-polyfill";
import { stillClock } from "./support/lab-gateway.js";
import type { Anything } from "./support/served.js";
import { type Asked, type StandIn, startStandIn } from "./support/stand-in.js";

/** Days and nights of people everywhere on earth, of a traveller, and where clocks change: over HTTP. */

/** From +14:00 to -11:00, the ones with half and quarter hours too. */
const zones = [
  ...["Pacific/Kiritimati", "Pacific/Chatham", "Pacific/Apia", "Pacific/Fiji", "Pacific/Guadalcanal"],
  ...["Australia/Lord_Howe", "Australia/Brisbane", "Australia/Darwin", "Asia/Tokyo", "Australia/Eucla"],
  ...["Asia/Singapore", "Asia/Bangkok", "Asia/Yangon", "Asia/Dhaka", "Asia/Kathmandu", "Asia/Kolkata"],
  ...["Asia/Karachi", "Asia/Kabul", "Asia/Dubai", "Asia/Tehran", "Africa/Nairobi", "Europe/Berlin", "Africa/Lagos"],
  ...["Europe/London", "Atlantic/Cape_Verde", "America/Noronha", "America/Sao_Paulo", "America/St_Johns"],
  ...["America/New_York", "America/Bogota", "America/Costa_Rica", "America/Phoenix", "Pacific/Pitcairn"],
  ...["Pacific/Gambier", "Pacific/Marquesas", "Pacific/Honolulu", "Pacific/Pago_Pago"],
];
const changing = [
  ...[
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
  ],
];
const FIRST = "2026-08-10";
const plus = (date: string, days: number) => Temporal.PlainDate.from(date).add({ days }).toString();
const at = (date: string, clock: string, zone: string) =>
  Temporal.PlainDateTime.from(`${date}T${clock}`).toZonedDateTime(zone);
type Moment = Temporal.ZonedDateTime;
const told = (moment: Moment) => `${moment.toPlainDateTime().toString({ smallestUnit: "second" })}${moment.offset}`;
const seconds = (moment: Moment) => moment.epochMilliseconds / 1000;

interface Life {
  /** Where the person is on a day. */
  readonly zoneOn: (date: string) => string;
  readonly days: readonly string[];
  readonly sleeps: readonly { readonly start: Moment; readonly end: Moment; readonly main: boolean }[];
}

const span = (from: string, count: number) => Array.from({ length: count }, (_, index) => plus(from, index));

/** A night that begins at 02:20, and a nap that ends at 21:40. */
function resident(zone: string): Life {
  const days = span(FIRST, 4);
  return {
    zoneOn: () => zone,
    days,
    sleeps: days.flatMap((date) => [
      { start: at(date, "02:20", zone), end: at(date, "08:05", zone), main: true },
      { start: at(date, "20:55", zone), end: at(date, "21:40", zone), main: false },
    ]),
  };
}
/** Wakes up in another zone every day, westwards: the nights begin at 23:30 where the one before ended. */
function traveller(): Life {
  const days = span(FIRST, zones.length);
  const zoneOn = (date: string) => zones[Math.max(0, days.indexOf(date))] ?? zones.at(-1)!;
  const sleeps = days.slice(1).map((date) => ({
    start: at(plus(date, -1), "23:30", zoneOn(plus(date, -1))),
    end: at(date, "06:50", zoneOn(date)),
    main: true,
  }));
  return { zoneOn, days, sleeps };
}
/** The nights in which the clocks of a zone change within a year. */
function changes(zone: string): Life {
  const nights: Life["sleeps"][number][] = [];
  let moment = at("2025-09-20", "00:00", zone);
  for (;;) {
    const next = moment.getTimeZoneTransition("next");
    if (!next || seconds(next) > seconds(at("2026-08-15", "00:00", zone))) break;
    nights.push({ start: next.subtract({ hours: 3 }), end: next.add({ hours: 4, minutes: 10 }), main: true });
    moment = next;
  }
  return { zoneOn: () => zone, days: nights.map(({ end }) => end.toPlainDate().toString()), sleeps: nights };
}

const lives = new Map<string, Life>([
  ...zones.map((zone) => [zone, resident(zone)] as const),
  ["traveller", traveller()],
  ...changing.map((zone) => [`clocks-${zone}`, changes(zone)] as const),
]);
const people = [...lives.keys()];
const dateOf = ({ end }: { readonly end: Moment }) => end.toPlainDate().toString();
/** Beats that tell the hour of the day at which they were taken. */
const beatsOf = ({ days, zoneOn }: Life) =>
  days.flatMap((date) => {
    const midnight = at(date, "00:00", zoneOn(date));
    const hours = Math.round((seconds(at(plus(date, 1), "00:00", zoneOn(date))) - seconds(midnight)) / 3600);
    return Array.from({ length: hours }, (_, hour) => ({ moment: midnight.add({ hours: hour }), bpm: 50 + hour }));
  });

/** Ranges as the vendor reads them: days begin at 04:00, and the end of the range is none of them. */
function oura({ url, person }: Asked): unknown {
  const life = lives.get(person)!;
  const [from, to] = [url.searchParams.get("start_date")!, url.searchParams.get("end_date")!];
  const isIn = (date: string) => from <= date && date < to;
  const list = (data: readonly object[]) => ({ data, next_token: null });
  switch (url.pathname.split("/").at(-1)) {
    case "personal_info":
      return { id: `person-${people.indexOf(person)}` };
    case "sleep":
      return list(
        life.sleeps
          .filter(({ start }) => isIn(start.toPlainDate().toString()))
          .map((sleep, index) => {
            const inBed = seconds(sleep.end) - seconds(sleep.start);
            // What ends after 18:00 is filed under tomorrow.
            const day = sleep.end.hour >= 18 ? plus(dateOf(sleep), 1) : dateOf(sleep);
            return {
              ...{ id: `sleep-${index}-${dateOf(sleep)}`, day, type: sleep.main ? "long_sleep" : "sleep", period: 0 },
              ...{ bedtime_start: told(sleep.start), bedtime_end: told(sleep.end), time_in_bed: inBed },
              ...{ total_sleep_duration: inBed - 1200, awake_time: 1200, lowest_heart_rate: 48, average_hrv: 44 },
            };
          }),
      );
    case "daily_activity":
      return list(
        life.days.filter(isIn).map((day) => ({
          ...{ id: `day-${day}`, day, timestamp: told(at(day, "04:00", life.zoneOn(day))), steps: 7_000 },
        })),
      );
    case "heartrate": {
      const [start, end] = ["start_datetime", "end_datetime"].map((name) => Date.parse(url.searchParams.get(name)!));
      return list(
        beatsOf(life)
          .filter(({ moment }) => moment.epochMilliseconds >= start! && moment.epochMilliseconds < end!)
          .map(({ moment, bpm }) => ({ timestamp: moment.toInstant().toString(), bpm, source: "awake" })),
      );
    }
    default:
      return list([]);
  }
}

function withings({ form, person }: Asked): unknown {
  const life = lives.get(person)!;
  const ok = (body: object) => ({ status: 0, body });
  const isIn = (date: string) => form.get("startdateymd")! <= date && date <= form.get("enddateymd")!;
  switch (form.get("action")) {
    case "getmeas":
      return ok({ updatetime: 1_787_000_000, timezone: life.zoneOn(life.days.at(-1)!), measuregrps: [] });
    case "getsummary":
      return ok({
        more: false,
        offset: 0,
        series: life.sleeps
          .filter((sleep) => isIn(dateOf(sleep)))
          .map((sleep, index) => ({
            ...{ id: index + 1, date: dateOf(sleep), timezone: sleep.end.timeZoneId, model: 32, modified: 1 },
            ...{ startdate: seconds(sleep.start), enddate: seconds(sleep.end) },
            data: { total_timeinbed: seconds(sleep.end) - seconds(sleep.start), hr_min: 47 },
          })),
      });
    case "getactivity":
      return ok({
        activities: life.days.filter(isIn).map((date) => ({ date, timezone: life.zoneOn(date), steps: 7_000 })),
        more: false,
        offset: 0,
      });
    case "getintradayactivity": {
      const [start, end] = [Number(form.get("startdate")), Number(form.get("enddate"))];
      const own = beatsOf(life).filter(({ moment }) => seconds(moment) >= start && seconds(moment) < end);
      return ok({ series: Object.fromEntries(own.map(({ moment, bpm }) => [seconds(moment), { heart_rate: bpm }])) });
    }
    default:
      return ok({ series: [] });
  }
}

describe.each([
  ["OURA", oura],
  ["WITHINGS", withings],
] as const)("%s", (provider, answer) => {
  let standIn: StandIn;
  // One for each test: nobody has been asked anything of anyone.
  beforeEach(async () => {
    standIn = await startStandIn(provider, people, answer, stillClock("2026-10-01T12:00:00Z"));
  });
  afterEach(async () => await standIn.close());
  const sessions = async (who: string, from: string, to: string) => {
    const { sleep } = await standIn.user(
      who,
      `sleep(range: { from: "${from}", to: "${to}" }) { sessions { date start end isMainSleep minutesInBed } }`,
    );
    return sleep.sessions as readonly Anything[];
  };
  const expected = (sleeps: Life["sleeps"], zoneOfStart = (sleep: Life["sleeps"][number]) => sleep.start.timeZoneId) =>
    sleeps.map((sleep) => ({
      date: dateOf(sleep),
      start: told(sleep.start.withTimeZone(zoneOfStart(sleep))),
      end: told(sleep.end),
      isMainSleep: sleep.main,
      minutesInBed: Math.round((seconds(sleep.end) - seconds(sleep.start)) / 60),
    }));

  it("finds a night that began at 02:20 by its own day alone, and an evening nap on the day of its end, at every offset", async () => {
    for (const zone of zones) {
      const [, date] = lives.get(zone)!.days;
      standIn.asked.length = 0;
      const found = await sessions(zone, date!, date!);
      const own = lives.get(zone)!.sleeps.filter((sleep) => dateOf(sleep) === date);
      expect([zone, found]).toEqual([zone, expected(own)]);
      expect([zone, standIn.asked.length]).toEqual([zone, 1]);
    }
  });

  it("gives samples in UTC the offset of their own day, at every offset", async () => {
    for (const zone of zones) {
      const [, date] = lives.get(zone)!.days;
      const { heart } = await standIn.user(
        zone,
        `heart(range: { from: "${date}", to: "${date}" }) { days { samples(resolution: ONE_SECOND) { start values points { time } } } }`,
      );
      const [{ samples }] = heart.days;
      expect([zone, samples.start]).toEqual([zone, told(at(date!, "00:00", zone))]);
      expect(samples.values).toEqual(Array.from({ length: 24 }, (_, hour) => 50 + hour));
      expect(samples.points.at(-1).time).toBe(told(at(date!, "23:00", zone)));
    }
  });

  it("follows a traveller around the earth: every night stands on the day on which it ended there", async () => {
    const { days, sleeps } = lives.get("traveller")!;
    const found = await sessions("traveller", days[0]!, days.at(-1)!);
    // One maker tells where each night began and ended, the other one zone for each night.
    const own = provider === "OURA" ? undefined : ({ end }: Life["sleeps"][number]) => end.timeZoneId;
    expect(found).toEqual(expected(sleeps, own));
  });

  it("tells both offsets of a night in which clocks change, and as many minutes as elapsed", async () => {
    for (const who of people.filter((id) => id.startsWith("clocks-"))) {
      const { days, sleeps } = lives.get(who)!;
      expect(days.length).toBeGreaterThan(1);
      for (const [index, date] of days.entries())
        expect([who, await sessions(who, date, date)]).toEqual([who, expected([sleeps[index]!])]);
    }
  });
});
