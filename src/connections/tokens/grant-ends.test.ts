import { stillClock } from "../../../test/support/lab-gateway.js";
import { readConfig } from "../../config/read-config.js";
import { createGateway } from "../../gateway.js";
import { createLogger, type Logger } from "../../log.js";
import { googleHealth } from "../../providers/google-health/index.js";
import { startGoogleHealthLab } from "../../sandbox/google-health/index.js";
import type { Connection } from "../connection.js";
import type { Granted } from "../oauth/oauth.js";
import { createGrantEnds, grantEnd } from "./grant-ends.js";

const WEEK_MS = 604_799_000;

async function bench() {
  const clock = stillClock("2026-11-20T12:00:00Z");
  const lab = await startGoogleHealthLab({ clock });
  const env = {
    STORE_URL: "memory:",
    SINGLE_USER: "ada",
    GOOGLE_HEALTH_CLIENT_ID: lab.app.clientId,
    GOOGLE_HEALTH_CLIENT_SECRET: lab.app.clientSecret,
    ...Object.fromEntries(
      Object.entries({ API: "", AUTHORIZE: "/o/oauth2/v2/auth", TOKEN: "/token", REVOKE: "/revoke" }).map(
        ([what, path]) => [`GOOGLE_HEALTH_${what}_URL`, `${lab.url}${path}`],
      ),
    ),
  };
  const warnings: string[] = [];
  const silent = createLogger({ level: "silent" });
  const log = Object.assign(Object.create(silent), {
    warn: (details: object, text: string) => void warnings.push(`${text} ${JSON.stringify(details)}`),
  }) as Logger;
  const config = readConfig(env, { providers: [googleHealth] });
  const gateway = await createGateway({ config, log, clock, providers: [googleHealth], delay: async () => {} });
  return {
    ...{ clock, lab, gateway, warnings },
    async consent(userId: string, person: string) {
      const begun = await gateway.connections.begin({ userId, provider: "GOOGLE_HEALTH" });
      const page = new URL(begun.authorizationUrl);
      page.searchParams.set("auto", "allow");
      page.searchParams.set("person", person);
      const back = await fetch(page, { redirect: "manual" });
      const query = Object.fromEntries(new URL(back.headers.get("location")!).searchParams);
      expect(await gateway.connections.callback("google-health", query)).toMatchObject({ status: "connected" });
      return (await gateway.connections.list(userId))[0]!;
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await lab.close();
    },
  };
}

test("a grant that ends by itself is known by its end, and the operator is warned once", async () => {
  await using b = await bench();
  b.lab.switches.refreshTokenExpiresInSeconds = WEEK_MS / 1000;
  const { grantEndsAt, id } = await b.consent("ada@example.org", "google");
  expect(grantEndsAt).toBe(b.clock.now() + WEEK_MS);
  await b.consent("bob@example.org", "both");
  expect(b.warnings).toEqual([
    expect.stringMatching(/^this provider's refresh tokens end soon: .*"provider":"GOOGLE_HEALTH","days":7/),
  ]);
  expect(b.warnings.join()).not.toContain("example.org");
  // Whatever an answer says later on: the same refresh token does not live longer.
  b.clock.advance(2 * 3_600_000);
  await b.gateway.connections.token((await b.gateway.connections.get(id))!);
  expect((await b.gateway.connections.get(id))!.grantEndsAt).toBe(grantEndsAt);
});

test("a grant without an end has none, and a new consent takes the old end away", async () => {
  await using b = await bench();
  b.lab.switches.refreshTokenExpiresInSeconds = WEEK_MS / 1000;
  await b.consent("ada", "google");
  b.lab.switches.refreshTokenExpiresInSeconds = null;
  expect((await b.consent("ada", "google")).grantEndsAt).toBeNull();
  expect((await b.consent("bob", "both")).grantEndsAt).toBeNull();
});

test.each([
  ["a new token's own end", { refreshToken: "new", refreshExpiresInSeconds: 100 }, 5_000, 101_000],
  ["no end of a new token", { refreshToken: "new", refreshExpiresInSeconds: null }, 5_000, undefined],
  ["the old token's end", { refreshToken: null, refreshExpiresInSeconds: null }, 5_000, 5_000],
  ["the earlier of two ends of the old token", { refreshToken: null, refreshExpiresInSeconds: 2 }, 5_000, 3_000],
  ["an end that was not known before", { refreshToken: null, refreshExpiresInSeconds: 2 }, undefined, 3_000],
])("a refresh leaves %s", (_, answer, before, ends) => {
  expect(grantEnd(answer as Granted, 1_000, before).refreshExpiresAt).toBe(ends);
});

describe("an end", () => {
  const DAY_MS = 86_400_000;
  const now = 1_000;
  function bench(known: number | null = null) {
    const days: number[] = [];
    const written: unknown[] = [];
    const row = { grantEndsAt: known } as Connection;
    const ends = createGrantEnds({
      directory: {
        mutate: async (_: string, change: (before: Connection) => Connection) => {
          const after = change(row);
          if (after !== row) written.push(after.grantEndsAt);
        },
      } as never,
      clock: { now: () => now },
      log: { info: () => {}, warn: (details: object) => void days.push((details as { days: number }).days) },
    });
    return { ends, days, written };
  }

  test.each([
    [31 * DAY_MS, [31]],
    [31 * DAY_MS + 1, []],
    [null, []],
  ])("that is %p ms away is told of as soon: %j days", (left, told) => {
    const { ends, days } = bench();
    ends.warn("FITBIT", left === null ? null : now + left);
    ends.warn("FITBIT", left === null ? null : now + left);
    expect(days).toEqual(told);
  });

  test.each([
    [500_000, 559_999, []],
    [500_000, 440_001, []],
    [500_000, 560_000, [560_000]],
    [500_000, 440_000, [440_000]],
    [500_000, null, [null]],
    [null, 500_000, [500_000]],
    [null, null, []],
  ])("that was %p and is told as %p is written: %j", async (known, at, expected) => {
    const { ends, written } = bench(known);
    await ends.note({ id: "one", provider: "FITBIT" }, at);
    expect(written).toEqual(expected);
  });
});
