import { readConfig } from "../src/config/read-config.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import type { Ask } from "../src/health-data/ask.js";
import type { Histories } from "../src/health-data/views.js";
import { createLogger } from "../src/log.js";
import type { Field } from "../src/model/fields.js";
import type { Domain } from "../src/model/records.js";
import { type ProviderId, providers } from "../src/providers/index.js";
import { type FitbitLab, startFitbitLab } from "../src/sandbox/fitbit/index.js";
import { createSyncState } from "../src/sandbox/kit/index.js";
import { type MisfitLab, startMisfitLab } from "../src/sandbox/misfit/index.js";
import { datesBetween, person } from "../src/sandbox/people/index.js";
import { plainRequest, stillClock } from "./support/lab-gateway.js";

/** One person who wears a Fitbit and a Misfit: two devices, one life. */
const who = person("both");
const range = { from: "2026-11-06", to: "2026-11-19" };
const clock = stillClock("2026-11-20T20:07:00Z");

let fitbit: FitbitLab;
let misfit: MisfitLab;
let gateway: Gateway;

beforeAll(async () => {
  const sync = createSyncState(clock);
  fitbit = await startFitbitLab({ clock, sync });
  misfit = await startMisfitLab({ clock, sync });
});
afterAll(async () => {
  await fitbit.close();
  await misfit.close();
});
beforeEach(async () => {
  const env = {
    STORE_URL: "memory:",
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    FITBIT_CLIENT_ID: fitbit.clientId,
    FITBIT_CLIENT_SECRET: fitbit.clientSecret,
    FITBIT_API_URL: fitbit.url,
    MISFIT_CLIENT_ID: misfit.app.key,
    MISFIT_CLIENT_SECRET: misfit.app.secret,
    MISFIT_API_URL: misfit.url,
  };
  gateway = await createGateway({
    config: readConfig(env, { providers }),
    log: createLogger({ level: "silent" }),
    clock,
    delay: async () => {},
  });
  fitbit.setHourlyLimit(10_000);
  misfit.setHourlyLimit(10_000);
  for (const [provider, lab] of [["FITBIT", fitbit] as const, ["MISFIT", misfit] as const]) {
    await gateway.connections.importConnection({ userId: who.id, provider, ...lab.issueTokens(who.id) });
    lab.forgetRequests();
  }
});
afterEach(async () => {
  fitbit.clearFaults();
  misfit.clearFaults();
  await gateway.close();
});

async function read<D extends Domain>(domain: D, fields: readonly Field[], more: Partial<Ask> = {}) {
  const ask: Ask = {
    userId: who.id,
    domain,
    range: domain === "PROFILE" ? null : range,
    fields: new Set(fields),
    providers: null,
    alternatives: true,
    goalProgress: false,
    ...more,
  };
  const [history] = await gateway.healthData.session(plainRequest).load([ask]);
  if (history instanceof Error) throw history;
  return history as Histories[D];
}
const prefer = (...order: ProviderId[]) => gateway.connections.setSourcePriority(who.id, order);
const worn = datesBetween(range.from, range.to).filter((date) => who.day(date).worn);
const statuses = ({ sources }: Histories[Domain]) =>
  Object.fromEntries(sources.map(({ provider, status }) => [provider, status]));

test("a day is one provider's, whole, and the other's stands beside it", async () => {
  const { days, totals } = await read("ACTIVITY", ["activity.steps", "activity.distance", "activity.points"]);
  expect(days).toHaveLength(14);
  for (const day of days!.filter(({ date }) => worn.includes(date))) {
    expect(day.source).toBe("FITBIT");
    // Points are Misfit's alone: they are not mixed into a Fitbit day.
    expect(day.points).toBeNull();
    expect(day.absent.get("points")).toBe("UNSUPPORTED");
    expect(day.alternatives).toMatchObject([{ source: "MISFIT", points: expect.any(Number) }]);
    expect(day.alternatives[0]!.steps).not.toBe(day.steps);
  }
  const sum = days!.reduce((total, { steps }) => total + (steps ?? 0), 0);
  expect(totals).toMatchObject({ days: 14, steps: sum });
});

