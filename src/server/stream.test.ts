/** GraphQL over server-sent events, over real HTTP: by the library's own client, and by readers that do as they like. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createClient } from "graphql-sse";
import { blocksIn } from "../../test/support/markdown.js";
import { as, becomes, closed, Peer, tokenFor } from "../../test/support/peer.js";
import { appKey, startServer, type TestServer } from "../../test/support/server-bench.js";
import { createBus } from "../events/bus.js";
import { idOf } from "../operations/trusted.js";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const peer of Peer.all.splice(0)) peer.socket.terminate();
  for (const end of ends.splice(0).reverse()) await end();
});
async function start(...given: Parameters<typeof startServer>): Promise<TestServer> {
  const server = await startServer(...given);
  ends.push(() => server[Symbol.asyncDispose]());
  return server;
}
/** Events that reach each listener by itself. */
function listening({ pretence }: TestServer) {
  const bus = createBus({ redisUrl: null, log: { warn: () => {} } });
  ends.push(() => bus.close());
  pretence.openUpdates = (userId) => bus.data(userId);
  return bus;
}
const update = {
  userId: "ann",
  provider: "FITBIT",
  domain: "ACTIVITY",
  dates: ["2026-03-01"],
  receivedAt: Date.UTC(2026, 2, 1),
  origin: "LIVE",
} as const;
const follow = "subscription { dataUpdated { dates user { id activity(range: { lastDays: 1 }) { days { steps } } } } }";
const json = { "content-type": "application/json", accept: "text/event-stream" };

