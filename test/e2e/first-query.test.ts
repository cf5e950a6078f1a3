/** What somebody sees who has just started Pulsegate: the answers of the README, and what they cost. */
import { readFileSync } from "node:fs";
import {
  buildSchema,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { addDays, datesBetween, dayTotals, person } from "../../src/sandbox/people/index.js";
import * as operations from "../generated/operations.js";
import {
  type Answer,
  asUser,
  clockFrom,
  credentials,
  dataRequests,
  type Served,
  startServed,
} from "../support/served.js";

const demo = person("demo");
const clock = clockFrom("2026-06-17T11:00:00Z");
const today = "2026-06-17";
let served: Served;
beforeAll(async () => {
  // Without credentials everybody is the demo person; with a token one is any of the others.
  served = await startServed(credentials, { clock });
});
afterAll(() => served.close());
beforeEach(() => served.labs.fitbit.forgetRequests());

const callsMade = () => dataRequests(served.labs.fitbit).length;
const cost = ({ extensions }: Answer<unknown>) => extensions!.plan!.upstreamCalls;
const viewer = (selection: string) => `{ viewer { ${selection} } }`;

test("the README's first query answers with the figures of the demo person", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, body] = /-d '(\{[\s\S]*?\})'\n```/.exec(readme)!;
  const { query } = JSON.parse(body!) as { query: string };
  const { data, errors } = await served.ask(query);
  expect(errors).toBeUndefined();
  const { profile, activity, sleep } = data.viewer;
  expect(profile).toEqual({ displayName: "Demo R.", timeZone: "Europe/Berlin" });
  expect(activity.sources).toEqual([{ provider: "FITBIT", status: "OK" }]);
  const dates = datesBetween(addDays(today, -29), today);
  expect(activity.days.map(({ date }: { date: string }) => date)).toEqual(dates);
  const over = activity.days.slice(0, -1) as { date: string; steps: number | null; source: string }[];
  for (const { date, steps, source } of over) {
    const day = demo.day(date);
    expect([date, source, steps]).toEqual([date, "FITBIT", day.worn ? dayTotals(demo, day).steps : 0]);
  }
  const nights = sleep.sessions as { date: string; minutesAsleep: number; stages: { minutes: number }[] }[];
  const lived = datesBetween(addDays(today, -6), addDays(today, -1)).flatMap((date) =>
    demo.day(date).sleeps.map(() => date),
  );
  expect(nights.map(({ date }) => date).filter((date) => date < today)).toEqual(lived);
  for (const { minutesAsleep, stages } of nights) {
    expect(minutesAsleep).toBeLessThanOrEqual(stages.reduce((sum, { minutes }) => sum + minutes, 0));
    expect(minutesAsleep).toBeGreaterThan(0);
  }
});

test("the README's second query averages weeks without the days that were not worn, and says so", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, query] = /```graphql\n([\s\S]*?)```/.exec(readme)!;
  const { data, errors } = await served.ask(query!);
  expect(errors).toBeUndefined();
  type Week = { from: string; to: string; steps: { days: number; mean: number; excluded: object[] } };
  const weeks = data.viewer.activity.statistics as Week[];
  const of = (from: string, to: string) => {
    const counted = datesBetween(from, to).filter((date) => date < today && demo.day(date).worn);
    const steps = counted.map((date) => dayTotals(demo, demo.day(date)).steps);
    const left = datesBetween(from, to).filter((date) => !counted.includes(date));
    return {
      ...{ from, to },
      steps: {
        days: steps.length,
        mean: steps.length === 0 ? null : expect.closeTo(steps.reduce((a, b) => a + b, 0) / steps.length, 5),
        excluded: left.map((date) => ({ date, reason: date === today ? "NOT_COMPLETE" : "NOT_WORN" })),
      },
    };
  };
  expect(weeks.at(-2)).toEqual(of("2026-06-08", "2026-06-14"));
  expect(weeks.at(-2)!.steps.excluded).toEqual([{ date: "2026-06-11", reason: "NOT_WORN" }]);
  expect(weeks.at(-1)!.steps.excluded).toContainEqual({ date: today, reason: "NOT_COMPLETE" });
  expect(weeks[0]).toEqual(of("2026-05-19", "2026-05-24"));
});

test("thirty days of all nightly vitals are four calls, and one vital is one", async () => {
  const headers = await asUser("google");
  const callsFor = async (selection: string) => {
    const range = `range: { from: "${addDays(today, -40)}", to: "${addDays(today, -11)}" }`;
    const asked = await served.ask(viewer(`vitals(${range}) { ${selection} }`), { plan: "dry-run", headers });
    return asked.extensions!.plan!.upstreamCalls;
  };
  expect(await callsFor("oxygenSaturation { value }")).toBe(1);
  expect(await callsFor("skinTemperature { value } skinTemperatureDeviation { value }")).toBe(1);
  expect(
    await callsFor("oxygenSaturation { value } respiratoryRate { value } skinTemperature { value } vo2Max { value }"),
  ).toBe(4);
});

describe("the cost report", () => {
  const report = (selection: string) => served.ask(viewer(selection), { plan: "report" });
  /** A day long ago, and thirty of them: each test has its own, so that none finds what another read. */
  const day = (back: number) => addDays(today, -back);
  const month = (back: number) => `range: { from: "${day(back + 29)}", to: "${day(back)}" }`;
  const eight =
    "steps distance floors elevation energyBurned sedentaryMinutes lightlyActiveMinutes veryActiveMinutes" as const;

  test("thirty days of steps are one call, and the same again none", async () => {
    const first = await report(`activity(${month(100)}) { days { steps } }`);
    expect(first.data.viewer.activity.days).toHaveLength(30);
    expect([cost(first), callsMade()]).toEqual([1, 1]);
    const again = await report(`activity(${month(100)}) { days { steps } }`);
    expect(again.data).toEqual(first.data);
    expect([cost(again), callsMade()]).toEqual([0, 1]);
  });

  test("thirty days of eight figures are eight calls at the most", async () => {
    const answer = await report(`activity(${month(200)}) { days { ${eight} } }`);
    expect(cost(answer)).toBe(callsMade());
    expect(cost(answer)).toBeGreaterThan(0);
    expect(cost(answer)).toBeLessThanOrEqual(8);
    expect(answer.extensions!.plan!.budgets[0]!.remaining).toBeLessThanOrEqual(150 - callsMade());
  });

  test("one day of everything that the daily summary has is one call", async () => {
    const range = `range: { from: "${day(400)}", to: "${day(400)}" }`;
    const answer = await report(
      `activity(${range}) { days { ${eight} activeEnergyBurned basalEnergyBurned } } heart(${range}) { days { restingRate } }`,
    );
    expect(answer.data.viewer.activity.days).toHaveLength(1);
    expect(answer.extensions!.plan!.calls.map(({ call }) => call)).toEqual(["daily-summary"]);
    expect([cost(answer), callsMade()]).toEqual([1, 1]);
  });

  test("aliases over overlapping days cost no more than the days together", async () => {
    const aliased = await report(`
      a: activity(range: { from: "${day(540)}", to: "${day(520)}" }) { days { steps } }
      b: activity(range: { from: "${day(530)}", to: "${day(511)}" }) { days { steps } }
      c: activity(range: { from: "${day(525)}", to: "${day(522)}" }) { days { steps } }`);
    expect(aliased.data.viewer.a.days).toHaveLength(21);
    expect([cost(aliased), callsMade()]).toEqual([1, 1]);
  });

  test("a dry run tells the cost, answers null and calls nobody", async () => {
    const dry = await served.ask(viewer(`activity(${month(300)}) { days { steps } }`), { plan: "dry-run" });
    expect(dry.data).toBeNull();
    expect(dry.errors).toBeUndefined();
    expect([cost(dry), callsMade()]).toEqual([1, 0]);
    const real = await report(`activity(${month(300)}) { days { steps } }`);
    expect(real.extensions!.plan!.calls).toMatchObject(
      dry.extensions!.plan!.calls.map(({ call, requests }) => ({ call, requests })),
    );
  });
});

describe("a query for every field of the schema", () => {
  const schema = buildSchema(readFileSync(new URL("../../schema/schema.graphql", import.meta.url), "utf8"));
  const given: Readonly<Record<string, string>> = {
    DateRange: "{ lastDays: 3 }",
    ActivityMetric: "STEPS",
    SleepMetric: "HRV_RMSSD",
    WorkoutMetric: "HEART_RATE",
  };
  const typeOf = (argument: { readonly type: GraphQLInputType }) => getNamedType(argument.type).name;
  const leftOut: string[] = [];

  /** Everything below a type. What comes back to a type that is above is left out: alternatives of alternatives. */
  function everythingOf(type: GraphQLObjectType, above: readonly string[] = []): string {
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const named = getNamedType(field.type);
      if (isObjectType(named) && [...above, type.name].includes(named.name)) {
        // Once around, but with figures alone.
        const plain = Object.values(named.getFields()).filter(
          (one) => !isCompositeType(getNamedType(one.type)) && !one.args.some(isRequiredArgument),
        );
        return `${field.name} { ${plain.map(({ name }) => name).join(" ")} }`;
      }
      const required = field.args.filter(
        (argument) => isNonNullType(argument.type) && argument.defaultValue === undefined,
      );
      if (required.some((argument) => given[typeOf(argument)] === undefined))
        leftOut.push(`${type.name}.${field.name}`);
      const args =
        required.length > 0
          ? `(${required.map((argument) => `${argument.name}: ${given[typeOf(argument)]}`).join(", ")})`
          : "";
      return `${field.name}${args}${isObjectType(named) ? ` { ${everythingOf(named, [...above, type.name])} }` : ""}`;
    });
    return fields.join(" ");
  }
  const query = `{ providers { ${everythingOf(schema.getType("Provider") as GraphQLObjectType)} }
    viewer { ${everythingOf(schema.getType("User") as GraphQLObjectType)} } }`;

  test("leaves nothing out", () => {
    expect(leftOut).toEqual([]);
  });

  test.each(["demo", "both", "google", "switcher", "unticked", "empty", "napper", "collector"])(
    "is answered for %s",
    async (id) => {
      const { data, errors } = await served.ask(query, { headers: await asUser(id) });
      expect(errors).toBeUndefined();
      expect(data.viewer.id).toBe(id);
      const { activity, heart, sleep, body, workouts, vitals, readings, scores, devices, goals } = data.viewer;
      for (const { sources } of [
        ...[activity, heart, sleep, body, workouts, vitals, readings, scores, devices, goals],
      ]) {
        for (const { status } of sources) expect(["OK", "UNSUPPORTED", "INSUFFICIENT_SCOPE"]).toContain(status);
      }
    },
  );
});

test("every example operation runs", async () => {
  const range = { lastDays: 14 };
  const date = addDays(today, -3);
  const { ask, subscribe } = served;
  const { data: started, errors } = await ask(operations.BackfillDocument, {
    variables: { provider: "FITBIT", range: { from: date, to: date } },
  });
  expect(errors).toBeUndefined();
  const jobId = started.backfill.job.id;
  const queries = [
    [operations.ConnectionsDocument, {}],
    [operations.FirstQueryDocument, {}],
    [operations.DayDocument, { range: { from: date, to: date } }],
    [operations.NightDocument, { range }],
    [operations.PlanDocument, { range }],
    [operations.ConnectDocument, { provider: "GOOGLE_HEALTH" }],
  ] as const;
  for (const [document, variables] of queries) {
    const answer = await ask(document as typeof operations.PlanDocument, { variables });
    expect(answer.errors).toBeUndefined();
  }
  const progress = await subscribe(operations.BackfillProgressDocument, { variables: { jobId } });
  expect((await progress.next()).backfillProgress).toMatchObject({ id: jobId, daysTotal: 1 });
  await progress.end();
  const updates = await subscribe(operations.DataUpdatedDocument, { variables: { domains: ["SLEEP"] } });
  const changes = await subscribe(operations.ConnectionChangedDocument);
  const gone = await ask(operations.DisconnectDocument, { variables: { provider: "FITBIT" } });
  expect(gone.errors).toBeUndefined();
  expect((await changes.next()).connectionChanged.status).toBe("REVOKED");
  await updates.end();
  await changes.end();
  // Whichever test comes next finds the person connected.
  await served.serving.gateway.connections.importConnection({
    userId: "demo",
    provider: "FITBIT",
    ...served.labs.fitbit.issueTokens("demo"),
  });
});
