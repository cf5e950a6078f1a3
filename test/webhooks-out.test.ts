/** What apps are told over HTTP: from a change at the provider to a message that their receiver verifies. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Receiver, startReceiver, verified } from "./support/receiver.js";
import {
  asApp,
  asUser,
  credentials,
  dataRequests,
  eventually,
  type Served,
  startServed,
  tokenFor,
} from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-outbound-"));
const steps = `query Steps($days: Int! = 3) {
  viewer { activity(range: { lastDays: $days }) {
    days { date steps source } sources { provider status when: asOf servedFromStore } } }
}`;
writeFileSync(
  join(folder, "operations.graphql"),
  `${steps}
  query NeedsDays($days: Int!) { viewer { activity(range: { lastDays: $days }) { days { steps } } } }
  query Reconnect { viewer { connections { status provider { id } } } }
  query Preferred { viewer { id sourcePriority } }
  query Nobody { providers { id } }
  mutation Order { setSourcePriority(input: { providers: [FITBIT] }) { user { id } } }
  subscription Changes { connectionChanged { id } }`,
);
const other = "another-app-key-of-the-tests";
const bound = "a-key-that-is-bound-to-napper";
const reader = "a-key-that-only-reads";
const hashed = (key: string) => createHash("sha256").update(key).digest("hex");
const APP_KEYS = `${credentials.APP_KEYS},other:${hashed(other)},bound:${hashed(bound)}:user=napper,reader:${hashed(reader)}:ro`;
const env = { ...credentials, APP_KEYS, OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1" };

let served: Served;
let receiver: Receiver;
beforeAll(async () => {
  served = await startServed(env);
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const key of [asApp["x-api-key"], other, bound]) {
    const { data } = await send("{ webhooks { id } }", {}, key);
    for (const { id } of data.webhooks)
      await asked(`mutation { deleteWebhook(input: { id: "${id}" }) { id } }`, {}, key);
  }
  receiver.received.length = 0;
  receiver.answer = 204;
});
afterAll(async () => {
  await served.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const send = (query: string, variables: object = {}, key: string = asApp["x-api-key"]) =>
  served.ask(query, { variables, headers: { "x-api-key": key } });
async function asked(query: string, variables: object = {}, key?: string) {
  const { data, errors } = await send(query, variables, key);
  expect(errors).toBeUndefined();
  return data;
}
const createIt = `mutation Create($input: CreateWebhookInput!) { createWebhook(input: $input) {
  secret webhook { id url operation events status minimumGapSeconds createdAt lastDeliveredAt pending lastFailure } } }`;
const create = async (input: object = {}, key?: string) => {
  const usual = { url: receiver.url, operation: "Steps", minimumGapSeconds: 0 };
  return (await asked(createIt, { input: { ...usual, ...input } }, key)).createWebhook;
};
const told = async (outcome: string) => {
  const text = await (await fetch(`${served.url}/metrics`)).text();
  return Number(new RegExp(`^pulsegate_webhook_runs_total\\{outcome="${outcome}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
};
/** As if a provider had notified of today. */
const changed = (userId: string) => {
  const { bus, clock } = served.serving.gateway;
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const update = { provider: "FITBIT", domain: "ACTIVITY", dates: [today], receivedAt: clock.now() } as const;
  return bus.dataUpdated({ ...update, userId, origin: "LIVE" });
};

