import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Express } from "express";
import type { Registry } from "prom-client";
import type { AuditLog } from "../audit/log.js";
import type { Config } from "../config/config.js";
import { actorOf, auditedServices } from "../graphql/audited-services.js";
import type { Caller } from "../graphql/caller.js";
import { createDocuments } from "../graphql/documents.js";
import { errorBody } from "../graphql/errors.js";
import { defaultLimits, type Limits } from "../graphql/limits.js";
import { providerViews } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import type { Log } from "../log.js";
import { toolsOf } from "../operations/tools.js";
import type { TrustedOperation } from "../operations/trusted.js";
import { createAddressOf } from "./address.js";
import { createApollo } from "./apollo.js";
import { createEnding } from "./ending.js";
import { readExamples } from "./examples.js";
import { explorer } from "./explorer.js";
import { home, pageDocuments } from "./home.js";
import { createIdentity } from "./identity.js";
import type { LineLimits } from "./line.js";
import { toolCaller } from "./mcp/tool-call.js";
import { toolServer } from "./mcp/tool-server.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { cors } from "./middleware/cors.js";
import { failed } from "./middleware/failed.js";
import { jsonReader } from "./middleware/json-body.js";
import { person } from "./middleware/person.js";
import { asSpan, named, routeOf, textsOf } from "./middleware/request.js";
import { createOperations } from "./operations.js";
import { createPlaces, type PlaceLimits } from "./places.js";
import { createRateLimiter, type RateLimit } from "./rate-limit.js";
import type { Check } from "./readiness.js";
import { callbackDoor } from "./routes/callback.js";
import { graphqlDoor } from "./routes/graphql.js";
import { contextOf } from "./routes/graphql-context.js";
import { consentIn, type InnerLab, syncIn } from "./routes/lab.js";
import { type McpDoor, mcpDoor } from "./routes/mcp.js";
import { probes } from "./routes/probes.js";
import { isStream, type StreamDoor, streamDoor } from "./routes/stream.js";
import { type WebhookDoor, webhookDoor } from "./routes/webhooks.js";
import { attachSocket } from "./socket.js";
import { createTrusted } from "./trusted.js";

export interface ServerDeps {
  readonly config: Config;
  readonly services: Services;
  readonly log: Log;
  /** Left out: nothing is noted. */
  readonly audit?: AuditLog;
  /** What callers may name by an id, and agents call as tools. */
  readonly operations?: readonly TrustedOperation[];
  /** What has to answer before this replica can serve, by name: the store, Redis. */
  readonly checks: Readonly<Record<string, Check>>;
  /** What providers call. */
  readonly webhooks: WebhookDoor;
  /** Where everything is counted; `metrics` was made with it. */
  readonly registry: Registry;
  /** Left out: made with the registry. */
  readonly metrics?: Metrics;
  /** The provider lab inside; left out where there is none. */
  readonly lab?: InnerLab;
  readonly limits?: Limits;
  readonly rateLimit?: Partial<RateLimit>;
  readonly places?: Partial<PlaceLimits>;
  readonly line?: Partial<LineLimits>;
}

export interface GatewayServer {
  readonly httpServer: Server;
  /**
   * Takes the port, then does what has to be done before the first answer: requests that come meanwhile wait for it.
   * Answers the address that it is reached at on this machine: with a port even where `PORT` is 0.
   */
  listen(prepare?: (url: string) => Promise<void>): Promise<string>;
  /** Goes on answering, but `/readyz` says draining, and every client is asked to come back on another connection. */
  drain(): void;
  /** Takes nothing new; what runs gets that long to come to its end, then it is cut. Ends subscriptions. */
  close(graceMs?: number): Promise<void>;
}

const MAX_REQUEST_BYTES = 256 * 1024;
/** How long what runs may take when the process ends. */
export const GRACE_MS = 10_000;

/** Services that note in the audit log who used them: one for all users and one for each app key. */
function servicesByCaller(services: Services, audit: AuditLog | undefined) {
  // Nothing of a request is in them.
  const audited = new Map<string, Services>();
  return (caller: Caller, agent?: string): Services => {
    if (!audit) return services;
    const actor = actorOf(caller);
    // Not kept: agents give their names themselves, as many as they like.
    if (agent !== undefined) return auditedServices(services, audit, actor, agent);
    const made = audited.get(actor) ?? auditedServices(services, audit, actor);
    audited.set(actor, made);
    return made;
  };
}

