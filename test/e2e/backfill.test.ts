/** History is fetched with the fewest calls, inside the limits, and without getting into anybody's way. */
import { domainOf, isDated, isDear } from "../../src/model/fields.js";
import type { Domain } from "../../src/model/records.js";
import { addDays } from "../../src/model/time.js";
import { fitbit } from "../../src/providers/fitbit/index.js";
import { googleHealth } from "../../src/providers/google-health/index.js";
import type { Provider } from "../../src/providers/index.js";
import type { Call } from "../../src/providers/provider.js";
import { dateAt, datesBetween, person } from "../../src/sandbox/people/index.js";
import type { Person } from "../../src/sandbox/person.js";
import { asUser, credentials, dataRequests, type Served, startServed, testTime } from "../support/served.js";
import { story } from "../support/story.js";

const DAYS = 365;
const HOUR_MS = 3_600_000;
const time = testTime("2026-11-20T20:07:00Z");
/** Wears one of each: what they did in a year is reckoned once for all labs. */
const who = person("napper");
let served: Served;
beforeAll(async () => {
  served = await startServed(credentials, time);
  // Google's pages come shorter than they may for reasons of its own: with such pages nothing could be reckoned.
  served.labs.googleHealth.switches.emptyPages = "never";
});
afterAll(() => served.close());

const ask = async (user: string, query: string) => {
  const answer = await served.ask(query, { headers: await asUser(user), plan: "report" });
  expect(answer.errors).toBeUndefined();
  return answer;
};

const daysAgo = (days: number) => addDays(dateAt(who, time.clock.now()), -days);

interface Progress {
  readonly status: string;
  readonly daysDone: number;
  readonly daysTotal: number;
  readonly resumesAt: string | null;
}

/** Starts a backfill and listens to it as an app does. */
async function backfill(user: string, provider: string, domains: readonly Domain[], days = DAYS) {
  const { data } = await ask(
    user,
    `mutation { backfill(input: { provider: ${provider}, domains: [${domains}], range: { lastDays: ${days} } }) { job { id } } }`,
  );
  const updates = await served.subscribe(
    `subscription { backfillProgress(jobId: "${data.backfill.job.id}") { status daysDone daysTotal resumesAt } }`,
    { params: await asUser(user) },
  );
  /** The first that is told of one of these states. */
  const until = async (...statuses: string[]): Promise<Progress> => {
    for (;;) {
      const { backfillProgress } = await updates.next();
      if (statuses.includes(backfillProgress.status)) return backfillProgress;
    }
  };
  return { until, end: updates.end };
}

/** What a call needs for a year of one person, by its declared reach alone. */
function requestsOf({ reach }: Call, records: number): number {
  switch (reach.kind) {
    case "once":
      return 1;
    case "days":
      return Math.ceil(DAYS / reach.max);
    case "pages":
      return Math.max(1, Math.ceil(records / reach.size));
    default:
      throw new Error(`No call of a backfill should have a reach of ${reach.kind}.`);
  }
}

/** Each figure by the call that takes the fewest requests for it; a call that has several figures counts once. */
function fewestCalls(provider: Provider, who: Person, domains: readonly Domain[]): number {
  const today = dateAt(who, time.clock.now());
  const year = datesBetween(addDays(today, 1 - DAYS), today).map((date) => who.day(date));
  const recordsOf = (call: Call) =>
    year.reduce((sum, day) => sum + (call.name.includes("sleep") ? day.sleeps.length : day.workouts.length), 0);
  const asked = new Set(domains);
  const wanted = provider.calls
    .flatMap((call) => call.yields)
    .filter((field) => isDated(field) && !isDear(field) && asked.has(domainOf(field)));
  const chosen = new Map<Call, number>();
  for (const field of wanted) {
    const [best] = provider.calls
      .filter((call) => call.yields.includes(field))
      .map((call) => [call, requestsOf(call, recordsOf(call))] as const)
      .sort(([, a], [, b]) => a - b);
    chosen.set(...best!);
  }
  return [...chosen.values()].reduce((sum, requests) => sum + requests, 0);
}

