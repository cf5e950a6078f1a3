import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { createLogger } from "../src/log.js";
import { type AcmeGateway, type AcmeRequest, answerLost, Refusal, startAcme } from "./support/acme.js";

/**
 * A provider that notifies for the whole app: its subscription tells a key once, and ends after 30 days. From `subscribe`
 * to a notification at the door, over HTTP, with everything going wrong on the way that can.
 */
const DAY_MS = 86_400_000;
const begun = Date.parse("2026-11-20T12:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "pulsegate-app-subscription-"));
const keys = ["old", "new"].map((name) => Buffer.alloc(32, name).toString("base64"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Listed {
  readonly id: string;
  readonly url: string;
  readonly key: string;
  ends: string;
}

/** Acme's side: its subscriptions, what it was asked, and how it answers instead of well. */
function acmeSide() {
  const clock = { time: begun, now: () => clock.time };
  const listed: Listed[] = [];
  const calls: string[] = [];
  const side = {
    clock,
    listed,
    calls,
    /** Done or not, by what it answers: a `Refusal` is done before. */
    trouble: (_call: string): "lost" | Refusal | undefined => undefined,
    /** Before each call is answered. */
    meanwhile: async (_call: string, _body: string): Promise<void> => {},
  };
  let made = 0;
  const end = () => new Date(clock.time + 30 * DAY_MS).toISOString();
  const answer = async ({ pathname }: URL, { method, body, headers }: AcmeRequest): Promise<unknown> => {
    if (pathname === "/v1/me") return { id: "person-1", name: "Ada", zone: "Etc/UTC" };
    if (pathname === "/v1/days") return { days: [{ date: "2026-11-18", steps: 4_321 }] };
    if (!pathname.startsWith("/v1/webhooks")) return undefined;
    if (headers["authorization"] !== `Basic ${Buffer.from("client:secret").toString("base64")}`)
      return new Refusal(401);
    const [id, what] = pathname.split("/").slice(3);
    const call = method === "PUT" ? "renew" : { GET: "list", POST: "create", DELETE: "remove" }[method]!;
    calls.push(call);
    await side.meanwhile(call, body);
    const trouble = side.trouble(call);
    if (trouble instanceof Refusal) return trouble;
    const done = (): unknown => {
      const at = listed.findIndex((one) => one.id === id);
      if (call === "list") return { webhooks: listed.map(({ key: _, ...shown }) => shown) };
      if (call === "create") {
        const key = `key-${randomBytes(12).toString("hex")}`;
        listed.push({ id: `w${++made}`, url: JSON.parse(body).url, key, ends: end() });
        return listed.at(-1);
      }
      if (at < 0) return undefined;
      if (what === "renewal") {
        listed[at]!.ends = end();
        const { key: _, ...shown } = listed[at]!;
        return shown;
      }
      listed.splice(at, 1);
      return {};
    };
    const result = done();
    return trouble === "lost" ? answerLost : result;
  };
  return { ...side, answer, side };
}

let stores = 0;
async function bench() {
  const { side, answer } = acmeSide();
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ level: "info", destination });
  const common = { STORE_URL: `sqlite:${join(folder, `${++stores}.db`)}`, ENCRYPTION_KEYS: keys[0]! };
  const gateways: AcmeGateway[] = [];
  let apiUrl: string | undefined;
  /** One more gateway over the same store and the same provider. */
  const start = async (more: Readonly<Record<string, string>> = {}, options: Parameters<typeof startAcme>[1] = {}) => {
    const gateway = await startAcme(answer, {
      ...{ log, clock: side.clock, connected: apiUrl === undefined, ...options },
      env: { ...common, ...(apiUrl && { ACME_BAND_API_URL: apiUrl }), ...more },
    });
    apiUrl ??= gateway.apiUrl;
    gateways.push(gateway);
    return gateway;
  };
  const acme = await start();
  return {
    acme,
    side,
    start,
    lines,
    [Symbol.asyncDispose]: async () => {
      for (const gateway of gateways.reverse()) await gateway.close();
    },
  };
}

const provider = "ACME_BAND" as "FITBIT";
const subscribe = ({ gateway }: AcmeGateway) =>
  gateway.subscriptions.subscribe({ userId: "ada", provider, domains: ["ACTIVITY"] });
const ends = async ({ gateway }: AcmeGateway) =>
  (await gateway.connections.list("ada"))[0]!.subscriptions.map(({ expiresAt }) => expiresAt);

/** A request to our door as the provider's side makes it: at the address that it was told. */
const knock = (acme: AcmeGateway, url: string, init: RequestInit = {}) =>
  fetch(url.replace("https://gate.test", acme.url), init);
const notify = (acme: AcmeGateway, { url, key }: Listed, id: string) => {
  const body = JSON.stringify({ id, changes: [{ user: "person-1", date: "2026-11-18" }] });
  const signature = createHmac("sha256", key).update(body).digest("hex");
  return knock(acme, url, { method: "POST", body, headers: { "x-acme-signature": signature } });
};

describe("the door", () => {
  let b: Awaited<ReturnType<typeof bench>>;
  beforeAll(async () => {
    b = await bench();
    await subscribe(b.acme);
  });
  afterAll(async () => await b[Symbol.asyncDispose]());

  test("is told to the provider with an unguessable end", () => {
    expect(b.side.listed.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^https:\/\/gate\.test\/webhooks\/acme-band\/[\w-]{43}$/),
    ]);
  });

  test("answers HEAD without a body, and a challenge as JSON", async () => {
    const { url } = b.side.listed[0]!;
    const head = await knock(b.acme, url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([204, ""]);
    const challenged = await knock(b.acme, `${url}?challenge=${encodeURIComponent('<script>"')}`);
    expect([challenged.status, await challenged.json()]).toEqual([200, { challenge: '<script>"' }]);
    expect(challenged.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  test("opens to its own address alone, whoever signs", async () => {
    const [hook] = b.side.listed;
    const own = hook!.url;
    const others = [
      own.slice(0, own.lastIndexOf("/")),
      `${own}x`,
      own.slice(0, -1),
      own.replace(/.$/, own.endsWith("A") ? "B" : "A"),
      `${own}/x`,
    ];
    for (const [n, url] of others.entries()) {
      expect([url, (await notify(b.acme, { ...hook!, url }, `other-${n}`)).status]).toEqual([url, 404]);
      expect([url, (await knock(b.acme, url, { method: "HEAD" })).status]).toEqual([url, 404]);
    }
    const put = await knock(b.acme, own, { method: "PUT" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });

  test("takes what is signed by the key that was told, and nothing else", async () => {
    const query = `{ viewer { activity(range: { from: "2026-11-18", to: "2026-11-18" }) { days { steps } } } }`;
    await b.acme.ask(query);
    b.acme.asked.length = 0;
    await b.acme.ask(query);
    expect(b.acme.asked).toEqual([]);
    expect((await notify(b.acme, { ...b.side.listed[0]!, key: "another" }, "1")).status).toBe(403);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
    await b.acme.gateway.webhooks.idle();
    await b.acme.ask(query);
    expect(b.acme.asked).toEqual(["/v1/days?from=2026-11-18&to=2026-11-18"]);
  });

  test("neither its end nor the key is in a log or in an answer", async () => {
    const { url, key } = b.side.listed[0]!;
    const answer = JSON.stringify(
      await b.acme.ask(`mutation { subscribe(input: { userId: "ada", provider: ACME_BAND }) {
        notices connection { subscriptions { id expiresAt } } } }`),
    );
    expect(answer).toContain(new Date(begun + 30 * DAY_MS).toISOString());
    b.acme.gateway.log.warn({ err: new Error(`no way to ${url}?a=b`), url }, `${url} was asked`);
    expect(b.lines.join()).toContain("no way to");
    for (const secret of [url.slice(url.lastIndexOf("/") + 1), key]) {
      expect([answer.includes(secret), b.lines.filter((line) => line.includes(secret))]).toEqual([false, []]);
    }
  });
});

test("an operator's own end of the address is taken, and where it changes, the subscription follows", async () => {
  await using b = await bench();
  await subscribe(b.acme);
  const own = "an-end-that-the-operator-chose";
  const other = await b.start({ ACME_BAND_WEBHOOK_SECRET: own });
  await subscribe(other);
  expect(b.side.listed.map(({ url, id }) => [url, id])).toEqual([
    [`https://gate.test/webhooks/acme-band/${own}`, "w2"],
  ]);
  expect((await notify(other, b.side.listed[0]!, "1")).status).toBe(204);
});

describe("a subscription", () => {
  test("is made once, however many come at once and to whichever replica", async () => {
    await using b = await bench();
    const other = await b.start();
    await Promise.all([b.acme, other, b.acme, other, b.acme].map(subscribe));
    expect(b.side.calls.filter((call) => call === "create")).toHaveLength(1);
    expect(b.side.listed).toHaveLength(1);
    for (const gateway of [b.acme, other])
      expect((await notify(gateway, b.side.listed[0]!, gateway.url)).status).toBe(204);
  });

  test("is looked at by one process at a time, and once for all who wait in it", async () => {
    await using b = await bench();
    const other = await b.start();
    let [inside, most] = [0, 0];
    b.side.meanwhile = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(
      [b.acme, other, b.acme, other, b.acme].map(({ gateway }) => gateway.subscriptions.appNotices(provider)),
    );
    expect([b.side.calls, most, b.side.listed.length]).toEqual([["list", "create", "list"], 1, 1]);
  });

  test("may be probed while it is being made: our door answers before its key is known", async () => {
    await using b = await bench();
    const said: unknown[] = [];
    b.side.meanwhile = async (call, body) => {
      if (call !== "create") return;
      const { url } = JSON.parse(body);
      said.push((await knock(b.acme, url, { method: "HEAD" })).status);
      said.push(await (await knock(b.acme, `${url}?challenge=c4`)).json());
      said.push((await notify(b.acme, { id: "", ends: "", url, key: "early" }, "1")).status);
    };
    await subscribe(b.acme);
    expect(said).toEqual([204, { challenge: "c4" }, 503]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
  });

  test("whose key was lost on the way is taken down, and another one made", async () => {
    await using b = await bench();
    b.side.trouble = (call) => (call === "create" ? "lost" : undefined);
    await expect(subscribe(b.acme)).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
    expect(b.side.listed.map(({ id }) => id)).toEqual(["w1"]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(503);
    b.side.trouble = () => undefined;
    await subscribe(b.acme);
    expect(b.side.listed.map(({ id }) => id)).toEqual(["w2"]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
  });

  test.each([
    ["create", new Refusal(201, "<html>")],
    ["create", new Refusal(201, '{"id": "w7", "ends": "never", "key": "k"}')],
    ["list", new Refusal(200, '{"webhooks": null}')],
    ["list", new Refusal(503, "")],
  ])("is not believed by a %s that answers %j, and is made when it can be", async (wrong, reply) => {
    await using b = await bench();
    b.side.trouble = (call) => (call === wrong ? reply : undefined);
    await expect(subscribe(b.acme)).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
    expect((await b.acme.gateway.connections.list("ada"))[0]!.subscriptions).toEqual([]);
    b.side.trouble = () => undefined;
    await subscribe(b.acme);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
  });
});

describe("the end of a subscription", () => {
  const lookAt = async (b: Awaited<ReturnType<typeof bench>>, days: number, gateways: readonly AcmeGateway[]) => {
    b.side.clock.time = begun + days * DAY_MS;
    b.side.calls.length = 0;
    await Promise.all(gateways.map(({ gateway }) => gateway.subscriptions.repairAll()));
    return b.side.calls;
  };
  const inDays = (days: number) => begun + days * DAY_MS;

  test("is kept, and put off a week ahead by the regular look", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    expect(await ends(b.acme)).toEqual([inDays(30)]);
    expect(await lookAt(b, 23, [b.acme])).toEqual(["list"]);
    expect(await lookAt(b, 24, [b.acme])).toEqual(["list", "renew"]);
    expect(await ends(b.acme)).toEqual([inDays(54)]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
    expect(b.side.listed.map(({ id }) => id)).toEqual(["w1"]);
  });

  test("is put off after a restart, without anybody asking", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    await b.acme.stop();
    b.side.clock.time = inDays(25);
    b.side.calls.length = 0;
    const renewed = new Promise<void>((resolve) => {
      b.side.meanwhile = async (call) => {
        if (call === "renew") resolve();
      };
    });
    const next = await b.start();
    await renewed;
    expect(b.side.calls).toEqual(["list", "renew"]);
    expect((await notify(next, b.side.listed[0]!, "1")).status).toBe(204);
  });

  test("is put off by one replica, however many look at once", async () => {
    await using b = await bench();
    const other = await b.start();
    await subscribe(b.acme);
    expect(await lookAt(b, 24, [b.acme, other, other])).toEqual(["list", "renew"]);
    // One that subscribes meanwhile waits for the other, and finds nothing to do.
    b.side.clock.time = inDays(48);
    b.side.calls.length = 0;
    await Promise.all([subscribe(b.acme), subscribe(other)]);
    expect(b.side.calls).toEqual(["list", "renew", "list"]);
  });

  test("is tried again the next day where the provider is away, or its answer is lost", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    b.side.trouble = (call) => (call === "renew" ? new Refusal(503) : undefined);
    expect(await lookAt(b, 24, [b.acme])).toContain("renew");
    expect(await ends(b.acme)).toEqual([inDays(30)]);
    b.side.trouble = (call) => (call === "renew" ? "lost" : undefined);
    expect(await lookAt(b, 25, [b.acme])).toContain("renew");
    b.side.trouble = () => undefined;
    // The lost answer's renewal counts.
    expect(await lookAt(b, 26, [b.acme])).toEqual(["list"]);
    expect(await ends(b.acme)).toEqual([inDays(55)]);
  });

  test("that came and went is made up for by another one", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    b.side.listed.length = 0;
    expect(await lookAt(b, 40, [b.acme])).toEqual(["list", "create"]);
    expect(await ends(b.acme)).toEqual([inDays(70)]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
  });
});

describe("the key that was told", () => {
  test("is encrypted, and goes with the rotation of ours", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    const [hook] = b.side.listed;
    const rows: unknown[] = [];
    for await (const [, row] of b.acme.gateway.store.collection("given-secrets").scan("")) rows.push(row);
    expect([rows.length, JSON.stringify(rows).includes(hook!.key)]).toEqual([1, false]);
    const both = await b.start({ ENCRYPTION_KEYS: `${keys[1]},${keys[0]}` });
    // Ada's tokens and the key.
    expect(await both.gateway.connections.rotateKeys()).toMatchObject({ current: 0, renewed: 2, unreadable: 0 });
    expect(await both.gateway.connections.rotateKeys()).toMatchObject({ current: 2, renewed: 0 });
    const after = await b.start({ ENCRYPTION_KEYS: keys[1]! });
    expect((await notify(after, hook!, "1")).status).toBe(204);
  });

  test("is waited for where a replica lacks the key to it, and nothing is made in its place", async () => {
    await using b = await bench();
    await subscribe(b.acme);
    const without = await b.start({ ENCRYPTION_KEYS: keys[1]! });
    expect(await without.gateway.connections.keylessTokens()).toBe(2);
    expect((await notify(without, b.side.listed[0]!, "1")).status).toBe(503);
    b.side.calls.length = 0;
    const refused = { code: "PROVIDER_NOT_CONFIGURED", message: expect.stringContaining("ENCRYPTION_KEYS") };
    await expect(subscribe(without)).rejects.toMatchObject(refused);
    expect([b.side.calls, b.side.listed.length]).toEqual([[], 1]);
    expect((await notify(b.acme, b.side.listed[0]!, "1")).status).toBe(204);
  });
});
