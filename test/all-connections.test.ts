/** What a backend is told of all its users' connections, over real HTTP; on PostgreSQL and Redis where they are named. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, newConnectionId } from "../src/connections/connection.js";
import { MAX_LOOKED_AT } from "../src/connections/directory/pages.js";
import { hashOf } from "../src/connections/oauth/oauth.js";
import { createLogger } from "../src/log.js";
import { type Serving, serve } from "../src/serve.js";
import type { Store } from "../src/store/store.js";
import { documents } from "./support/markdown.js";
import {
  type Anything,
  asApp,
  asUser,
  type Client,
  clientOf,
  credentials,
  inMemory,
  startClosed,
} from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-connections-"));
afterAll(() => rmSync(folder, { recursive: true }));
const boundKey = "a-key-that-is-bound-to-bea";
const APP_KEYS = `${credentials.APP_KEYS},bea:${createHash("sha256").update(boundKey).digest("hex")}:user=bea`;

interface Asked {
  readonly first?: number;
  readonly after?: string | null;
  readonly statuses?: readonly string[];
  readonly providers?: readonly string[];
}
const query = `query All($statuses: [ConnectionStatus!], $providers: [ProviderId!], $first: Int! = 100, $after: String) {
  connections(statuses: $statuses, providers: $providers, first: $first, after: $after) {
    nodes { id status user { id } } pageInfo { hasNextPage endCursor }
  }
}`;
async function page(client: Client, variables: Asked = {}, headers: Readonly<Record<string, string>> = asApp) {
  const { data, errors } = await client.ask(query, { variables, headers });
  const { nodes = [], pageInfo } = data?.connections ?? {};
  const users: string[] = nodes.map(({ user }: Anything) => user.id);
  return { users, nodes, pageInfo, code: errors?.[0]?.extensions["code"], message: errors?.[0]?.message };
}

/** As adopting a grant leaves them, without asking a provider a thousand times. */
async function add(store: Store, userId: string, at: number, more: Partial<Connection> = {}): Promise<string> {
  const connection: Connection = {
    ...{ id: newConnectionId(at), userId, provider: "OURA", status: "CONNECTED", providerUserId: null },
    ...{ legacyUserId: null, scopes: [], connectedAt: at, lastAttemptAt: null, lastSuccessAt: null, dataThrough: null },
    ...{ identityReadAt: null, subscriptions: [], budgets: [] },
    ...more,
  };
  await store.collection("connections").set(connection.id, connection);
  await store
    .collection("user-connections")
    .set(hashOf(userId), { current: { [connection.provider]: connection.id }, former: [] });
  return connection.id;
}
async function leave(store: Store, userId: string, id: string): Promise<void> {
  await store.collection("connections").erase(id);
  await store.collection("user-connections").erase(hashOf(userId));
}

const start = (env: Readonly<Record<string, string>>) =>
  serve(
    { ...inMemory, ...credentials, APP_KEYS, OURA_CLIENT_ID: "oura", OURA_CLIENT_SECRET: "s3cret", ...env },
    {
      log: createLogger({ level: "silent" }),
    },
  );

const [postgres, redis] = [process.env["TEST_POSTGRES_URL"], process.env["TEST_REDIS_URL"]];
for (const [name, url] of [
  ["memory", "memory:"],
  ["SQLite", `sqlite:${join(folder, "all.db")}`],
  ["PostgreSQL", postgres],
  ["Redis", redis],
] as const) {
  const promise = `a thousand people are paged through while others connect and leave (${name})`;
  if (url === undefined) {
    if (process.env["CI_REQUIRE_SERVERS"] !== "1") test.skip(`${promise}: skipped, as its URL is not set`, () => {});
    else
      test(promise, () => {
        throw new Error(`CI_REQUIRE_SERVERS=1, but no ${name} is named.`);
      });
    continue;
  }
  test(promise, async () => {
    const serving = await start({ STORE_URL: url });
    const { store } = serving.gateway;
    const client = clientOf(serving.url);
    const run = `p${Date.now()}`;
    const begin = Date.now() - 3_600_000;
    const people = new Map<string, string>();
    try {
      const names = Array.from({ length: 1_000 }, (_, index) => `${run}-${index}`);
      for (let at = 0; at < names.length; at += 100)
        await Promise.all(
          names
            .slice(at, at + 100)
            .map(async (name, index) => people.set(name, await add(store, name, begin + (at + index) * 11))),
        );
      const seen: string[] = [];
      let after: string | null = null;
      for (let round = 0; ; round++) {
        const got: Awaited<ReturnType<typeof page>> = await page(client, { first: 130, after });
        const mine = got.users.filter((user) => user.startsWith(run));
        seen.push(...mine);
        if (!got.pageInfo.hasNextPage) break;
        after = got.pageInfo.endCursor;
        // The one that the cursor names leaves, and one who was seen, and one who was not; somebody comes.
        for (const gone of [mine.at(-1)!, seen[round]!, `${run}-${990 + round}`]) {
          const id = people.get(gone);
          if (id !== undefined) await leave(store, gone, id);
          people.delete(gone);
        }
        people.set(`${run}-new-${round}`, await add(store, `${run}-new-${round}`, Date.now()));
      }
      // Everybody who stayed, and who came meanwhile, once, in the order in which they came.
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining([...people.keys()]));
      const late = seen.filter((user) => user.includes("new"));
      const early = seen.filter((user) => !user.includes("new"));
      expect(seen).toEqual([...early, ...late]);
      expect(early).toEqual([...early].sort((a, b) => Number(a.split("-")[1]) - Number(b.split("-")[1])));
      // What ended is asked on from: whoever comes later is answered alone.
      const end = await page(client, { after });
      people.set(`${run}-last`, await add(store, `${run}-last`, Date.now() + 1));
      expect((await page(client, { after: end.pageInfo.endCursor })).users).toEqual([`${run}-last`]);
    } finally {
      for (const [user, id] of people) await leave(store, user, id);
      await serving.close();
    }
  });
}

