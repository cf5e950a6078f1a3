import {
  bench,
  type Exchange,
  fragile,
  leaky,
  type Reply,
  testProvider,
} from "../../../test/support/connections-bench.js";
import { fitbitWebhook } from "../../providers/fitbit/webhook.js";
import type { Provider } from "../../providers/index.js";
import type { AppApi } from "../../providers/provider.js";
import { openStore } from "../../store/open-store.js";
import type { Store } from "../../store/store.js";
import { createMuted } from "../muted.js";
import { subscriptionId } from "./per-user.js";
import { createSubscriptions } from "./subscriptions.js";

interface Subscribed {
  readonly collectionType: string;
  readonly subscriptionId: string;
}

/** Fitbit's rules for subscriptions: one per person and collection, and an id for one collection alone. */
async function fitbitBench(change: Partial<Provider> = {}, granted = "who activity sleep weight", store?: Store) {
  const provider = testProvider(
    { scopesAreEnforced: true },
    {
      webhook: fitbitWebhook,
      outcome: ({ status }) => {
        if (status < 300 && status >= 200) return { kind: "ok" };
        if (status === 403) return { kind: "failed", failure: { code: "INSUFFICIENT_SCOPE" } };
        return { kind: "failed", failure: { code: status >= 500 ? "UNAVAILABLE" : "REJECTED" } };
      },
      ...change,
    },
  );
  const base = await bench({ provider, ...(store && { store }) });
  const theirs: Subscribed[] = [];
  const faults = new Map<string, Reply>();
  base.acme.granted = granted;
  base.acme.fault = ({ path, method }: Exchange) => {
    const match = /^\/1\/user\/-\/(?:([A-Za-z]+)\/)?apiSubscriptions(?:\/([^/]+))?\.json$/.exec(path);
    if (!match) return undefined;
    const [, collectionType = "", id = ""] = match;
    const fault = faults.get(`${method} ${collectionType}`);
    if (fault) return fault;
    if (method === "GET") return { json: { apiSubscriptions: theirs } };
    const at = theirs.findIndex((one) => one.collectionType === collectionType && one.subscriptionId === id);
    if (method === "DELETE") {
      if (at < 0) return { status: 404, json: {} };
      theirs.splice(at, 1);
      return { status: 204 };
    }
    if (at >= 0) return { status: 200, json: theirs[at] };
    if (theirs.some((one) => one.collectionType === collectionType || one.subscriptionId === id)) {
      return { status: 409, json: {} };
    }
    const made = { collectionType, subscriptionId: id };
    theirs.push(made);
    return { status: 201, json: made };
  };
  const connection = await base.connected();
  const subscriptions = createSubscriptions({
    ...base.deps,
    connections: base.connections,
    api: base.api,
    log: { ...base.deps.log, error: () => {} },
  });
  base.hooks.onDisconnect = subscriptions.onDisconnect;
  return {
    ...base,
    theirs,
    faults,
    connection,
    subscriptions,
    id: (collection: string) => subscriptionId(connection.id, collection),
    requests: () =>
      base.server.seen
        .filter(({ path }) => path.includes("apiSubscriptions"))
        .map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: base[Symbol.asyncDispose],
  };
}
const ada = { userId: "ada", provider: "FITBIT" as const };

test("subscribes each collection that serves an asked domain, and the revocation with them", async () => {
  await using b = await fitbitBench();
  const { connection, notices } = await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP"] });
  expect(notices).toEqual([]);
  expect(b.theirs.map((one) => one.collectionType)).toEqual(["sleep", "userRevokedAccess"]);
  expect(connection.subscriptions.map(({ collection, domains }) => [collection, domains])).toEqual([
    ["sleep", ["SLEEP"]],
    ["userRevokedAccess", []],
  ]);
  for (const { subscriptionId } of b.theirs) {
    expect(subscriptionId.length).toBeLessThanOrEqual(50);
    expect(subscriptionId).not.toContain(connection.providerUserId);
  }
});

test("subscribing again changes nothing", async () => {
  await using b = await fitbitBench();
  const first = await b.subscriptions.subscribe({ ...ada, domains: null });
  const second = await b.subscriptions.subscribe({ ...ada, domains: null });
  expect(second.connection.subscriptions).toEqual(first.connection.subscriptions);
  expect(b.theirs).toHaveLength(4);
});

