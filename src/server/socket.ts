import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { ExecutionResult, FormattedExecutionResult } from "graphql";
import { CloseCode, makeServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Config } from "../config/config.js";
import { PulsegateError } from "../errors.js";
import { type Caller, ownerOf } from "../graphql/caller.js";
import { formatError } from "../graphql/errors.js";
import { answer, follow } from "../graphql/operation.js";
import { schema } from "../graphql/schema.js";
import type { Log } from "../log.js";
import { turn } from "../turns.js";
import { inTime } from "../under-way.js";
import type { AddressOf } from "./address.js";
import { guardOpenDoor } from "./guard.js";
import type { Identity } from "./identity.js";
import { generousLine, type LineLimits, lineClass } from "./line.js";
import type { Metrics } from "./metrics.js";
import { type Asked, type Operations, refusalOf, serialised, writtenFor } from "./operations.js";
import type { Leave, Places } from "./places.js";
import type { RateLimiter } from "./rate-limit.js";
import { type Peer, speakOver } from "./transport.js";

export interface SocketOptions {
  readonly config: Config;
  readonly identity: Identity;
  readonly limiter: RateLimiter;
  readonly addressOf: AddressOf;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly places: Places;
  readonly operations: Operations;
  readonly line?: Partial<LineLimits>;
  readonly maxMessageBytes: number;
  /** Nobody is let in before it resolves. */
  opened?(): Promise<void>;
}

/** A peer that does not answer a close is cut then. */
const CLOSE_MS = 1_000;
/** GOING_AWAY: clients take it for a reason to come back, where they find another replica. */
const GOING_AWAY = 1001;
/** "Try again later", for clients that would take a refusal for final. */
const TRY_AGAIN_LATER = 1013;
const TOO_MANY = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\nconnection: close\r\n\r\n";
/** Opening one: a handshake, a token, a place. */
const SOCKET_POINTS = 2;
/** The longest time that a timer takes; a token that lives longer is looked at again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Known extends Peer {
  caller?: Caller;
  expiry?: NodeJS.Timeout;
  /** What has to be given back when the socket closes: its own place, and one for each running operation by its id. */
  held?: Map<string, Leave>;
  /** Operations that are refused and not told so yet. */
  refusals?: number;
}
/** Under which a socket's own place is held; operations' ids are not empty. */
const OWN_PLACE = "";

export interface SocketDoor {
  /** Closes each socket once its queries and mutations are answered, after that time in any case; then cuts it. */
  close(graceMs: number): Promise<void>;
}