test("what a device syncs is sent, signed, and byte for byte what the person would be answered", async () => {
  const { secret, webhook } = await create();
  expect(webhook).toMatchObject({
    ...{ url: receiver.url, operation: "Steps", status: "ACTIVE", events: ["OPERATION_CHANGED"] },
    ...{ minimumGapSeconds: 0, pending: 0, lastDeliveredAt: null, lastFailure: null },
  });
  await asked(`mutation { subscribe(input: { userId: "napper", provider: FITBIT }) { notices } }`);
  served.sandbox.syncPerson("napper", Date.now() - 86_400_000);
  served.sandbox.syncPerson("napper", null);
  const first = (await receiver.count(1))[0]!;
  expect(verified(secret, first)).toMatchObject({ type: "OPERATION_CHANGED", userId: "napper", operation: "Steps" });
  expect(first.headers["webhook-id"]).toMatch(/^msg_[\w-]{24}$/);
  expect(first.body.data.viewer.activity.days).toHaveLength(3);
  const response = await fetch(`${served.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(await asUser("napper")) },
    body: JSON.stringify({ query: steps }),
  });
  const text = (await response.text()).trim();
  const last = receiver.received.at(-1)!;
  expect(last.text.endsWith(`,"operation":"Steps",${text.slice(1)}`)).toBe(true);
});

test("an answer that differs in when it was asked alone is not sent, and is made once for all webhooks", async () => {
  const [a, b, c] = [await create(), await create({ url: `${receiver.url}/b` }), await create({}, other)];
  await changed("both");
  await receiver.count(3);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3);
  expect([a, b, c].map(({ secret }) => receiver.received.filter((one) => isBy(secret, one)).length)).toEqual([1, 1, 1]);
  const [before, requests] = [await told("unchanged"), dataRequests(served.labs.fitbit, "both").length];
  await changed("both");
  await eventually(60, "the operation is run again", async () => (await told("unchanged")) === before + 1);
  expect(receiver.received).toHaveLength(3);
  // What is a minute old at most is not asked for again: the query itself would ask for nothing.
  expect(dataRequests(served.labs.fitbit, "both")).toHaveLength(requests);
});

function isBy(secret: string, one: (typeof receiver.received)[number]): boolean {
  try {
    verified(secret, one);
    return true;
  } catch {
    return false;
  }
}

test("a change of one person runs nothing for others, and of other days or data nothing at all", async () => {
  await create();
  const asking = () => Object.values(served.labs).flatMap((lab) => dataRequests(lab));
  const before = new Set(asking());
  const { bus } = served.serving.gateway;
  const update = { provider: "FITBIT", userId: "google", receivedAt: 1, origin: "BACKFILL" } as const;
  await bus.dataUpdated({ ...update, domain: "ACTIVITY", dates: ["2024-02-03"] });
  await bus.dataUpdated({ ...update, domain: "SLEEP", dates: [] });
  await changed("demo");
  // The device of the first test may still be syncing.
  const others = () => receiver.received.map(({ body }) => body.userId).filter((userId) => userId !== "napper");
  await eventually(60, "the person is told of", () => others().length > 0);
  expect(others()).toEqual(["demo"]);
  const fresh = asking().filter((one) => !before.has(one));
  expect(new Set(fresh.map(({ personId }) => personId).filter((id) => id !== "napper"))).toEqual(new Set(["demo"]));
});

test("events are sent alone, without data: a connection that ends, a backfill that is over", async () => {
  await create({ operation: null, events: ["CONNECTION_CHANGED", "BACKFILL_FINISHED"] });
  await asked(
    `mutation { backfill(input: { userId: "unticked", provider: FITBIT, range: { lastDays: 2 } }) { job { id } } }`,
  );
  const [backfill] = await receiver.count(1);
  expect(backfill!.body).toMatchObject({
    ...{ type: "BACKFILL_FINISHED", userId: "unticked", operation: null },
    data: { provider: "FITBIT", status: "DONE", daysDone: 2, daysTotal: 2 },
  });
  await asked(`mutation { disconnect(input: { userId: "unticked", provider: FITBIT }) { notices } }`);
  const [, connection] = await receiver.count(2);
  const data = { id: expect.any(String), provider: "FITBIT", status: "REVOKED" };
  expect(connection!.body).toMatchObject({ type: "CONNECTION_CHANGED", userId: "unticked", data });
});

test("an operation that reads connections alone is sent when one ends, and nothing else runs for it", async () => {
  await create({ operation: "Reconnect" });
  await create({ operation: "Preferred", url: `${receiver.url}/order` });
  const before = await told("changed");
  await asked(`mutation { disconnect(input: { userId: "demo", provider: FITBIT }) { notices } }`);
  const [message] = await receiver.count(1);
  expect(message!.body).toMatchObject({
    ...{ type: "OPERATION_CHANGED", userId: "demo", operation: "Reconnect" },
    data: { viewer: { connections: expect.arrayContaining([{ status: "REVOKED", provider: { id: "FITBIT" } }]) } },
  });
  expect(await told("changed")).toBe(before + 1);
});

test("the order of sources is sent when it is set, and so is an answer that is made of data by it", async () => {
  await create({ operation: "Preferred" });
  await create({ operation: "Steps", url: `${receiver.url}/steps` });
  const set = (order: string) =>
    asked(`mutation { setSourcePriority(input: { userId: "both", providers: [${order}] }) { user { id } } }`);
  await set("MISFIT, FITBIT");
  await receiver.count(2);
  const bodies = () => new Map(receiver.received.map(({ body }) => [body.operation, body.data.viewer]));
  expect(bodies().get("Preferred")).toMatchObject({ id: "both" });
  const order = () => bodies().get("Preferred").sourcePriority.slice(0, 2);
  expect(order()).toEqual(["MISFIT", "FITBIT"]);
  const days = bodies().get("Steps").activity.days;
  await set("FITBIT, MISFIT");
  await receiver.count(4);
  expect(order()).toEqual(["FITBIT", "MISFIT"]);
  expect(bodies().get("Steps").activity.days).not.toEqual(days);
});

test("of a webhook of one person nobody else is told, and other app keys neither see nor change it", async () => {
  const { webhook } = await create({ userId: "napper" });
  const own = await create({ url: `${receiver.url}/bound` }, bound);
  await changed("both");
  await changed("napper");
  await receiver.count(2);
  expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/hook", "/hook/bound"]);
  expect(receiver.received.map(({ body }) => body.userId)).toEqual(["napper", "napper"]);

  const seen = async (key?: string) => (await asked("{ webhooks { id } }", {}, key)).webhooks;
  expect([await seen(), await seen(bound), await seen(other)]).toEqual([
    [{ id: webhook.id }],
    [{ id: own.webhook.id }],
    [],
  ]);
  const since = new Date().toISOString();
  for (const mutation of [
    `deleteWebhook(input: { id: "${webhook.id}" }) { id }`,
    `enableWebhook(input: { id: "${webhook.id}" }) { webhook { id } }`,
    `rotateWebhookSecret(input: { id: "${webhook.id}" }) { secret }`,
    `replayWebhook(input: { id: "${webhook.id}", since: "${since}" }) { webhook { id } }`,
  ]) {
    const { errors } = await send(`mutation { ${mutation} }`, {}, other);
    expect(errors![0]).toMatchObject({
      message: expect.stringContaining("no webhook"),
      extensions: { code: "BAD_USER_INPUT" },
    });
  }
  expect(
    (await send(createIt, { input: { url: receiver.url, operation: "Steps", userId: "both" } }, bound)).errors![0],
  ).toMatchObject({
    extensions: { code: "FORBIDDEN" },
  });
});

test("a key that may only read makes none, and a person's token neither makes nor sees any", async () => {
  const input = { url: receiver.url, operation: "Steps" };
  const codeOf = ({ errors }: Awaited<ReturnType<typeof send>>) => errors?.[0]?.extensions["code"];
  expect(codeOf(await send(createIt, { input }, reader))).toBe("FORBIDDEN");
  const headers = { authorization: `Bearer ${await tokenFor("napper")}` };
  expect(codeOf(await served.ask(createIt, { variables: { input }, headers }))).toBe("FORBIDDEN");
  expect(codeOf(await served.ask("{ webhooks { id } }", { headers }))).toBe("FORBIDDEN");
});

const url = "https://app.example/hook";
test.each<[string, object, RegExp]>([
  ["neither an operation nor events", { url }, /operation, or events/],
  ["no events", { url, events: [] }, /operation, or events/],
  ["answers of no operation", { url, events: ["OPERATION_CHANGED"] }, /needs an operation/],
  ["an unknown operation", { url, operation: "Unknown" }, /No configured operation has this name/],
  [
    "an operation that needs a variable",
    { url, operation: "NeedsDays" },
    /needs values for \$days: give each a default/,
  ],
  ["a mutation", { url, operation: "Order" }, /is a mutation: only queries/],
  ["a subscription", { url, operation: "Changes" }, /is a subscription: only queries/],
  [
    "an operation that reads nobody's data",
    { url, operation: "Nobody" },
    /reads neither data nor connections of viewer/,
  ],
  [
    "an address with a password",
    { url: "https://me:secret@app.example/", operation: "Steps" },
    /no user name or password/,
  ],
  ["an address of another kind", { url: "ftp://app.example/", operation: "Steps" }, /absolute http or https URL/],
  ["no address", { url: "hooks", operation: "Steps" }, /absolute http or https URL/],
  ["an address with a fragment", { url: `${url}#x`, operation: "Steps" }, /no fragment/],
  [
    "an address of 3,000 characters",
    { url: `${url}?${"x".repeat(3_000)}`, operation: "Steps" },
    /more than 2,048 characters/,
  ],
  ["a gap of two days", { url, operation: "Steps", minimumGapSeconds: 172_800 }, /from 0 to 86400/],
  ["a negative gap", { url, operation: "Steps", minimumGapSeconds: -1 }, /from 0 to 86400/],
  ["a person without a name", { url, operation: "Steps", userId: "" }, /userId must have/],
])("%s is BAD_USER_INPUT, and the sentence says what to do", async (_, input, sentence) => {
  const { errors } = await send(createIt, { input });
  expect(errors).toHaveLength(1);
  expect(errors![0]).toMatchObject({
    message: expect.stringMatching(sentence),
    extensions: { code: "BAD_USER_INPUT" },
  });
});

test("a redirect is not followed, and a receiver that answers without end holds up nobody", async () => {
  const elsewhere = await startReceiver();
  try {
    const { webhook } = await create();
    await create({ url: `${receiver.url}/endless` });
    receiver.answer = ({ path }, response) => {
      if (path === "/hook") response.writeHead(302, { location: elsewhere.url }).end();
      else {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
        };
        response.on("drain", more);
        more();
      }
    };
    await changed("google");
    await receiver.count(2);
    const list = async () => (await asked("{ webhooks { id status lastFailure pending lastDeliveredAt } }")).webhooks;
    await eventually(60, "both are noted", async () => {
      const [moved, endless] = await list();
      return moved.status === "FAILING" && endless.lastDeliveredAt !== null;
    });
    const [moved, endless] = await list();
    expect(moved).toMatchObject({
      id: webhook.id,
      pending: 1,
      lastFailure: expect.stringMatching(/302, and redirects/),
    });
    expect(endless).toMatchObject({ status: "ACTIVE", pending: 0 });
    expect(elsewhere.received).toEqual([]);
  } finally {
    await elsewhere.close();
  }
});

