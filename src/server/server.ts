import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express, type RequestHandler, type Response } from "express";
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
import { createAddressOf } from "./address.js";
import { createApollo } from "./apollo.js";
import { createEnding } from "./ending.js";
import { explorer } from "./explorer.js";
import { home } from "./home.js";
import { createIdentity } from "./identity.js";
import type { LineLimits } from "./line.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { cors } from "./middleware/cors.js";
import { refusingEndless } from "./middleware/endless.js";
import { failed } from "./middleware/failed.js";
import { person } from "./middleware/person.js";
import { found, named, textsOf } from "./middleware/request.js";
import { createPlaces, type PlaceLimits } from "./places.js";
import { createRateLimiter, type RateLimit } from "./rate-limit.js";
import type { Check } from "./readiness.js";
import { callbackDoor } from "./routes/callback.js";
import { graphqlDoor } from "./routes/graphql.js";
import { contextOf } from "./routes/graphql-context.js";
import { type InnerLab, syncIn } from "./routes/lab.js";
import { probes } from "./routes/probes.js";
import { type WebhookDoor, webhookDoor } from "./routes/webhooks.js";
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
  readonly lab?: InnerLab;
  readonly limits?: Limits;
  readonly rateLimit?: Partial<RateLimit>;
  readonly places?: Partial<PlaceLimits>;
  readonly line?: Partial<LineLimits>;
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

/** Services that note in the audit log who used them: one for all users and one for each app key. */
function servicesByCaller(services: Services, audit: AuditLog | undefined) {
  // Nothing of a request is in them.
  const audited = new Map<string, Services>();
  return (caller: Caller): Services => {
    if (!audit) return services;
    const actor = actorOf(caller);
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
  const apollo = createApollo({ ...config, log, metrics, documents, limits });
  await apollo.start();
  return {
    ...{ config, log, metrics, documents, apollo, limits },
    identity: createIdentity(config),
    limiter: createRateLimiter({ limit: deps.rateLimit, redisUrl }),
    places: createPlaces({ limits: deps.places, redisUrl }),
    addressOf: createAddressOf(config.trustedProxies),
    providers: providerViews(services.providers, config),
    servicesFor: servicesByCaller(services, deps.audit),
  };
}
type Parts = Awaited<ReturnType<typeof createParts>>;

/** From its first answer on: what providers and returning browsers ask, then GraphQL, then pages. */
function mountRoutes(app: Express, parts: Parts, { services, webhooks, lab }: ServerDeps): void {
  const { config, metrics, limiter, log, limits, apollo } = parts;
  const { connections, providers } = services;
  const callback = callbackDoor({ ...parts, connections, providers });
  app.all(["/webhooks/:provider", "/webhooks/:provider/:secret"], webhookDoor(webhooks, providers));
  app.all("/oauth/:provider/callback", (request, response) => callback(request, response, textsOf(request.query)));

  const who = person(parts);
  const context = contextOf({ ...parts, services });
  const graphql = graphqlDoor({ apollo, metrics, limiter, limits, asked: found, context });
  app.use("/graphql", cors(config), who, jsonBody(), graphql);

  app.use(who);
  if (config.explorer) app.use(explorer());
  app.use(home(config, providers));
  if (lab) app.post("/lab/sync/:person", syncIn(lab, services.clock));
  app.use((_request, response) => void response.status(404).json(errorBody("BAD_REQUEST", "There is nothing here.")));
  app.use(failed(log));
}

function jsonBody(): RequestHandler {
  const limit = MAX_REQUEST_BYTES;
  const verify = (_request: unknown, response: unknown, raw: Buffer) => {
    found(response as Response).raw = raw;
  };
  return refusingEndless(limit, express.json({ limit, verify }));
}

export async function createServer(deps: ServerDeps): Promise<GatewayServer> {
  const { config, registry, checks } = deps;
  const parts = await createParts(deps);
  const app = express();
  const httpServer = createHttpServer(app);
  const ending = createEnding(httpServer);
  let prepared = true;
  let opened: Promise<void> = Promise.resolve();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use(ending.middleware, named(parts.metrics));
  app.use(probes({ checks, registry, isPrepared: () => prepared, isDraining: () => ending.draining }));
  app.use(async (_request, _response, next) => {
    await opened;
    next();
  });
  mountRoutes(app, parts, deps);
  const socket = attachSocket(httpServer, {
    ...parts,
    line: deps.line,
    maxMessageBytes: MAX_REQUEST_BYTES,
    opened: () => opened,
  });

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
        parts.limiter.close();
        await parts.places.close();
        await parts.apollo.stop();
      })();
      await closing;
    },
  };
}
