/** What one caller sends at once holds up no other: over real HTTP and WebSockets. */
import type { Socket } from "node:net";
import { Registry } from "prom-client";
import { as, becomes, closed, Peer } from "../../test/support/peer.js";
import { activityDay, startServer, type TestServer, testConfig } from "../../test/support/server-bench.js";
import { createContext } from "../graphql/context.js";
import { createDocuments } from "../graphql/documents.js";
import { defaultLimits } from "../graphql/limits.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import type { Ask } from "../health-data/ask.js";
import { createApollo } from "./apollo.js";
import { createMetrics } from "./metrics.js";

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

/** What is sent meanwhile goes out in one packet. */
function atOnce({ socket }: Peer, send: () => void): void {
  const { _socket: wire } = socket as unknown as { _socket: Socket };
  wire.cork();
  send();
  wire.uncork();
}
/** The most that a count grew by within one turn of the loop, until it is so high. */
async function leap(count: () => number, end: number): Promise<number> {
  let [before, most] = [count(), 0];
  while (before < end) {
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, count() - before);
    before = count();
  }
  return most;
}

const dear = (days: number) =>
  `subscription { dataUpdated { user { activity(range: { lastDays: ${days} }) { days { steps } } } } }`;
const daysOf = ([ask]: readonly Ask[]) => ask?.range?.lastDays;
const update = {
  userId: "ann",
  provider: "FITBIT",
  domain: "ACTIVITY",
  dates: ["2026-03-01"],
  receivedAt: Date.UTC(2026, 2, 1),
  origin: "LIVE",
} as const;

test("of messages that come in one packet, one of a socket is looked at with each turn of the loop", async () => {
  const server = await start(closed, { places: { userOperations: 0 } });
  const peer = await Peer.of(server, await as("ann"));
  atOnce(peer, () => {
    for (let each = 0; each < 60; each++) peer.ask(`${each}`, "{ viewer { id } }");
  });
  // Both ends are in this process: what is written in one turn may be read with what is written in the next.
  expect(await leap(() => peer.codes().length, 60)).toBeLessThan(6);
});

test("operations of one caller begin one after the other, on however many sockets they come", async () => {
  const server = await start(closed);
  const peers = [];
  for (let each = 0; each < 8; each++) peers.push(await Peer.of(server, await as("ann")));
  const begun = () => server.pretence.updates.listening;
  for (const peer of peers) atOnce(peer, () => [1, 2, 3].map((each) => peer.ask(`${each}`, dear(each))));
  // One begins in each turn, which may end before or after it is looked at.
  expect(await leap(begun, 24)).toBeLessThanOrEqual(2);
});

test("refusals of one caller are told one after the other, on however many sockets they come, and those are not read on before", async () => {
  const server = await start(closed, { places: { userOperations: 0 } });
  let [pauses, resumptions] = [0, 0];
  server.server.httpServer.on("upgrade", (_request, socket: Socket) => {
    socket.on("pause", () => pauses++).on("resume", () => resumptions++);
  });
  const peers: Peer[] = [];
  for (let each = 0; each < 8; each++) peers.push(await Peer.of(server, await as("ann")));
  const [pausedBefore, resumedBefore] = [pauses, resumptions];
  const bob = await Peer.of(server, await as("bob"));
  const told = () => peers.reduce((sum, peer) => sum + peer.of("error").length, 0);
  let toldBefore = Number.NaN;
  void bob
    .until(() => bob.of("error").length === 1)
    .then(() => {
      toldBefore = told();
    });
  for (const peer of peers) atOnce(peer, () => [1, 2, 3, 4].map((each) => peer.ask(`${each}`, "{ viewer { id } }")));
  bob.ask("1", "{ viewer { id } }");
  // One is told in each turn, which may end before or after it is looked at.
  expect(await leap(told, 32)).toBeLessThanOrEqual(3);
  expect(toldBefore).toBeLessThan(24);
  expect(pauses - pausedBefore).toBeGreaterThanOrEqual(8);
  // Each is read again: it hears of its next operation.
  for (const peer of peers) peer.ask("5", "{ viewer { id } }");
  await Promise.all(peers.map((peer) => peer.until(() => peer.of("error", "5").length === 1)));
  expect(resumptions - resumedBefore).toBeGreaterThanOrEqual(8);
});

test("an event that many subscriptions of one caller have to be answered is answered for another caller in between", async () => {
  const server = await start(closed);
  server.pretence.answer = () => ({ days: [activityDay("2026-03-01", { steps: 3 })], totals: null, sources: [] });
  const [ann, bob] = [await Peer.of(server, await as("ann")), await Peer.of(server, await as("bob"))];
  for (let each = 0; each < 5; each++) {
    ann.ask(`${each}`, dear(1_000 + each));
    await becomes(() => server.pretence.updates.listening === each + 1);
  }
  bob.ask("1", dear(900));
  await becomes(() => server.pretence.updates.listening === 6);
  for (let each = 0; each < 6; each++) server.pretence.updates.send({ ...update });
  await ann.until(() => ann.of("next").length === 5);
  await bob.until(() => bob.of("next").length === 1);
  expect(server.pretence.batches.map(daysOf).indexOf(900)).toBeLessThan(3);
});

test("long documents of one caller are read one after the other, on however many requests they come", async () => {
  let answered = 0;
  const metrics = { ...createMetrics(new Registry()), operation: () => answered++ };
  // Without credentials nothing spreads them before they are read.
  const server = await start({}, { metrics });
  const asked = Array.from({ length: 24 }, (_, each) => server.query(`{ a${each}: __typename } #${"x".repeat(1_000)}`));
  expect(await leap(() => answered, 24)).toBeLessThanOrEqual(2);
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
});

test("a document that came by HTTP is not read again for a WebSocket", async () => {
  const documents = createDocuments({ schema: schema(), introspection: true, limits: defaultLimits });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const apollo = createApollo({
    ...testConfig(),
    firstQuery: null,
    log,
    metrics: createMetrics(new Registry()),
    documents,
  });
  const contextValue = createContext({
    caller: { kind: "user", userId: "ann", expiresAt: null },
    services: { clock: { now: () => Date.UTC(2026, 2, 1) } } as Services,
    providers: new Map(),
    requestId: "1",
  });
  const seen: unknown[] = [];
  apollo.addPlugin({
    requestDidStart: async () => ({ didResolveOperation: async ({ document }) => void seen.push(document) }),
  });
  await apollo.executeOperation({ query: "{ a: __typename }" }, { contextValue });
  await apollo.executeOperation({ query: "{ a: __typename }" }, { contextValue });
  await apollo.stop();
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBe(documents.read("{ a: __typename }"));
  expect(seen[1]).toBe(seen[0]);
});

test("a session knows whose work it is", async () => {
  const server = await start(closed);
  await server.query("{ viewer { activity(range: { lastDays: 3 }) { days { steps } } } }", {
    headers: await as("ann"),
  });
  expect(server.pretence.requests.map(({ owner }) => owner)).toEqual(["user ann"]);
});