story(
  "history is fetched in the background",
  (step) => {
    for (const [id, provider, name] of [
      ["FITBIT", fitbit, "fitbit"],
      ["GOOGLE_HEALTH", googleHealth, "googleHealth"],
    ] as const)
      step(`a year of ${id} takes the fewest calls that their reach allows`, async () => {
        const lab = served.labs[name];
        const domains: Domain[] = ["ACTIVITY", "SLEEP"];
        lab.forgetRequests();
        const job = await backfill(who.id, id, domains);
        const end = await job.until("DONE", "FAILED", "WAITING");
        expect(end).toEqual({ status: "DONE", daysDone: DAYS, daysTotal: DAYS, resumesAt: null });
        await job.end();
        const calls = dataRequests(lab);
        expect(calls).toHaveLength(fewestCalls(provider, who, domains));
        for (const { status } of calls) expect(status).toBe(200);

        const [from, to] = [daysAgo(DAYS - 1), daysAgo(30)];
        const { data, extensions } = await ask(
          who.id,
          `{ viewer { activity(range: { from: "${from}", to: "${to}" }, providers: [${id}]) { days { date steps } } } }`,
        );
        expect(data.viewer.activity.days.map(({ date }: { date: string }) => date)).toEqual(datesBetween(from, to));
        expect(extensions!.plan!.upstreamCalls).toBe(0);
      });

    step(
      "a backfill leaves a third of the limit to people, who are answered meanwhile, and goes on in the next hour",
      async () => {
        const { fitbit: lab } = served.labs;
        const limit = 24;
        lab.setHourlyLimit(limit);
        lab.forgetRequests();
        const user = "both";
        const domains: Domain[] = ["SLEEP", "BODY"];
        const job = await backfill(user, "FITBIT", domains);
        const callsPerHour: number[] = [];
        for (let counted = 0; ; ) {
          const { status, daysDone, resumesAt } = await job.until("DONE", "FAILED", "WAITING");
          callsPerHour.push(dataRequests(lab).length - counted);
          if (status !== "WAITING") {
            expect([status, daysDone]).toEqual(["DONE", DAYS]);
            break;
          }
          const nextHour = (Math.floor(time.clock.now() / HOUR_MS) + 1) * HOUR_MS;
          expect(Date.parse(resumesAt!)).toBeGreaterThanOrEqual(nextHour);
          expect(Date.parse(resumesAt!)).toBeLessThan(nextHour + 60_000);

          // Somebody looks at a day of long ago that nobody has asked for yet.
          const date = daysAgo(2 * DAYS + callsPerHour.length);
          const { data, extensions } = await ask(
            user,
            `{ viewer { activity(range: { from: "${date}", to: "${date}" }, providers: [FITBIT]) { days { steps } sources { status } } } }`,
          );
          expect(data.viewer.activity.sources).toEqual([{ status: "OK" }]);
          expect(extensions!.plan!.upstreamCalls).toBe(1);
          expect(extensions!.plan!.budgets[0]!.remaining).toBeGreaterThanOrEqual(limit / 3 - 1);
          counted = dataRequests(lab).length;
          time.moveTo(Date.parse(resumesAt!));
        }
        await job.end();
        for (const calls of callsPerHour) expect(calls).toBeLessThanOrEqual((limit * 2) / 3);
        const fewest = fewestCalls(fitbit, person(user), domains);
        expect(callsPerHour).toHaveLength(Math.ceil(fewest / ((limit * 2) / 3)));
        expect(callsPerHour.reduce((sum, one) => sum + one, 0)).toBe(fewest);
        for (const { status } of lab.requests) expect(status).toBe(200);
      },
    );
  },
  { timeoutMs: 480_000 },
);
