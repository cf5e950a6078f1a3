import type { Ask } from "../../src/health-data/ask.js";
import { missingName } from "../../src/health-data/histories/scene.js";
import type {
  ActivityDay,
  HeartDay,
  Histories,
  ReadingHistory,
  ScoreHistory,
  SleepSession,
  VitalHistory,
} from "../../src/health-data/views.js";
import { type Field, isDated, isForCalls, isSamples } from "../../src/model/fields.js";
import type { VitalFigure } from "../../src/model/figures.js";
import { type Domain, domains } from "../../src/model/records.js";
import { type Call, fieldsOf } from "../../src/providers/provider.js";
import { addDays, datesBetween, dayTotals } from "../../src/sandbox/people/index.js";
import type { Person } from "../../src/sandbox/person.js";
import { classesOf } from "../support/hidden-classes.js";
import { cellKey, createCaller, daysOfPages, isDatedCall, longestSpan } from "./calls.js";
import {
  ask,
  type Bench,
  clockChanges,
  domainsOf,
  everything,
  firstInReach,
  listOf,
  type Opened,
  offeredIn,
  refusedRequests,
  statusesOf,
  wearersOf,
  wears,
  withBench,
  withLab,
  withoutLab,
  YESTERDAY,
} from "./harness.js";

/** The dullest sensor of the lab is four percent beside the truth; a wrong unit is sixty or more. */
const TOLERANCE = 0.06;

/** Calls of one provider round differently (metres against hundredths of a kilometre): half a percent is the same figure. */
function rounded(value: unknown, like: unknown): unknown {
  const areNumbers = typeof value === "number" && typeof like === "number";
  return areNumbers && Math.abs(value - like) <= Math.abs(like) * 0.005 ? like : value;
}

/** The same ask for some of its fields. */
const narrowed = (one: Ask, keeps: (field: Field) => boolean): Ask => ({
  ...one,
  fields: new Set([...one.fields].filter(keeps)),
});

/** Series of other metrics are asked for and read by the same code: those of steps and of the heart stand for them. */
const isNoneOfMany = ({ yields }: Call) =>
  !yields.every((field) => isSamples(field) && /:(DISTANCE|FLOORS|ELEVATION|ENERGY_BURNED):/.test(field));

type Days = readonly (ActivityDay | HeartDay)[];

for (const { name } of withoutLab) it.todo(`holds ${name} to the promises of all providers: it has no lab`);

