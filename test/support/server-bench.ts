import { createHash } from "node:crypto";
import { Registry } from "prom-client";
import type { Config } from "../../src/config/config.js";
import type { Connection } from "../../src/connections/connection.js";
import type { BackfillJob, DataUpdate } from "../../src/events/updates.js";
import { confirmationPolicy } from "../../src/graphql/confirmation.js";
import type { Services } from "../../src/graphql/services.js";
import type { Ask, CostReport, ReadRequest } from "../../src/health-data/ask.js";
import type { ActivityDay, Histories } from "../../src/health-data/views.js";
import type { Log } from "../../src/log.js";
import { namesOf, valuesBy } from "../../src/model/figure-tables.js";
import { activityFigures } from "../../src/model/figures.js";
import { type Provider, type ProviderId, providers } from "../../src/providers/index.js";
import type { ProviderSettings } from "../../src/providers/provider.js";
import { createServer, type GatewayServer, type ServerDeps } from "../../src/server/server.js";

/** For tests: the whole server over real HTTP, before health data and connections that only pretend. */

export const appKey = "an-app-key-for-tests";
export const jwtSecret = new TextEncoder().encode("a-secret-of-more-than-thirty-two-bytes");

const settings: ProviderSettings = {
  clientId: "client",
  clientSecret: "secret",
  apiUrl: "https://api.example",
  authorizeUrl: "https://example/authorize",
  tokenUrl: "https://example/token",
  revokeUrl: null,
  otherUrls: {},
  values: {},
  overridden: false,
};

export function testConfig(changes: Partial<Config> = {}): Config {
  return {
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1:4000",
    loopback: true,
    production: false,
    sandbox: false,
    readOnly: false,
    singleUser: "me",
    viewerWithoutCredentials: "me",
    storeUrl: "memory:",
    redisUrl: null,
    dataFolder: "",
    userTokens: { kind: "secret", secret: jwtSecret, issuer: null, audience: null },
    appKeys: [{ name: "backend", sha256: createHash("sha256").update(appKey).digest(), userId: null, readOnly: false }],
    encryptionKeys: [],
    allowedRedirects: [],
    confirmConnections: null,
    trustedProxies: [],
    corsOrigins: ["https://app.example"],
    tokenResolvers: ["vault"],
    tokenResolver: null,
    operations: null,
    operationsOnly: false,
    mcp: true,
    auditDays: 0,
    prefetch: false,
    webhooksAllowPrivate: false,
    subscribeOnConnect: false,
    backfillDaysOnConnect: 0,
    introspection: true,
    explorer: true,
    exportKey: null,
    retentionDays: null,
    retentionOfRetired: false,
    upstreamTimeoutMs: 1_000,
    readDeadlineMs: 30_000,
    drainSeconds: 0,
    logLevel: "silent",
    providers: Object.fromEntries(providers.map(({ id }) => [id, settings])) as Record<ProviderId, ProviderSettings>,
    notices: [],
    ...changes,
  };
}

const provider = (id: ProviderId, slug: string, more: Partial<Provider> = {}): Provider => ({
  id,
  slug,
  name: slug,
  apiUrl: "https://api.example",
  afterConsent: [],
  budgets: [{ scope: "CONNECTION", windowSeconds: 3_600, limit: 150, window: "clock" }],
  revision: { days: 1, freshSeconds: 60 },
  calls: [
    {
      name: "day",
      yields: ["activity.steps", "profile.age"],
      reach: { kind: "once" },
      request: () => ({ method: "GET", path: "/" }),
      read: () => ({ cells: [], covers: null }),
    },
  ],
  outcome: () => ({ kind: "ok" }),
  oauth: {
    authorizeUrl: "",
    tokenUrl: "",
    revocation: null,
    clientAuth: "basic",
    pkce: true,
    scopeSeparator: " ",
    baseScopes: [],
    scopesAreEnforced: true,
    refresh: "rotating",
    refreshRepeatSeconds: 0,
  },
  webhook: {
    subscriptions: { kind: "portal", notices: () => [] },
    domains: [],
    verifiedBy: "nothing",
    maxBytes: 64,
    receive: async () => ({ kind: "answer", status: 204 }),
  },
  ...more,
});

const testProviders: readonly Provider[] = [
  provider("FITBIT", "fitbit", { retired: { since: "2026-11-02", message: "gone" } }),
  provider("GOOGLE_HEALTH", "google-health"),
  provider("MISFIT", "misfit", { budgets: [], webhook: undefined }),
];

const connection = (userId: string): Connection => ({
  id: `c-${userId}`,
  userId,
  provider: "FITBIT",
  status: "CONNECTED",
  providerUserId: "P1",
  legacyUserId: null,
  scopes: ["activity"],
  connectedAt: Date.UTC(2026, 0, 1),
  lastAttemptAt: null,
  lastSuccessAt: null,
  dataThrough: null,
  identityReadAt: null,
  subscriptions: [],
  budgets: [
    { scope: "CONNECTION", windowSeconds: 3_600, limit: 150, remaining: 149, resetsAt: Date.UTC(2026, 0, 1, 1) },
    { scope: "APP", windowSeconds: 60, limit: 100, remaining: 9, resetsAt: Date.UTC(2026, 0, 1, 1) },
  ],
});

export const activityDay = (date: string, more: Partial<ActivityDay> = {}): ActivityDay => ({
  id: `day-${date}`,
  date,
  source: "FITBIT",
  absent: new Map(),
  settled: true,
  ...valuesBy(namesOf(activityFigures), () => null),
  steps: 8_000.5,
  distance: 5_600,
  energyBurned: 2_000,
  distanceMethod: null,
  series: new Map(),
  alternatives: [],
  ...more,
});