test("a receiver that hangs delays no other, and is sent one person's message alone at once", async () => {
  await create({ url: `${receiver.url}/hangs` });
  await create({ url: `${receiver.url}/works` });
  receiver.answer = ({ path }, response) => void (path.endsWith("works") && response.writeHead(204).end());
  for (const userId of ["napper", "both", "google", "collector"]) await changed(userId);
  await eventually(
    20,
    "the other has all",
    () => receiver.received.filter(({ path }) => path.endsWith("works")).length === 4,
  );
  expect(receiver.received.filter(({ path }) => path.endsWith("hangs")).length).toBeLessThanOrEqual(8);
});

test("deleteUserData takes what was sent and what waits, and tells of itself", async () => {
  receiver.answer = 500;
  const { secret } = await create({ events: ["USER_DELETED"] });
  const alone = await create({ userId: "switcher" });
  await changed("switcher");
  await receiver.count(2);
  const { store } = served.serving.gateway;
  const sizeOf = async (collection: string) => {
    let size = 0;
    for await (const _ of store.collection(collection).keys("")) size++;
    return size;
  };
  expect(await sizeOf("outbound-bodies")).toBeGreaterThan(0);
  const lane = (await store
    .collection<string>("outbound-lanes")
    .get(createHash("sha256").update("switcher").digest("base64url")))!;
  receiver.answer = 204;
  await asked(`mutation { deleteUserData(input: { userId: "switcher" }) { userId } }`);
  const deleted = () => receiver.received.find(({ body }) => body.type === "USER_DELETED");
  await eventually(60, "the deletion is told", () => deleted() !== undefined);
  expect(verified(secret, deleted()!)).toMatchObject({ userId: "switcher", operation: null, data: null });
  for (const collection of ["outbound-bodies", "outbound-last", "outbound-owed", "outbound-changes", "outbound-events"])
    for await (const key of store.collection(collection).keys("")) expect(key).not.toContain(lane);
  // Nothing in the store names whom it was of.
  for (const collection of [
    "outbound-lanes",
    "outbound-webhooks",
    "outbound-pending",
    "outbound-sent",
    "outbound-deletions",
  ])
    for await (const row of store.collection(collection).scan(""))
      expect(JSON.stringify(row)).not.toContain("switcher");
  // A webhook of this person alone has nothing more to tell.
  expect((await asked("{ webhooks { id } }")).webhooks.map(({ id }: { id: string }) => id)).not.toContain(
    alone.webhook.id,
  );
});

