import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { readConfig } from "../config/read-config.js";
import { createGateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { providers } from "../providers/index.js";
import { type FitbitLab, startFitbitLab } from "../sandbox/fitbit/index.js";
import { type GoogleHealthLab, startGoogleHealthLab } from "../sandbox/google-health/index.js";
import { type MisfitLab, startMisfitLab } from "../sandbox/misfit/index.js";
import { connect } from "./connect.js";
import { doctor as examine } from "./doctor.js";
import type { Io } from "./io.js";
import { run } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-doctor-"));
const key = (fill: number) => Buffer.alloc(32, fill).toString("base64");
/** Nobody listens there. */
const NOWHERE = "127.0.0.1:1";

let fitbit: FitbitLab;
let google: GoogleHealthLab;
let misfit: MisfitLab;
beforeAll(async () => {
  fitbit = await startFitbitLab();
  google = await startGoogleHealthLab();
  misfit = await startMisfitLab();
});
afterAll(async () => {
  await Promise.all([fitbit.close(), google.close(), misfit.close()]);
  rmSync(folder, { recursive: true });
});

const sound = () => ({
  STORE_URL: "memory:",
  AUTH_JWT_SECRET: "a secret for tests that is long enough",
  ENCRYPTION_KEYS: key(1),
  FITBIT_CLIENT_ID: fitbit.clientId,
  FITBIT_CLIENT_SECRET: fitbit.clientSecret,
  FITBIT_API_URL: fitbit.url,
  GOOGLE_HEALTH_CLIENT_ID: google.app.clientId,
  GOOGLE_HEALTH_CLIENT_SECRET: google.app.clientSecret,
  GOOGLE_HEALTH_API_URL: google.url,
  GOOGLE_HEALTH_TOKEN_URL: `${google.url}/token`,
  MISFIT_CLIENT_ID: misfit.app.key,
  MISFIT_CLIENT_SECRET: misfit.app.secret,
  MISFIT_API_URL: misfit.url,
});

async function doctor(
  change: Readonly<Record<string, string>> = {},
  command: (io: Io) => Promise<unknown> = (io) => run(["doctor"], io),
) {
  const said = { out: "", note: "" };
  const io: Io = {
    env: { ...sound(), ...change },
    out: (text) => {
      said.out += text;
    },
    note: (text) => {
      said.note += text;
    },
    terminal: false,
    input: async function* () {},
    signal: new AbortController().signal,
  };
  const code = await command(io);
  const lines = said.out.trim().split("\n");
  return { code, lines, failures: lines.filter((line) => line.startsWith("FAIL")), ...said };
}

/** A host that answers as it is told. */
async function host(answer: RequestListener): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const server: Server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("all in order: every part answers, and no token was sent", async () => {
  const before = [fitbit, google, misfit].map(({ requests }) => requests.length);
  const { code, lines, note, out } = await doctor();
  expect([code, note]).toEqual([0, ""]);
  const at = (url: string) => new URL(url).host;
  // Whoever is not configured is no trouble.
  expect(lines.filter((line) => !line.endsWith(": not configured"))).toEqual([
    "ok    configuration",
    "ok    store (memory) answers",
    `ok    Google Health: ${at(google.url)} answers`,
    `ok    Fitbit: ${at(fitbit.url)} answers`,
    `ok    Misfit: ${at(misfit.url)} answers`,
  ]);
  for (const secret of [fitbit.clientSecret, google.app.clientSecret, misfit.app.secret])
    expect(out).not.toContain(secret);
  expect([fitbit, google, misfit].map(({ requests }, index) => requests.length - before[index]!)).toEqual([1, 1, 1]);
});

test("a vendor that switched its service off is not contacted, and one that is not configured is only noted", async () => {
  const { code, lines } = await doctor({ FITBIT_API_URL: "", MISFIT_CLIENT_ID: "", MISFIT_CLIENT_SECRET: "" });
  expect(code).toBe(0);
  expect(lines).toContain("note  Fitbit: switched off by its vendor, not contacted");
  expect(lines).toContain("note  Misfit: not configured");
});

test("a provider that is not there, or in trouble, is told from those that answer", async () => {
  await using ill = await host((_, response) => response.writeHead(503).end());
  // A page without an end: what has come of it is answer enough.
  await using long = await host((_, response) => void response.write("x".repeat(65 * 1024)));
  const { code, failures, lines, note } = await doctor({
    FITBIT_API_URL: `http://${NOWHERE}`,
    GOOGLE_HEALTH_API_URL: ill.url,
    MISFIT_API_URL: long.url,
  });
  expect(code).toBe(1);
  expect(failures).toHaveLength(2);
  expect(failures[0]).toBe(`FAIL  Google Health: ${new URL(ill.url).host} answers 503`);
  expect(failures[1]).toMatch(/^FAIL {2}Fitbit: /);
  // The token endpoint is elsewhere, and fine.
  expect(lines).toContain(`ok    Google Health: ${new URL(google.url).host} answers`);
  expect(lines).toContain(`ok    Misfit: ${new URL(long.url).host} answers`);
  expect(note).toBe("pulsegate: 2 things are not right.\n");
});

test.each([
  ["PostgreSQL", { STORE_URL: `postgres://user:hush@${NOWHERE}/db` }, "store (postgres)"],
  ["a store on Redis", { STORE_URL: `redis://:hush@${NOWHERE}` }, "store (redis)"],
  ["Redis beside it", { REDIS_URL: `redis://:hush@${NOWHERE}` }, "redis"],
])("%s that does not answer is a trouble, and its password stays where it is", async (_, change, named) => {
  const { code, failures, out, note } = await doctor(change);
  expect(code).toBe(1);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain(named);
  expect(out + note).not.toContain("hush");
});

test("a store's folder that can't be written to is a trouble", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  chmodSync(file, 0o600);
  const { failures } = await doctor({ STORE_URL: `sqlite:${file}/store.db` });
  expect(failures).toEqual(["FAIL  store (sqlite) can't be opened"]);
});

