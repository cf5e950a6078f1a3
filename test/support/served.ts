import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, print } from "graphql";
import { createClient } from "graphql-ws";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import { createLogger } from "../../src/log.js";
import { type Sandbox, type SandboxLabs, startSandbox } from "../../src/sandbox/start.js";
import { type ServeOptions, type Serving, serve } from "../../src/serve.js";
import { patient } from "./environment.js";

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions?: { readonly plan?: Plan };
}

interface Plan {
  readonly upstreamCalls: number;
  readonly calls: readonly { readonly call: string; readonly provider: string; readonly requests: number }[];
  readonly budgets: readonly { readonly remaining: number }[];
}

export interface AskOptions {
  readonly variables?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly plan?: "report" | "dry-run";
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export type Anything = any;

export interface Client {
  ask<T, V>(query: TypedDocumentNode<T, V>, options?: AskOptions): Promise<Answer<T>>;
  ask(query: string | DocumentNode, options?: AskOptions): Promise<Answer<Anything>>;
  /** A WebSocket of its own. What it subscribed to is listened to once this resolves. */
  subscribe(query: string | DocumentNode, options?: SubscribeOptions): Promise<Subscription>;
}

interface SubscribeOptions {
  readonly variables?: Record<string, unknown>;
  /** What a browser would say in `connection_init`. */
  readonly params?: Record<string, unknown>;
}

export interface Subscription {
  /** The data of the next event. Rejects where it came with errors, the subscription has ended, or nothing comes. */
  next(): Promise<Anything>;
  /** How the socket was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  end(): Promise<void>;
}

export interface Served extends Client {
  readonly url: string;
  readonly serving: Serving;
  readonly sandbox: Sandbox;
  readonly labs: SandboxLabs;
  close(): Promise<void>;
}

/**
 * The whole of Pulsegate as its users meet it: over HTTP, with the provider lab inside, everything in memory. The lab
 * does not wait, neither for changes to gather nor between two attempts at a notification.
 */
export async function startServed(
  env: Readonly<Record<string, string>> = {},
  time: Omit<ServeOptions, "log"> = { clock: { now: () => Date.now() } },
): Promise<Served> {
  const log = createLogger({ level: "silent" });
  const serving = await serve({ ...inMemory, SANDBOX: "1", ...env }, { log, ...time });
  const sandbox = serving.sandbox!;
  return { ...clientOf(serving.url), url: serving.url, serving, sandbox, labs: sandbox.labs, close: serving.close };
}

/**
 * As an operator runs it: nobody gets in without credentials, and providers are servers elsewhere. `seeded`: the lab's
 * people are connected, each as a user of the same name.
 */
export async function startClosed(
  env: Readonly<Record<string, string>> = {},
  { seeded = false, ...time }: { readonly seeded?: boolean } & Omit<ServeOptions, "log"> = {},
): Promise<Served> {
  const log = createLogger({ level: "silent" });
  const sandbox = await startSandbox({ log, clock: time.clock });
  // Consents come back to an address that has to be known before anybody listens on it.
  const port = String(await freePort());
  const serving = await serve({ ...inMemory, ...credentials, PORT: port, ...sandbox.env, ...env }, { log, ...time });
  if (seeded) await sandbox.seed(serving.gateway);
  const { url } = serving;
  const close = async () => {
    await serving.close();
    await sandbox.close();
  };
  return { ...clientOf(url), url, serving, sandbox, labs: sandbox.labs, close };
}

/**
 * A clock that starts at an instant and then runs as time does. The lab's people live by the date: with a date of its own,
 * a test meets the same days whenever it is run, and no midnight comes in between.
 */
export function clockFrom(instant: string) {
  const aheadMs = Date.parse(instant) - Date.now();
  return { now: () => Date.now() + aheadMs };
}

/** Time in a test's hands: nobody waits, and a job is due as soon as the clock says so. */
export function testTime(instant: string) {
  let now = Date.parse(instant);
  return {
    clock: { now: () => now },
    delay: async (ms: number) => {
      now += Math.ceil(ms);
    },
    timers: {
      // The queue looks at the clock all the time, as it can't know when somebody moves it.
      after: (ms: number, callback: () => void) => {
        const timer = setTimeout(callback, Math.min(ms, 5));
        return () => clearTimeout(timer);
      },
    },
    /** Never back. */
    moveTo: (at: number) => {
      now = Math.max(now, at);
    },
  };
}

export const inMemory = { ...patient, STORE_URL: "memory:", PORT: "0", LOG_LEVEL: "silent" } as const;

export function clientOf(url: string): Client {
  return {
    async ask(query: string | DocumentNode, { variables, headers, plan }: AskOptions = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: textOf(query), variables, ...(plan && { extensions: { plan } }) }),
      });
      const body = (await response.json()) as Omit<Answer<Anything>, "status" | "headers">;
      return { status: response.status, headers: response.headers, ...body };
    },
    async subscribe(query, { variables, params } = {}) {
      let close: (how: { code: number; reason: string }) => void = () => {};
      const closed = new Promise<{ code: number; reason: string }>((resolve) => {
        close = resolve;
      });
      const client = createClient({
        url: `${url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: params,
        retryAttempts: 0,
        lazy: true,
        on: { closed: (event) => close(event as { code: number; reason: string }) },
      });
      const events = client.iterate({ query: textOf(query), variables });
      // The server takes messages in order: once it has answered this one, it listens for the other.
      for await (const _ of client.iterate({ query: "{ __typename }" }));
      return {
        async next() {
          const { value, done } = await within(60, `an event of ${textOf(query)}`, events.next());
          if (done) throw new Error("The subscription has ended.");
          if (value.errors) throw new Error(JSON.stringify(value.errors));
          return value.data;
        },
        closed,
        async end() {
          await events.return?.();
          await client.dispose();
        },
      };
    },
  };
}

/** What never comes is said after some seconds, and by its name. */
export async function within<T>(seconds: number, what: string, coming: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${seconds} s in vain for ${what}`)), seconds * 1000);
  });
  return await Promise.race([coming, late]).finally(() => clearTimeout(timer));
}

/** For what another process does: looks until it is so. */
export async function eventually(seconds: number, what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const textOf = (query: string | DocumentNode) => (typeof query === "string" ? query : print(query));

/** What a gateway knows its callers by. Below it, what they send. */
const jwtSecret = "a secret of the tests that is long enough";
const appKey = "an-app-key-of-the-tests";
export const credentials = {
  AUTH_JWT_SECRET: jwtSecret,
  APP_KEYS: `backend:${createHash("sha256").update(appKey).digest("hex")}`,
  ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
} as const;
export const asApp = { "x-api-key": appKey } as const;

export async function tokenFor(userId: string, expiresInSeconds = 600, secret = jwtSecret): Promise<string> {
  return await new SignJWT({ sub: userId })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
    .sign(new TextEncoder().encode(secret));
}
export const asUser = async (userId: string) => ({ authorization: `Bearer ${await tokenFor(userId)}` });

/**
 * A port that nobody listens on: for a gateway that has to know its own address beforehand. Not one of those that the
 * system hands out by itself, lest another test be given it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

/** Requests for data that a lab has taken. */
export function dataRequests(lab: SandboxLabs[keyof SandboxLabs], personId?: string) {
  return lab.requests.filter((one) => one.kind === "api" && (personId === undefined || one.personId === personId));
}