test("disconnect with deleteData erases the answers that were sent of the person, and a replay has them no more", async () => {
  const { webhook } = await create();
  await changed("collector");
  await receiver.count(1);
  await changed("napper");
  const since = (await receiver.count(2))[0]!.body.timestamp;
  const pending = async () => (await asked("{ webhooks { pending } }")).webhooks[0].pending;
  await eventually(60, "both are delivered", async () => (await pending()) === 0);
  const answers = async () => {
    const found: string[] = [];
    for await (const key of served.serving.gateway.store.collection("outbound-bodies").keys("")) found.push(key);
    return found.filter((key) => key.startsWith(`${lane}/`));
  };
  const lane = await served.serving.gateway.store
    .collection<string>("outbound-lanes")
    .get(createHash("sha256").update("collector").digest("base64url"));
  expect(await answers()).not.toEqual([]);
  const { user } = await asked(`{ user(id: "collector") { connections { provider { id } } } }`);
  await asked(
    `mutation { disconnect(input: { userId: "collector", provider: ${user.connections[0].provider.id}, deleteData: true }) { notices } }`,
  );
  expect(await answers()).toEqual([]);
  await asked(`mutation { replayWebhook(input: { id: "${webhook.id}", since: "${since}" }) { webhook { id } } }`);
  await receiver.count(3);
  await eventually(60, "nothing waits", async () => (await pending()) === 0);
  expect(receiver.received.map(({ body }) => body.userId)).toEqual(["collector", "napper", "napper"]);
});