test("a collection taken by a stale id is freed and subscribed once more", async () => {
  await using b = await fitbitBench();
  b.theirs.push(
    { collectionType: "sleep", subscriptionId: "old-1" },
    { collectionType: "foods", subscriptionId: b.id("body") },
  );
  await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP", "BODY"] });
  expect(b.theirs.map((one) => `${one.collectionType} ${one.subscriptionId}`).sort()).toEqual(
    [`body ${b.id("body")}`, `sleep ${b.id("sleep")}`, `userRevokedAccess ${b.id("userRevokedAccess")}`].sort(),
  );
});

test("what was not granted is a notice, and costs no request", async () => {
  await using b = await fitbitBench({}, "who sleep");
  const { connection, notices } = await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP", "BODY"] });
  expect(notices).toEqual([expect.stringContaining("body")]);
  expect(connection.subscriptions.map((one) => one.collection)).toEqual(["sleep", "userRevokedAccess"]);
  expect(b.requests().filter((line) => line.includes("body"))).toEqual([]);
});

test("a scope that the provider finds missing is a notice too", async () => {
  await using b = await fitbitBench();
  b.faults.set("POST body", { status: 403, json: {} });
  const { notices } = await b.subscriptions.subscribe({ ...ada, domains: ["BODY"] });
  expect(notices).toHaveLength(1);
  expect(b.theirs).toEqual([]);
});

test("a failure half-way keeps what was made, and is told", async () => {
  await using b = await fitbitBench();
  b.faults.set("POST sleep", { status: 503, json: {} });
  await expect(b.subscriptions.subscribe({ ...ada, domains: null })).rejects.toMatchObject({
    code: "PROVIDER_UNAVAILABLE",
  });
  const [connection] = await b.connections.list("ada");
  expect(connection!.subscriptions.map((one) => one.collection)).toEqual(["activities"]);
});

test("unsubscribing drops a collection with its last domain, and the revocation with the last collection", async () => {
  await using b = await fitbitBench();
  await b.subscriptions.subscribe({ ...ada, domains: ["HEART", "SLEEP"] });
  const heart = await b.subscriptions.unsubscribe({ ...ada, domains: ["HEART"] });
  expect(heart.connection.subscriptions.map((one) => one.collection)).toEqual(["sleep", "userRevokedAccess"]);
  const all = await b.subscriptions.unsubscribe({ ...ada, domains: null });
  expect(all.connection.subscriptions).toEqual([]);
  expect(b.theirs).toEqual([]);
});

test("leaving the provider takes the subscriptions down first", async () => {
  await using b = await fitbitBench();
  await b.subscriptions.subscribe({ ...ada, domains: null });
  await b.subscriptions.unsubscribe({ ...ada, domains: ["SLEEP"] });
  const { notices } = await b.connections.disconnect(ada);
  expect(notices).toEqual([]);
  expect(b.theirs).toEqual([]);
  // Whoever comes back to the same connection hears of everything.
  expect(await createMuted(b.store).of(b.connection.id)).toEqual(new Set());
});

test("repair adds what is missing at the provider and removes what is not ours", async () => {
  await using b = await fitbitBench();
  const { connection } = await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP"] });
  expect(await b.subscriptions.repair(connection)).toBe(false);
  b.theirs.splice(0, 1, { collectionType: "body", subscriptionId: "forgotten" });
  expect(await b.subscriptions.repair(connection)).toBe(true);
  expect(b.theirs.map((one) => one.collectionType).sort()).toEqual(["sleep", "userRevokedAccess"]);
});

test("without a connection there is nothing to subscribe", async () => {
  await using b = await fitbitBench();
  await expect(b.subscriptions.subscribe({ ...ada, userId: "ben", domains: null })).rejects.toMatchObject({
    code: "PROVIDER_NOT_CONNECTED",
  });
});

