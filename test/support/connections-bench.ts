import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createBudgets } from "../../src/budgets/budgets.js";
import type { Connection, ConnectionHooks } from "../../src/connections/connection.js";
import { type Connections, type ConnectionsDeps, createConnections } from "../../src/connections/connections.js";
import { createHttpClient } from "../../src/http/client.js";
import { id as exactId, object } from "../../src/http/json.js";
import { cell } from "../../src/model/cells.js";
import type { Provider } from "../../src/providers/index.js";
import { type OAuthProfile, type Outcome, type ProviderSettings, revokeUrlOf } from "../../src/providers/provider.js";
import { openStore } from "../../src/store/open-store.js";
import type { Lease, Store } from "../../src/store/store.js";

/** What the tests of this folder stand on: a small OAuth provider over real HTTP, and connections around it. */

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly form: URLSearchParams;
}
export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
  /** The connection is cut instead of an answer. */
  readonly cut?: boolean;
}
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Exchange[];
}

export async function serve(answer: (exchange: Exchange) => Reply | Promise<Reply>): Promise<TestServer> {
  const seen: Exchange[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url!, "http://local");
    const form = new URLSearchParams(body);
    const { method, headers } = request;
    const exchange = { method: method!, path: url.pathname, query: url.searchParams, headers, body, form };
    seen.push(exchange);
    const reply = await answer(exchange);
    if (reply.cut) return void response.destroy();
    response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
    response.end(reply.json === undefined ? "" : JSON.stringify(reply.json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const failures: Readonly<Record<number, Extract<Outcome, { kind: "failed" }>["failure"]["code"]>> = {
  401: "TOKEN_REJECTED",
  403: "CONSENT_LOST",
  410: "RETIRED",
  429: "RATE_LIMITED",
};

/** A provider with rotating refresh tokens, made up but for its id. */
export function testProvider(oauth: Partial<OAuthProfile> = {}, change: Partial<Provider> = {}): Provider {
  return {
    id: "FITBIT",
    slug: "fitbit",
    name: "Acme",
    oauth: {
      authorizeUrl: "https://acme.test/authorize",
      tokenUrl: "https://acme.test/token",
      revocation: { kind: "token", url: "https://acme.test/revoke", in: "form" },
      clientAuth: "basic",
      pkce: true,
      scopeSeparator: " ",
      baseScopes: ["who"],
      scopesAreEnforced: true,
      refresh: "rotating",
      refreshRepeatSeconds: 120,
      userIdKey: "user_id",
      ...oauth,
    },
    apiUrl: "https://acme.test",
    afterConsent: [
      {
        name: "me",
        scope: "who",
        required: true,
        identifies: true,
        request: () => ({ method: "GET", path: "/me" }),
        read: (answer) => ({
          providerUserId: exactId(object(answer, "me")["id"], "me.id"),
          cells: [cell("profile.displayName", null, "Ada")],
        }),
      },
    ],
    budgets: [],
    revision: { days: 1, freshSeconds: 60 },
    calls: [
      {
        name: "steps",
        yields: ["activity.steps"],
        reach: { kind: "days", max: 30 },
        scope: "move",
        request: () => ({ method: "GET", path: "/steps" }),
        read: () => ({ cells: [], covers: null }),
      },
      {
        name: "sleep",
        yields: ["sleep.sessions"],
        reach: { kind: "days", max: 30 },
        scope: "rest",
        request: () => ({ method: "GET", path: "/sleep" }),
        read: () => ({ cells: [], covers: null }),
      },
    ],
    outcome: ({ status }) => {
      if (status >= 200 && status < 300) return { kind: "ok" };
      return { kind: "failed", failure: { code: failures[status] ?? "UNAVAILABLE" } };
    },
    ...change,
  };
}

/** The server's own state: which tokens live, and what to do instead of answering well. */
export interface Acme {
  accountOf: Map<string, string>;
  refreshTokens: Map<string, string>;
  /** Whose account the next code is for. */
  account: string;
  expiresIn: number | null;
  /** Overrides by path; undefined answers as usual. */
  fault: (exchange: Exchange) => Reply | undefined | Promise<Reply | undefined>;
  granted: string;
}

async function acmeServer(): Promise<{ readonly server: TestServer; readonly acme: Acme }> {
  const acme: Acme = {
    accountOf: new Map(),
    refreshTokens: new Map(),
    account: "A1",
    expiresIn: 3600,
    fault: () => undefined,
    granted: "who move,rest",
  };
  const grant = (account: string): Reply => {
    const [access, refresh] = [`at-${randomBytes(6).toString("hex")}`, `rt-${randomBytes(6).toString("hex")}`];
    acme.accountOf.set(access, account);
    acme.refreshTokens.set(refresh, account);
    const json = { access_token: access, refresh_token: refresh, scope: acme.granted, user_id: account };
    return { json: acme.expiresIn === null ? json : { ...json, expires_in: acme.expiresIn } };
  };
  const server = await serve(async (exchange) => {
    // Long enough for everybody who asks at once to be under way.
    if (exchange.path === "/token") await new Promise((resolve) => setTimeout(resolve, 20));
    const fault = await acme.fault(exchange);
    if (fault) return fault;
    if (exchange.path === "/token") {
      if (exchange.form.get("grant_type") === "authorization_code") return grant(acme.account);
      const refresh = exchange.form.get("refresh_token") ?? "";
      const account = acme.refreshTokens.get(refresh);
      acme.refreshTokens.delete(refresh);
      return account === undefined ? { status: 400, json: { error: "invalid_grant" } } : grant(account);
    }
    if (exchange.path === "/revoke") return {};
    const account = acme.accountOf.get((exchange.headers.authorization ?? "").replace("Bearer ", ""));
    return account === undefined ? { status: 401, json: {} } : { json: { id: account } };
  });
  return { server, acme };
}

/** A store of which, as long as somebody wants it so, the writes of tokens fail, or all values, or leases too. */
export function fragile(store: Store, isDown: () => boolean, what: "tokens" | "values" | "all" = "tokens"): Store {
  const guard = () => {
    if (isDown()) throw new Error("disk full");
  };
  const guarded = <T extends object>(part: T, methods: readonly string[]): T =>
    new Proxy(part, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== "function") return found;
        return (...given: unknown[]) => {
          if (!methods.includes(String(name))) return found.apply(target, given);
          return Promise.resolve()
            .then(guard)
            .then(() => found.apply(target, given));
        };
      },
    });
  const all = what === "all";
  return {
    ...store,
    ping: () => store.ping(),
    close: () => store.close(),
    lease: async (name, ttlMs) => {
      if (all) guard();
      const lease = await store.lease(name, ttlMs);
      return lease && all ? guarded(lease, ["renew", "release"]) : lease;
    },
    collection: <T>(name: string) => {
      const every = what !== "tokens";
      const methods = every ? ["get", "getMany", "set", "delete", "putIfAbsent", "take"] : ["set"];
      return every || name === "tokens" ? guarded(store.collection<T>(name), methods) : store.collection<T>(name);
    },
  };
}

