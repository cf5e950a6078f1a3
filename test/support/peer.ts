import { once } from "node:events";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { jwtSecret, type TestServer } from "./server-bench.js";

/** For tests: callers with tokens of their own, and what they do over WebSockets. */

/** Nobody is let in without credentials. */
export const closed = { singleUser: null, viewerWithoutCredentials: null } as const;

export const tokenFor = (sub: string, seconds = 600) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(jwtSecret);
export const as = async (sub: string) => ({ authorization: `Bearer ${await tokenFor(sub)}` });

interface Message {
  readonly type: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly payload?: any;
}

/** A client of graphql-transport-ws that does just what a test says. */
export class Peer {
  /** All that were opened: a test cuts them when it is over. */
  static readonly all: Peer[] = [];
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | null = null;
  private heard = () => {};
  constructor({ url }: TestServer) {
    this.socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    this.socket.on("message", (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      this.heard();
    });
    this.socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.heard();
    });
    this.socket.on("error", () => {});
    Peer.all.push(this);
  }
  static async of(server: TestServer, payload?: object): Promise<Peer> {
    const peer = new Peer(server);
    await once(peer.socket, "open");
    peer.send({ type: "connection_init", payload });
    await peer.until(() => peer.closed !== null || peer.of("connection_ack").length > 0);
    return peer;
  }
  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
  readonly asked: { id: string }[] = [];
  ask(id: string, query: string, variables?: object): void {
    this.asked.push({ id });
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }
  of(type: string, id?: string): Message[] {
    return this.messages.filter((message) => message.type === type && (id === undefined || message.id === id));
  }
  codes(id?: string): unknown[] {
    return this.of("error", id).flatMap(({ payload }) =>
      payload.map((error: { extensions: object }) => error.extensions),
    );
  }
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
  }
}

/** For what has no event to wait for: the server hears of an end in its own time. */
export async function becomes(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("it did not become true");
}
