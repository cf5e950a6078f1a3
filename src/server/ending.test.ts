/** How a server ends: whoever was taken in is answered, and nobody can keep it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { activityDay, startServer, type TestServer } from "../../test/support/server-bench.js";

const SLOW = "{ viewer { activity(range: { lastDays: 1 }) { days { steps } } } }";
let server: TestServer;
const sockets: Socket[] = [];

/** A query waits in the server until it is let go. */
let letGo: () => void;
let asked: Promise<void>;

beforeEach(async () => {
  server = await startServer();
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  asked = new Promise((resolve) => {
    server.pretence.answer = (async () => {
      resolve();
      await held;
      return { days: [activityDay("2026-03-01", { steps: 4_711 })], totals: null, sources: [] };
    }) as never;
  });
});
afterEach(async () => {
  letGo();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.server.close(0);
});

/** A connection without a client's manners. */
async function plain(text: string): Promise<{ socket: Socket; received(): string; ended: Promise<unknown> }> {
  const socket = connect({ port: Number(new URL(server.url).port), host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  const ended = Promise.race([once(socket, "end"), once(socket, "error"), once(socket, "close")]);
  await once(socket, "connect");
  socket.write(text);
  return { socket, received: () => received, ended };
}
const steps = { viewer: { activity: { days: [{ steps: 4_711 }] } } };

test("what runs is answered, nobody new is taken in, and the end waits for it", async () => {
  const answers = Promise.all([server.query(SLOW), server.query(SLOW)]);
  await asked;
  let over = false;
  const closed = server.server.close().then(() => {
    over = true;
  });
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  expect(over).toBe(false);
  letGo();
  expect((await answers).map(({ status, data }) => [status, data])).toEqual([
    [200, steps],
    [200, steps],
  ]);
  await closed;
});

test("while it drains it answers, says so, and sends everybody to another connection", async () => {
  const before = await fetch(`${server.url}/readyz`);
  expect([before.status, before.headers.get("connection"), await before.json()]).toEqual([
    200,
    "keep-alive",
    { status: "ready", store: "ok" },
  ]);
  const running = server.query(SLOW);
  await asked;
  server.server.drain();
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, ready.headers.get("connection"), await ready.json()]).toEqual([
    503,
    "close",
    { status: "draining", store: "ok" },
  ]);
  letGo();
  const [early, late] = [await running, await server.query("{ viewer { id } }")];
  expect([early, late].map(({ status, headers }) => [status, headers.get("connection")])).toEqual([
    [200, "close"],
    [200, "close"],
  ]);
});

test("what does not come to its end in time is cut", async () => {
  const answer = server.query(SLOW).catch(() => "cut");
  await asked;
  await server.server.close(1);
  expect(await answer).toBe("cut");
});

test("a peer with half a request, a silent one, and one that keeps its half of a refused upgrade open are cut", async () => {
  const peers = [
    await plain("GET /healthz HTTP/1.1\r\nhost: local"),
    await plain(""),
    await plain("GET /nope HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"),
    await plain("POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{"),
  ];
  const count = () => new Promise<number>((resolve) => server.server.httpServer.getConnections((_, n) => resolve(n)));
  while ((await count()) < peers.length) await new Promise((resolve) => setImmediate(resolve));
  await server.server.close(1);
  expect(await count()).toBe(0);
  await Promise.all(peers.map(({ ended }) => ended));
});

test("a kept connection is closed after the answer that was under way, so that nothing more is sent on it", async () => {
  const body = JSON.stringify({ query: SLOW });
  const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  const peer = await plain(`${head}\r\n\r\n${body}`);
  await asked;
  const closed = server.server.close();
  letGo();
  await peer.ended;
  expect(peer.received()).toMatch(/^HTTP\/1\.1 200 OK.*connection: close.*4711/is);
  await closed;
});

describe("sockets", () => {
  const open = async () => {
    const closed = { how: Promise.resolve({ code: 0, reason: "" }) };
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => {},
    });
    closed.how = new Promise((resolve) => client.on("closed", (event) => resolve(event as never)));
    await new Promise<void>((resolve) => client.on("connected", () => resolve()));
    return { client, closed: closed.how };
  };

  test("a query gets its answer, then the socket is told to go; one that waits for nothing is told at once", async () => {
    const [busy, idle] = [await open(), await open()];
    const answer = busy.client.iterate({ query: SLOW }).next();
    await asked;
    const over = server.server.close();
    expect(await idle.closed).toMatchObject({ code: 1001, reason: "Going away" });
    letGo();
    expect(await answer).toMatchObject({ value: { data: steps } });
    expect(await busy.closed).toMatchObject({ code: 1001, reason: "Going away" });
    await over;
  });

  test("a subscription does not keep it", async () => {
    const { client, closed } = await open();
    const event = client.iterate({ query: "subscription { dataUpdated { provider } }" }).next();
    event.catch(() => {});
    await client.iterate({ query: "{ __typename }" }).next();
    await server.server.close();
    expect(await closed).toMatchObject({ code: 1001 });
    expect(server.pretence.updates.ended).toBe(1);
  });

  test("a peer that does not answer the close is cut", async () => {
    const peer = await plain(
      "GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
        "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
        "sec-websocket-protocol: graphql-transport-ws\r\n\r\n",
    );
    await once(peer.socket, "data");
    await server.server.close();
    await peer.ended;
    expect(peer.received()).toContain("Going away");
  });
});

test("requests and sockets that come before all is prepared wait for it, and readiness says that it starts", async () => {
  await server.server.close();
  server = await startServer({}, {}, { listening: false });
  let prepared: () => void = () => {};
  const port = new Promise<string>((resolve) => {
    void server.server.listen(async (url) => {
      resolve(url);
      await new Promise<void>((done) => {
        prepared = done;
      });
    });
  });
  const url = await port;
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: "starting", store: "ok" }]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  let answered = false;
  const answer = fetch(`${url}/graphql?query={viewer{id}}`, { headers: { "apollo-require-preflight": "1" } }).then(
    (response) => {
      answered = true;
      return response.json();
    },
  );
  await fetch(`${url}/readyz`);
  expect(answered).toBe(false);
  prepared();
  expect(await answer).toEqual({ data: { viewer: { id: "me" } } });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});