test("every fault of the configuration is a line, and no value is shown", async () => {
  const { code, failures, out } = await doctor({ PORT: "hush", ENCRYPTION_KEYS: "hush", HOST: "not a host" });
  expect(code).toBe(1);
  expect(failures.map((line) => /^FAIL {2}(\w+)/.exec(line)![1]).sort()).toEqual(["ENCRYPTION_KEYS", "HOST", "PORT"]);
  expect(out).not.toContain("hush");
});

test("broken operations are told of, and the rest is looked at all the same", async () => {
  const OPERATIONS = join(folder, "broken.graphql");
  writeFileSync(OPERATIONS, "{ viewer { height } }");
  const { failures, lines } = await doctor({ OPERATIONS });
  expect(failures).toEqual([expect.stringContaining(`FAIL  OPERATIONS: ${OPERATIONS}:1:12: `)]);
  expect(lines).toContain("ok    store (memory) answers");
  writeFileSync(OPERATIONS, "{ viewer { id } }");
  expect((await doctor({ OPERATIONS })).lines).toContain("ok    operations");
});

describe("with a key set for user tokens", () => {
  const env = (url: string) => ({
    AUTH_JWT_SECRET: "",
    AUTH_JWKS_URL: `${url}/jwks`,
    AUTH_ISSUER: "https://id.example",
    AUTH_AUDIENCE: "pulsegate",
  });

  test("one that can be had is fine", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    const jwk = await exportJWK(publicKey);
    await using set = await host((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
    const { code, lines } = await doctor(env(set.url));
    expect(code).toBe(0);
    expect(lines).toContain(`ok    AUTH_JWKS_URL: ${new URL(set.url).host} has 1 key`);
  });

  test.each([
    ["empty", 200, '{"keys":[]}'],
    ["not there", 404, '{"keys":[{}]}'],
    ["no JSON", 200, "<html>"],
  ])("one that is %s is a trouble", async (_, status, text) => {
    await using set = await host((_request, response) => response.writeHead(status).end(text));
    expect((await doctor(env(set.url))).failures).toEqual([expect.stringMatching(/^FAIL {2}AUTH_JWKS_URL: 127/)]);
  });
});

test("tokens without their key are a trouble, and grants that end by themselves are noted", async () => {
  const env = { STORE_URL: `sqlite:${join(folder, "people.db")}` };
  const gateway = await createGateway({
    config: readConfig({ ...sound(), ...env }, { providers }),
    log: createLogger({ level: "silent" }),
  });
  const begunAt = Date.now();
  const ends: number[] = [];
  try {
    google.switches.refreshTokenExpiresInSeconds = 604_799;
    for (const person of ["google", "both"]) {
      const begun = await gateway.connections.begin({ userId: person, provider: "GOOGLE_HEALTH" });
      const page = new URL(begun.authorizationUrl.replace(/^.*?\?/, `${google.url}/o/oauth2/v2/auth?`));
      page.searchParams.set("auto", "allow");
      page.searchParams.set("person", person);
      const back = await fetch(page, { redirect: "manual" });
      const query = Object.fromEntries(new URL(back.headers.get("location")!).searchParams);
      expect(await gateway.connections.callback("google-health", query)).toMatchObject({ status: "connected" });
      ends.push((await gateway.connections.list(person))[0]!.grantEndsAt!);
    }
  } finally {
    google.switches.refreshTokenExpiresInSeconds = null;
    await gateway.close();
  }
  const leftMs = ends.map((end) => end - begunAt);
  expect(leftMs[0]).toBeGreaterThanOrEqual(604_799_000);
  expect(leftMs[1]).toBeLessThan(604_799_000 + 60_000);
  const day = new Date(ends[0]!).toISOString().slice(0, 10);
  const { code, lines } = await doctor(env);
  expect(code).toBe(0);
  expect(lines).toContainEqual(
    expect.stringContaining(`note  Google Health: 2 connections end by themselves, the first on ${day}: `),
  );
  const { failures } = await doctor({ ...env, ENCRYPTION_KEYS: key(2) });
  expect(failures).toEqual(["FAIL  2 stored tokens are under a key that ENCRYPTION_KEYS does not list"]);
});

test("a redirect address that a provider does not take is named before anyone meets its error page", async () => {
  const redirect = [{ pattern: /^https:/, sentence: "begins with https" }];
  const strict = providers.map((each) =>
    each.id === "FITBIT" ? { ...each, oauth: { ...each.oauth, redirect } } : each,
  );
  const look = async (change: Readonly<Record<string, string>>) =>
    (await doctor({ FITBIT_AUTHORIZE_URL: fitbitPage, ...change }, (io) => examine(io, strict).catch(() => {})))
      .failures;
  const fitbitPage = strict.find(({ id }) => id === "FITBIT")!.oauth.authorizeUrl;
  expect(await look({ PUBLIC_URL: "http://127.0.0.1:4000" })).toEqual([
    "FAIL  Fitbit takes only a redirect address that begins with https, and ours is http://127.0.0.1:4000/oauth/fitbit/callback: set PUBLIC_URL, and register the new address with Fitbit.",
  ]);
  const env = { ...sound(), FITBIT_AUTHORIZE_URL: fitbitPage, PUBLIC_URL: "http://127.0.0.1:4000" };
  const config = readConfig(env, { providers: strict });
  const gateway = await createGateway({ config, log: createLogger({ level: "silent" }), providers: strict });
  const shown: string[] = [];
  const io = { out: async (text: string) => void shown.push(text), note: (text: string) => void shown.push(text) };
  try {
    const connecting = connect(io as unknown as Io, gateway, { provider: "fitbit", user: "ada", open: false });
    await expect(connecting).rejects.toThrow(
      "Fitbit takes only a redirect address that begins with https, and ours is http://127.0.0.1:4000/oauth/fitbit/callback",
    );
    expect(shown).toEqual([]);
  } finally {
    await gateway.close();
  }
  expect(await look({ PUBLIC_URL: "https://gate.test" })).toEqual([]);
});
