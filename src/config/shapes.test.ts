import { faults, read, users } from "../../test/support/environment.js";
import { ConfigError } from "./config.js";

describe("faults", () => {
  test("an origin is exact", () => {
    expect(read({ ...users, ALLOWED_REDIRECTS: "https://a.example,http://localhost:3000" }).allowedRedirects).toEqual([
      "https://a.example",
      "http://localhost:3000",
    ]);
    for (const origin of [
      "https://a.example/",
      "https://a.example/path",
      "*",
      "null",
      "a.example",
      "https://*.example",
      "https://u@a.example",
      "myapp://x",
      "https://A.example",
      "https://a.example:443",
    ]) {
      const wrong = faults({ ...users, CORS_ORIGINS: `https://ok.example,${origin}` });
      expect(wrong).toEqual([expect.stringMatching(/^CORS_ORIGINS must be exact origins/)]);
    }
  });

  test("stores are of the four kinds", () => {
    for (const STORE_URL of [
      "memory:",
      "sqlite:x.db",
      "postgres://h/d",
      "postgresql://h/d",
      "redis://h",
      "rediss://h:1/2",
    ]) {
      expect(read({ ...users, STORE_URL }).storeUrl).toBe(STORE_URL);
    }
    for (const max of ["0", "1001", "", "-1", "1.5", "ten", "1e2", "5&max=6"]) {
      expect(faults({ ...users, STORE_URL: `postgres://h/d?max=${max}` })).toEqual([
        "STORE_URL needs a whole number from 1 to 1000 for its max, the most connections to PostgreSQL: postgres://…?max=10",
      ]);
    }
    for (const max of ["1", "1000"]) read({ ...users, STORE_URL: `postgresql://h/d?sslmode=disable&max=${max}` });
    for (const STORE_URL of ["sqlite:", "mysql://h", "x", "postgres:h", "memory:x"]) {
      expect(faults({ ...users, STORE_URL })).toEqual([expect.stringMatching(/^STORE_URL must be/)]);
    }
    expect(faults({ ...users, REDIS_URL: "http://h" })).toHaveLength(1);
  });

  test("days are kept by domain, by a number for the others, or both", () => {
    const of = (RETENTION_DAYS: string) => read({ ...users, RETENTION_DAYS }).retentionDays;
    expect(read(users).retentionDays).toBeNull();
    expect(of("READINGS=30")).toEqual({ READINGS: 30 });
    expect(of(" 400 , heart = 90,")).toEqual({
      ...{ ACTIVITY: 400, HEART: 90, SLEEP: 400, BODY: 400, WORKOUTS: 400 },
      ...{ VITALS: 400, READINGS: 400, SCORES: 400, NUTRITION: 400 },
    });
    expect(of("1")).toMatchObject({ ACTIVITY: 1 });
    expect(of("36500")).toMatchObject({ ACTIVITY: 36_500 });
    for (const wrong of [
      ...["0", "HEART=0", "-1", "36501", "1.5", "1e3", "0x10", "٣٠", "forever", "Infinity", "HEART", "HEART=", "=30"],
      ...[
        "400,500",
        "HEART=30,heart=40",
        "PROFILE=30",
        "DEVICES=1",
        "RETIRED=30",
        "__proto__=3",
        "HEART=30=40",
        ",",
        "30 40",
      ],
    ])
      expect([wrong, faults({ ...users, RETENTION_DAYS: wrong })]).toEqual([
        wrong,
        [expect.stringMatching(/^RETENTION_DAYS must be days, or DOMAIN=days, .*NUTRITION$/)],
      ]);
    const unused = read({ ...users, RETENTION_OF_RETIRED: "1" }).notices;
    expect(unused).toEqual([expect.stringMatching(/^RETENTION_OF_RETIRED is not used/)]);
  });

  test("every one is named in one go, and no value is shown", () => {
    const wrong = {
      HOST: "s3cret host!",
      PORT: "s3cret",
      PUBLIC_URL: "s3cret",
      SANDBOX: "s3cret",
      STORE_URL: "s3cret://s3cret",
      REDIS_URL: "s3cret",
      AUTH_JWKS_URL: "s3cret",
      AUTH_JWT_SECRET: "s3cret",
      APP_KEYS: "s3cret",
      ENCRYPTION_KEYS: "s3cret",
      ALLOWED_REDIRECTS: "s3cret",
      CORS_ORIGINS: "s3cret",
      TOKEN_RESOLVERS: "s3cret",
      TOKEN_RESOLVER_URL: "s3cret",
      PREFETCH: "s3cret",
      INTROSPECTION: "s3cret",
      EXPLORER: "s3cret",
      UPSTREAM_TIMEOUT_MS: "0",
      DRAIN_SECONDS: "601",
      LOG_LEVEL: "s3cret",
      FITBIT_CLIENT_SECRET: "s3cret",
      FITBIT_API_URL: "s3cret",
      FITBIT_TOKEN_URL: "https://user:s3cret@h/",
      GOOGLE_HEALTH_USERINFO_URL: "s3cret",
    };
    const told = faults(wrong).join("\n");
    for (const name of Object.keys(wrong)) expect(told).toMatch(new RegExp(`\\b${name}\\b`));
    expect(told).not.toContain("s3cret");
    expect(new ConfigError(faults(wrong)).message).toContain("PORT must be a whole number from 0 to 65535");
  });
});