interface Given {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly method?: string;
  readonly search?: string;
}
/** A reader that takes what comes when it is told to. */
async function open({ url }: TestServer, { headers = {}, body, method = "POST", search = "" }: Given) {
  const sent = request(`${url}/graphql/stream${search}`, { method, headers: { ...json, ...headers }, agent: false });
  sent.on("error", () => {});
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  ends.push(() => response.destroy());
  let text = "";
  let how: "open" | "ended" | "cut" = "open";
  response.setEncoding("utf8");
  response.on("data", (chunk) => {
    text += chunk;
  });
  response.on("end", () => {
    how = "ended";
  });
  response.on("error", () => {
    how = "cut";
  });
  const events = () =>
    [...text.matchAll(/^event: (\w+)\ndata: ?(.*)\n\n/gm)].map(([, event, data]) => [event, data && JSON.parse(data)]);
  return {
    response,
    events,
    how: () => how,
    text: () => text,
    json: async () => {
      await becomesInTime(() => how !== "open");
      return JSON.parse(text);
    },
    code: () => events()[0]?.[1]?.errors?.[0]?.extensions?.code,
  };
}
async function becomesInTime(holds: () => boolean | Promise<boolean>, seconds = 60) {
  for (const end = Date.now() + seconds * 1_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error("it did not become true");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("graphql-sse's client gets events, queries and errors as over WebSocket", async () => {
  const server = await start(closed);
  const client = createClient({ url: `${server.url}/graphql/stream`, headers: () => as("ann"), retryAttempts: 0 });
  ends.push(() => client.dispose());
  const events = client.iterate({ query: follow });
  const first = events.next();
  await becomes(() => server.pretence.updates.listening === 1);
  server.pretence.updates.send({ ...update, dates: ["2026-02-03", "2026-02-04"] });
  const data = { dates: ["2026-02-03", "2026-02-04"], user: { id: "ann", activity: { days: [{ steps: 8_001 }] } } };
  expect((await first).value).toEqual({ data: { dataUpdated: data } });
  const second = events.next();
  server.pretence.updates.send(update);
  expect((await second).value.data.dataUpdated.dates).toEqual(["2026-03-01"]);
  await events.return!(undefined);
  await becomes(() => server.pretence.updates.ended === 1);

  const told = async (query: string, variables?: Record<string, unknown>) => {
    const answers = [];
    for await (const answer of client.iterate({ query, variables })) answers.push(answer);
    const peer = await Peer.of(server, await as("ann"));
    peer.ask("1", query, variables);
    await peer.until(() => peer.of("error", "1").length > 0 || peer.of("next", "1").length > 0);
    const [next] = peer.of("next", "1");
    expect(answers).toEqual([next ? next.payload : { errors: peer.of("error", "1")[0]!.payload }]);
    return answers[0]!;
  };
  expect(await told("{ viewer { id } }")).toEqual({ data: { viewer: { id: "ann" } } });
  for (const [query, code] of [
    ["{ viewer { nothing } }", "GRAPHQL_VALIDATION_FAILED"],
    ["subscription {", "GRAPHQL_PARSE_FAILED"],
    ['subscription { dataUpdated(userId: "bob") { dates } }', "FORBIDDEN"],
    ['subscription { backfillProgress(jobId: "none") { id } }', "BAD_USER_INPUT"],
    [
      `{ ${"viewer { connections { user ".repeat(1)}{ ${"connections { user { ".repeat(6)}id${" } }".repeat(6)} } } } }`,
      "QUERY_TOO_COSTLY",
    ],
    ["query A { viewer { id } } query B { viewer { id } }", "OPERATION_RESOLUTION_FAILURE"],
  ] as const)
    expect((await told(query)).errors?.[0]?.extensions).toMatchObject({ code });
});

test("GET is for what EventSource can send: no mutation, and the same answers", async () => {
  const server = await start(closed);
  const headers = { "x-api-key": appKey };
  const get = (params: Record<string, string>) =>
    open(server, { method: "GET", headers, search: `?${new URLSearchParams(params)}` });
  const asked = await get({ query: "query Q($id: ID!) { user(id: $id) { id } }", variables: '{"id":"bob"}' });
  await becomesInTime(() => asked.how() === "ended");
  expect(asked.events()).toEqual([
    ["next", { data: { user: { id: "bob" } } }],
    ["complete", ""],
  ]);
  expect(asked.response.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private, no-store",
    "x-accel-buffering": "no",
  });
  const changing = await get({
    query: 'mutation { disconnect(input: { userId: "bob", provider: FITBIT }) { notices } }',
  });
  await becomesInTime(() => changing.how() === "ended");
  expect(changing.code()).toBe("BAD_USER_INPUT");
});

test.each<[string, Given, number]>([
  ["without credentials", { body: { query: follow }, headers: { "x-api-key": "" } }, 401],
  ["with a wrong key", { body: { query: follow }, headers: { "x-api-key": "guessed" } }, 401],
  ["that reserves a place for a single connection", { method: "PUT" }, 405],
  ["of a method that there is not", { method: "DELETE", search: "?operationId=1" }, 405],
  ["that takes no events", { body: { query: follow }, headers: { accept: "application/json" } }, 406],
  [
    "that is no JSON by its type",
    { body: { query: follow }, headers: { "content-type": "text/plain;application/json" } },
    400,
  ],
  ["whose body is a list", { body: [{ query: follow }] }, 400],
  ["whose query is a number", { body: { query: 7 } }, 400],
  ["whose variables are a list", { body: { query: follow, variables: [1] } }, 400],
  ["that asks nothing", { body: {} }, 400],
  ["whose variables are no JSON", { method: "GET", search: "?query=%7B__typename%7D&variables=%7B" }, 400],
  ["that is too long", { body: { query: follow, variables: { a: "x".repeat(300_000) } } }, 413],
])("a request %s is refused before a stream begins", async (_, given, status) => {
  const server = await start(closed);
  const reader = await open(server, { ...given, headers: { "x-api-key": appKey, ...given.headers } });
  expect(reader.response.statusCode).toBe(status);
  expect((await reader.json()).errors[0]).toMatchObject({
    message: expect.any(String),
    extensions: { code: expect.any(String) },
  });
});

test("whatever a client says it heard last, it is told what happens from now on", async () => {
  const server = await start(closed);
  const lastEventIds = ["1", "x".repeat(10_000), "../../etc", "event: complete", '{"id":1}', "%0a%0adata: 1"];
  for (const id of lastEventIds) {
    const reader = await open(server, {
      headers: { ...(await as("ann")), "last-event-id": id },
      body: { query: follow },
    });
    await becomes(() => server.pretence.updates.listening === 1);
    server.pretence.updates.send(update);
    await becomesInTime(() => reader.events().length === 1);
    expect(reader.text()).not.toContain("id:");
    reader.response.destroy();
    await becomesInTime(() => server.pretence.updates.listening === 0);
  }
});

test("streams take the places that WebSockets and their operations take, and give them back", async () => {
  const server = await start(closed, { places: { userSockets: 2, userOperations: 3 } });
  const headers = await as("ann");
  const peer = await Peer.of(server, headers);
  const reader = await open(server, { headers, body: { query: follow } });
  const third = await open(server, { headers, body: { query: follow } });
  expect([third.response.statusCode, (await third.json()).errors[0].extensions.code]).toEqual([429, "RATE_LIMITED"]);
  expect((await open(server, { headers: await as("bob"), body: { query: follow } })).response.statusCode).toBe(200);
  reader.response.destroy();
  await becomesInTime(async () => {
    const again = await open(server, { headers, body: { query: "{ __typename }" } });
    return again.response.statusCode === 200;
  });
  peer.socket.terminate();
});

test("a stream takes an operation's place too", async () => {
  const server = await start(closed, { places: { userSockets: 5, userOperations: 1 } });
  const headers = await as("ann");
  expect((await open(server, { headers, body: { query: follow } })).response.statusCode).toBe(200);
  expect((await open(server, { headers, body: { query: follow } })).response.statusCode).toBe(429);
});

test("streams are charged like the same over WebSocket, and each event too", async () => {
  const server = await start(closed, { rateLimit: { user: 11 } });
  const headers = await as("ann");
  const reader = await open(server, { headers, body: { query: "subscription { dataUpdated { dates } }" } });
  // Two for opening it, one for its text, one for beginning it; then one for each event.
  for (let sent = 0; sent < 9; sent++) server.pretence.updates.send(update);
  await becomesInTime(() => reader.events().length === 9);
  const codes = reader.events().map(([, { errors }]) => errors?.[0]?.extensions.code ?? null);
  expect(codes).toEqual([...Array(7).fill(null), "RATE_LIMITED", "RATE_LIMITED"]);
  const refused = await open(server, { headers, body: { query: follow } });
  expect([refused.response.statusCode, Number(refused.response.headers["retry-after"]) > 0]).toEqual([429, true]);
});

test("an operation is run by its id, and no other where others are refused", async () => {
  const text = "subscription Days {\n  dataUpdated {\n    dates\n  }\n}";
  const operations = [{ id: idOf(text), name: "Days", kind: "subscription", text, aliases: ["days"] }] as never;
  const server = await start({ ...closed, operationsOnly: true }, { operations });
  const headers = await as("ann");
  const reader = await open(server, { headers, body: { documentId: "days" } });
  server.pretence.updates.send(update);
  await becomesInTime(() => reader.events().length === 1);
  expect(reader.events()).toEqual([["next", { data: { dataUpdated: { dates: ["2026-03-01"] } } }]]);
  for (const body of [{ query: text }, { documentId: "others" }, { query: "{ __typename }" }]) {
    const refused = await open(server, { headers, body });
    await becomesInTime(() => refused.how() === "ended");
    expect(refused.code()).toBe("OPERATION_NOT_ALLOWED");
  }
});

test("a stream ends with its token, in a way that has the client come back with a new one", async () => {
  const server = await start(closed);
  const bus = listening(server);
  const short = await open(server, {
    headers: { authorization: `Bearer ${await tokenFor("ann", 2)}` },
    body: { query: follow },
  });
  const long = await open(server, { headers: await as("ann"), body: { query: follow } });
  await becomesInTime(() => short.how() !== "open");
  expect([short.how(), short.events(), long.how()]).toEqual(["ended", [], "open"]);
  await bus.dataUpdated({ ...update, origin: "BACKFILL" });
  await becomesInTime(() => long.events().length === 1);
  expect(short.text()).not.toContain("event:");
});

test("when the gateway ends, streams end without 'complete', so that clients come back, and nothing is waited for", async () => {
  const server = await start(closed);
  let connected = 0;
  const client = createClient({
    url: `${server.url}/graphql/stream`,
    headers: () => as("ann"),
    retryAttempts: 3,
    retry: async () => void connected++,
  });
  ends.push(() => client.dispose());
  const next = client
    .iterate({ query: follow })
    .next()
    .catch(() => {});
  const reader = await open(server, { headers: await as("ann"), body: { query: follow } });
  await becomes(() => server.pretence.updates.listening === 2);
  const begun = Date.now();
  await server.server.close();
  await becomesInTime(() => reader.how() !== "open");
  expect([reader.how(), reader.events(), Date.now() - begun < 5_000]).toEqual(["ended", [], true]);
  await becomesInTime(() => connected > 0);
  client.dispose();
  await next;
});

test("a reader that takes nothing loses its stream, and no other misses an event", async () => {
  const server = await start(closed);
  const bus = listening(server);
  const headers = { "x-api-key": appKey };
  const body = { query: "subscription { dataUpdated { dates } }" };
  const [slow, quick] = [await open(server, { headers, body }), await open(server, { headers, body })];
  slow.response.pause();
  const dates = Array.from({ length: 10_000 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  let heard = 0;
  quick.response.removeAllListeners("data").on("data", (chunk: string) => {
    heard += chunk.split("event: next").length - 1;
  });
  // More than every buffer between the two takes, and then more events than are held for anybody.
  const sent = 10_500;
  for (let each = 0; each < sent; each++) {
    await bus.dataUpdated({ ...update, dates: each < 100 ? dates : dates.slice(0, 1), origin: "BACKFILL" });
    if (each % 100 === 0) await becomesInTime(() => heard >= each - 1_000);
  }
  await becomesInTime(() => heard === sent);
  slow.response.resume();
  await becomesInTime(() => slow.how() !== "open");
  expect([slow.how(), quick.how()]).toEqual(["cut", "open"]);
  expect(slow.text()).not.toContain("event: complete");
  await bus.dataUpdated({ ...update, origin: "BACKFILL" });
  await becomesInTime(() => heard === sent + 1);
});

test("a reader that stops reading is let go after a minute, whether anything happens or not", async () => {
  const server = await start(closed, { line: { stalledMs: 50 }, places: { appSockets: 1 } });
  const bus = listening(server);
  const headers = { "x-api-key": appKey };
  const slow = await open(server, { headers, body: { query: "subscription { dataUpdated { dates } }" } });
  slow.response.pause();
  const dates = Array.from({ length: 100_000 }, () => "2026-03-01");
  for (let each = 0; each < 12; each++) await bus.dataUpdated({ ...update, dates, origin: "BACKFILL" });
  await becomesInTime(async () => {
    const other = await open(server, { headers, body: { query: "{ __typename }" } });
    return other.response.statusCode === 200;
  });
  slow.response.resume();
  await becomesInTime(() => slow.how() !== "open");
  expect(slow.how()).toBe("cut");
});

test("a query that is under way when the gateway ends is answered", async () => {
  const server = await start(closed);
  let answerIt = (_: Error) => {};
  const asked = new Promise<void>((resolve) => {
    server.pretence.answer = () => {
      resolve();
      return new Promise<Error>((done) => {
        answerIt = done;
      });
    };
  });
  const query = "{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }";
  const coming = open(server, { headers: await as("ann"), body: { query } });
  await asked;
  const end = server.server.close();
  answerIt(new Error("boom"));
  const reader = await coming;
  await end;
  await becomesInTime(() => reader.how() !== "open");
  expect(reader.events().map(([event]) => event)).toEqual(["next", "complete"]);
});

test("docs/frontend.md's client is one that works", async () => {
  const server = await start(closed);
  const [, { text }] = blocksIn("ts").find(([, { text }]) => text.includes("graphql-sse"))!;
  const code = text.replace(/^import .*$/gm, "").replace("https://health.example.org", server.url);
  const shown: unknown[] = [];
  const run = new Function("createClient", "token", "show", `return (async () => { ${code} })()`);
  const running = run(
    createClient,
    () => tokenFor("ann"),
    (data: unknown) => shown.push(data),
  );
  await becomesInTime(() => server.pretence.updates.listening === 1);
  server.pretence.updates.send(update);
  await becomesInTime(() => shown.length === 1);
  expect(shown).toEqual([{ dataUpdated: { dates: ["2026-03-01"], user: { activity: { days: [{ steps: 8_001 }] } } } }]);
  // The source ends: so does the loop.
  void server.pretence.updates.open().return!();
  await running;
});
