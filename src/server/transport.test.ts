/** Trouble on a WebSocket, over real ones: what the log has of it, and that the console has nothing. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import { GraphQLError } from "graphql";
import type { Server } from "graphql-ws";
import { WebSocket, WebSocketServer } from "ws";
import { startServer, type TestServer } from "../../test/support/server-bench.js";
import { createLogger } from "../log.js";
import { type Peer, speakOver } from "./transport.js";

const PROTOCOL = "graphql-transport-ws";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl";

const onConsole: unknown[][] = [];
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  onConsole.length = 0;
  for (const method of ["error", "warn", "log"] as const)
    jest.spyOn(console, method).mockImplementation((...said) => void onConsole.push(said));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  expect(onConsole).toEqual([]);
  jest.restoreAllMocks();
});

async function gateway(): Promise<TestServer & { open(): Promise<WebSocket> }> {
  const server = await startServer();
  ends.push(async () => await server[Symbol.asyncDispose]());
  const open = async () => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, PROTOCOL);
    await once(socket, "open");
    return socket;
  };
  return { ...server, open };
}

/** Real sockets before a protocol that only pretends. */
async function pretended(graphql: Server<Peer>, pingMs?: number) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: "info", destination });
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  speakOver(sockets, graphql, log, pingMs);
  await once(sockets, "listening");
  ends.push(async () => {
    for (const client of sockets.clients) client.terminate();
    await new Promise((resolve) => sockets.close(resolve));
  });
  const { port } = sockets.address() as AddressInfo;
  const open = async (options = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, PROTOCOL, options);
    await once(socket, "open");
    return socket;
  };
  return { lines, sockets, open };
}

const failing = (error: unknown): Server<Peer> => ({
  opened: (socket) => {
    socket.onMessage(async () => {
      throw error;
    });
    return async () => {};
  },
});

const closing = async (socket: WebSocket): Promise<[number, string]> => {
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return [code, String(reason)];
};

test.each([
  ["a message that is none", "{", "Invalid message received"],
  ["a message that only a server sends", '{"type":"connection_ack"}', "Invalid message received"],
])("%s closes the socket of who sent it, and says nothing in the log", async (_what, message, reason) => {
  const server = await gateway();
  const socket = await server.open();
  socket.send(message);
  expect(await closing(socket)).toEqual([4400, reason]);
  expect(server.pretence.errors).toEqual([]);
});

test("a frame that is none ends its socket with the protocol's own code", async () => {
  const { lines, open } = await pretended(failing(new Error("not reached")));
  const socket = await open();
  // A reserved opcode, masked as a client's frames are.
  (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
    Buffer.from([0x83, 0x80, 1, 2, 3, 4]),
  );
  expect((await closing(socket))[0]).toBe(1002);
  expect(lines).toMatchObject([{ level: "info", reason: "WS_ERR_INVALID_OPCODE" }]);
});

test("a defect of ours is told in the log without tokens, and ends its socket alone", async () => {
  const { lines, open } = await pretended(failing(new Error(`refused: Bearer ${TOKEN}`)));
  const [one, other] = [await open(), await open()];
  one.send("x");
  expect(await closing(one)).toEqual([4500, "Internal server error"]);
  expect(lines).toMatchObject([{ level: "error", msg: "a WebSocket's message could not be dealt with" }]);
  expect(lines[0]?.["err"]).toMatchObject({ type: "Error", message: "refused: Bearer [redacted]" });
  expect(JSON.stringify(lines)).not.toContain(TOKEN);
  expect(other.readyState).toBe(WebSocket.OPEN);
});

test("what GraphQL quotes of a person's figures stays out of the log", async () => {
  const { lines, open } = await pretended(failing(new GraphQLError("Int cannot represent value: 61.5")));
  const socket = await open();
  socket.send("x");
  expect((await closing(socket))[0]).toBe(4500);
  expect(lines).toMatchObject([{ level: "error", msg: "a WebSocket's message could not be dealt with" }]);
  expect(JSON.stringify(lines)).not.toContain("61.5");
});

test("what fails once the peer has gone is told to nobody", async () => {
  let fail = (_error: Error) => {};
  const { lines, sockets, open } = await pretended({
    opened: (socket) => {
      socket.onMessage(
        () =>
          new Promise((_, reject) => {
            fail = reject;
            void socket.close(4000, "now");
          }),
      );
      return async () => {};
    },
  });
  const socket = await open();
  socket.send("x");
  await closing(socket);
  while (sockets.clients.size > 0) await new Promise(setImmediate);
  fail(new Error("write EPIPE"));
  await new Promise(setImmediate);
  expect(lines).toEqual([]);
});

test("what a socket followed ends with it, and a failure of that is told", async () => {
  const closed: unknown[] = [];
  const { lines, sockets, open } = await pretended({
    opened:
      (_socket, { request }) =>
      async (code, reason) => {
        closed.push([request.url, code, reason]);
        throw new Error("the source could not be left");
      },
  });
  const socket = await open();
  socket.close(4001, "enough");
  await closing(socket);
  while (sockets.clients.size > 0 || lines.length === 0) await new Promise(setImmediate);
  expect(closed).toEqual([["/", 4001, "enough"]]);
  expect(lines).toMatchObject([{ level: "error", msg: "what a WebSocket followed could not be ended" }]);
});

test("a peer that answers pings stays, and one that answers none is cut", async () => {
  const { open } = await pretended({ opened: () => async () => {} }, 200);
  const [alive, dead] = [await open(), await open({ autoPong: false })];
  let pings = 0;
  alive.on("ping", () => void pings++);
  expect((await closing(dead))[0]).toBe(1006);
  const before = pings;
  while (pings < before + 2) await once(alive, "ping");
  expect(alive.readyState).toBe(WebSocket.OPEN);
});