describe("connections of all users", () => {
  let serving: Serving;
  let client: Client;
  let store: Store;
  beforeAll(async () => {
    serving = await start({});
    client = clientOf(serving.url);
    store = serving.gateway.store;
    await add(store, "ada", 1_000, { status: "REAUTHORIZATION_REQUIRED" });
    await add(store, "bea", 2_000);
    await add(store, "cyd", 3_000, { provider: "WHOOP" });
    // Of a release before, with an id that says nothing of its age.
    await add(store, "old", 4_000, { id: "fedcba98-7654-4321-8fed-cba987654321" });
    // Replaced by a connection to another account.
    await add(store, "bea", 2_500, { status: "REVOKED" }).then(async (former) => {
      const [{ id }] = (await page(client)).nodes.filter(({ user }: Anything) => user.id === "bea");
      expect(id).toBe(former);
    });
    await add(store, "bea", 2_700);
  });
  afterAll(async () => await serving.close());

  test("are asked for as docs/backend.md says", async () => {
    const [, text] = documents().find(([, text]) => text.includes("query Lapsed"))!;
    const { data } = await client.ask(text, { variables: { first: 100 }, headers: asApp });
    expect(data.connections).toEqual({
      nodes: [
        {
          user: { id: "ada" },
          provider: { name: "Oura" },
          status: "REAUTHORIZATION_REQUIRED",
          problem: "The access to Oura has ended: connect it again.",
        },
      ],
      pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
    });
  });

  test("come oldest first, those in use alone, those of earlier releases before all", async () => {
    const { users, pageInfo } = await page(client);
    expect([users, pageInfo.hasNextPage]).toEqual([["old", "ada", "bea", "cyd"], false]);
  });

  test.each([
    [{ statuses: ["REAUTHORIZATION_REQUIRED"] }, ["ada"]],
    [{ statuses: ["CONNECTED"], providers: ["OURA"] }, ["old", "bea"]],
    [{ providers: ["WHOOP", "WHOOP"] }, ["cyd"]],
    [{ statuses: [] }, []],
    [{ statuses: ["REVOKED"] }, []],
  ])("are chosen by %j", async (filter, users) => {
    const all = await page(client, filter);
    expect([all.users, all.pageInfo.hasNextPage]).toEqual([users, false]);
    const each: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const one = await page(client, { ...filter, first: 1, after });
      expect(one.users.length).toBeLessThan(2);
      each.push(...one.users);
      [after, more] = [one.pageInfo.endCursor, one.pageInfo.hasNextPage];
    }
    expect(each).toEqual(users);
  });

  test("are not for users, nor for strangers; a key bound to a person sees that person's alone", async () => {
    expect((await page(client, {}, await asUser("bea"))).code).toBe("FORBIDDEN");
    expect((await page(client, {}, {})).code).toBe("UNAUTHENTICATED");
    const bound = { "x-api-key": boundKey };
    const own = await page(client, { first: 500 }, bound);
    expect([own.users, own.pageInfo.hasNextPage]).toEqual([["bea"], false]);
    expect((await page(client, { after: own.pageInfo.endCursor }, bound)).users).toEqual([]);
    expect((await page(client, { statuses: ["REVOKED"] }, bound)).users).toEqual([]);
    // A cursor of everybody's tells a bound key nothing of others.
    const { pageInfo } = await page(client, { first: 1 });
    expect((await page(client, { after: pageInfo.endCursor }, bound)).users).toEqual(["bea"]);
  });

  const cursor = (text: string) => Buffer.from(text).toString("base64url");
  test.each<[Asked, string]>([
    [{ first: 0 }, "first must be from 1 to 500."],
    [{ first: -1 }, "first must be from 1 to 500."],
    [{ first: 501 }, "first must be from 1 to 500."],
    [{ first: 2_147_483_647 }, "first must be from 1 to 500."],
    ...["", "after", "null", cursor("after:"), cursor("p0"), cursor("after:../users:x"), cursor("after:a b"), "é"].map(
      (after): [Asked, string] => [{ after }, "after is no cursor: send an endCursor as it came."],
    ),
    [{ after: cursor("after:\u0000") }, "after is no cursor: send an endCursor as it came."],
    [{ after: cursor(`after:${"a".repeat(150)}`) }, "after is no cursor: send an endCursor as it came."],
    [{ after: `${cursor("after:abc")}=` }, "after is no cursor: send an endCursor as it came."],
    [{ after: `${cursor("after:abc")}\n` }, "after is no cursor: send an endCursor as it came."],
  ])("are refused with %j", async (asked, message) => {
    const got = await page(client, asked);
    expect([got.code, got.message?.includes(message)]).toEqual(["BAD_USER_INPUT", true]);
  });

  test("a cursor of another installation is a place between connections", async () => {
    expect((await page(client, { after: cursor("after:zzz") })).users).toEqual([]);
    expect((await page(client, { after: cursor("after:-") })).users).toEqual(["old", "ada", "bea", "cyd"]);
  });

  test("cost by their number, and by that of the users asked of each other", async () => {
    const deep = (levels: number): string => (levels === 0 ? "id" : `connections { user { ${deep(levels - 1)} } }`);
    const refused = async (text: string) =>
      (await client.ask(text, { headers: asApp })).errors?.[0]?.extensions["code"] ?? null;
    expect(await refused(`{ user(id: "ada") { ${deep(2)} } }`)).toBeNull();
    expect(await refused(`{ user(id: "ada") { ${deep(5)} } }`)).toBe("QUERY_TOO_COSTLY");
    expect(await refused(`{ connections(first: 500) { nodes { user { ${deep(2)} } } } }`)).toBe("QUERY_TOO_COSTLY");
    const aliases = Array.from({ length: 30 }, (_, index) => `a${index}: connections(statuses: []) { nodes { id } }`);
    expect(await refused(`{ ${aliases.join(" ")} }`)).toBe("QUERY_TOO_COSTLY");
  });

  test("a filter that fits few is answered in parts: no request reads the whole store", async () => {
    const ids: [string, string][] = [];
    for (let index = 0; index < MAX_LOOKED_AT + 300; index++)
      ids.push([`crowd-${index}`, await add(store, `crowd-${index}`, 10_000 + index)]);
    const rare = await add(store, "rare", 100_000, { status: "REAUTHORIZATION_REQUIRED" });
    const asked = { statuses: ["REAUTHORIZATION_REQUIRED"], first: 2 };
    const first = await page(client, asked);
    expect([first.users, first.pageInfo.hasNextPage]).toEqual([["ada"], true]);
    const second = await page(client, { ...asked, after: first.pageInfo.endCursor });
    expect([second.users, second.pageInfo.hasNextPage]).toEqual([["rare"], false]);
    for (const [user, id] of [...ids, ["rare", rare] as const]) await leave(store, user, id);
  });
});

