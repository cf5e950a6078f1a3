/** What operators are told of how late data come, over HTTP, as Prometheus asks for it. */
import { fitbitSignature } from "../src/sandbox/fitbit/index.js";
import { asApp, asUser, credentials, eventually, type Served, startServed, testTime } from "./support/served.js";

let time: ReturnType<typeof testTime>;
let served: Served;
beforeEach(async () => {
  time = testTime("2026-10-20T15:00:00Z");
  served = await startServed({ ...credentials, PREFETCH: "1" }, time);
});
afterEach(() => served.close());

const metrics = async () => await (await fetch(`${served.url}/metrics`)).text();
const seriesIn = (text: string, series: string) => {
  const found = text.split("\n").find((line) => line.startsWith(`${series} `));
  return found === undefined ? null : Number(found.split(" ")[1]);
};

async function notify(date: string): Promise<void> {
  const { fitbit } = served.labs;
  const connections = await served.serving.gateway.connections.list("demo");
  const { providerUserId: ownerId } = connections.find(({ provider }) => provider === "FITBIT")!;
  const body = JSON.stringify([
    { collectionType: "activities", date, ownerId, ownerType: "user", subscriptionId: "s" },
  ]);
  const headers = { "x-fitbit-signature": fitbitSignature(body, fitbit.clientSecret) };
  const { status } = await fetch(`${served.url}/webhooks/fitbit`, { method: "POST", headers, body });
  expect(status).toBe(204);
}

test("a notification is as late as what it told of is stored", async () => {
  const series = 'pulsegate_notification_lateness_seconds_sum{provider="FITBIT"}';
  const count = series.replace("_sum", "_count");
  const before = seriesIn(await metrics(), count) ?? 0;
  served.labs.fitbit.addFault({ status: 503, path: "/activities/" });
  await notify("2026-10-19");
  const failed = () => served.labs.fitbit.requests.some(({ status }) => status === 503);
  await eventually(60, "the provider fails", failed);
  expect(seriesIn(await metrics(), count) ?? 0).toBe(before);
  served.labs.fitbit.clearFaults();
  const begun = time.clock.now();
  time.moveTo(begun + 1_200_000);
  // The job waits before it tries again, and so does the breaker.
  await eventually(60, "the days are fetched", async () => {
    time.moveTo(time.clock.now() + 5_000);
    return (seriesIn(await metrics(), count) ?? 0) === before + 1;
  });
  expect(seriesIn(await metrics(), series)).toBeGreaterThanOrEqual(1_200);
});

test("a sync is late from the second on, and is told once", async () => {
  const series = 'pulsegate_sync_lateness_seconds_count{provider="FITBIT"}';
  const ask = async () => {
    const { errors } = await served.ask(
      `query { viewer { activity(range: { lastDays: 1 }, providers: [FITBIT]) { days { steps } }
        devices(providers: [FITBIT]) { devices { lastSyncAt } } } }`,
      { headers: { ...(await asUser("demo")), "cache-control": "no-cache" } },
    );
    expect(errors).toBeUndefined();
    await served.serving.gateway.history.flush();
  };
  await ask();
  const before = seriesIn(await metrics(), series) ?? 0;
  time.moveTo(time.clock.now() + 5_400_000);
  served.sandbox.syncPerson("demo", time.clock.now() - 600_000);
  await ask();
  await ask();
  const text = await metrics();
  expect(seriesIn(text, series)).toBe(before + 1);
  expect(seriesIn(text, series.replace("_count", "_sum"))).toBeGreaterThanOrEqual(600);
});

test("queues and the app's limits are looked at when Prometheus asks", async () => {
  await served.ask(`query { user(id: "napper") { activity(range: { lastDays: 2 }) { days { steps } } } }`, {
    headers: asApp,
  });
  const text = await metrics();
  for (const queue of ["jobs", "outbound-runs", "outbound-sends", "notifications"]) {
    expect(seriesIn(text, `pulsegate_queue_waiting{queue="${queue}"}`)).toBe(0);
    expect(seriesIn(text, `pulsegate_queue_oldest_seconds{queue="${queue}"}`)).toBe(0);
  }
  const lefts = [...text.matchAll(/^pulsegate_budget_left_ratio\{provider="(\w+)",window="(\d+)"\} (\S+)$/gm)];
  expect(lefts.length).toBeGreaterThan(2);
  for (const [, , , left] of lefts) {
    expect(Number(left)).toBeGreaterThan(0);
    expect(Number(left)).toBeLessThanOrEqual(1);
  }
});

test("what a limit has nothing left for is counted, and not sent", async () => {
  const series = 'pulsegate_budget_refusals_total{provider="FITBIT"}';
  const before = seriesIn(await metrics(), series) ?? 0;
  served.labs.fitbit.setHourlyLimit(1);
  const ask = (day: string) =>
    served.ask(
      `{ viewer { activity(range: { from: "${day}", to: "${day}" }, providers: [FITBIT]) { days { steps } } } }`,
      asDemo,
    );
  const asDemo = { headers: await asUser("demo") };
  for (const day of ["2026-03-01", "2026-03-03", "2026-03-05"]) await ask(day);
  expect(seriesIn(await metrics(), series)).toBeGreaterThan(before);
});
