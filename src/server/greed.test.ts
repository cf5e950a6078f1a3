/** What one caller may cost: over real HTTP and WebSockets. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { as, becomes, closed, Peer } from "../../test/support/peer.js";
import { activityDay, appKey, startServer, type TestServer } from "../../test/support/server-bench.js";

let running: TestServer | undefined;
async function start(...given: Parameters<typeof startServer>): Promise<TestServer> {
  running = await startServer(...given);
  return running;
}
afterEach(async () => {
  for (const peer of Peer.all.splice(0)) peer.socket.terminate();
  await running?.[Symbol.asyncDispose]();
  running = undefined;
});

const follow = "subscription { dataUpdated { user { activity(range: { lastDays: 1000 }) { days { steps } } } } }";
const update = {
  userId: "ann",
  provider: "FITBIT",
  domain: "ACTIVITY",
  dates: ["2026-03-01"],
  receivedAt: Date.UTC(2026, 2, 1),
  origin: "LIVE",
} as const;

describe("nesting without end", () => {
  const refused = expect.objectContaining({ code: "QUERY_TOO_COSTLY" });
  const deep = (depth: number) => `${"{ a ".repeat(depth)}${"}".repeat(depth)}`;
  const list = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
  const literal = `{ viewer { activity(range: ${list(2_000)}) { days { steps } } } }`;
  const declared = `query Q($r: ${"[".repeat(2_000)}Int${"]".repeat(2_000)}) { viewer { id } }`;
  const withVariable = "query Q($r: DateRange!) { viewer { activity(range: $r) { days { steps } } } }";
  const nestedVariable = { r: JSON.parse(list(2_000)) as object };

  test.each([
    ["a query", deep(2_000), undefined],
    ["a query of as many levels as its length allows", deep(40_000), undefined],
    ["a literal value", literal, undefined],
    ["a variable's type", declared, undefined],
    ["a variable", withVariable, nestedVariable],
  ])("is QUERY_TOO_COSTLY: %s", async (_, query, variables) => {
    const server = await start();
    const { status, errors } = await server.query(query, { variables });
    expect([status, errors?.[0]?.extensions]).toEqual([400, refused]);
    const peer = await Peer.of(server);
    peer.ask("1", query, variables);
    peer.ask("2", "{ viewer { id } }");
    await peer.until(() => peer.of("next", "2").length > 0 && peer.of("error").length > 0);
    expect(peer.codes("1")).toEqual([refused]);
  });

  test("by GET too", async () => {
    const { url } = await start();
    const get = async (params: Record<string, string>) => {
      const address = `${url}/graphql?${new URLSearchParams(params)}`;
      const response = await fetch(address, { headers: { "x-apollo-operation-name": "Q" } });
      return ((await response.json()) as { errors: { extensions: object }[] }).errors[0]?.extensions;
    };
    expect(await get({ query: deep(1_000) })).toEqual(refused);
    expect(await get({ query: withVariable, variables: `{"r":${list(2_000)}}` })).toEqual(refused);
    expect(await get({ query: "{ viewer { id } }", extensions: `{"r":${list(2_000)}}` })).toEqual(refused);
  });

  test("a field that is written thousands of times is not compared with itself millions of times", async () => {
    const server = await start();
    const { errors } = await server.query(`{ viewer { ${"id ".repeat(3_000)} } }`);
    expect(errors?.[0]?.extensions).toEqual(refused);
  });
});

describe("what clients send in earnest", () => {
  test("a subscription over HTTP is refused in a way that names WebSocket", async () => {
    const server = await start();
    const { status, errors } = await server.query("subscription { dataUpdated { provider } }");
    expect([status, errors?.[0]?.extensions["code"]]).toEqual([400, "BAD_USER_INPUT"]);
    expect(errors?.[0]?.message).toContain("WebSocket");
  });

  test("credentials in a header show that no foreign page sent a request by GET", async () => {
    const { url } = await start(closed);
    const get = async (headers: Record<string, string>) => {
      const response = await fetch(`${url}/graphql?${new URLSearchParams({ query: "{ __typename }" })}`, { headers });
      return [response.status, await response.json()];
    };
    const answer = [200, { data: { __typename: "Query" } }];
    expect(await get(await as("ann"))).toEqual(answer);
    expect(await get({ "x-api-key": appKey })).toEqual(answer);
  });

  test("without them, and without credentials, a GET is still refused; Apollo's own names still let it in", async () => {
    const { url } = await start();
    const get = async (headers: Record<string, string>) =>
      (await fetch(`${url}/graphql?${new URLSearchParams({ query: "{ __typename }" })}`, { headers })).status;
    expect(await get({})).toBe(400);
    expect(await get({ "x-apollo-operation-name": "Q" })).toBe(200);
    expect(await get({ "apollo-require-preflight": "1" })).toBe(200);
  });

  test("an app key that may only read subscribes, and is refused mutations over WebSocket too", async () => {
    const sha256 = createHash("sha256").update("reader").digest();
    const server = await start({ ...closed, appKeys: [{ name: "r", sha256, userId: "ann", readOnly: true }] });
    const peer = await Peer.of(server, { "x-api-key": "reader" });
    peer.ask("1", "mutation { disconnect(input: { provider: FITBIT }) { notices } }");
    peer.ask("2", "subscription { dataUpdated { provider } }");
    await peer.until(() => peer.of("error", "1").length > 0);
    expect(peer.codes("1")).toEqual([expect.objectContaining({ code: "FORBIDDEN" })]);
    server.pretence.updates.send(update);
    await peer.until(() => peer.of("next", "2").length > 0);
    expect(peer.of("next", "2")[0]?.payload).toEqual({ data: { dataUpdated: { provider: "FITBIT" } } });
  });
});

describe("points", () => {
  const days = (count: number) => `{ viewer { activity(range: { lastDays: ${count} }) { days { steps } } } }`;

  test("an operation takes what it costs, not one for a request, and is refused before anything of it is read", async () => {
    // A hundred days cost three points; the request itself is the first of them.
    const server = await start(closed, { rateLimit: { user: 7 } });
    const headers = await as("ann");
    const statusOf = async () => (await server.query(days(100), { headers })).status;
    const sizes = [];
    for (const expected of [200, 200, 429]) {
      expect(await statusOf()).toBe(expected);
      sizes.push(server.pretence.batches.length);
    }
    expect(sizes).toEqual([1, 2, 2]);
    expect(server.pretence.batches).toHaveLength(2);
    expect((await server.query(days(100), { headers: await as("bob") })).status).toBe(200);
    const { status, headers: said, errors } = await server.query("{ __typename }", { headers });
    expect([status, errors?.[0]?.extensions["code"]]).toEqual([429, "RATE_LIMITED"]);
    expect(said.get("retry-after")).toBe(String(errors?.[0]?.extensions["retryAfterSeconds"]));
  });

  test("readings take points by how many there are, and too many are refused", async () => {
    const server = await start(closed, { rateLimit: { user: 15 } });
    const headers = await as("ann");
    const readings = (count: number) => {
      const one = { id: "t", time: "2026-03-01T08:00:00+01:00", date: "2026-03-01", source: "FITBIT", value: 36.7 };
      const temperatures = Array.from({ length: count }, () => ({ ...one, site: "CORE" }));
      return { temperatures, glucoseSeries: null, absent: new Map(), sources: [] };
    };
    const ask = async (count: number) => {
      server.pretence.answer = () => readings(count) as never;
      const query = "{ viewer { readings(range: { lastDays: 1 }) { temperatures { value } } } }";
      const { errors } = await server.query(query, { headers });
      return errors?.map(({ extensions }) => extensions["code"]) ?? [];
    };
    expect(await ask(3)).toEqual([]);
    expect(await ask(200_000)).toEqual(["QUERY_TOO_COSTLY"]);
    expect(await ask(1_500)).toEqual([]);
    // The points of the minute are used up by now.
    expect(await ask(1_500)).toEqual(["RATE_LIMITED"]);
  });

  test("who has no points left is refused before the body is read, wrong or not", async () => {
    const { url } = await start(closed, { rateLimit: { user: 1 } });
    const headers = { ...(await as("ann")), "content-type": "application/json" };
    const send = async () => await fetch(`${url}/graphql`, { method: "POST", headers, body: '{"query":' });
    expect((await send()).status).toBe(400);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({
      errors: [
        {
          message: "Too many requests; slow down.",
          extensions: { code: "RATE_LIMITED", retryAfterSeconds: Number(refused.headers.get("retry-after")) },
        },
      ],
    });
  });

  test("a long document costs by its length", async () => {
    const server = await start(closed, { rateLimit: { user: 4 } });
    const headers = await as("ann");
    const padded = (bytes: number) => `{ __typename } #${"x".repeat(bytes)}`;
    expect((await server.query(padded(1_300), { headers })).status).toBe(200);
    expect((await server.query(padded(600), { headers })).status).toBe(429);
  });

  test("mutations are counted one by one, aliases too", async () => {
    const server = await start(closed, { rateLimit: { userMutations: 3 } });
    const one = (name: string) => `${name}: disconnect(input: { provider: FITBIT }) { notices }`;
    const send = async (names: string) =>
      (await server.query(`mutation { ${[...names].map(one).join(" ")} }`, { headers: await as("ann") })).status;
    expect(await send("ab")).toBe(200);
    expect(await send("cd")).toBe(429);
    expect((await server.query("{ __typename }", { headers: await as("ann") })).status).toBe(200);
  });

  test("each event of a subscription costs; without points the event says RATE_LIMITED, and the socket lives on", async () => {
    // Opening the socket 2, beginning 1 + 18, each event 18, of which the first point is for sending it.
    const server = await start(closed, { rateLimit: { user: 40 } });
    server.pretence.answer = () => ({ days: [activityDay("2026-03-01", { steps: 77 })], totals: null, sources: [] });
    const peer = await Peer.of(server, await as("ann"));
    peer.ask("1", follow);
    server.pretence.updates.send({ ...update });
    await peer.until(() => peer.of("next").length === 1);
    server.pretence.updates.send({ ...update });
    await peer.until(() => peer.of("next").length === 2);
    const [first, second] = peer.of("next").map(({ payload }) => payload);
    expect(first.data.dataUpdated.user.activity.days).toEqual([{ steps: 77 }]);
    expect(second.errors[0].extensions).toEqual({ code: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) });
    expect(server.pretence.batches).toHaveLength(1);
    expect(peer.closed).toBeNull();
  });
});

describe("subscriptions", () => {
  test("a burst over several sockets opens as many as there are places, and one that ends makes room", async () => {
    const server = await start(closed, { places: { userOperations: 5 } });
    const sockets = [await Peer.of(server, await as("ann")), await Peer.of(server, await as("ann"))];
    const other = await Peer.of(server, await as("bob"));
    for (const [index, peer] of sockets.entries())
      for (let each = 0; each < 20; each++) peer.ask(`${index}-${each}`, "subscription { dataUpdated { provider } }");
    const all = () => sockets.flatMap((peer) => peer.codes());
    await Promise.race(sockets.map((peer) => peer.until(() => all().length >= 35)));
    const refusals = all();
    expect(refusals).toHaveLength(35);
    expect(refusals.every((each) => (each as { code: string }).code === "RATE_LIMITED")).toBe(true);
    other.ask("1", "{ viewer { id } }");
    await other.until(() => other.of("complete").length === 1);
    // Any of those that were let in ends.
    for (const peer of sockets) {
      const refused = new Set(peer.of("error").map(({ id }) => id));
      for (const { id } of peer.asked) if (!refused.has(id)) peer.send({ id, type: "complete" });
    }
    await becomes(async () => {
      const [peer] = sockets;
      const id = `again ${peer!.asked.length}`;
      peer!.ask(id, "{ viewer { id } }");
      await peer!.until(() => peer!.of("complete", id).length + peer!.of("error", id).length === 1);
      return peer!.codes(id).length === 0;
    });
  });

  test("equal ones of one caller are answered once for each event, on however many sockets", async () => {
    const server = await start(closed);
    let asked = 0;
    server.pretence.answer = () => ({
      days: [activityDay("2026-03-01", { steps: ++asked * 1_000 })],
      totals: null,
      sources: [],
    });
    const [one, other, bob] = [
      await Peer.of(server, await as("ann")),
      await Peer.of(server, await as("ann")),
      await Peer.of(server, await as("bob")),
    ];
    const said = () => [...one.of("next"), ...other.of("next"), ...bob.of("next")];
    one.ask("a", follow);
    one.ask("b", follow);
    other.ask("a", follow);
    await becomes(() => server.pretence.updates.listening === 3);
    // Every listener is handed the same object, as by the bus.
    const event = { ...update };
    for (let each = 0; each < 3; each++) server.pretence.updates.send(event);
    await Promise.all([one.until(() => one.of("next").length === 2), other.until(() => other.of("next").length === 1)]);
    expect(server.pretence.batches).toHaveLength(1);
    expect(said().map(({ payload }) => payload.data.dataUpdated.user.activity.days)).toEqual(
      Array.from({ length: 3 }, () => [{ steps: 1_000 }]),
    );
    // Another selection, another caller, another event: each has an answer of its own.
    one.ask("c", follow.replace("steps", "steps floors"));
    bob.ask("a", follow);
    await becomes(() => server.pretence.updates.listening === 5);
    const next = { ...update };
    for (let each = 0; each < 5; each++) server.pretence.updates.send(next);
    await Promise.all([
      one.until(() => one.of("next").length === 5),
      other.until(() => other.of("next").length === 2),
      bob.until(() => bob.of("next").length === 1),
    ]);
    expect(server.pretence.batches).toHaveLength(4);
  });
});

describe("WebSockets", () => {
  const codeOf = (peer: Peer) => peer.closed?.code ?? null;

  test("a user has as many as there are places; one that closes makes room", async () => {
    const server = await start(closed, { places: { userSockets: 2 } });
    const params = await as("ann");
    const first = await Peer.of(server, params);
    const burst = await Promise.all([1, 2, 3].map(() => Peer.of(server, params)));
    expect(burst.map(codeOf).sort()).toEqual([1013, 1013, null]);
    expect(codeOf(await Peer.of(server, await as("bob")))).toBeNull();
    const ended = once(first.socket, "close");
    first.socket.close();
    await ended;
    // The server hears of it in its own time.
    await becomes(async () => codeOf(await Peer.of(server, params)) === null);
  });

  test("an address has as many that have not said who they are; those that have make room", async () => {
    const server = await start(closed, { places: { strangerSockets: 2 } });
    const silent = [new Peer(server), new Peer(server)];
    await Promise.all(silent.map(({ socket }) => once(socket, "open")));
    const third = new Peer(server);
    const [, response] = (await once(third.socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(429);
    silent[0]!.send({ type: "connection_init", payload: await as("ann") });
    await silent[0]!.until(() => silent[0]!.of("connection_ack").length === 1);
    expect(codeOf(await Peer.of(server, await as("ann")))).toBeNull();
  });

  test("upgrades of an address are counted by the minute", async () => {
    const server = await start(closed, { rateLimit: { stranger: 1 } });
    await Peer.of(server, await as("ann"));
    const second = new Peer(server);
    const [, response] = (await once(second.socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(429);
  });

  test("one that sends without end is cut, after as many messages as it may send", async () => {
    const server = await start(closed, { line: { messages: 10 } });
    const params = await as("ann");
    const [loud, quiet] = [await Peer.of(server, params), await Peer.of(server, params)];
    for (let each = 0; each < 9; each++) loud.send({ type: "ping" });
    await loud.until(() => loud.of("pong").length === 9);
    expect(loud.closed).toBeNull();
    loud.send({ type: "ping" });
    await loud.until(() => loud.closed !== null);
    quiet.ask("1", "{ viewer { id } }");
    await quiet.until(() => quiet.of("complete").length === 1);
  });

  test("one that takes nothing of what it asked for is cut, and no other notices", async () => {
    const server = await start(closed, { line: { bufferedBytes: 100_000 } });
    const many = Array.from({ length: 1_000 }, (_, index) => activityDay("2026-03-01", { id: `${index}`.repeat(400) }));
    server.pretence.answer = () => ({ days: many, totals: null, sources: [] });
    const upgraded: Duplex[] = [];
    server.server.httpServer.on("upgrade", (_request, socket: Duplex) => upgraded.push(socket));
    const params = await as("ann");
    const slow = await Peer.of(server, params);
    const cut = once(upgraded[0]!, "close");
    slow.socket.pause();
    for (let each = 0; each < 12; each++)
      slow.ask(`${each}`, "{ viewer { activity(range: { lastDays: 100 }) { days { id } } } }");
    await cut;
    const other = await Peer.of(server, params);
    other.ask("1", "{ viewer { activity(range: { lastDays: 100 }) { days { id } } } }");
    await other.until(() => other.of("complete").length === 1);
    expect(other.of("next")[0]?.payload.data.viewer.activity.days).toHaveLength(1_000);
  });
});
