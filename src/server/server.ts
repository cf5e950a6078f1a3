import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { Registry } from "prom-client";
import type { AuditLog } from "../audit/log.js";
import type { Config } from "../config/config.js";
import { CallerHungUp, errorTable, PulsegateError } from "../errors.js";
import { actorOf, auditedServices } from "../graphql/audited-services.js";
import type { Caller } from "../graphql/caller.js";
import { createContext, freshnessOf, headerTokensOf } from "../graphql/context.js";
import { createDocuments } from "../graphql/documents.js";
import { asGraphQLError, errorBody, headersOf, unexpectedCode } from "../graphql/errors.js";
import { defaultLimits, type Limits } from "../graphql/limits.js";
import { providerViews } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { WebhookRequest } from "../providers/provider.js";
import { providerAt } from "../providers/registry.js";
import { createAddressOf } from "./address.js";
import { createApollo } from "./apollo.js";
import { callbackDoor } from "./callback.js";
import { createEnding } from "./ending.js";
import { refusingEndless } from "./endless.js";
import { explorer } from "./explorer.js";
import { graphqlDoor } from "./graphql.js";
import { guardOpenDoor } from "./guard.js";
import { home } from "./home.js";
import { createIdentity } from "./identity.js";
import type { LineLimits } from "./line.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { createPlaces, type PlaceLimits } from "./places.js";
import { createRateLimiter, type RateLimit, spending } from "./rate-limit.js";
import { type Check, createReadiness } from "./readiness.js";
import { attachSocket } from "./socket.js";

export interface ServerDeps {
  readonly config: Config;
  readonly services: Services;
  readonly log: Log;
  /** Left out: nothing is noted. */
  readonly audit?: AuditLog;
  /** What has to answer before this replica can serve, by name: the store, Redis. */
  readonly checks: Readonly<Record<string, Check>>;
  /** What providers call. */
  readonly webhooks: WebhookDoor;
  /** Where everything is counted; `metrics` was made with it. */
  readonly registry: Registry;
  /** Left out: made with the registry. */
  readonly metrics?: Metrics;
  /** The provider lab inside; left out where there is none. */
  readonly lab?: { syncPerson(personId: string, untilMs: number | null): boolean };
  readonly limits?: Limits;
  readonly rateLimit?: Partial<RateLimit>;
  readonly places?: Partial<PlaceLimits>;
  readonly line?: Partial<LineLimits>;
}

/** Takes what a provider sent. The body has been read, and is not longer than the provider's `maxBytes`. */
interface WebhookDoor {
  receive(
    slug: string,
    request: WebhookRequest,
    secret?: string,
  ): Promise<{ readonly status: number; readonly body?: string; readonly contentType?: string }>;
}