test("the order of sources decides whose day it is", async () => {
  await prefer("MISFIT", "FITBIT");
  const { days, totals } = await read("ACTIVITY", ["activity.steps"]);
  for (const day of days!.filter(({ date }) => worn.includes(date))) {
    expect(day).toMatchObject({ source: "MISFIT", alternatives: [{ source: "FITBIT" }] });
  }
  expect(totals!.steps).toBe(days!.reduce((total, { steps }) => total + (steps ?? 0), 0));
});

test("a night that both saw is one night", async () => {
  const { sessions } = await read("SLEEP", ["sleep.sessions"]);
  const nights = sessions!.filter(({ source }) => source === "FITBIT");
  expect(nights).toHaveLength(datesBetween(range.from, range.to).flatMap((date) => who.day(date).sleeps).length);
  const both = nights.filter(({ alternatives }) => alternatives.length > 0);
  expect(both.length).toBeGreaterThanOrEqual(10);
  for (const night of both) {
    const [other] = night.alternatives;
    expect(other).toMatchObject({ source: "MISFIT", alternatives: [] });
    expect(Date.parse(other!.start)).toBeLessThan(Date.parse(night.end));
    expect(Date.parse(other!.end)).toBeGreaterThan(Date.parse(night.start));
  }
  // What is left of Misfit overlaps nothing that is listed.
  for (const alone of sessions!.filter(({ source }) => source === "MISFIT")) {
    const during = nights.filter(
      ({ start, end }) => Date.parse(start) < Date.parse(alone.end) && Date.parse(end) > Date.parse(alone.start),
    );
    expect(during).toEqual([]);
  }
  await prefer("MISFIT", "FITBIT");
  const { sessions: turned } = await read("SLEEP", ["sleep.sessions"]);
  expect(turned!.filter(({ source }) => source === "MISFIT").length).toBeGreaterThanOrEqual(both.length);
});

test("a walk that both saw is one walk", async () => {
  const { workouts } = await read("WORKOUTS", ["workouts.workouts"]);
  const both = workouts!.filter(({ alternatives }) => alternatives.length > 0);
  expect(both.length).toBeGreaterThan(0);
  expect(both.every(({ source, alternatives }) => source === "FITBIT" && alternatives[0]!.source === "MISFIT")).toBe(
    true,
  );
  const { workouts: own } = await read("WORKOUTS", ["workouts.workouts"], {
    providers: ["MISFIT"],
    alternatives: false,
  });
  const inside = own!.filter((misfits) =>
    workouts!.some(
      ({ source, start, end, kind }) =>
        source === "FITBIT" &&
        (kind === misfits.kind || [kind, misfits.kind].includes("OTHER")) &&
        Date.parse(start) <= Date.parse(misfits.start) &&
        Date.parse(end) >= Date.parse(misfits.end),
    ),
  );
  for (const walk of inside) expect(workouts!.some(({ id }) => id === walk.id)).toBe(false);
});

test("a profile is put together field by field, and says from where", async () => {
  const fields: Field[] = ["profile.displayName", "profile.email", "profile.height", "profile.age"];
  const profile = await read("PROFILE", [...fields, "profile.dateOfBirth"]);
  expect(profile).toMatchObject({
    email: who.email,
    height: who.heightCm / 100,
    dateOfBirth: who.dateOfBirth,
    age: 47,
  });
  expect(profile.provenance).toEqual(
    expect.arrayContaining([
      { field: "displayName", provider: "FITBIT" },
      { field: "email", provider: "MISFIT" },
      { field: "height", provider: "FITBIT" },
    ]),
  );
  await prefer("MISFIT", "FITBIT");
  const turned = await read("PROFILE", ["profile.displayName"]);
  expect(turned.provenance).toEqual([{ field: "displayName", provider: "MISFIT" }]);
});

test("a provider that fails takes nothing from the other", async () => {
  fitbit.addFault({ status: 503 });
  const activity = await read("ACTIVITY", ["activity.steps"]);
  expect(statuses(activity)).toEqual({ FITBIT: "UNAVAILABLE", MISFIT: "OK" });
  expect(activity.days!.filter(({ date }) => worn.includes(date)).every(({ source }) => source === "MISFIT")).toBe(
    true,
  );
  const sleep = await read("SLEEP", ["sleep.sessions"]);
  expect(statuses(sleep)).toEqual({ FITBIT: "UNAVAILABLE", MISFIT: "OK" });
  expect(sleep.sessions!.length).toBeGreaterThan(0);
});