test("a connection tells its user, and the scopes that the app's operations lack", async () => {
  const OPERATIONS = join(folder, "app.graphql");
  writeFileSync(
    OPERATIONS,
    "query Week { viewer { activity(range: { lastDays: 7 }) { days { steps } } heart(range: { lastDays: 7 }) { days { hrvRmssd } } sleep(range: { lastDays: 7 }) { sessions { minutesAsleep } } } }",
  );
  const served = await startClosed({ OPERATIONS });
  try {
    const { fitbit } = served.labs;
    for (const [userId, scopes] of [
      ["few", ["profile", "activity"]],
      ["all", ["profile", "activity", "heartrate", "sleep", "weight"]],
    ] as const) {
      const tokens = fitbit.issueTokens(userId === "few" ? "demo" : "collector", { scopes });
      await served.serving.gateway.connections.importConnection({ userId, provider: "FITBIT", ...tokens, scopes });
    }
    const { data, errors } = await served.ask(
      "{ connections { nodes { scopes missingScopes user { id connections { missingScopes } profile { displayName } } } } }",
      { headers: asApp },
    );
    expect(errors).toBeUndefined();
    const told = data.connections.nodes.map(({ user, missingScopes }: Anything) => [user.id, missingScopes.sort()]);
    expect(told).toEqual([
      ["few", ["heartrate", "sleep"]],
      ["all", []],
    ]);
    expect(data.connections.nodes[0].user.connections[0].missingScopes.sort()).toEqual(["heartrate", "sleep"]);
    expect(data.connections.nodes.every(({ user }: Anything) => user.profile !== null)).toBe(true);
  } finally {
    await served.close();
  }
});