/** Serves graphql-transport-ws at /graphql. The same caller, limits and errors as over HTTP. */
export function attachSocket(server: Server, options: SocketOptions): SocketDoor {
  const { config, identity, limiter, places, addressOf, metrics, log, operations } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    // One message of a socket with each turn of the loop, however many came at once.
    allowSynchronousEvents: false,
    WebSocket: lineClass({ ...generousLine, ...options.line }),
    handleProtocols: (offered) => (offered.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });

  const answers = createAnswers();
  /** Until they say who they are. */
  const strangers = new WeakMap<WebSocket, Leave>();

  const graphql = makeServer<Record<string, unknown>, Known>({
    schema: schema(),
    // A telephone on a slow line takes its time.
    connectionInitWaitTimeout: 15_000,
    onConnect: async ({ extra, connectionParams }) => {
      try {
        await options.opened?.();
        const caller = await callerOf(extra.request, connectionParams);
        await limiter.take(caller, addressOf(extra.request), SOCKET_POINTS);
        hold(extra, OWN_PLACE, await places.socket(caller));
        strangers.get(extra.socket)?.();
        extra.caller = caller;
        if (caller.kind === "user" && caller.expiresAt !== null) endAt(extra, caller.expiresAt);
        return true;
      } catch (error) {
        if (!(error instanceof PulsegateError)) log.error({ err: error }, "a caller could not be identified");
        // Where nobody can judge the credentials, nobody has refused them; where there is no place now, there may be.
        if (mayComeBack(error)) extra.socket.close(TRY_AGAIN_LATER, "Try again later");
        return false;
      }
    },
    onDisconnect: ({ extra }) => clearTimeout(extra.expiry),
    onClose: ({ extra }) => {
      clearTimeout(extra.expiry);
      answers.forget(extra.socket);
    },
    onSubscribe: async ({ extra }, id, { query, variables, operationName, extensions }) => {
      // Until it is known to be a subscription it may be a query, and then its answer is waited for.
      answers.begin(extra.socket, id);
      let isAnswered = false;
      try {
        const begun = await begin(extra, id, { query, variables, operationName, extensions });
        isAnswered = "operation" in begun && begun.operation.operation !== "subscription";
        return begun;
      } catch (error) {
        await refusedInTurn(extra);
        return refusalOf(error, log);
      } finally {
        if (!isAnswered) answers.end(extra.socket, id);
      }
    },
    execute: (args) => writtenFor(args as never, () => answer(args as never, log)),
    subscribe: (args) => follow(args as never, log) as never,
    onComplete: ({ extra }, id) => {
      answers.end(extra.socket, id);
      release(extra, id);
    },
    onNext: (_context, _id, _payload, _args, result) =>
      serialised(result as ExecutionResult) as unknown as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
  });
  speakOver(sockets, graphql, log);

  async function callerOf(request: IncomingMessage, params: Readonly<Record<string, unknown>> = {}): Promise<Caller> {
    // Browsers can't set headers on a WebSocket; others may use them, and what `connection_init` says counts first.
    const { authorization, "x-api-key": appKey } = request.headers;
    const said = Object.keys(params).some((name) => /^(authorization|x-api-key)$/i.test(name));
    const caller = await identity.authenticate(said ? params : { authorization, "x-api-key": appKey });
    if (caller.kind === "user" && caller.expiresAt === null) guardOpenDoor(request.headers, config);
    return caller;
  }

  function hold(extra: Known, id: string, leave: Leave): void {
    const held = extra.held ?? new Map<string, Leave>();
    if (!extra.held) {
      extra.held = held;
      extra.socket.once("close", () => {
        for (const key of [...held.keys()]) release(extra, key);
      });
    }
    held.set(id, leave);
    if (id !== OWN_PLACE) metrics.subscriptions(1);
    // It closed while it was asked for: nobody else would give the place back.
    if (extra.socket.readyState !== extra.socket.OPEN) release(extra, id);
  }

  function release({ held }: Known, id: string): void {
    const leave = held?.get(id);
    if (!leave) return;
    held!.delete(id);
    leave();
    if (id !== OWN_PLACE) metrics.subscriptions(-1);
  }

  async function begin(extra: Known, id: string, request: Asked) {
    const { caller } = extra;
    if (!caller) throw new PulsegateError("UNAUTHENTICATED");
    const leave = await places.operation(caller);
    try {
      const cut = () => extra.socket.close(TRY_AGAIN_LATER, "This subscription fell behind.");
      const begun = await operations.prepare({ caller, address: addressOf(extra.request), cut }, request);
      if ("operation" in begun) hold(extra, id, leave);
      else leave();
      return begun;
    } catch (error) {
      leave();
      throw error;
    }
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/graphql") return socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    const leave = places.stranger(addressOf(request));
    if (!leave) return socket.end(TOO_MANY);
    const gone = () => {};
    socket.on("error", gone);
    limiter.upgrade(addressOf(request)).then(
      () => {
        socket.off("error", gone);
        socket.once("close", leave);
        sockets.handleUpgrade(request, socket, head, (ws) => {
          strangers.set(ws, leave);
          sockets.emit("connection", ws, request);
        });
      },
      () => {
        leave();
        socket.end(TOO_MANY);
      },
    );
  };
  server.on("upgrade", onUpgrade);
  return {
    async close(graceMs) {
      server.off("upgrade", onUpgrade);
      await inTime(graceMs, answers.allGiven(sockets.clients));
      for (const client of sockets.clients) client.close(GOING_AWAY, "Going away");
      const gone = new Promise<void>((resolve) => sockets.close(() => resolve()));
      await inTime(CLOSE_MS, gone);
      for (const client of sockets.clients) client.terminate();
      await gone;
    },
  };
}

/** Which sockets wait for the answer to a query or mutation: they are not closed before they have it. */
function createAnswers() {
  const open = new Map<WebSocket, Set<string>>();
  let closing = false;
  let allGiven = () => {};
  const forget = (socket: WebSocket) => {
    open.delete(socket);
    if (open.size === 0) allGiven();
  };
  return {
    begin: (socket: WebSocket, id: string) => {
      open.set(socket, (open.get(socket) ?? new Set()).add(id));
    },
    end: (socket: WebSocket, id: string) => {
      const ids = open.get(socket);
      if (!ids?.delete(id) || ids.size > 0) return;
      // What completes the answer is sent in this turn still.
      if (closing) setImmediate(() => socket.close(GOING_AWAY, "Going away"));
      forget(socket);
    },
    forget,
    /** Closes those that wait for none, and the others as soon as they don't. */
    allGiven: (all: Iterable<WebSocket>): Promise<void> => {
      closing = true;
      for (const socket of all) if (!open.has(socket)) socket.close(GOING_AWAY, "Going away");
      return new Promise((resolve) => {
        allGiven = () => setImmediate(resolve);
        if (open.size === 0) allGiven();
      });
    },
  };
}

/**
 * A refusal may take no points, and telling of it takes more time than hearing the message did. So a user's refusals take
 * turns, on however many sockets they are, and a socket is not read on before its own are told.
 */
async function refusedInTurn(extra: Known): Promise<void> {
  const { socket, caller } = extra;
  extra.refusals = (extra.refusals ?? 0) + 1;
  socket.pause();
  await turn(caller && ownerOf(caller));
  extra.refusals--;
  if (extra.refusals === 0) socket.resume();
}

function mayComeBack(error: unknown): boolean {
  return !(error instanceof PulsegateError) || error.code === "SERVICE_UNAVAILABLE" || error.code === "RATE_LIMITED";
}

/** Closes a socket when its token ends. Clients take this code for a reason to come back, with a new token. */
function endAt(extra: Known, expiresAt: number): void {
  const left = expiresAt - Date.now();
  const socket: WebSocket = extra.socket;
  extra.expiry = setTimeout(
    () => (left > MAX_TIMER_MS ? endAt(extra, expiresAt) : socket.close(CloseCode.Forbidden, "Token expired")),
    Math.min(Math.max(left, 0), MAX_TIMER_MS),
  );
  extra.expiry.unref();
}