test("only the providers that are asked for are asked", async () => {
  const history = await read("ACTIVITY", ["activity.steps"], { providers: ["MISFIT"], alternatives: false });
  expect(statuses(history)).toEqual({ MISFIT: "OK" });
  expect(history.days!.every(({ source }) => source === "MISFIT")).toBe(true);
  expect(fitbit.requests).toEqual([]);
});

test("what a provider has no sensor for costs it no call", async () => {
  const { days, ...rest } = await read("HEART", ["heart.restingRate"]);
  expect(statuses(rest as Histories["HEART"])).toEqual({ FITBIT: "OK", MISFIT: "UNSUPPORTED" });
  expect(days!.length).toBeGreaterThan(0);
  expect(misfit.requests).toEqual([]);
});

describe("a source that can no longer be asked", () => {
  const today = "2026-11-20";
  const now = { range: { from: "2026-11-19", to: today }, alternatives: false };
  const yesterdays = { range: { from: "2026-10-01", to: "2026-10-01" }, alternatives: false };
  const sourcesOf = ({ days }: Histories["ACTIVITY"]) => days!.map(({ date, source }) => [date, source]);
  const seenByMisfit = async () =>
    (await read("ACTIVITY", ["activity.steps"], { ...now, providers: ["MISFIT"] })).days!.map(({ steps }) => steps);

  test.each([
    ["was disconnected", "NOT_CONNECTED"],
    ["lost its consent", "REAUTHORIZATION_REQUIRED"],
    ["was switched off", "RETIRED"],
  ] as const)(
    "and %s leaves days that may be incomplete to one that can, and keeps settled ones",
    async (_how, status) => {
      const before = await read("ACTIVITY", ["activity.steps"], now);
      expect(sourcesOf(before)).toEqual([
        ["2026-11-19", "FITBIT"],
        [today, "FITBIT"],
      ]);
      await read("ACTIVITY", ["activity.steps"], yesterdays);
      await gateway.history.flush();
      if (status === "NOT_CONNECTED") await gateway.connections.disconnect({ userId: who.id, provider: "FITBIT" });
      if (status === "REAUTHORIZATION_REQUIRED") fitbit.revoke(who.id);
      if (status === "RETIRED") fitbit.addFault({ status: 410 });
      clock.advance(120_000);
      const after = await read("ACTIVITY", ["activity.steps"], now);
      expect(sourcesOf(after)).toEqual([
        ["2026-11-19", "MISFIT"],
        [today, "MISFIT"],
      ]);
      expect(after.days!.map(({ steps }) => steps)).toEqual(await seenByMisfit());
      expect(statuses(after)).toMatchObject({ FITBIT: status, MISFIT: "OK" });
      expect(sourcesOf(await read("ACTIVITY", ["activity.steps"], yesterdays))).toEqual([["2026-10-01", "FITBIT"]]);
      const { alternatives } = (await read("ACTIVITY", ["activity.steps"], { ...now, alternatives: true })).days![1]!;
      expect(alternatives.map(({ source, steps }) => [source, steps])).toEqual([["FITBIT", before.days![1]!.steps]]);
    },
  );
});

test("a source that nobody had to ask is not among the sources, unless the caller named it", async () => {
  const settledDay = { range: { from: worn[0]!, to: worn[0]! }, alternatives: false };
  const history = await read("ACTIVITY", ["activity.steps"], settledDay);
  expect(statuses(history)).toEqual({ FITBIT: "OK" });
  expect(misfit.requests).toEqual([]);
  const named = await read("ACTIVITY", ["activity.steps"], { ...settledDay, providers: ["FITBIT", "MISFIT"] });
  expect(named.sources[1]).toMatchObject({
    provider: "MISFIT",
    asOf: null,
    message: expect.stringContaining("not asked"),
  });
});

test("who disconnected is told so, not that they never connected", async () => {
  await read("ACTIVITY", ["activity.steps"]);
  await gateway.history.flush();
  await gateway.connections.disconnect({ userId: who.id, provider: "FITBIT" });
  const { sources } = await read("ACTIVITY", ["activity.steps"], { providers: ["FITBIT", "GOOGLE_HEALTH"] });
  expect(sources.map(({ message }) => message)).toEqual([
    "The person disconnected this provider; what is stored is still served.",
    expect.stringContaining("operator has not set"),
  ]);
});
