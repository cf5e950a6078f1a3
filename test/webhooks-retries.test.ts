/** What happens over days: retries, gaps, replays and secrets, by a clock in the test's hands. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RETRY_MS } from "../src/outbound/schedule.js";
import { type Receiver, startReceiver, verifiedThen } from "./support/receiver.js";
import { asApp, credentials, eventually, type Served, startServed, testTime } from "./support/served.js";

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "pulsegate-retries-"));
writeFileSync(join(folder, "profile.graphql"), "query Priority { viewer { sourcePriority profile { displayName } } }");
const time = testTime("2026-06-17T11:00:00Z");
const env = { ...credentials, OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1", AUDIT_DAYS: "9" };

let served: Served;
let receiver: Receiver;
beforeAll(async () => {
  served = await startServed(env, time);
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const { id } of await list()) await asked(`mutation { deleteWebhook(input: { id: "${id}" }) { id } }`);
  await receiver.close();
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true });
});

async function asked(query: string, variables: object = {}) {
  const { data, errors } = await served.ask(query, { variables, headers: asApp });
  expect(errors).toBeUndefined();
  return data;
}
const list = async () =>
  (await asked("{ webhooks { id status pending lastFailure lastDeliveredAt } }")).webhooks as {
    readonly id: string;
    readonly status: string;
    readonly pending: number;
    readonly lastFailure: string | null;
  }[];
const create = async (input: object = {}) => {
  const usual = { url: receiver.url, operation: "Priority", minimumGapSeconds: 0 };
  const { createWebhook } = await asked(
    `mutation Create($input: CreateWebhookInput!) { createWebhook(input: $input) { secret webhook { id } } }`,
    { input: { ...usual, ...input } },
  );
  return { secret: createWebhook.secret as string, id: createWebhook.webhook.id as string };
};
let turn = 0;
const orders = ["[FITBIT, MISFIT]", "[MISFIT, FITBIT]"];
/** Has the answer differ. */
const changed = (userId: string) =>
  asked(
    `mutation { setSourcePriority(input: { userId: "${userId}", providers: ${orders[turn++ % 2]} }) { user { id } } }`,
  );
const now = () => served.serving.gateway.clock.now();
const pass = (ms: number) => time.moveTo(now() + ms);
const idle = async (what: string, status: string) =>
  await eventually(60, what, async () => (await list())[0]!.status === status);
const failed = async (n: number) => {
  await receiver.count(n);
  await eventually(60, `attempt ${n} is noted`, async () => (await list())[0]!.status !== "ACTIVE");
};

test("a message is tried by the schedule under one id, then the webhook is disabled, and enabled it goes on", async () => {
  receiver.answer = 500;
  const { secret } = await create();
  await changed("both");
  for (const [index, wait] of RETRY_MS.entries()) {
    await failed(index + 1);
    // Not a moment before it is due.
    pass(wait - 1_000);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(receiver.received).toHaveLength(index + 1);
    pass(1_000);
  }
  await receiver.count(RETRY_MS.length + 1);
  await idle("it is disabled", "DISABLED");
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
  const times = receiver.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
  expect(new Set(times).size).toBe(RETRY_MS.length + 1);
  for (const one of receiver.received) expect(() => verifiedThen(secret, one)).not.toThrow();
  expect(await list()).toMatchObject([{ pending: 1, lastFailure: "The receiver answered 500." }]);
  const actions: string[] = [];
  await served.serving.gateway.audit.idle();
  for await (const { action } of served.serving.gateway.audit.entries()) actions.push(action);
  expect(actions).toEqual(expect.arrayContaining(["webhook-create", "webhook-disabled"]));

  // What changes meanwhile is not asked for, and not forgotten.
  const runs = async () =>
    [...(await (await fetch(`${served.url}/metrics`)).text()).matchAll(/^pulsegate_webhook_runs_total\{.*\} (\d+)$/gm)]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  const before = await runs();
  await changed("both");
  await changed("napper");
  const { store } = served.serving.gateway;
  await eventually(60, "both have been looked at", async () => {
    for await (const _ of store.collection("outbound-changes").keys("")) return false;
    return true;
  });
  expect(await runs()).toBe(before);
  pass(HOUR);
  expect(receiver.received).toHaveLength(RETRY_MS.length + 1);
  await asked(`mutation { enableWebhook(input: { id: "${(await list())[0]!.id}" }) { webhook { status } } }`);
  // The schedule begins anew.
  await receiver.count(RETRY_MS.length + 2);
  await idle("it is tried again", "FAILING");
  receiver.answer = 204;
  await eventually(60, "all that waits is sent", () => {
    pass(1_000);
    return receiver.received.length >= RETRY_MS.length + 5;
  });
  const all = receiver.received;
  expect(all[RETRY_MS.length + 1]!.id).toBe(all[0]!.id);
  const later = all.slice(RETRY_MS.length + 2);
  expect(later[0]!.id).toBe(all[0]!.id);
  expect(later.map(({ body }) => body.userId).sort()).toEqual(["both", "both", "napper"]);
  await idle("it works", "ACTIVE");
});

