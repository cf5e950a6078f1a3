import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { CloseCode } from "graphql-ws";
import { type Extra, useServer } from "graphql-ws/use/ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Config } from "../config/config.js";
import { PulsegateError } from "../errors.js";
import type { Caller } from "../graphql/caller.js";
import { createContext } from "../graphql/context.js";
import { asGraphQLError, formatError, unexpectedCode } from "../graphql/errors.js";
import { defaultLimits, type Limits } from "../graphql/limits.js";
import { admit, answer, follow } from "../graphql/operation.js";
import type { ProviderView } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import type { Log } from "../log.js";
import type { ProviderId } from "../providers/provider.js";
import { inTime } from "../under-way.js";
import { guardOpenDoor } from "./guard.js";
import type { Identity } from "./identity.js";
import type { Metrics } from "./metrics.js";
import type { RateLimiter } from "./rate-limit.js";

export interface SocketOptions {
  readonly config: Config;
  servicesFor(caller: Caller): Services;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly identity: Identity;
  readonly limiter: RateLimiter;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly limits?: Limits;
  readonly maxMessageBytes: number;
  /** Nobody is let in before it resolves. */
  opened?(): Promise<void>;
}

/** Open subscriptions of one socket; a page that needs more of them has lost count. */
const MAX_OPERATIONS = 100;
/** A peer that does not answer a close is cut then. */
const CLOSE_MS = 1_000;
/** GOING_AWAY: clients take it for a reason to come back, where they find another replica. */
const GOING_AWAY = 1001;
/** "Try again later", for clients that would take a refusal for final. */
const TRY_AGAIN_LATER = 1013;
/** The longest time that a timer takes; a token that lives longer is looked at again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Known extends Record<PropertyKey, unknown> {
  caller?: Caller;
  expiry?: NodeJS.Timeout;
  running?: number;
}

export interface SocketDoor {
  /** Closes each socket once its queries and mutations are answered, after that time in any case; then cuts it. */
  close(graceMs: number): Promise<void>;
}