describe.each(withLab)("%s", (_, provider) => {
  const wearers = wearersOf(provider);
  const person = wearers[0]!;
  const offers = (field: Field) => fieldsOf(provider).has(field);
  let bench: Bench;
  let opened: Opened;
  withBench(provider, (ownBench, ownOpened) => {
    bench = ownBench;
    opened = ownOpened;
  });
  afterEach(() => expect(refusedRequests(bench)).toEqual([]));

  async function read<D extends Domain>(who: Person, domain: D, range: { from: string; to: string }, fields?: Field[]) {
    const [history] = await opened.read(ask(who.id, domain, fields ?? offeredIn(provider, domain), range));
    return history as Histories[D];
  }

  /** A past day that lies well behind us, on which somebody did or did not wear the device. */
  const pastDay = (who: Person, worn: boolean) =>
    datesBetween(addDays(YESTERDAY, -200), addDays(YESTERDAY, -20))
      .reverse()
      .find((date) => who.day(date).worn === worn && wears(who, date, provider.id))!;

  test.each(wearers.slice(0, 2).map(({ id }) => id))(
    "answers every field for %s by a value or a reason",
    async (id) => {
      await opened.connect(id);
      const tomorrow = addDays(YESTERDAY, 1);
      const since = (days: number) => everything(provider, id, { from: addDays(YESTERDAY, -days), to: tomorrow });
      // Tens of thousands of samples a day are seen on three days as well as on a fortnight's.
      const asks = [
        ...since(2).map((one) => narrowed(one, isSamples)),
        ...since(id === person.id ? 12 : 3).map((one) => narrowed(one, (field) => !isSamples(field))),
      ].filter(({ fields }) => fields.size > 0);
      const histories = await opened.read(...asks);
      expect(new Set(statusesOf(histories))).toEqual(new Set(["OK"]));
      const valued = new Set<Field>();
      histories.forEach((history, index) => {
        const { domain, fields } = asks[index]!;
        const list = listOf(history);
        if (list !== undefined) expect([domain, list]).not.toEqual([domain, null]);
        const holders = (
          domain === "PROFILE" ? [history] : domain === "ACTIVITY" || domain === "HEART" ? list : []
        ) as Days;
        for (const holder of holders ?? []) {
          for (const field of fields) {
            const name = missingName(field);
            const value = isSamples(field) ? holder.series.get(field) : holder[name as keyof typeof holder];
            // An age stands in for a date of birth and the other way round.
            if (value === null || value === undefined)
              expect([name, holder.absent.get(name)]).toEqual([name, expect.any(String)]);
            else valued.add(field);
          }
        }
        if (domain === "VITALS")
          for (const field of expectWholeVitals(history as VitalHistory, fields)) valued.add(field);
        if (domain === "READINGS")
          for (const field of fields) if (readingsIn(history as ReadingHistory, field).length > 0) valued.add(field);
        if (domain === "SCORES")
          for (const { kind, value, level, reason } of (history as ScoreHistory).scores!) {
            expect(value === null && level === null).toBe(reason !== null);
            valued.add(`scores.${kind}`);
          }
        if (list && !["ACTIVITY", "HEART", "VITALS", "READINGS", "SCORES"].includes(domain) && list.length > 0)
          for (const field of fields) valued.add(field);
      });
      // What is declared but never once answered by a fortnight of a lively person is not really offered.
      const rare = new Set<Field>([
        ...(["body.weight", "body.bodyMassIndex", "body.fatPercentage", "workouts.workouts"] as const),
        ...offeredIn(provider, "READINGS").filter((field) => field !== "readings.oxygenSaturations"),
      ]);
      if (id !== person.id) return;
      const unanswered = domainsOf(provider)
        .flatMap((domain) => offeredIn(provider, domain))
        .filter((field) => !valued.has(field) && !rare.has(field));
      expect(unanswered).toEqual([]);
    },
  );

  /** A vital of a day is a value or a reason; answers those with a value. */
  function expectWholeVitals(history: VitalHistory, fields: ReadonlySet<Field>): readonly Field[] {
    return [...fields].filter((field) => {
      const name = field.slice(field.search(/[.:]\w+$/) + 1) as VitalFigure;
      const days = history[name]!;
      if (field.includes(".course:")) return days.some(({ course }) => course !== null);
      for (const { value, low, high, reason } of days) {
        expect([field, value === null]).toEqual([field, reason !== null]);
        if (low !== null) expect(low).toBeLessThanOrEqual(value!);
        if (high !== null) expect(high).toBeGreaterThanOrEqual(value!);
      }
      return days.some(({ value }) => value !== null);
    });
  }

  const readingsIn = (history: ReadingHistory, field: Field) => {
    const name = field === "readings.glucoseCourse" ? "glucoseSeries" : field.slice("readings.".length);
    return history[name as "pulses"] ?? [];
  };

  test("lists every reading once, in order, on a day of the range", async () => {
    await opened.connect(person.id);
    const range = { from: addDays(YESTERDAY, -89), to: YESTERDAY };
    const offered = offeredIn(provider, "READINGS").filter((field) => field !== "readings.glucoseCourse");
    if (offered.length === 0) return;
    const history = await read(person, "READINGS", range, [...offered]);
    // Parts from which lists are derived are no lists of their own.
    const fields = offered.filter((field) => field.slice("readings.".length) in history);
    for (const field of fields) {
      const list = readingsIn(history, field);
      expect([field, list.length > 0]).toEqual([field, true]);
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
      const times = list.map((each) => Date.parse("start" in each ? (each["start"] as string) : each.time));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(list.filter(({ date }) => date < range.from || date > range.to)).toEqual([]);
    }
  });

  test("a vital whose scope was not granted is a null list with its reason, and costs no call", async () => {
    const fields = offeredIn(provider, "VITALS").filter((field) => !field.includes(".course:"));
    // A vital may be derived from fields that only calls name, and its call may need another.
    const scopesFor = (field: Field): readonly string[] => {
      const behind = provider.derive?.find(({ yields }) => yields === field)?.from ?? [field];
      const call = provider.calls.find(({ yields }) => behind.some((each) => yields.includes(each)));
      return call ? [...(call.scope ? [call.scope] : []), ...(call.needs ?? []).flatMap(scopesFor)] : [];
    };
    const grant = [...new Set([...provider.oauth.baseScopes, ...scopesFor(fields[0] ?? "activity.steps")])];
    const refused = fields.filter((field) => !scopesFor(field).every((scope) => grant.includes(scope)));
    if (!provider.oauth.scopesAreEnforced || refused.length === 0) return;
    const prefix = provider.oauth.scopePrefix ?? "";
    await opened.connect(person.id, { scopes: grant.map((scope) => prefix + scope) });
    bench.lab.forgetRequests();
    const history = await read(person, "VITALS", { from: addDays(YESTERDAY, -6), to: YESTERDAY }, fields);
    const nameOf = (field: Field) => field.slice("vitals.".length) as VitalFigure;
    expect(refused.map((field) => [history[nameOf(field)], history.absent.get(nameOf(field))])).toEqual(
      refused.map(() => [null, "INSUFFICIENT_SCOPE"]),
    );
    expect(history[nameOf(fields[0]!)]).toHaveLength(7);
    const usable = provider.calls.filter(({ scope }) => scope === undefined || grant.includes(scope));
    expect(bench.lab.requests.filter(({ kind }) => kind === "api").length).toBeLessThanOrEqual(usable.length);
  });

  test("asks nothing of a provider for what it does not offer", async () => {
    await opened.connect(person.id);
    bench.lab.forgetRequests();
    for (const domain of domains.filter((each) => !domainsOf(provider).includes(each))) {
      const [history] = await opened.read(ask(person.id, domain, [], { lastDays: 14 }));
      expect(history!.sources).toMatchObject([{ provider: provider.id, status: "UNSUPPORTED" }]);
      expect(listOf(history!) ?? null).toBeNull();
    }
    expect(bench.lab.requests).toEqual([]);
  });

  test("gives distances in metres, energy in kcal and counts as they are", async () => {
    await opened.connect(person.id);
    const range = { from: addDays(YESTERDAY, -13), to: addDays(YESTERDAY, -1) };
    const plain = offeredIn(provider, "ACTIVITY").filter((field) => !isSamples(field));
    const { days } = await read(person, "ACTIVITY", range, plain);
    const sum = (pick: (day: ActivityDay) => number | null) =>
      days!.reduce((total, day) => total + (pick(day) ?? 0), 0);
    const worn = datesBetween(range.from, range.to)
      .map((date) => person.day(date))
      .filter((day) => day.worn);
    const truth = worn.map((day) => dayTotals(person, day));
    const own = (pick: (totals: (typeof truth)[number]) => number) =>
      truth.reduce((total, day) => total + pick(day), 0);
    const figures: (readonly [Field, number, number])[] = [
      ["activity.steps", sum((day) => day.steps), own((day) => day.steps)],
      // An equivalent is another measure.
      ...(provider.methods?.distance === "EQUIVALENT"
        ? []
        : [["activity.distance", sum((day) => day.distance), own((day) => day.distanceMeters)] as const]),
      ["activity.floors", sum((day) => day.floors), own((day) => day.floors)],
      ["activity.elevation", sum((day) => day.elevation), own((day) => day.elevationMeters)],
    ];
    for (const [field, given, real] of figures) {
      if (offers(field)) expect([field, Math.abs(given / real - 1) < TOLERANCE]).toEqual([field, true]);
    }
    // Some report resting energy for days on the shelf too: only worn days are compared.
    const wornDates = new Set(worn.map(({ date }) => date));
    const burned = days!
      .filter(({ date }) => wornDates.has(date))
      .reduce((total, day) => total + (day.energyBurned ?? 0), 0);
    // Who counts from sleep to sleep has other hours at the ends, about a day of them at most.
    const tolerance = TOLERANCE + (offers("activity.cycles") ? 1 / worn.length : 0);
    if (offers("activity.energyBurned"))
      expect(Math.abs(burned / own((day) => day.energyKcal) - 1)).toBeLessThan(tolerance);
  });

  test("gives weights in kg, heights in metres, and the person's own figures in the profile", async () => {
    await opened.connect(person.id);
    const [profile] = await opened.read(ask(person.id, "PROFILE", offeredIn(provider, "PROFILE")));
    if (offers("profile.height")) expect(profile!.height).toBeCloseTo(person.heightCm / 100, 2);
    if (offers("profile.dateOfBirth")) expect(profile!.dateOfBirth).toBe(person.dateOfBirth);
    if (offers("profile.timeZone")) expect(profile!.timeZone).toBe(person.timeZone);
    if (offers("profile.sex") && profile!.sex) expect(profile!.sex).toBe(person.sex.toUpperCase());
    // Who has the newest weight alone has none of the scale.
    if (!offers("body.weight") || firstInReach(provider, "body.weight") > addDays(YESTERDAY, -365)) return;
    const range = { from: addDays(YESTERDAY, -59), to: YESTERDAY };
    const { measurements } = await read(person, "BODY", range);
    const weighings = datesBetween(range.from, range.to).flatMap((date) =>
      person.day(date).weighings.map((weighing) => ({ date, ...weighing })),
    );
    // What a person typed in, where a provider takes that, is near the truth too.
    for (const { weight, date } of measurements!) expect(Math.abs(weight! - person.day(date).weightKg)).toBeLessThan(1);
    for (const { weightKg, timeMs, date } of weighings) {
      // Who typed it in may have given no time.
      const own = measurements!.filter((each) =>
        each.time === null ? each.date === date : Math.abs(Date.parse(each.time) - timeMs) < 60_000,
      );
      expect([timeMs, own.length]).toEqual([timeMs, 1]);
      expect(own[0]!.weight).toBeCloseTo(weightKg, 1);
    }
  });

  test("one field means the same whichever call yields it", async () => {
    const connection = await opened.connect(person.id);
    const make = createCaller(opened.gateway, provider, connection, addDays(YESTERDAY, 1));
    const day = pastDay(person, true);
    const seen = new Map<string, { call: string; value: unknown }>();
    for (const call of provider.calls) {
      const shared = call.yields.filter((field) =>
        provider.calls.some((other) => other !== call && other.yields.includes(field)),
      );
      if (shared.length === 0) continue;
      const { cells } = await make(call, day, day);
      for (const field of shared) {
        const key = cellKey(field, isDated(field) ? day : null);
        const before = seen.get(key);
        const value = cells.get(key);
        if (before)
          expect({ call: call.name, key, value: rounded(value, before.value) }).toEqual({
            call: call.name,
            key,
            value: before.value,
          });
        else seen.set(key, { call: call.name, value });
      }
    }
  });

  /** Where a span reaches over years, most of it lies before the account began: the lab needs no time for those days. */
  const endFor = (call: Call) =>
    longestSpan(call, YESTERDAY)!.from < addDays(YESTERDAY, -120) ? addDays(person.memberSince, 30) : YESTERDAY;

  test("answers as much about a day in its longest span as about the day alone", async () => {
    const connection = await opened.connect(person.id);
    const make = createCaller(opened.gateway, provider, connection, addDays(YESTERDAY, 1));
    for (const call of provider.calls.filter(isDatedCall).filter(isNoneOfMany)) {
      const span = longestSpan(call, call.reach.kind === "trailing" ? addDays(YESTERDAY, 1) : endFor(call))!;
      const long = await make(call, span.from, span.to);
      expect([call.name, long.covers]).toEqual([call.name, true]);
      for (const day of new Set([span.from, span.to])) {
        const alone = await make(call, day, day);
        for (const field of call.yields.filter(isDated)) {
          const key = cellKey(field, day);
          expect({ call: call.name, key, value: long.cells.get(key) }).toEqual({
            call: call.name,
            key,
            value: alone.cells.get(key),
          });
        }
      }
      // Nothing is told of days that were not asked for, but by calls that can't be asked for days at all.
      const told = [...long.cells.keys()].map((key) => key.split(" ")[1]!).filter((day) => day !== undefined);
      if (call.reach.kind !== "trailing") {
        expect([call.name, told.filter((day) => day < span.from || day > span.to)]).toEqual([call.name, []]);
      }
    }
  });

  test("reads on over several pages without losing or doubling a record", async () => {
    const connection = await opened.connect(person.id);
    const make = createCaller(opened.gateway, provider, connection, addDays(YESTERDAY, 1));
    for (const call of provider.calls) {
      if (call.reach.kind !== "pages") continue;
      const from = addDays(YESTERDAY, 1 - daysOfPages(call.reach, 220));
      const { cells, pages } = await make(call, from, YESTERDAY);
      // The course of a night may go on on the next page: its parts are joined. What calls alone need may be told twice.
      for (const field of call.yields.filter((each) => !each.includes(".course:") && !isForCalls(each))) {
        const lists = [...cells].flatMap(([key, value]) =>
          key.startsWith(`${field} `) && Array.isArray(value) ? [value as { id?: string; kind?: string }[]] : [],
        );
        const ids = lists.flat().flatMap(({ id }) => id ?? []);
        expect([call.name, field, new Set(ids).size]).toEqual([call.name, field, ids.length]);
        if (field !== "workouts.workouts") continue;
        expect(pages).toBeGreaterThanOrEqual(ids.length / call.reach.size);
        // Nobody in the lab trains to recover: a sauna is a provider's own.
        const trained = lists.flat().filter(({ kind }) => kind !== "RECOVERY");
        expect(trained).toHaveLength(datesBetween(from, YESTERDAY).flatMap((date) => person.day(date).workouts).length);
      }
    }
  });

  describe("where clocks change", () => {
    const changes = clockChanges(person);

    test("the suite sees both changes", () => {
      // On a day of travel the day is shorter or longer too.
      const isTravel = (date: string) => person.zoneOn(date) !== person.zoneOn(addDays(date, 1));
      expect(changes.filter((date) => !isTravel(date))).toHaveLength(2);
    });

    test.each(changes)("around %s samples stay within the real day, and sleeps last what elapses", async (change) => {
      await opened.connect(person.id);
      const range = { from: addDays(change, -6), to: addDays(change, 7) };
      const days = { from: addDays(change, -1), to: addDays(change, 1) };
      const domain = domainsOf(provider);
      const series: Days = [
        ...(domain.includes("ACTIVITY") ? (await read(person, "ACTIVITY", days)).days! : []),
        ...(domain.includes("HEART") ? (await read(person, "HEART", days)).days! : []),
      ];
      for (const { date, series: own } of series) {
        const { startMs, endMs } = person.day(date);
        for (const [field, samples] of own) {
          if (samples === null) continue;
          const { offsets, values, start } = samples;
          expect([field, date, offsets.length]).toEqual([field, date, values.length]);
          expect(offsets.every((offset, index) => index === 0 || offset > offsets[index - 1]!)).toBe(true);
          expect(offsets[0] ?? 0).toBeGreaterThanOrEqual(0);
          expect([field, date, (offsets.at(-1) ?? 0) < (endMs - startMs) / 1000]).toEqual([field, date, true]);
          if (start !== null) expect([field, date, Date.parse(start)]).toEqual([field, date, startMs]);
        }
      }
      if (!domain.includes("SLEEP")) return;
      const told = datesBetween(range.from, range.to).filter((day) => day >= firstInReach(provider, "sleep.sessions"));
      if (told.length === 0) return;
      const { sessions } = await read(person, "SLEEP", range);
      const slept = told.flatMap((date) => person.day(date).sleeps);
      expect(sessions!.length).toBeGreaterThanOrEqual(Math.min(10, told.length / 2));
      for (const session of sessions!) {
        expectWholeSleep(session);
        const nearest = Math.min(...slept.map(({ startMs }) => Math.abs(startMs - Date.parse(session.start))));
        expect([session.start, nearest < 30 * 60_000]).toEqual([session.start, true]);
      }
    });
  });

  /** The parts of a sleep are no longer than the whole, and the whole is what elapsed. */
  function expectWholeSleep({ start, end, minutesInBed, stages, hypnogram, date }: SleepSession) {
    const elapsed = (Date.parse(end) - Date.parse(start)) / 1000;
    expect(elapsed).toBeGreaterThan(0);
    expect(date).toBe(end.slice(0, 10));
    // Some leave out the minutes out of bed.
    if (minutesInBed !== null) {
      const left = elapsed - minutesInBed * 60;
      expect([start, left >= -120 && left <= 600]).toEqual([start, true]);
    }
    if (stages)
      expect(stages.reduce((sum, { minutes }) => sum + minutes, 0) * 60).toBeLessThanOrEqual(
        elapsed + 60 * stages.length,
      );
    if (!hypnogram) return;
    const last = hypnogram.at(-1)!;
    expect(Date.parse(last.start) + last.seconds * 1000).toBeLessThanOrEqual(Date.parse(end) + 60_000);
    hypnogram.forEach((segment, index) => {
      const before = hypnogram[index - 1];
      if (before)
        expect(Date.parse(segment.start)).toBeGreaterThanOrEqual(Date.parse(before.start) + before.seconds * 1000);
    });
  }

  test("a day on the shelf has no made-up activity", async () => {
    const who = wearers.find((each) => pastDay(each, false) !== undefined)!;
    const date = pastDay(who, false);
    await opened.connect(who.id);
    if (domainsOf(provider).includes("ACTIVITY")) {
      const { days } = await read(who, "ACTIVITY", { from: date, to: date });
      for (const day of days ?? []) {
        expect([0, null]).toContain(day.steps);
        expect([0, null]).toContain(day.distance);
        if (day.steps === null && offers("activity.steps")) expect(day.absent.get("steps")).toBe("NOT_RECORDED");
      }
    }
    if (domainsOf(provider).includes("HEART")) {
      const { days } = await read(who, "HEART", { from: date, to: date });
      for (const day of days ?? []) expect(day.restingRate).toBeNull();
    }
    if (!domainsOf(provider).includes("SLEEP") || date < firstInReach(provider, "sleep.sessions")) return;
    // A night is filed by its end: the one that ended on a day on the shelf is of no wearable.
    const { sessions, sources } = await read(who, "SLEEP", { from: date, to: date });
    expect(sources).toMatchObject([{ status: "OK" }]);
    expect(sessions).toHaveLength(who.day(date).sleeps.length);
  });

  test("an account without any data is empty, not broken", async () => {
    await opened.connect("empty");
    const histories = await opened.read(
      ...everything(provider, "empty", { from: addDays(YESTERDAY, -3), to: YESTERDAY }),
    );
    expect(new Set(statusesOf(histories))).toEqual(new Set(["OK"]));
    for (const history of histories) {
      if ("sessions" in history) expect(history.sessions).toEqual([]);
      if ("workouts" in history) expect(history.workouts).toEqual([]);
      if ("measurements" in history) expect(history.measurements).toEqual([]);
    }
  });

  test("the members of its lists share their hidden classes", async () => {
    await opened.connect(person.id);
    const membersOf = async (domain: Domain, back: number) => {
      const range = { from: addDays(YESTERDAY, -back - 20), to: addDays(YESTERDAY, -back) };
      const fields = offeredIn(provider, domain).filter((field) => !field.includes(":"));
      return (listOf(await read(person, domain, range, fields)) ?? []) as readonly object[];
    };
    for (const domain of domainsOf(provider)) {
      // A class may change while V8 learns what its members hold.
      for (const back of [4, 5, 6]) await membersOf(domain, back);
      const members = [...(await membersOf(domain, 1)), ...(await membersOf(domain, 2))];
      const classes = classesOf(members).length;
      // What a record leaves out, or gives as a fraction, makes another class: some in all, and none for each.
      expect([domain, members.length, classes <= Math.max(6, members.length / 5)]).toEqual([
        domain,
        members.length,
        true,
      ]);
    }
  });

  test("ids are the same when asked again, and of no two records", async () => {
    await opened.connect(person.id);
    const range = { from: addDays(YESTERDAY, -13), to: YESTERDAY };
    const idsOf = async () => {
      bench.clock.advance(1_000);
      const asks = everything(provider, person.id, range).map((one) => narrowed(one, (field) => !isSamples(field)));
      const session = opened.gateway.healthData.session({
        freshness: { maxAgeSeconds: null, noCache: true, onlyIfCached: false, staleIfErrorSeconds: null },
        dryRun: false,
        headerTokens: {},
        reserve: 0,
      });
      const histories = (await session.load(asks)) as readonly Histories[Domain][];
      return histories.map((history) => (listOf(history) ?? [history]).map((each) => (each as { id: string }).id));
    };
    const first = await idsOf();
    bench.clock.advance(3_600_000);
    expect(await idsOf()).toEqual(first);
    for (const ids of first) expect(new Set(ids).size).toBe(ids.length);
  });

  test("a range too long for one request answers as its parts do", async () => {
    await opened.connect(person.id);
    // Longer than any list reaches in one request, and than most figures do.
    const range = { from: addDays(YESTERDAY, -119), to: YESTERDAY };
    const lists = (["SLEEP", "WORKOUTS", "BODY"] as const).filter((domain) => domainsOf(provider).includes(domain));
    const fresh = await bench.open();
    await fresh.connect(person.id);
    for (const domain of lists) {
      // A course is asked for record by record: no range is too long for it.
      const fields = offeredIn(provider, domain).filter((field) => !field.includes(".course:"));
      const whole = listOf(await read(person, domain, range, fields));
      const parts: object[] = [];
      for (let from = range.from; from <= range.to; from = addDays(from, 10)) {
        const asked = ask(person.id, domain, fields, { from, to: addDays(from, 9) });
        parts.push(...(listOf((await fresh.read(asked))[0] as Histories[Domain]) ?? []));
      }
      const bare = (all: readonly object[] | null | undefined) =>
        all?.map(({ id: _, settled: __, ...rest }: { id?: string; settled?: boolean }) => rest);
      expect([domain, bare(whole)]).toEqual([domain, bare(parts)]);
    }
    await fresh.close();
  });
});