test("410 disables at once; 429 is left alone as long as it asks, an hour at most", async () => {
  receiver.answer = (_, response) => void response.writeHead(429, { "retry-after": "1800" }).end();
  await create();
  await changed("both");
  await failed(1);
  pass(1_799_000);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(receiver.received).toHaveLength(1);
  receiver.answer = (_, response) => void response.writeHead(429, { "retry-after": "99999999" }).end();
  pass(1_000);
  await receiver.count(2);
  receiver.answer = 410;
  await eventually(60, "the hour is over", () => {
    pass(60_000);
    return receiver.received.length >= 3;
  });
  await idle("it is disabled", "DISABLED");
});

test("within the gap changes wait, and are one message when it is over; each person has their own", async () => {
  await create({ minimumGapSeconds: 600 });
  await changed("both");
  await receiver.count(1);
  await changed("both");
  await changed("both");
  await changed("both");
  await changed("napper");
  await receiver.count(2);
  expect(receiver.received.map(({ body }) => body.userId)).toEqual(["both", "napper"]);
  pass(599_000);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(receiver.received).toHaveLength(2);
  pass(2_000);
  await receiver.count(3);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(receiver.received.map(({ body }) => body.userId)).toEqual(["both", "napper", "both"]);
});

test("messages of one person come in their order, whatever happens to the first", async () => {
  const { id } = await create();
  receiver.answer = 503;
  await changed("both");
  await failed(1);
  for (let n = 0; n < 4; n++) {
    pass(1);
    const before = (await list())[0]!.pending;
    await changed("both");
    await eventually(60, "it waits", async () => (await list())[0]!.pending > before);
  }
  receiver.answer = 204;
  pass(5_000);
  const all = await receiver.count(6);
  const times = all.slice(1).map(({ body }) => Date.parse(body.timestamp));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(all.map(({ id }) => id)).size).toBe(5);

  const since = all[3]!.body.timestamp;
  await eventually(60, "nothing waits", async () => (await list())[0]!.pending === 0);
  await asked(`mutation { replayWebhook(input: { id: "${id}", since: "${since}" }) { webhook { id } } }`);
  const again = (await receiver.count(9)).slice(6);
  expect(again.map(({ id, text }) => [id, text])).toEqual(all.slice(3, 6).map(({ id, text }) => [id, text]));

  // What is older than a week is gone.
  pass(7 * 24 * HOUR);
  await asked(`mutation { replayWebhook(input: { id: "${id}", since: "${since}" }) { webhook { id } } }`);
  await changed("both");
  await receiver.count(10);
  expect(receiver.received).toHaveLength(10);
  const { errors } = await served.ask(
    `mutation { replayWebhook(input: { id: "${id}", since: "2126-01-01T00:00:00Z" }) { webhook { id } } }`,
    { headers: asApp },
  );
  expect(errors![0]).toMatchObject({
    message: expect.stringMatching(/future/),
    extensions: { code: "BAD_USER_INPUT" },
  });
});

test("while a secret is replaced both sign, and then the new one alone", async () => {
  const old = await create();
  await changed("both");
  const rotate = `mutation { rotateWebhookSecret(input: { id: "${old.id}", overlapHours: 2 }) { secret webhook { id } } }`;
  await receiver.count(1);
  const { secret } = (await asked(rotate)).rotateWebhookSecret;
  expect(secret).not.toBe(old.secret);
  await changed("both");
  const during = (await receiver.count(2))[1]!;
  expect(String(during.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  for (const each of [secret, old.secret]) expect(() => verifiedThen(each, during)).not.toThrow();
  // Replaced once more, the first one does not live longer.
  pass(HOUR);
  const { secret: newest } = (await asked(rotate)).rotateWebhookSecret;
  pass(HOUR);
  await changed("both");
  const after = (await receiver.count(3))[2]!;
  for (const each of [newest, secret]) expect(() => verifiedThen(each, after)).not.toThrow();
  expect(() => verifiedThen(old.secret, after)).toThrow();
  pass(HOUR);
  await changed("both");
  const last = (await receiver.count(4))[3]!;
  expect(() => verifiedThen(newest, last)).not.toThrow();
  expect(() => verifiedThen(secret, last)).toThrow();
  const { errors } = await served.ask(rotate.replace("overlapHours: 2", "overlapHours: 169"), { headers: asApp });
  expect(errors![0]).toMatchObject({ message: expect.stringMatching(/0 to 168/) });
});
