import { bare, faults, hash, key, providers, read, secret, users } from "../../test/support/environment.js";
import { createLogger } from "../log.js";
import { describeConfig } from "./describe-config.js";
import { isLoopback } from "./hosts.js";
import { tableOf } from "./variable.js";
import { allVariables } from "./variables.js";

describe("defaults", () => {
  test("nothing set is the sandbox on this machine", () => {
    const config = read(bare);
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      publicUrl: "http://127.0.0.1:4000",
      loopback: true,
      production: false,
      sandbox: true,
      singleUser: null,
      viewerWithoutCredentials: "demo",
      redisUrl: null,
      userTokens: null,
      appKeys: [],
      allowedRedirects: [],
      corsOrigins: [],
      tokenResolvers: ["vault"],
      tokenResolver: null,
      prefetch: false,
      subscribeOnConnect: false,
      backfillDaysOnConnect: 0,
      introspection: true,
      explorer: true,
      upstreamTimeoutMs: 10_000,
      readDeadlineMs: 30_000,
      drainSeconds: 0,
      logLevel: "info",
      notices: [],
    });
    expect(config.encryptionKeys[0]).toHaveLength(32);
    expect(config.providers.FITBIT).toEqual({
      clientId: null,
      clientSecret: null,
      apiUrl: "https://api.acme.example",
      authorizeUrl: "https://www.acme.example/oauth/authorize",
      tokenUrl: "https://api.acme.example/oauth/token",
      revokeUrl: "https://api.acme.example/oauth/revoke",
      otherUrls: {},
      values: { SUBSCRIBER_ID: undefined, VERIFICATION_CODE: undefined },
      overridden: false,
    });
  });

  test("the store is a file in ./data", () => {
    const config = read(users);
    expect(config.storeUrl).toBe("sqlite:./data/pulsegate.db");
    expect(config.dataFolder).toBe("./data");
  });

  test("an empty variable is one that is not set", () => {
    expect(read({ ...bare, PORT: "", SANDBOX: " ", FITBIT_CLIENT_ID: "", APP_KEYS: "" }).sandbox).toBe(true);
  });

  test("production drains for five seconds, unless it is told for how long", () => {
    const production = { ...bare, NODE_ENV: "production" };
    expect(read(production).drainSeconds).toBe(5);
    expect(read({ ...production, DRAIN_SECONDS: "0" }).drainSeconds).toBe(0);
    expect(read({ ...bare, DRAIN_SECONDS: "600" }).drainSeconds).toBe(600);
  });

  test("production switches introspection and explorer off, unless they are set, or the sandbox is", () => {
    const opened = { introspection: true, explorer: true };
    expect(read({ ...bare, NODE_ENV: "production", SANDBOX: "1" })).toMatchObject(opened);
    expect(read({ ...bare, NODE_ENV: "production", SANDBOX: "1", EXPLORER: "0" })).toMatchObject({ explorer: false });
    expect(read({ ...bare, NODE_ENV: "production" })).toMatchObject({ introspection: false, explorer: false });
    expect(read({ ...bare, NODE_ENV: "production", INTROSPECTION: "1", EXPLORER: "true" })).toMatchObject({
      introspection: true,
      explorer: true,
    });
    expect(read({ ...bare, INTROSPECTION: "0" }).introspection).toBe(false);
  });

  test("the public URL follows host and port", () => {
    const env = { ...users, PORT: "80" };
    expect(read({ ...env, HOST: "::1" }).publicUrl).toBe("http://[::1]:80");
    expect(read({ ...env, HOST: "0.0.0.0" }).publicUrl).toBe("http://localhost:80");
    expect(read({ ...env, PUBLIC_URL: "https://health.example.com/gate/" }).publicUrl).toBe(
      "https://health.example.com/gate",
    );
  });

  test("it is frozen all the way down", () => {
    const config = read({ ...bare, APP_KEYS: `a:${hash}`, SINGLE_USER: "me", CORS_ORIGINS: "https://a.example" });
    for (const part of [config, config.appKeys, config.appKeys[0], config.providers, config.providers.FITBIT.values]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(() => (config.corsOrigins as string[]).push("https://b.example")).toThrow(TypeError);
  });
});