/** What routes and sockets stand on; each is made once. */
async function createParts(deps: ServerDeps) {
  const { config, services, log, limits } = deps;
  const { redisUrl, introspection } = config;
  const metrics = deps.metrics ?? createMetrics(deps.registry);
  const documents = createDocuments({ schema: schema(), introspection, limits: limits ?? defaultLimits });
  const examples = config.explorer ? await readExamples() : [];
  const firstQuery = examples[0]?.query ?? null;
  const apollo = createApollo({ introspection, firstQuery, log, metrics, documents, limits });
  await apollo.start();
  const trusted = createTrusted({
    operations: deps.operations ?? [],
    only: config.operationsOnly,
    ownIds: config.operationsOnly ? await pageDocuments() : new Set(),
  });
  const limiter = createRateLimiter({ limit: deps.rateLimit, redisUrl });
  const providers = providerViews(services.providers, config);
  const servicesFor = servicesByCaller(services, deps.audit);
  return {
    ...{ config, log, metrics, documents, apollo, limits, examples, trusted, limiter, providers, servicesFor },
    identity: createIdentity(config),
    places: createPlaces({ limits: deps.places, redisUrl }),
    addressOf: createAddressOf(config.trustedProxies),
    operations: createOperations({ servicesFor, providers, limiter, documents, trusted, limits, log }),
  };
}
type Parts = Awaited<ReturnType<typeof createParts>>;

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** GraphQL over HTTP, on Node's own server: most requests are for it, and a framework costs more than the answer does. */
function graphqlRoute(parts: Parts, who: Answer, services: Services, stream: StreamDoor): Answer {
  const { config, metrics, limiter, limits, apollo, documents, trusted } = parts;
  const isPreflight = cors(config);
  const context = contextOf({ ...parts, services });
  const answer = graphqlDoor({
    apollo,
    metrics,
    limiter,
    limits,
    documents,
    trusted,
    body: jsonReader(MAX_REQUEST_BYTES),
    context,
  });
  return async (request, response) => {
    if (isPreflight(request, response)) return;
    await who(request, response);
    if (isStream(request.url!)) await stream.answer(request, response);
    else await answer(request, response);
  };
}

/** What is not GraphQL: what providers and returning browsers ask, and pages. */
function mountRoutes(app: Express, parts: Parts, who: Answer, mcp: McpDoor | null, deps: ServerDeps): void {
  const { services, webhooks, lab } = deps;
  const { config } = parts;
  const { connections, providers } = services;
  const callback = callbackDoor({ ...parts, connections, providers });
  app.all(["/webhooks/:provider", "/webhooks/:provider/:secret"], webhookDoor(webhooks, providers));
  app.all("/oauth/:provider/callback", (request, response) => callback(request, response, textsOf(request.query)));

  if (mcp) app.all("/mcp", (request, response) => mcp.answer(request, response));

  app.use(async (request, response, next) => {
    await who(request, response);
    next();
  });
  if (config.explorer) app.use(explorer(parts.examples));
  app.use(home(config));
  if (lab) {
    app.post("/lab/sync/:person", syncIn(lab, services.clock));
    app.get(/^\/lab\/.+/, consentIn(lab, config.publicUrl));
  }
  app.use((_request, response) => void response.status(404).json(errorBody("BAD_REQUEST", "There is nothing here.")));
}

/** Assistants' door: a tool for each query that the operator knows of. Null where it is switched off. */
function openMcp(parts: Parts, who: Answer, operations: readonly TrustedOperation[] = []): McpDoor | null {
  if (!parts.config.mcp) return null;
  const tools = toolsOf(operations);
  const call = toolCaller({ ...parts, tools });
  return mcpDoor({ ...parts, who, body: jsonReader(MAX_REQUEST_BYTES), toolServer: toolServer(tools, call) });
}

/**
 * Longer than the minute for which balancers keep idle connections: they would send a request into one that is just being
 * closed otherwise, and tell their client of a bad gateway.
 */
const IDLE_CONNECTION_MS = 75_000;

export async function createServer(deps: ServerDeps): Promise<GatewayServer> {
  const { config, registry, checks } = deps;
  const parts = await createParts(deps);
  const fail = failed(parts.log);
  const name = named(parts.metrics);
  const who = person(parts);
  const stream = streamDoor({ ...parts, line: deps.line, body: jsonReader(MAX_REQUEST_BYTES) });
  const graphql = graphqlRoute(parts, who, deps.services, stream);
  const mcp = openMcp(parts, who, deps.operations);
  const app = express();
  const httpServer = createHttpServer((request, response) => {
    ending.begin(response);
    name(request, response);
    asSpan(request, response, () => {
      if (routeOf(request.url!) !== "/graphql") return app(request, response);
      opened.then(() => graphql(request, response)).catch((error: unknown) => fail(error, request, response));
    });
  });
  httpServer.keepAliveTimeout = IDLE_CONNECTION_MS;
  const ending = createEnding(httpServer);
  let prepared = true;
  let opened: Promise<void> = Promise.resolve();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use(probes({ checks, registry, isPrepared: () => prepared, isDraining: () => ending.draining }));
  app.use(async (_request, _response, next) => {
    await opened;
    next();
  });
  mountRoutes(app, parts, who, mcp, deps);
  app.use(((error, request, response, _next) => fail(error, request, response)) as ErrorRequestHandler);
  const socket = attachSocket(httpServer, {
    ...parts,
    line: deps.line,
    maxMessageBytes: MAX_REQUEST_BYTES,
    opened: () => opened,
  });

  let closing: Promise<void> | undefined;
  return {
    httpServer,
    async listen(prepare) {
      prepared = false;
      const listening = new Promise<void>((resolve, reject) => {
        httpServer.once("error", reject).listen(config.port, config.host, resolve);
      }).then(() => {
        const { address, port, family } = httpServer.address() as AddressInfo;
        return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
      });
      opened = listening.then(prepare).then(() => {
        prepared = true;
      });
      await opened;
      return await listening;
    },
    drain: ending.drain,
    async close(graceMs = GRACE_MS) {
      closing ??= (async () => {
        await ending.close(graceMs, async () => {
          stream.close();
          await socket.close(graceMs);
        });
        await mcp?.close();
        parts.limiter.close();
        await parts.places.close();
        await parts.apollo.stop();
      })();
      await closing;
    },
  };
}