/** A store that tells which leases were taken, so that a test can have one run out. */
export function leaky(store: Store): { store: Store; runOut(name: string): Promise<void> } {
  const taken = new Map<string, Lease>();
  const lease: Store["lease"] = async (name, ttlMs) => {
    const found = await store.lease(name, ttlMs);
    if (found) taken.set(name, found);
    return found;
  };
  return {
    store: Object.assign(Object.create(store), { lease }),
    runOut: async (name) => await taken.get(name)?.release(),
  };
}

export const keyA = new Uint8Array(32).fill(1);
export const keyB = new Uint8Array(32).fill(2);

export async function bench(change: Partial<ConnectionsDeps> & { provider?: Provider; overridden?: boolean } = {}) {
  const { server, acme } = await acmeServer();
  const { provider = testProvider(), overridden = true, ...others } = change;
  const store: Store = others.store ?? (await openStore("memory:"));
  const clock = { time: Date.parse("2026-11-20T12:00:00Z"), now: () => clock.time };
  const logged: string[] = [];
  const line = (details: object, message: string) => void logged.push(JSON.stringify([details, message]));
  const stored: [string, readonly unknown[]][] = [];
  const changed: Connection[] = [];
  const hooks: ConnectionHooks = { storeCells: async ({ id }, cells) => void stored.push([id, cells]) };
  const settings: ProviderSettings = {
    clientId: "client",
    clientSecret: "s:ecret",
    apiUrl: server.url,
    authorizeUrl: `${server.url}/authorize`,
    tokenUrl: `${server.url}/token`,
    revokeUrl: revokeUrlOf(provider) === null ? null : `${server.url}/revoke`,
    otherUrls: {},
    values: {},
    overridden,
  };
  const http = createHttpClient({ timeoutMs: 3000 });
  const deps: ConnectionsDeps = {
    store,
    providers: [provider],
    settings: () => settings,
    encryptionKeys: [keyA],
    http,
    budgets: createBudgets({ clock, redisUrl: null, log: { info: line, warn: line } }),
    clock,
    publicUrl: "https://gate.test",
    allowedRedirects: ["https://app.test"],
    tokenResolvers: ["vault"],
    tokenResolverUrl: null,
    tokenResolverSecret: null,
    log: { info: line, warn: line },
    hooks,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
    ...others,
  };
  const replicas: Connections[] = [];
  /** A process of its own over the same store. */
  const replica = (differing: Partial<ConnectionsDeps> = {}) => {
    const made = createConnections({ ...deps, ...differing });
    replicas.push(made);
    return made;
  };
  const connections = replica();
  connections.onChange((connection) => changed.push(connection));
  const { api } = connections;
  const stateOf = (url: string) => new URL(url).searchParams.get("state")!;
  /** Begins and comes back as the browser would. */
  const connect = async (userId = "ada", input: { confirm?: boolean; redirectTo?: string } = {}) => {
    const redirectTo = input.confirm ? "https://app.test/" : undefined;
    const { authorizationUrl } = await connections.begin({ userId, provider: provider.id, redirectTo, ...input });
    return await connections.callback(provider.slug, { code: "c0de", state: stateOf(authorizationUrl) });
  };
  return {
    ...{
      server,
      acme,
      store,
      clock,
      logged,
      stored,
      changed,
      hooks,
      deps,
      settings,
      connections,
      replica,
      api,
      connect,
      stateOf,
    },
    connected: async (userId = "ada") => {
      await connect(userId);
      return (await connections.list(userId))[0]!;
    },
    tokenRequests: () => server.seen.filter(({ path, form }) => path === "/token" && form.has("refresh_token")),
    [Symbol.asyncDispose]: async () => {
      http.close();
      await server[Symbol.asyncDispose]();
      // A pair that was never saved would be written for ever, and jest would never end.
      await Promise.all(replicas.map((one) => one.idle(0)));
      await store.close();
    },
  };
}