export interface GatewayServer {
  readonly app: Express;
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

/** What the middlewares find out about a request. */
interface Found {
  requestId: string;
  caller?: Caller;
  /** Why there is no caller: told only where one is needed. */
  refusal?: unknown;
  /** The body before it was parsed, where it was JSON. */
  raw?: Buffer;
}
const found = (response: Response): Found => response.locals as Found;

export async function createServer(deps: ServerDeps): Promise<GatewayServer> {
  const { config, services, log, registry, audit } = deps;
  // One for all users and one for each app key: nothing of a request is in them.
  const audited = new Map<string, Services>();
  const servicesFor = (caller: Caller): Services => {
    if (!audit) return services;
    const actor = actorOf(caller);
    const made = audited.get(actor) ?? auditedServices(services, audit, actor);
    audited.set(actor, made);
    return made;
  };
  const metrics = deps.metrics ?? createMetrics(registry);
  const identity = createIdentity(config);
  const { redisUrl } = config;
  const limiter = createRateLimiter({ limit: deps.rateLimit, redisUrl });
  const places = createPlaces({ limits: deps.places, redisUrl });
  const addressOf = createAddressOf(config.trustedProxies);
  const callback = callbackDoor({
    connections: services.connections,
    providers: services.providers,
    limiter,
    addressOf,
    log,
  });
  const providers = providerViews(services.providers, config);
  const { introspection } = config;
  const documents = createDocuments({ schema: schema(), introspection, limits: deps.limits ?? defaultLimits });
  const apollo = createApollo({ ...config, log, metrics, documents, limits: deps.limits });
  await apollo.start();

  const app = express();
  const httpServer = createHttpServer(app);
  const ending = createEnding(httpServer);
  const look = createReadiness(deps.checks);
  let prepared = true;
  let opened: Promise<void> = Promise.resolve();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use(ending.middleware, named(metrics));

  app.get("/healthz", (_request, response) => void response.json({ status: "alive" }));
  app.get("/readyz", async (_request, response) => {
    const results = await look();
    const ready = prepared && Object.values(results).every((result) => result === "ok");
    // After the look: who asked while it began to drain is told so.
    const status = ending.draining ? "draining" : !prepared ? "starting" : ready ? "ready" : "not ready";
    response.status(status === "ready" ? 200 : 503).json({ status, ...results });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });

  app.use(async (_request, _response, next) => {
    await opened;
    next();
  });
  app.all(["/webhooks/:provider", "/webhooks/:provider/:secret"], webhook);
  app.all("/oauth/:provider/callback", (request, response) => callback(request, response, textsOf(request.query)));

  const person: RequestHandler = async (request, response, next) => {
    const mine = found(response);
    try {
      mine.caller = await identity.authenticate(request.headers);
      if (mine.caller.kind === "user" && mine.caller.expiresAt === null) guardOpenDoor(request.headers, config);
    } catch (error) {
      mine.caller = undefined;
      mine.refusal = error;
      // A page elsewhere must not even get to see the explorer.
      if (error instanceof PulsegateError && error.code === "FORBIDDEN") throw error;
    }
    await limiter.take(mine.caller ?? null, addressOf(request));
    next();
  };

  const limit = MAX_REQUEST_BYTES;
  const verify = (_request: unknown, response: unknown, raw: Buffer) => {
    found(response as Response).raw = raw;
  };
  const json = refusingEndless(limit, express.json({ limit, verify }));
  app.use(
    "/graphql",
    cors(config),
    person,
    json,
    graphqlDoor({
      apollo,
      metrics,
      limiter,
      limits: deps.limits,
      asked: found,
      context: (request, response, paid) => {
        const { caller, refusal, requestId } = found(response);
        if (!caller) throw refusalOf(refusal, requestId);
        return createContext({
          caller,
          services: servicesFor(caller),
          providers,
          requestId,
          freshness: freshnessOf(request.headers),
          headerTokens: config.tokenResolvers.includes("header")
            ? headerTokensOf(request.headers, services.providers)
            : {},
          signal: hangUp(response),
          spend: spending(limiter, caller, paid),
        });
      },
    }),
  );

  app.use(person);
  if (config.explorer) app.use(explorer());
  app.use(home(config, services.providers));
  if (deps.lab) app.post("/lab/sync/:person", syncIn(deps.lab, services.clock));
  app.use((_request, response) => void response.status(404).json(errorBody("BAD_REQUEST", "There is nothing here.")));

  const socket = attachSocket(httpServer, {
    config,
    servicesFor,
    providers,
    identity,
    limiter,
    places,
    documents,
    addressOf,
    metrics,
    log,
    limits: deps.limits,
    line: deps.line,
    maxMessageBytes: MAX_REQUEST_BYTES,
    opened: () => opened,
  });

  async function webhook(request: Request, response: Response): Promise<void> {
    const slug = String(request.params["provider"]);
    const secret = request.params["secret"] === undefined ? undefined : String(request.params["secret"]);
    const door = providerAt(services.providers, slug)?.webhook;
    const isThere = door !== undefined && (secret === undefined || door.secretInUrl !== undefined);
    const { method } = request;
    if (!isThere || !(method === "GET" || method === "POST" || (method === "HEAD" && door.head))) {
      if (isThere) response.set("allow", door.head ? "GET, HEAD, POST" : "GET, POST");
      response.status(isThere ? 405 : 404).json(errorBody("BAD_REQUEST", "There is nothing here."));
      return;
    }
    await readBytes(door.maxBytes)(request, response);
    const asked: WebhookRequest = {
      method,
      headers: flat(request.headers),
      query: textsOf(request.query),
      body: request.body ?? new Uint8Array(),
    };
    const { status, body: text, contentType = "text/plain" } = await deps.webhooks.receive(slug, asked, secret);
    if (text === undefined) response.status(status).end();
    else response.status(status).type(contentType).send(text);
  }

  function refusalOf(refusal: unknown, requestId: string): Error {
    if (refusal instanceof PulsegateError) return asGraphQLError(refusal);
    log.error({ err: refusal, requestId }, "a caller could not be identified");
    return asGraphQLError(new PulsegateError(unexpectedCode(refusal)));
  }

  const failed: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { requestId } = found(response);
    if (error instanceof PulsegateError) {
      // Written as it is: of what Express would find out about a body, a refusal needs nothing.
      const body = JSON.stringify(errorBody(error.code, error.message, error.details));
      for (const [name, value] of headersOf(error)) response.setHeader(name, value);
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.setHeader("content-length", Buffer.byteLength(body));
      response.statusCode = errorTable[error.code].status;
      response.end(body);
      return;
    }
    // What body-parser and express refuse carries a status; its message may quote the body.
    const status = typeof error?.status === "number" && error.status < 500 ? error.status : 500;
    if (status < 500) {
      // The rest of what is too long is not waited for.
      if (status === 413) response.set("connection", "close");
      response.status(status).json(errorBody("BAD_REQUEST", status === 413 ? "The request is too long." : undefined));
      return;
    }
    log.error({ err: error, requestId }, "a request failed on our side");
    const code = unexpectedCode(error);
    response.status(errorTable[code].status).json(errorBody(code, undefined, { requestId }));
  };