test("a provider set up in its portal tells what to set, and keeps what is asked for", async () => {
  const portal = { kind: "portal" as const, notices: (_: unknown, url: string) => [`Set ${url}.`] };
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, subscriptions: portal } });
  const made = await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP", "GOALS"] });
  expect(made.notices).toEqual(["Acme does not notify of GOALS.", "Set https://gate.test/webhooks/fitbit."]);
  expect(made.connection.subscriptions).toMatchObject([{ collection: "portal", domains: ["SLEEP"] }]);
  const left = await b.subscriptions.unsubscribe({ ...ada, domains: null });
  expect(left.connection.subscriptions).toEqual([]);
  expect(b.requests()).toEqual([]);
});

test("of an address with a secret the operator is told the whole, and a caller all but its end", async () => {
  const portal = { kind: "portal" as const, notices: (_: unknown, url: string) => [`Set ${url}.`] };
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, subscriptions: portal, secretInUrl: {} } });
  const [whole] = await b.subscriptions.appNotices("FITBIT");
  expect(whole).toMatch(/^Set https:\/\/gate\.test\/webhooks\/fitbit\/[\w-]{43}\.$/);
  const made = await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP"] });
  expect(made.notices).toEqual(["Set https://gate.test/webhooks/fitbit/…."]);
});

test("without anything to make its secret of there is no address, and the caller is told so", async () => {
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, secretInUrl: {} } });
  await b.subscriptions.subscribe({ ...ada, domains: ["SLEEP"] });
  Object.assign(b.settings, { clientSecret: null });
  await expect(b.subscriptions.subscribe({ ...ada, domains: ["BODY"] })).rejects.toMatchObject({
    code: "PROVIDER_NOT_CONFIGURED",
  });
  const { notices } = await b.connections.disconnect(ada);
  expect(notices).toContainEqual(expect.stringContaining("could not all be switched off"));
});

test("who lost the lease on an app-wide subscription sends nothing more, and keeps no secret", async () => {
  const base = leaky(await openStore("memory:"));
  const done: string[] = [];
  const scheme = {
    kind: "per-app" as const,
    ensure: async (api: AppApi) => {
      done.push(String((await api.send({ method: "GET", path: "/app" })).status));
      await base.runOut("app-subscription/FITBIT");
      await api.send({ method: "POST", path: "/app" }).catch(() => done.push("nothing sent"));
      await api.keepSecret({ subscriptionId: "s1", secret: "told" }).catch(() => done.push("nothing kept"));
      throw new Error("over");
    },
  };
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, subscriptions: scheme } }, undefined, base.store);
  await expect(b.subscriptions.subscribe({ ...ada, domains: null })).rejects.toMatchObject({
    code: "PROVIDER_UNAVAILABLE",
  });
  expect(done).toEqual(["401", "nothing sent", "nothing kept"]);
  expect(b.server.seen.filter(({ path }) => path === "/app").map(({ method }) => method)).toEqual(["GET"]);
  expect(await b.connections.givenSecrets.read("FITBIT")).toBeNull();
});

test("a secret that can't be kept is not taken for kept", async () => {
  let isDown = false;
  const store = fragile(await openStore("memory:"), () => isDown, "values");
  const scheme = {
    kind: "per-app" as const,
    ensure: async (api: AppApi) => {
      isDown = true;
      await api.keepSecret({ subscriptionId: "s1", secret: "told" });
      return { notices: [] };
    },
  };
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, subscriptions: scheme } }, undefined, store);
  await expect(b.subscriptions.subscribe({ ...ada, domains: null })).rejects.toThrow("could not be asked");
  isDown = false;
  expect(await b.connections.givenSecrets.read("FITBIT")).toBeNull();
  expect((await b.connections.list("ada"))[0]!.subscriptions).toEqual([]);
});

test("an app-wide subscriber is seen to once per subscription", async () => {
  const urls: string[] = [];
  const scheme = {
    kind: "per-app" as const,
    ensure: async (api: { webhookUrl: string }) => {
      urls.push(api.webhookUrl);
      return { notices: ["Made."] };
    },
  };
  await using b = await fitbitBench({ webhook: { ...fitbitWebhook, subscriptions: scheme } });
  expect((await b.subscriptions.subscribe({ ...ada, domains: null })).notices).toEqual(["Made."]);
  expect(urls).toEqual(["https://gate.test/webhooks/fitbit"]);
});
