import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FitbitLab, startFitbitLab } from "../src/sandbox/fitbit/index.js";
import { addDays } from "../src/sandbox/people/index.js";
import { openStore } from "../src/store/open-store.js";
import { type Answer, openProviderGateway } from "./support/provider-gateway.js";

/** Days that the operator does not let the gateway keep: over HTTP, on a store that outlives the process. */
const WHO = "napper";
const NOW = "2026-11-20T20:07:00Z";
const TODAY = "2026-11-20";
const back = (days: number) => addDays(TODAY, -days);
const range = (days: number) => `range: { lastDays: ${days} }`;
const figures = `
  activity(${range(60)}) { days { date steps missing(fields: ["steps"]) { reason } } sources { status message reachesFrom } }
  sleep(${range(60)}) { sessions { date minutesAsleep } sources { status message reachesFrom } }
  heart(${range(60)}) { days { date restingRate missing(fields: ["restingRate"]) { reason } } }`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-retention-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const storeUrl = () => `sqlite:${join(folder, "store.db")}`;

const open = (env: Readonly<Record<string, string>> = {}, now = NOW) =>
  openProviderGateway<FitbitLab>(
    { provider: "FITBIT", slug: "fitbit", who: WHO },
    async (clock) => await startFitbitLab({ clock, hourlyLimit: 10_000 }),
    (lab) => ({
      ...{ FITBIT_CLIENT_ID: lab.clientId, FITBIT_CLIENT_SECRET: lab.clientSecret, FITBIT_API_URL: lab.url },
      ...{ FITBIT_AUTHORIZE_URL: `${lab.url}/oauth2/authorize`, STORE_URL: storeUrl(), ...env },
    }),
    now,
  );

async function storedDays(domain: string): Promise<readonly string[]> {
  const store = await openStore(storeUrl());
  const days: string[] = [];
  for await (const [key, row] of store.collection<Answer>("history").scan(""))
    if (key.includes(`/${domain}/`))
      for (const { first, values } of Object.values<Answer>(row.columns))
        for (const index of values.keys()) days.push(addDays(first, index));
  await store.close();
  return [...new Set(days)].sort();
}

test("days that are not kept have a reason, and nobody is asked for them, however often", async () => {
  await using gateway = await open({ RETENTION_DAYS: "ACTIVITY=10,SLEEP=5" });
  await gateway.connect();
  const { activity, sleep, heart } = await gateway.ask(figures);
  const old = (list: Answer, first: string) => list.filter(({ date }: Answer) => date < first);
  expect(old(activity.days, back(9))).toEqual(
    Array.from({ length: 50 }, (_, index) => ({
      date: back(59 - index),
      ...{ steps: null, missing: [{ reason: "NOT_KEPT" }] },
    })),
  );
  expect(activity.days.at(-2)).toEqual({ date: back(1), steps: expect.any(Number), missing: [] });
  expect(activity.sources).toEqual([{ status: "OK", message: null, reachesFrom: back(9) }]);
  expect(old(sleep.sessions, back(4))).toEqual([]);
  expect(sleep.sessions.length).toBeGreaterThan(2);
  expect(sleep.sources).toMatchObject([{ status: "OK", reachesFrom: back(4) }]);
  // A domain without a number keeps its days.
  expect(old(heart.days, back(20)).filter(({ restingRate }: Answer) => restingRate !== null).length).toBeGreaterThan(
    20,
  );
  const about = (part: string) => gateway.asked().filter((path) => path.includes(part));
  expect(about("steps")).toEqual([expect.stringContaining(`${back(9)}/${TODAY}`)]);
  expect(about("sleep")).toEqual([expect.stringContaining(`${back(4)}/${TODAY}`)]);

  gateway.lab.forgetRequests();
  const gone = `activity(range: { from: "${back(30)}", to: "${back(10)}" }) { days { steps } sources { status message reachesFrom } }
    sleep(range: { from: "${back(30)}", to: "${back(5)}" }) { sessions { date } sources { status message reachesFrom } }`;
  for (const noCache of [false, true, true]) {
    const answer = await gateway.ask(gone, noCache);
    expect(answer.sleep).toEqual({
      sessions: null,
      sources: [{ status: "OK", message: "This gateway keeps only more recent days.", reachesFrom: back(4) }],
    });
    expect(answer.activity.sources).toMatchObject([{ reachesFrom: back(9) }]);
  }
  expect(gateway.asked()).toEqual([]);
});