  app.use(failed);

  let closing: Promise<void> | undefined;
  return {
    app,
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
        await ending.close(graceMs, () => socket.close(graceMs));
        limiter.close();
        await places.close();
        await apollo.stop();
      })();
      await closing;
    },
  };
}

/** Gives each request its id and headers, and counts it once it is answered. */
function named(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const begun = process.hrtime.bigint();
    const given = request.headers["x-request-id"];
    const requestId = typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    found(response).requestId = requestId;
    response.set({
      "x-request-id": requestId,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    response.once("close", () => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      metrics.request(routeOf(request.originalUrl), request.method, response.statusCode, seconds);
    });
    next();
  };
}

/** A short list, so that nobody can fill the metrics with addresses of their own. */
const routes = ["graphql", "graphiql", "home", "lab", "oauth", "webhooks", "healthz", "readyz", "metrics"];
function routeOf(url: string): string {
  const first = /^\/([\w-]*)/.exec(url)?.[1] ?? "";
  return first === "" ? "/" : routes.includes(first) ? `/${first}` : "other";
}

function cors({ corsOrigins }: Pick<Config, "corsOrigins">): RequestHandler {
  return (request, response, next) => {
    response.vary("origin");
    const { origin } = request.headers;
    const allowed = origin !== undefined && corsOrigins.includes(origin);
    if (allowed) {
      response.set({
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "retry-after, x-request-id",
        "cross-origin-resource-policy": "cross-origin",
      });
    }
    if (request.method !== "OPTIONS") return next();
    if (allowed) {
      response.set({
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers":
          request.headers["access-control-request-headers"] ?? "content-type, authorization, cache-control",
        "access-control-max-age": "600",
      });
    }
    response.status(204).end();
  };
}

/** `?until=` an instant; without it the wearables sync now. */
function syncIn(lab: NonNullable<ServerDeps["lab"]>, clock: Clock): RequestHandler {
  return (request, response) => {
    const { until } = textsOf(request.query);
    const untilMs = until === undefined ? null : Date.parse(until);
    if (untilMs !== null && !(untilMs <= clock.now()))
      throw new PulsegateError(
        "BAD_USER_INPUT",
        "until has to be an instant that is over, such as 2026-11-20T12:00:00Z.",
      );
    const { person } = request.params;
    if (!lab.syncPerson(String(person), untilMs))
      throw new PulsegateError("BAD_USER_INPUT", "Nobody in the lab has this id; docs/lab.md names them.");
    response.status(204).end();
  };
}

function hangUp(response: Response): AbortSignal {
  const aborter = new AbortController();
  response.once("close", () => {
    if (!response.writableEnded) aborter.abort(new CallerHungUp());
  });
  return aborter.signal;
}

/** Puts the body into `request.body` exactly as sent, since signatures are over its bytes; undefined where there is none. */
const readBytes = (limit: number) =>
  promisify(refusingEndless(limit, express.raw({ type: () => true, inflate: false, limit })));

function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

/** Of a parameter that is given twice, the first. */
function textsOf(query: Request["query"]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return [name, typeof first === "string" ? first : undefined];
    }),
  );
}
