/** What a provider that hangs or is slow costs people who wait: a known time, and word of when to ask again. */
import { asApp, clockFrom, credentials, dataRequests, eventually, type Served, startServed } from "./support/served.js";
import { recordSpans } from "./support/spans.js";

const recorded = recordSpans();
const running = clockFrom("2026-11-25T15:00:00Z");
let aheadMs = 0;
const clock = { now: () => running.now() + aheadMs };
let served: Served;
beforeAll(async () => {
  served = await startServed({ ...credentials, READ_DEADLINE_MS: "400", UPSTREAM_TIMEOUT_MS: "20000" }, { clock });
});
afterEach(() => served.labs.googleHealth.clearFaults());
afterAll(async () => {
  await served.close();
  await recorded.close();
});

const ask = async (range: string, id = "demo", cacheControl = "max-age=600", of = served) => {
  const begun = performance.now();
  const answer = await of.ask(
    `query Q($id: ID!) { user(id: $id) { activity(range: { ${range} }, providers: [GOOGLE_HEALTH]) {
      days { date steps } sources { status retryAt message }
    } } }`,
    { variables: { id }, headers: { ...asApp, "cache-control": cacheControl } },
  );
  const { days, sources } = answer.data.user.activity;
  return { days, source: sources[0], tookMs: performance.now() - begun };
};
const asked = () => dataRequests(served.labs.googleHealth, "demo").length;

test("what is not there in time is told to come later, and is there for whoever asks next", async () => {
  served.labs.googleHealth.addFault({ latencyMs: 5_000, times: 1 });
  const range = 'from: "2026-11-10", to: "2026-11-14"';
  const before = asked();
  const first = await ask(range);
  expect(first.tookMs).toBeLessThan(4_500);
  expect(first.source).toMatchObject({ status: "UNAVAILABLE" });
  expect(first.source.message).toContain("takes too long");
  expect(Date.parse(first.source.retryAt)).toBeGreaterThan(clock.now());
  // Whoever asks meanwhile waits for the same request.
  const second = await ask(range);
  expect(second.source.status).toBe("UNAVAILABLE");
  await eventually(60, "the provider has answered", () => asked() > before);
  await eventually(60, "it is stored", async () => (await ask(range, "demo", "only-if-cached")).source.status === "OK");
  const last = await ask(range);
  expect(last.days).toHaveLength(5);
  expect(last.source.status).toBe("OK");
  expect(asked()).toBe(before + 1);
});

test("stored days are answered meanwhile, though they are old", async () => {
  const range = 'from: "2026-11-24", to: "2026-11-25"';
  const { days } = await ask(range);
  aheadMs += 120_000;
  served.labs.googleHealth.addFault({ kind: "hang" });
  const slow = await ask(range, "demo", "no-cache");
  expect(slow.tookMs).toBeLessThan(4_500);
  expect(slow.days.map(({ date }: { date: string }) => date)).toEqual(days.map(({ date }: { date: string }) => date));
  expect(slow.source.status).toBe("STALE");
});

test("who hangs up stops what nobody else waits for, as before", async () => {
  // The deadlines are so late that only the caller ends it.
  const own = await startServed(
    { ...credentials, READ_DEADLINE_MS: "100000", UPSTREAM_TIMEOUT_MS: "200000" },
    { clock },
  );
  const steps = "/dataTypes/steps";
  const asked = () => own.labs.googleHealth.requests.filter(({ path }) => path.includes(steps)).length;
  own.labs.googleHealth.addFault({ kind: "hang", path: steps, times: 1 });
  const abort = new AbortController();
  const asking = fetch(`${own.url}/graphql`, {
    method: "POST",
    headers: { ...asApp, "content-type": "application/json" },
    body: JSON.stringify({
      query: `{ user(id: "demo") { activity(range: { from: "2026-10-01", to: "2026-10-03" }, providers: [GOOGLE_HEALTH]) { days { steps } } } }`,
    }),
    signal: abort.signal,
  }).catch(() => null);
  await eventually(60, "the provider is asked", () => asked() > 0);
  abort.abort();
  await asking;
  const call = () => recorded.spans.find(({ attributes }) => attributes["pulsegate.call.from"] === "2026-10-01");
  const sent = () =>
    recorded.spans.find(
      ({ name, parentSpanContext: above }) => name === "POST" && above?.spanId === call()?.spanContext().spanId,
    );
  await eventually(60, "the request is given up", () => sent() !== undefined);
  const stored = await ask('from: "2026-10-01", to: "2026-10-03"', "demo", "only-if-cached", own);
  expect(stored.days).toBeNull();
  expect(asked()).toBe(1);
  await own.close();
});

test("a job waits as long as it takes: what it brings is nobody's delay", async () => {
  served.labs.googleHealth.addFault({ latencyMs: 700, path: "sleep" });
  const input = { userId: "demo", provider: "GOOGLE_HEALTH", domains: ["SLEEP"], range: { lastDays: 20 } };
  const { data } = await served.ask(
    "mutation M($input: BackfillInput!) { backfill(input: $input) { job { id status } } }",
    { variables: { input }, headers: asApp },
  );
  const { id } = data.backfill.job;
  const job = () => served.serving.gateway.backfills.get(id);
  await eventually(60, "the backfill is done", async () => (await job())?.status === "DONE");
});
