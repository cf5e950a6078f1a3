import { personalSubscriptions } from "../src/providers/_example/webhook.js";
import { openStore } from "../src/store/open-store.js";
import type { Store } from "../src/store/store.js";
import { type AcmeGateway, type AcmeRequest, answerLost, Refusal, startAcme } from "./support/acme.js";
import { fragile } from "./support/connections-bench.js";

/** A provider whose subscriptions are of one person, tell apart by our address alone, and end after 30 days. */
const DAY_MS = 86_400_000;
const begun = Date.parse("2026-11-20T12:00:00Z");
const inDays = (days: number) => begun + days * DAY_MS;
const provider = "ACME_BAND" as "FITBIT";

async function bench(given?: Store) {
  const store = given ?? (await openStore("memory:"));
  const clock = { time: begun, now: () => clock.time };
  const listed: { id: string; of: string; url: string; ends: string }[] = [];
  const calls: string[] = [];
  const side = {
    clock,
    listed,
    calls,
    trouble: (_method: string): typeof answerLost | Refusal | undefined => undefined,
  };
  let made = 0;
  const answer = ({ pathname, searchParams }: URL, { method, body }: AcmeRequest): unknown => {
    if (pathname === "/v1/me") return { id: "person-1", name: "Ada", zone: "Etc/UTC" };
    if (pathname !== "/v1/me/webhooks") return undefined;
    calls.push(method);
    const trouble = side.trouble(method);
    if (trouble instanceof Refusal) return trouble;
    const about = method === "DELETE" ? Object.fromEntries(searchParams) : body === "" ? {} : JSON.parse(body);
    const at = listed.findIndex(({ of, url }) => of === about.of && url === about.url);
    const ends = new Date(clock.time + 30 * DAY_MS).toISOString();
    if (method === "GET") return { webhooks: listed };
    if (method === "POST") {
      if (at < 0) listed.push({ id: `p${++made}`, ...about, ends });
      else listed[at]!.ends = ends;
      return trouble ?? listed.at(at);
    }
    if (at < 0) return undefined;
    if (method === "PUT") listed[at]!.ends = ends;
    else listed.splice(at, 1);
    return trouble ?? listed[at] ?? {};
  };
  const gateways: AcmeGateway[] = [];
  const start = async (env: Readonly<Record<string, string>> = {}) => {
    const [first] = gateways;
    const gateway = await startAcme(answer, {
      clock,
      store: Object.assign(Object.create(store), store, { close: async () => {} }),
      connected: first === undefined,
      env: { ...(first && { ACME_BAND_API_URL: first.apiUrl }), ...env },
      variant: (acme) => ({ ...acme, webhook: { ...acme.webhook!, subscriptions: personalSubscriptions } }),
    });
    gateways.push(gateway);
    return gateway;
  };
  const acme = await start();
  return {
    acme,
    side,
    start,
    lookAt: async (days: number, { gateway } = acme) => {
      clock.time = inDays(days);
      calls.length = 0;
      await gateway.subscriptions.repairAll();
      return calls;
    },
    [Symbol.asyncDispose]: async () => {
      for (const gateway of gateways.reverse()) await gateway.close();
    },
  };
}
const subscribe = ({ gateway }: AcmeGateway) =>
  gateway.subscriptions.subscribe({ userId: "ada", provider, domains: ["ACTIVITY"] });
const ends = async ({ gateway }: AcmeGateway) =>
  (await gateway.connections.list("ada"))[0]!.subscriptions.map(({ expiresAt }) => expiresAt);

test("one is made with our whole address, known again by it, and taken down by it", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  const url = expect.stringMatching(/^https:\/\/gate\.test\/webhooks\/acme-band\/[\w-]{43}$/);
  expect(b.side.listed).toMatchObject([{ of: "days", url }]);
  expect(await ends(b.acme)).toEqual([inDays(30)]);
  expect(await b.lookAt(1)).toEqual(["GET"]);
  await b.acme.gateway.subscriptions.unsubscribe({ userId: "ada", provider, domains: null });
  expect(b.side.listed).toEqual([]);
});

test("it is renewed a week ahead, and its new end is kept", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  expect(await b.lookAt(22)).toEqual(["GET"]);
  expect(await b.lookAt(24)).toEqual(["GET", "PUT"]);
  expect(await ends(b.acme)).toEqual([inDays(54)]);
  expect(await b.lookAt(25)).toEqual(["GET"]);
});

test("it is renewed by one replica, where two look at the same connection at once", async () => {
  await using b = await bench();
  const other = await b.start();
  const { connection } = await subscribe(b.acme);
  b.side.clock.time = inDays(24);
  b.side.calls.length = 0;
  await Promise.all([b.acme, other].map(({ gateway }) => gateway.subscriptions.repair(connection)));
  expect(b.side.calls).toEqual(["GET", "PUT", "GET"]);
});

test("a renewal whose answer is lost, or that comes too late, is made up for", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  b.side.trouble = (method) => (method === "PUT" ? answerLost : undefined);
  await b.lookAt(24);
  expect(await ends(b.acme)).toEqual([inDays(30)]);
  b.side.trouble = () => undefined;
  expect(await b.lookAt(25)).toEqual(["GET"]);
  expect((await ends(b.acme))[0]).toBeGreaterThanOrEqual(inDays(54));
  b.side.trouble = (method) => (method === "PUT" ? new Refusal(404) : undefined);
  expect(await b.lookAt(60)).toEqual(["GET", "PUT", "POST"]);
  expect(await ends(b.acme)).toEqual([inDays(90)]);
  b.side.trouble = () => undefined;
  b.side.listed.length = 0;
  expect(await b.lookAt(200)).toEqual(["GET", "POST"]);
  expect(await ends(b.acme)).toEqual([inDays(230)]);
});

test("an answer without its end is a subscription all the same; the list tells the end", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  b.side.listed.length = 0;
  b.side.trouble = (method) => (method === "POST" ? new Refusal(201, '{"id": "p9", "ends": "soon"}') : undefined);
  await b.acme.gateway.subscriptions.unsubscribe({ userId: "ada", provider, domains: null });
  await subscribe(b.acme);
  expect(await ends(b.acme)).toEqual([null]);
  b.side.trouble = () => undefined;
  await subscribe(b.acme);
  expect(await ends(b.acme)).toEqual([inDays(30)]);
});

test("where our address changed, the old one is taken down and the new one told", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  const [before] = b.side.listed.map(({ url }) => url);
  const other = await b.start({ ACME_BAND_CLIENT_SECRET: "another" });
  expect(await b.lookAt(1, other)).toEqual(["GET", "DELETE", "POST"]);
  expect(b.side.listed).toHaveLength(1);
  expect(b.side.listed[0]!.url).not.toBe(before);
  expect((await fetch(b.side.listed[0]!.url.replace("https://gate.test", other.url), { method: "HEAD" })).status).toBe(
    204,
  );
  expect((await fetch(before!.replace("https://gate.test", other.url), { method: "HEAD" })).status).toBe(404);
});

test("with the store away half-way nothing is told as done, and the next try finds its way", async () => {
  let isDown = false;
  await using b = await bench(fragile(await openStore("memory:"), () => isDown, "values"));
  b.side.trouble = (method) => {
    if (method === "POST") isDown = true;
    return undefined;
  };
  await expect(subscribe(b.acme)).rejects.toThrow("disk full");
  isDown = false;
  b.side.trouble = () => undefined;
  expect(await ends(b.acme)).toEqual([]);
  await subscribe(b.acme);
  expect([b.side.listed.length, await ends(b.acme)]).toEqual([1, [inDays(30)]]);
});
