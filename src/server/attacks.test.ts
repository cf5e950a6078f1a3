/** What nobody asked for, over real HTTP and WebSockets: each gets a bounded answer of its own, and the next is served. */
import { once } from "node:events";
import net from "node:net";
import { gzipSync } from "node:zlib";
import { WebSocket } from "ws";
import { as, closed, Peer, tokenFor } from "../../test/support/peer.js";
import { appKey, startServer, type TestServer } from "../../test/support/server-bench.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ...closed, trustedProxies: [] }, { rateLimit: { stranger: 100_000 } });
});
afterEach(async () => {
  for (const peer of Peer.all.splice(0)) peer.socket.terminate();
  // Whatever it was, the others are served, and nothing of it was a failure of ours.
  const { status, data } = await server.query("{ viewer { id } }", { headers: await as("ann") });
  expect([status, data]).toEqual([200, { viewer: { id: "ann" } }]);
  expect(server.pretence.errors).toEqual([]);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Sends bytes as they are, and answers what came until the server closed. */
async function raw(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = net.connect(Number(new URL(server.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  await once(socket, "connect");
  for (const part of parts) socket.write(part);
  if (!socket.closed) await once(socket, "close");
  return text;
}
const statusIn = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}
async function send({ method = "POST", path = "/graphql", headers, body }: Sent) {
  const response = await fetch(server.url + path, {
    method,
    headers: { "content-type": "application/json", ...(await as("ann")), ...headers },
    body,
    redirect: "manual",
  });
  const text = await response.text();
  return { status: response.status, text, codes: [...text.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code) };
}

const query = JSON.stringify({ query: "{ viewer { id } }" });
const nested = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

describe("over HTTP", () => {
  const requests: readonly (readonly [what: string, sent: Sent, status: number, code: string | null])[] = [
    ["a batch", { body: `[${query},${query}]` }, 400, "BAD_REQUEST"],
    ["an empty batch", { body: "[]" }, 400, "BAD_REQUEST"],
    ["JSON's null", { body: "null" }, 400, "BAD_REQUEST"],
    ["a number", { body: "7" }, 400, "BAD_REQUEST"],
    ["nothing", { body: "" }, 400, "BAD_REQUEST"],
    ["half a document", { body: '{"query":' }, 400, "BAD_REQUEST"],
    ["a body of many levels", { body: nested }, 400, "BAD_REQUEST"],
    ["a query that is a list", { body: '{"query":["{ viewer { id } }"]}' }, 400, "BAD_REQUEST"],
    ["a query that is an object", { body: '{"query":{"length":1}}' }, 400, "BAD_REQUEST"],
    ["variables that are a list", { body: '{"query":"{ viewer { id } }","variables":[1]}' }, 400, "BAD_REQUEST"],
    ["variables that are a text", { body: '{"query":"{ viewer { id } }","variables":"x"}' }, 400, "BAD_REQUEST"],
    ["extensions that are a text", { body: '{"query":"{ viewer { id } }","extensions":"x"}' }, 400, "BAD_REQUEST"],
    [
      "an operation that is not there",
      { body: '{"query":"query A { viewer { id } }","operationName":"B"}' },
      400,
      null,
    ],
    ["an operation's name that is a number", { body: '{"query":"{ viewer { id } }","operationName":7}' }, 400, null],
    [
      "a persisted query of a strange kind",
      { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":{"a":1}}}}' },
      200,
      null,
    ],
    ["a persisted query that is a text", { body: '{"extensions":{"persistedQuery":"x"}}' }, 400, null],
    ["a persisted query of no version", { body: '{"extensions":{"persistedQuery":{"sha256Hash":"x"}}}' }, 400, null],
    [
      "a persisted query under a wrong name",
      { body: '{"query":"{ a: __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}}' },
      400,
      null,
    ],
    ["NUL in a document", { body: '{"query":"{ viewer { id\\u0000 } }"}' }, 400, "GRAPHQL_PARSE_FAILED"],
    ["a lone surrogate", { body: '{"query":"{ viewer { \\ud800 } }"}' }, 400, "GRAPHQL_PARSE_FAILED"],
    ["text", { headers: { "content-type": "text/plain" }, body: query }, 400, null],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "query=x" }, 400, null],
    [
      "no charset that there is",
      { headers: { "content-type": "application/json; charset=klingon" }, body: query },
      415,
      "BAD_REQUEST",
    ],
    ["a coding that there is not", { headers: { "content-encoding": "zip" }, body: query }, 415, "BAD_REQUEST"],
    ["gzip that is none", { headers: { "content-encoding": "gzip" }, body: query }, 400, "BAD_REQUEST"],
    [
      "gzip that unpacks to a hundred megabytes",
      { headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(100_000_000, " ")) },
      413,
      "BAD_REQUEST",
    ],
    ["a body of five megabytes", { body: `{"query":"${"x".repeat(5_000_000)}"}` }, 413, "BAD_REQUEST"],
    ["PUT", { method: "PUT", body: query }, 405, null],
    ["DELETE", { method: "DELETE" }, 405, null],
    ["HEAD", { method: "HEAD" }, 405, null],
    ["OPTIONS", { method: "OPTIONS" }, 204, null],
    [
      "a mutation by GET",
      { method: "GET", path: "/graphql?query=mutation{disconnect(input:{provider:FITBIT}){notices}}" },
      405,
      null,
    ],
    [
      "a query given twice",
      { method: "GET", path: "/graphql?query={viewer{id}}&query={viewer{id}}" },
      400,
      "BAD_REQUEST",
    ],
    [
      "parameters that nobody knows",
      { method: "GET", path: "/graphql?query={viewer{id}}&foo[bar]=1&__proto__[x]=1" },
      200,
      null,
    ],
    [
      "variables by GET that are no JSON",
      { method: "GET", path: "/graphql?query={viewer{id}}&variables={" },
      400,
      "BAD_REQUEST",
    ],
    ["a percent sign alone", { method: "GET", path: "/graphql?query=%" }, 400, null],
    ["a provider that is half a character", { method: "GET", path: "/oauth/%ff/callback?code=1" }, 400, "BAD_REQUEST"],
    ["a webhook that is half a character", { path: "/webhooks/%c0%80", body: "{}" }, 400, "BAD_REQUEST"],
    ["a webhook of nobody", { path: "/webhooks/nobody", body: "{}" }, 404, "BAD_REQUEST"],
    ["a webhook of a kind of object's own", { path: "/webhooks/__proto__", body: "{}" }, 404, "BAD_REQUEST"],
    ["a webhook that is too long", { path: "/webhooks/fitbit", body: "x".repeat(65) }, 413, "BAD_REQUEST"],
    ["a webhook of nothing", { path: "/webhooks/fitbit", body: "" }, 204, null],
    ["a webhook by PUT", { method: "PUT", path: "/webhooks/fitbit", body: "x" }, 405, "BAD_REQUEST"],
    ["a path with NUL", { method: "GET", path: "/%00" }, 404, "BAD_REQUEST"],
    ["a path that climbs", { method: "GET", path: "/graphiql/..%2f..%2f..%2fetc/passwd" }, 404, "BAD_REQUEST"],
  ];

  test.each(requests)("%s", async (_, sent, status, code) => {
    const answer = await send(sent);
    expect([answer.status, answer.codes]).toEqual([status, code === null ? expect.any(Array) : [code]]);
    expect(answer.codes).not.toContain("INTERNAL_SERVER_ERROR");
    expect(answer.text.length).toBeLessThan(5_000);
    expect(answer.text).not.toMatch(/node_modules|\.js:|at \w+ \(/);
  });

  test("what is no HTTP is told so, and closed", async () => {
    expect(statusIn(await raw("\x16\x03\x01\x02\x00\x01\x00"))).toBe(400);
    expect(statusIn(await raw(`GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`))).toBe(431);
    expect(statusIn(await raw(`GET /graphql?query=${"x".repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`))).toBe(431);
    expect(statusIn(await raw("GET / HTTP/1.1\r\n\r\n"))).toBe(400);
    const both =
      "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(statusIn(await raw(both))).toBe(400);
    expect(
      statusIn(await raw("POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n")),
    ).toBe(400);
  });

  test.each(["/graphql", "/webhooks/fitbit"])("a chunked body that is too long is not waited for: %s", async (path) => {
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\nx-api-key: ${appKey}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    expect(statusIn(await raw(head, ...Array.from({ length: 5 }, () => chunk)))).toBe(413);
  });

  test("of credentials that are given twice none counts", async () => {
    const token = await tokenFor("ann");
    const twice = `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer nonsense\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${query.length}\r\nconnection: close\r\n\r\n${query}`;
    expect(statusIn(await raw(twice))).toBe(401);
  });
});

describe("over WebSocket", () => {
  const closes = async (peer: Peer) => {
    await peer.until(() => peer.closed !== null);
    return peer.closed!.code;
  };

  test.each([
    ["a second init", JSON.stringify({ type: "connection_init" }), 4429],
    ["no JSON", "{", 4400],
    ["JSON's null", "null", 4400],
    ["a type that there is not", '{"type":"start"}', 4400],
    ["bytes", Buffer.from([0, 255, 1]), 4400],
    ["a subscribe without an id", '{"type":"subscribe","payload":{"query":"{a}"}}', 4400],
    ["an id that is a number", '{"id":1,"type":"subscribe","payload":{"query":"{a}"}}', 4400],
    ["a query that is a list", '{"id":"1","type":"subscribe","payload":{"query":["{a}"]}}', 4400],
    ["next from a client", '{"id":"1","type":"next","payload":{"data":null}}', 4400],
    ["many levels", nested, 4400],
    ["a message of five megabytes", "x".repeat(5_000_000), 1009],
  ])("%s closes the socket", async (_, message, code) => {
    const peer = await Peer.of(server, await as("ann"));
    peer.socket.send(message);
    expect(await closes(peer)).toBe(code);
  });

  test("whoever subscribes before they said who they are is closed", async () => {
    const peer = new Peer(server);
    await once(peer.socket, "open");
    peer.ask("1", "{ viewer { id } }");
    expect(await closes(peer)).toBe(4401);
  });

  test("the same id twice closes the socket, and an end before the beginning is passed over", async () => {
    const peer = await Peer.of(server, await as("ann"));
    peer.send({ id: "0", type: "complete" });
    peer.ask("1", "subscription { dataUpdated { provider } }");
    peer.ask("1", "subscription { dataUpdated { provider } }");
    expect(await closes(peer)).toBe(4409);
  });

  test("an end that comes with its beginning ends it", async () => {
    const peer = await Peer.of(server, await as("ann"));
    for (let each = 0; each < 30; each++) {
      peer.ask(`${each}`, "subscription { dataUpdated { provider } }");
      peer.send({ id: `${each}`, type: "complete" });
    }
    peer.ask("last", "{ viewer { id } }");
    await peer.until(() => peer.of("complete", "last").length === 1);
    expect(peer.of("next", "last")[0]?.payload).toEqual({ data: { viewer: { id: "ann" } } });
  });

  test("strange payloads are told of, and the socket lives on", async () => {
    const peer = await Peer.of(server, await as("ann"));
    const payloads: object[] = [
      { query: "" },
      { query: "{ viewer { id } }", operationName: "B" },
      { query: "query Q($a: DateRange!) { viewer { activity(range: $a) { days { steps } } } }", variables: { a: 7 } },
      { query: "{ viewer { id\u0000 } }" },
      { query: "fragment A on User { ...A } query { viewer { ...A } }" },
      { query: "query A { viewer { id } } query B { viewer { id } }" },
    ];
    for (const [index, payload] of payloads.entries()) peer.send({ id: `${index}`, type: "subscribe", payload });
    await peer.until(
      () => new Set([...peer.of("error"), ...peer.of("next")].map(({ id }) => id)).size === payloads.length,
    );
    expect(JSON.stringify(peer.messages)).not.toContain("INTERNAL_SERVER_ERROR");
    expect(peer.of("error").length + peer.of("next").filter(({ payload }) => payload.errors).length).toBe(
      payloads.length,
    );
    expect(peer.closed).toBeNull();
  });

  test("ten thousand pings cut the socket that sends them", async () => {
    const peer = await Peer.of(server, await as("ann"));
    for (let each = 0; each < 10_000; each++) peer.socket.ping();
    expect(await closes(peer)).toBe(1006);
  });

  test("a token's end closes the socket that it opened", async () => {
    const peer = await Peer.of(server, { authorization: `Bearer ${await tokenFor("ann", 2)}` });
    peer.ask("1", "subscription { dataUpdated { provider } }");
    expect(await closes(peer)).toBe(4403);
  });

  test.each([
    ["half a handshake", "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 400],
    [
      "a key that is none",
      "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n",
      400,
    ],
    ["another path", "GET /elsewhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 404],
    ["another protocol", "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n", 400],
    [
      "POST",
      "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n",
      405,
    ],
  ])("%s is refused", async (_, bytes, status) => {
    expect(statusIn(await raw(bytes))).toBe(status);
  });

  test("another subprotocol is not spoken", async () => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, "graphql-ws");
    const [error] = (await new Promise<Error[]>((resolve) => socket.once("error", (reason) => resolve([reason])))) as [
      Error,
    ];
    expect(error.message).toContain("subprotocol");
  });
});