test("what a request brings beside the kept days is not stored", async () => {
  await using gateway = await open({ RETENTION_DAYS: "3" });
  await gateway.connect();
  await gateway.ask(`workouts(${range(40)}) { workouts { date } } body(${range(40)}) { measurements { date } }`);
  await gateway.ask(figures);
  await gateway.serving.gateway.history.flush();
  for (const domain of ["ACTIVITY", "SLEEP", "HEART", "BODY", "WORKOUTS"])
    expect([domain, (await storedDays(domain)).filter((day) => day < back(2))]).toEqual([domain, []]);
  expect((await storedDays("ACTIVITY")).length).toBeGreaterThan(0);
});

test("days leave the store in the background, the oldest first to last, while others stay", async () => {
  {
    await using gateway = await open();
    await gateway.connect();
    await gateway.ask(
      `${figures} more: heart(range: { lastDays: 3 }) { days { samples(resolution: ONE_MINUTE) { values } } }`,
    );
    await gateway.serving.gateway.history.flush();
  }
  const [activity, sleep] = [await storedDays("ACTIVITY"), await storedDays("SLEEP")];
  expect([activity[0], sleep[0]]).toEqual([back(59), back(59)]);
  await using gateway = await open({ RETENTION_DAYS: "ACTIVITY=45" });
  await until(async () => (await storedDays("ACTIVITY"))[0]! >= back(45));
  // In zones behind UTC it is a day earlier.
  expect(await storedDays("ACTIVITY")).toEqual(activity.filter((day) => day >= back(45)));
  expect(await storedDays("SLEEP")).toEqual(sleep);
  gateway.lab.forgetRequests();
  const { activity: now } = await gateway.ask(figures);
  expect(now.days.filter(({ missing }: Answer) => missing[0]?.reason === "NOT_KEPT")).toHaveLength(15);
});

test("an answer kept in memory loses a day at the person's midnight", async () => {
  await using gateway = await open({ RETENTION_DAYS: "ACTIVITY=3" });
  await gateway.connect();
  const query = `activity(range: { from: "${back(2)}", to: "${back(1)}" }) { days { date steps missing(fields: ["steps"]) { reason } } }`;
  for (let times = 0; times < 4; times++) expect((await gateway.ask(query)).activity.days[0].missing).toEqual([]);
  gateway.clock.set("2026-11-21T20:07:00Z");
  const { days } = (await gateway.ask(query)).activity;
  expect(days).toEqual([
    { date: back(2), steps: null, missing: [{ reason: "NOT_KEPT" }] },
    { date: back(1), steps: expect.any(Number), missing: [] },
  ]);
});

test("a backfill is not asked beyond it", async () => {
  await using gateway = await open({ RETENTION_DAYS: "300,ACTIVITY=10,SLEEP=20" });
  await gateway.connect();
  const begin = (domains: readonly ("ACTIVITY" | "SLEEP" | "PROFILE")[], from: string, to?: string) =>
    gateway.serving.gateway.backfills.start({
      ...{ userId: WHO, provider: "FITBIT", domains, range: { from, ...(to && { to }) } },
    });
  const job = await begin(["ACTIVITY", "SLEEP"], back(400));
  expect(job.daysTotal).toBe(20);
  expect((await begin(["ACTIVITY"], back(5))).daysTotal).toBe(6);
  expect((await begin(["ACTIVITY"], back(90), back(10))).daysTotal).toBe(0);
  expect((await begin(["PROFILE"], back(90))).daysTotal).toBe(91);
  for await (const { status } of gateway.serving.gateway.backfills.watch(job.id)) if (status === "DONE") break;
  await gateway.serving.gateway.history.flush();
  expect((await storedDays("ACTIVITY"))[0]).toBe(back(9));
  expect((await storedDays("SLEEP"))[0]).toBe(back(19));
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("Waited 60 s in vain.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