describe("who may come in", () => {
  test("the sandbox is off by default as soon as anything real is set", () => {
    for (const env of [
      { FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "hush", ENCRYPTION_KEYS: key() },
      users,
      { APP_KEYS: `a:${hash}`, ENCRYPTION_KEYS: key() },
    ]) {
      expect(read(env).sandbox).toBe(false);
    }
  });

  test("beyond loopback nobody starts without credentials, unless as a sandbox", () => {
    for (const HOST of ["0.0.0.0", "::", "192.168.1.4", "health.example.com", "127.0.0.1.example.com"]) {
      expect(faults({ ...bare, HOST, ENCRYPTION_KEYS: key() })).toEqual([
        expect.stringMatching(/^HOST is not loopback/),
      ]);
      expect(read({ ...bare, HOST, SANDBOX: "1" })).toMatchObject({ sandbox: true, loopback: false });
      expect(read({ ...users, HOST }).sandbox).toBe(false);
      expect(read({ HOST, APP_KEYS: `a:${hash}`, ENCRYPTION_KEYS: key() }).appKeys).toHaveLength(1);
    }
    expect(faults({ ...bare, HOST: "0.0.0.0", APP_KEYS: ",", ENCRYPTION_KEYS: key() })).toHaveLength(1);
  });

  test("a sandbox does not start beside a real provider, but does beside a stand-in", () => {
    const env = { ...bare, SANDBOX: "1", FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "hush" };
    expect(faults(env)).toEqual([expect.stringContaining("FITBIT_CLIENT_ID")]);
    expect(read({ ...env, FITBIT_API_URL: "http://127.0.0.1:9000" }).sandbox).toBe(true);
    expect(faults({ ...env, FITBIT_API_URL: "https://api.acme.example/" })).toHaveLength(1);
  });

  test("a single user is for loopback only", () => {
    expect(read({ ...bare, SINGLE_USER: "me", FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "hush" })).toMatchObject({
      sandbox: false,
      singleUser: "me",
      viewerWithoutCredentials: "me",
    });
    expect(faults({ ...users, HOST: "0.0.0.0", SINGLE_USER: "me" })).toEqual([
      expect.stringMatching(/^SINGLE_USER needs a loopback HOST/),
    ]);
  });

  test("loopback is what can't be reached from elsewhere", () => {
    for (const host of ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"])
      expect(isLoopback(host)).toBe(true);
    for (const host of ["0.0.0.0", "::", "127.1", "localhost.example.com", "10.0.0.1"])
      expect(isLoopback(host)).toBe(false);
  });

  test("user tokens are of one kind, with all it takes", () => {
    const jwks = { ENCRYPTION_KEYS: key(), AUTH_JWKS_URL: "https://id.example.com/jwks" };
    const claims = { AUTH_ISSUER: "https://id.example.com", AUTH_AUDIENCE: "pulsegate" };
    expect(read({ ...jwks, ...claims }).userTokens).toEqual({
      kind: "jwks",
      url: "https://id.example.com/jwks",
      issuer: "https://id.example.com",
      audience: "pulsegate",
    });
    expect(read(users).userTokens).toMatchObject({ kind: "secret", issuer: null, audience: null });
    expect(read({ ...users, ...claims }).userTokens).toMatchObject({ kind: "secret", audience: "pulsegate" });
    expect(faults(jwks)).toEqual([
      "AUTH_ISSUER is required with AUTH_JWKS_URL",
      "AUTH_AUDIENCE is required with AUTH_JWKS_URL",
    ]);
    expect(faults({ ...jwks, ...claims, AUTH_JWT_SECRET: secret })).toEqual([
      expect.stringContaining("can't both be set"),
    ]);
    expect(faults({ ...jwks, ...claims, AUTH_JWKS_URL: "http://id.example.com/jwks" })).toHaveLength(1);
    expect(faults({ ...bare, ...claims })).toHaveLength(1);
  });

  test("the shared secret has 32 bytes, not characters", () => {
    expect(faults({ ...users, AUTH_JWT_SECRET: "x".repeat(31) })).toEqual([
      "AUTH_JWT_SECRET must be at least 32 bytes long",
    ]);
    expect(read({ ...users, AUTH_JWT_SECRET: "é".repeat(16) }).userTokens).toMatchObject({ kind: "secret" });
  });

  test("app keys are names with hashes", () => {
    const { appKeys } = read({ ...users, APP_KEYS: `web:${hash}, worker-2:${hash.toUpperCase()}` });
    expect(appKeys.map(({ name, sha256 }) => [name, Buffer.from(sha256).toString("hex")])).toEqual([
      ["web", hash],
      ["worker-2", hash],
    ]);
    for (const APP_KEYS of [
      "web",
      `web:${hash}0`,
      `:${hash}`,
      `web:${hash},web:${hash}`,
      `web:${hash.replace("a", "g")}`,
    ]) {
      expect(faults({ ...users, APP_KEYS })).toEqual([expect.stringMatching(/^APP_KEYS must/)]);
    }
  });

  test("an app key may only read, or speak for one person, where its entry says so", () => {
    const other = hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    const APP_KEYS = `web:${hash}, wall:${other}:ro:user=ann%2C%20b, tv:${other}:user=ann%2C%20b:ro`;
    expect(read({ ...users, APP_KEYS }).appKeys.map(({ name, userId, readOnly }) => [name, userId, readOnly])).toEqual([
      ["web", null, false],
      ["wall", "ann, b", true],
      ["tv", "ann, b", true],
    ]);
    for (const options of [
      ":",
      ":rw",
      ":RO",
      ":ro:ro",
      ":user=",
      ":user=%20",
      ":user=%00",
      ":user=%",
      ":user=a:user=b",
      `:user=${"x".repeat(257)}`,
      ":ro,again",
    ]) {
      expect(faults({ ...users, APP_KEYS: `web:${hash}${options}` })).toEqual([
        expect.stringMatching(/^APP_KEYS must/),
      ]);
    }
    expect(read({ ...users, APP_KEYS: `web:${hash}:user=${"x".repeat(256)}` }).appKeys).toHaveLength(1);
    // The same key with and without limits: nobody could say which counts.
    expect(faults({ ...users, APP_KEYS: `web:${hash},wall:${hash}:ro` })).toEqual([
      "APP_KEYS must not give one key different rights",
    ]);
  });
});

describe("who is believed and asked", () => {
  test("connections are confirmed as each kind of caller usually is, or as the operator says", () => {
    expect(read(users).confirmConnections).toBeNull();
    for (const rule of ["always", "caller", "never"] as const)
      expect(read({ ...users, CONFIRM_CONNECTIONS: rule }).confirmConnections).toBe(rule);
    expect(faults({ ...users, CONFIRM_CONNECTIONS: "sometimes" })).toEqual([
      "CONFIRM_CONNECTIONS must be one of always, caller, never",
    ]);
  });

  test("no proxy is trusted that was not named, by network or by number", () => {
    expect(read(users).trustedProxies).toEqual([]);
    expect(read({ ...users, TRUSTED_PROXIES: "10.0.0.0/8, loopback,2001:db8::/32,192.0.2.1" }).trustedProxies).toEqual([
      ...["10.0.0.0/8", "loopback", "2001:db8::/32", "192.0.2.1"],
    ]);
    expect(read({ ...users, TRUSTED_PROXIES: "1" }).trustedProxies).toBe(1);
    expect(read({ ...users, TRUSTED_PROXIES: "9" }).trustedProxies).toBe(9);
  });

  test.each(["*", "true", "everybody", "0", "10", "1,2", "10.0.0.0/33", "0.0.0.0/0", "::/0", "proxy.example", ","])(
    "TRUSTED_PROXIES may not be %s",
    (value) => {
      expect(faults({ ...users, TRUSTED_PROXIES: value })).toEqual([
        expect.stringMatching(/^TRUSTED_PROXIES must be addresses or networks/),
      ]);
    },
  );
});

describe("token resolvers", () => {
  const service = { TOKEN_RESOLVER_URL: "https://app.example.com/tokens", TOKEN_RESOLVER_SECRET: "hush" };

  test("are tried in one order whatever the order given", () => {
    expect(read({ ...users, ...service, TOKEN_RESOLVERS: "remote, header" }).tokenResolvers).toEqual([
      "header",
      "remote",
    ]);
    expect(read({ ...users, TOKEN_RESOLVERS: "vault,header" }).tokenResolvers).toEqual(["header", "vault"]);
    expect(read({ ...users, ...service })).toMatchObject({
      tokenResolvers: ["vault", "remote"],
      tokenResolver: { url: "https://app.example.com/tokens", secret: "hush" },
    });
  });

  test("have what they need, and nothing unknown", () => {
    expect(faults({ ...users, TOKEN_RESOLVERS: "header,fax" })).toHaveLength(1);
    expect(faults({ ...users, TOKEN_RESOLVERS: "remote" })).toEqual([
      expect.stringMatching(/^TOKEN_RESOLVER_URL is required/),
    ]);
    expect(faults({ ...users, TOKEN_RESOLVER_URL: service.TOKEN_RESOLVER_URL })).toEqual([
      "TOKEN_RESOLVER_SECRET is required with TOKEN_RESOLVER_URL",
    ]);
    expect(faults({ ...users, ...service, TOKEN_RESOLVER_URL: "http://app.example.com/tokens" })).toHaveLength(1);
    expect(read({ ...users, ...service, TOKEN_RESOLVER_URL: "http://127.0.0.1:1/t" }).tokenResolver).not.toBeNull();
    expect(read({ ...users, ...service, TOKEN_RESOLVERS: "vault" }).notices).toHaveLength(1);
  });
});

describe("what is told of it", () => {
  test("the start log has no secret, through the logger neither", () => {
    const config = read({
      ...users,
      AUTH_JWT_SECRET: `s3cret${secret}`,
      STORE_URL: "postgres://user:s3cret@db.example.com/app?password=s3cret",
      REDIS_URL: "redis://:s3cret@cache.example.com",
      TOKEN_RESOLVER_URL: "https://app.example.com/t?key=s3cret",
      TOKEN_RESOLVER_SECRET: "s3cret",
      FITBIT_CLIENT_ID: "s3cret",
      FITBIT_CLIENT_SECRET: "s3cret",
      FITBIT_VERIFICATION_CODE: "s3cret",
      APP_KEYS: `web:${hash}`,
    });
    let text = JSON.stringify(describeConfig(config));
    const destination = {
      write(line: string) {
        text += line;
      },
    };
    createLogger({ level: "info", destination }).info(describeConfig(config));
    expect(text).not.toContain("s3cret");
    expect(text).not.toContain(hash);
    expect(text).not.toContain("[redacted]");
    expect(text).toContain("postgres://db.example.com/app");
    expect(describeConfig(config)).toMatchObject({
      mode: "users",
      users: "shared secret",
      apps: ["web"],
      providers: { FITBIT: "configured", GOOGLE_HEALTH: "no client" },
    });
  });

  test("every variable has a row, and none two", () => {
    const names = allVariables(providers).map((variable) => variable.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ["HOST", "APP_KEYS", "FITBIT_SUBSCRIBER_ID", "GOOGLE_HEALTH_WEBHOOK_KEYS_URL"])
      expect(names).toContain(name);
    expect(names).not.toContain("GOOGLE_HEALTH_REVOKE_URL");
    const table = tableOf(allVariables(providers));
    for (const name of names) expect(table).toContain(`| \`${name}\` |`);
    expect(table).toContain("| `PORT` | `4000` | Port to listen on |");
  });
});