/** Serves graphql-transport-ws at /graphql. The same caller, limits and errors as over HTTP. */
export function attachSocket(server: Server, options: SocketOptions): SocketDoor {
  const { config, servicesFor, providers, identity, limiter, metrics, log } = options;
  const limits = options.limits ?? defaultLimits;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    handleProtocols: (offered) => (offered.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });
  const rules = config.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  const answers = createAnswers();
  const graphql = useServer<Record<string, unknown>, Known>(
    {
      schema: schema(),
      connectionInitWaitTimeout: 5_000,
      onConnect: async ({ extra, connectionParams }) => {
        try {
          await options.opened?.();
          const caller = await callerOf(extra.request, connectionParams);
          extra.caller = caller;
          if (caller.kind === "user" && caller.expiresAt !== null) endAt(extra, caller.expiresAt);
          return true;
        } catch (error) {
          if (!(error instanceof PulsegateError)) log.error({ err: error }, "a caller could not be identified");
          // Where nobody can judge the credentials, nobody has refused them.
          if (mayComeBack(error)) extra.socket.close(TRY_AGAIN_LATER, "Try again later");
          return false;
        }
      },
      onDisconnect: ({ extra }) => clearTimeout(extra.expiry),
      onClose: ({ extra }) => {
        clearTimeout(extra.expiry);
        answers.forget(extra.socket);
      },
      onSubscribe: ({ extra }, id, { query, variables, operationName, extensions }) => {
        try {
          const begun = begin(extra, { query, variables, operationName, extensions });
          if (!Array.isArray(begun)) answers.begin(extra.socket, id, begun);
          return begun;
        } catch (error) {
          if (error instanceof PulsegateError) return [asGraphQLError(error)];
          if (error instanceof GraphQLError) return [coded(error, "GRAPHQL_PARSE_FAILED")];
          log.error({ err: error }, "an operation could not be begun");
          return [asGraphQLError(new PulsegateError(unexpectedCode(error)))];
        }
      },
      execute: (args) => answer(args as never, log),
      subscribe: (args) => follow(args as never, log) as never,
      onOperation: ({ extra }) => {
        extra.running = (extra.running ?? 0) + 1;
        metrics.subscriptions(1);
      },
      onComplete: ({ extra }, id) => {
        answers.end(extra.socket, id);
        if (!extra.running) return;
        extra.running--;
        metrics.subscriptions(-1);
      },
      onNext: (_context, _id, _payload, _args, result) =>
        shown(result as { errors?: readonly GraphQLError[] }) as FormattedExecutionResult,
      onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
    },
    sockets,
  );

  async function callerOf(request: IncomingMessage, params: Readonly<Record<string, unknown>> = {}): Promise<Caller> {
    // Browsers can't set headers on a WebSocket; others may use them, and what `connection_init` says counts first.
    const { authorization, "x-api-key": appKey } = request.headers;
    const said = Object.keys(params).some((name) => /^(authorization|x-api-key)$/i.test(name));
    const caller = await identity.authenticate(said ? params : { authorization, "x-api-key": appKey });
    if (caller.kind === "user" && caller.expiresAt === null) guardOpenDoor(request.headers, config);
    return caller;
  }

  function begin(
    extra: Extra & Known,
    request: {
      query: string;
      variables?: Record<string, unknown> | null;
      operationName?: string | null;
      extensions?: unknown;
    },
  ) {
    const { caller } = extra;
    if (!caller) throw new PulsegateError("UNAUTHENTICATED");
    const wait = limiter.take(caller, extra.request.socket.remoteAddress ?? "");
    if (wait !== null) throw new PulsegateError("RATE_LIMITED", undefined, { retryAfterSeconds: wait });
    if ((extra.running ?? 0) >= MAX_OPERATIONS) {
      throw new PulsegateError("RATE_LIMITED", "This connection has too many open subscriptions.");
    }
    const document = parse(request.query, { maxTokens: limits.tokens });
    const wrong = validate(schema(), document, rules);
    if (wrong.length > 0) return wrong.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED"));
    const operation = getOperationAST(document, request.operationName);
    if (!operation) return [coded(new GraphQLError("Which operation is meant?"), "OPERATION_RESOLUTION_FAILURE")];
    const context = createContext({ caller, services: servicesFor(caller), providers, requestId: randomUUID() });
    const { variables, extensions } = request;
    admit({ schema: schema(), document, operation, variables, extensions }, context, limits);
    return {
      schema: schema(),
      document,
      operationName: request.operationName,
      variableValues: variables,
      contextValue: context,
    };
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/graphql") return socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit("connection", ws, request));
  };
  server.on("upgrade", onUpgrade);
  return {
    async close(graceMs) {
      server.off("upgrade", onUpgrade);
      await inTime(graceMs, answers.allGiven(sockets.clients));
      const gone = Promise.resolve(graphql.dispose());
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
    begin: (
      socket: WebSocket,
      id: string,
      { document, operationName }: Pick<ExecutionArgs, "document" | "operationName">,
    ) => {
      if (getOperationAST(document, operationName)?.operation === "subscription") return;
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

function mayComeBack(error: unknown): boolean {
  return !(error instanceof PulsegateError) || error.code === "SERVICE_UNAVAILABLE";
}

/** Closes a socket when its token ends. Clients take this code for a reason to come back, with a new token. */
function endAt(extra: Extra & Known, expiresAt: number): void {
  const left = expiresAt - Date.now();
  const socket: WebSocket = extra.socket;
  extra.expiry = setTimeout(
    () => (left > MAX_TIMER_MS ? endAt(extra, expiresAt) : socket.close(CloseCode.Forbidden, "Token expired")),
    Math.min(Math.max(left, 0), MAX_TIMER_MS),
  );
  extra.expiry.unref();
}

function shown<R extends { errors?: readonly GraphQLError[] }>(result: R) {
  return result.errors
    ? { ...result, errors: result.errors.map((error) => formatError(error.toJSON(), error)) }
    : result;
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { ...error.extensions, code } });
}