/** What the pretended health data were asked, batch by batch, and what they answer. */
interface Pretence {
  readonly batches: Ask[][];
  readonly requests: ReadRequest[];
  answer(ask: Ask): Histories[keyof Histories] | Error | Promise<Error>;
  report: CostReport;
  readonly errors: { details: object; message: string }[];
  readonly webhooks: { slug: string; body: string }[];
  readonly callbacks: string[];
  callbackFails: boolean;
  /** Ends and sends of subscriptions. */
  readonly updates: Channel<DataUpdate>;
  /** What is listened to instead of `updates`. */
  openUpdates?(userId: string | null): AsyncIterableIterator<DataUpdate>;
  readonly jobs: Map<string, BackfillJob>;
  users: ReadonlySet<string>;
}

class Channel<T> {
  ended = 0;
  private readonly waiting: ((step: IteratorResult<T>) => void)[] = [];
  private readonly queue: T[] = [];
  /** How many wait for what is sent next. */
  get listening(): number {
    return this.waiting.length;
  }
  send(value: T): void {
    const next = this.waiting.shift();
    if (next) next({ done: false, value });
    else this.queue.push(value);
  }
  open(): AsyncIterableIterator<T> {
    const iterator: AsyncIterableIterator<T> = {
      next: async () => {
        const value = this.queue.shift();
        if (value !== undefined) return { done: false, value };
        return await new Promise((resolve) => this.waiting.push(resolve));
      },
      return: async () => {
        this.ended++;
        for (const resolve of this.waiting.splice(0)) resolve({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly server: GatewayServer;
  readonly pretence: Pretence;
  query(query: string, options?: QueryOptions): Promise<Answer>;
}
interface QueryOptions {
  readonly variables?: object;
  readonly extensions?: object;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly extensions?: any;
}

export async function startServer(
  config: Partial<Config> = {},
  more: Partial<ServerDeps> = {},
  { listening = true }: { readonly listening?: boolean } = {},
): Promise<TestServer> {
  const pretence: Pretence = {
    batches: [],
    requests: [],
    answer: (ask) =>
      ask.domain === "ACTIVITY"
        ? { days: [activityDay("2026-03-01")], totals: null, sources: [] }
        : new Error("boom: 61 bpm"),
    report: { upstreamCalls: 0, calls: [], budgets: [] },
    errors: [],
    webhooks: [],
    callbacks: [],
    callbackFails: false,
    updates: new Channel(),
    jobs: new Map(),
    users: new Set(["ann", "bob", "me"]),
  };
  const note = (details: object, message: string) => void pretence.errors.push({ details, message });
  const log: Log = { info: () => {}, warn: note, error: note };
  const refuse = async () => {
    throw new Error("not pretended");
  };
  const services: Services = {
    healthData: {
      session: (request) => {
        pretence.requests.push(request);
        return {
          load: async (asks) => {
            pretence.batches.push([...asks]);
            return await Promise.all(asks.map((ask) => pretence.answer(ask)));
          },
          report: () => pretence.report,
        };
      },
    },
    connections: {
      list: async (userId) => [connection(userId)],
      problem: async () => null,
      missingScopes: () => [],
      page: async () => ({ nodes: [], hasMore: false, end: null }),
      hasEverConnected: async (userId) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return pretence.users.has(userId);
      },
      begin: async () => ({ authorizationUrl: "https://example/authorize", expiresAt: Date.UTC(2026, 0, 1) }),
      callback: async (slug, query) => {
        pretence.callbacks.push(slug);
        if (pretence.callbackFails) throw new Error("not now");
        return { provider: slug, redirectTo: query["to"] ?? null, status: "connected", connectionId: "c" };
      },
      confirm: async (userId) => connection(userId),
      disconnect: async () => ({ revokedAtProvider: true, notices: [] }),
      importConnection: async ({ userId }) => connection(userId),
      sourcePriority: async () => ["GOOGLE_HEALTH", "FITBIT"],
      setSourcePriority: async () => ["FITBIT"],
    },
    subscriptions: { subscribe: refuse, unsubscribe: refuse },
    outbound: {
      ...{ list: refuse, create: refuse, remove: refuse, enable: refuse, rotate: refuse, replay: refuse },
      pending: refuse,
    },
    backfills: {
      start: refuse,
      list: async () => [...pretence.jobs.values()],
      get: async (id) => pretence.jobs.get(id) ?? null,
      watch: (id) => {
        const channel = new Channel<BackfillJob>();
        channel.send(pretence.jobs.get(id)!);
        return channel.open();
      },
    },
    updates: {
      data: (userId) => pretence.openUpdates?.(userId) ?? pretence.updates.open(),
      connections: () => new Channel<Connection>().open(),
    },
    recorder: {
      record: async () => Promise.reject(new Error("not of this test")),
      remove: async () => Promise.reject(new Error("not of this test")),
    },
    eraseUser: async () => {},
    providers: testProviders,
    clock: { now: () => Date.now() },
    mustConfirm: confirmationPolicy(testConfig(config)),
  };
  const server = await createServer({
    config: testConfig(config),
    services,
    log,
    checks: { store: async () => {} },
    webhooks: {
      receive: async (slug, { body }) => {
        pretence.webhooks.push({ slug, body: Buffer.from(body).toString() });
        return { status: 204 };
      },
    },
    registry: new Registry(),
    ...more,
  });
  const url = listening ? await server.listen() : "";
  return {
    url,
    server,
    pretence,
    async query(query, { variables, extensions, headers } = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query, variables, extensions }),
      });
      return {
        status: response.status,
        headers: response.headers,
        ...((await response.json()) as Omit<Answer, "status" | "headers">),
      };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
