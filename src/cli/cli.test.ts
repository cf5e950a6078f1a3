import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "graphql";
import { compiled } from "../../test/support/compiled.js";
import { type LabGateway, startLabGateway } from "../../test/support/lab-gateway.js";
import { freePort } from "../../test/support/served.js";
import { readAppKey } from "../config/keys.js";
import { fieldsFor, fieldsIn } from "../operations/fields.js";
import { scopesNeeded } from "../operations/scopes.js";
import { fitbit } from "../providers/fitbit/index.js";
import { exportUser } from "./export.js";
import type { Io } from "./io.js";
import { run } from "./program.js";
import { refreshTokens } from "./tokens.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulsegate-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

function testIo(env: Record<string, string> = {}, stdin = "") {
  const said = { out: "", note: "" };
  const aborter = new AbortController();
  const io: Io = {
    env: { STORE_URL: "memory:", ...env },
    out: (text) => {
      said.out += text;
    },
    note: (text) => {
      said.note += text;
    },
    terminal: false,
    input: async function* () {
      yield Buffer.from(stdin);
    },
    signal: aborter.signal,
  };
  return { io, said, aborter };
}

test("says which version it is", async () => {
  const { io, said } = testIo();
  expect(await run(["--version"], io)).toBe(0);
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(said.out.trim()).toBe(version);
});

test("answers no assistant where it is not known for whom", async () => {
  const ENCRYPTION_KEYS = Buffer.alloc(32, 7).toString("base64");
  const { io, said } = testIo({ AUTH_JWT_SECRET: "x".repeat(32), ENCRYPTION_KEYS });
  expect(await run(["mcp"], io)).toBe(1);
  expect(said).toEqual({ out: "", note: "pulsegate: Which user? Name one with --user.\n" });
});

test("an app's key is shown once, and its hash is what the configuration takes", async () => {
  const { io, said } = testIo();
  expect(await run(["app-key", "create", "web"], io)).toBe(0);
  const [key, line] = said.out.trim().split("\n");
  expect(line).toBe(`web:${createHash("sha256").update(key!).digest("hex")}`);
});

test("a key may be made for one person, and for reading alone: the line says so", async () => {
  const { io, said } = testIo();
  expect(await run(["app-key", "create", "wall", "--user", "ann:1, böse", "--read-only"], io)).toBe(0);
  const [key, line] = said.out.trim().split("\n");
  const sha256 = createHash("sha256").update(key!).digest();
  expect(line).toBe(`wall:${sha256.toString("hex")}:ro:user=ann%3A1%2C%20b%C3%B6se`);
  expect(readAppKey(line!)).toEqual({ name: "wall", sha256, userId: "ann:1, böse", readOnly: true });
  expect(await run(["app-key", "create", "wall", "--user", " "], io)).toBe(1);
});

test("a failure is one line, and the exit code tells of it", async () => {
  const { io, said } = testIo();
  expect(await run(["app-key", "create", "two words"], io)).toBe(1);
  expect(said.note.trim().split("\n")).toHaveLength(1);
  expect(await run(["nonsense"], io)).toBe(1);
  const broken = testIo({ PORT: "lots", HOST: "0.0.0.0" });
  expect(await run(["export", "--user", "demo"], broken.io)).toBe(1);
  expect(broken.said.note).toMatch(/^pulsegate: the configuration is not valid: PORT .*; HOST .*\n$/);
});

test("doctor names every fault of the configuration, and is content with a sound one", async () => {
  const broken = testIo({ PORT: "lots", HOST: "0.0.0.0" });
  expect(await run(["doctor"], broken.io)).toBe(1);
  expect(broken.said.out.match(/^FAIL/gm)!.length).toBeGreaterThanOrEqual(2);
  const sound = testIo();
  expect(await run(["doctor"], sound.io)).toBe(0);
  expect(sound.said.out).toContain("store (memory) answers");
});

test("doctor tells a provider that answers from one that does not, and sends neither a token", async () => {
  const seen: (string | undefined)[] = [];
  const host = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => host.once("listening", resolve));
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const env = { SINGLE_USER: "me", FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "very secret", FITBIT_API_URL: url };
  const { io, said } = testIo(env);
  expect(await run(["doctor"], io)).toBe(0);
  expect(seen).toEqual([undefined]);
  const away = testIo({ ...env, FITBIT_API_URL: `http://127.0.0.1:${await freePort()}` });
  expect(await run(["doctor"], away.io)).toBe(1);
  expect(away.said.out).toMatch(/^FAIL {2}Fitbit/m);
  expect(said.out + away.said.out).not.toContain("very secret");
  host.close();
});

test("a query from standard input is answered over the sandbox", async () => {
  const query =
    "query ($days: Int!) { viewer { profile { displayName } activity(range: {lastDays: $days}) { days { date steps } } } }";
  const { io, said } = testIo({}, query);
  expect(await run(["query", "-", "--user", "both", "--variables", '{"days": 2}', "--plan", "report"], io)).toBe(0);
  const answer = JSON.parse(said.out);
  expect(answer.data.viewer.activity.days).toHaveLength(2);
  expect(answer.extensions.plan.upstreamCalls).toBeGreaterThan(0);
});

test("a query that asks for too much is refused in a sentence", async () => {
  const seconds =
    "{ viewer { heart(range: {lastDays: 400}) { days { samples(resolution: ONE_SECOND) { values } } } } }";
  const { io, said } = testIo({}, seconds);
  expect(await run(["query", "-"], io)).toBe(1);
  expect([said.out, said.note]).toEqual(["", expect.stringContaining("The query asks for more than one request may")]);
});

test("a query that does not fit the schema fails with the place of its fault", async () => {
  const file = join(folder, "wrong.graphql");
  await writeFile(file, "{\n  viewer { height }\n}");
  const { io, said } = testIo();
  expect(await run(["query", file], io)).toBe(1);
  expect(said.note).toContain("wrong.graphql:2:12: ");
});

test("a backfill stays until the days are stored", async () => {
  const { io, said } = testIo();
  const args = ["backfill", "--provider", "fitbit", "--user", "both", "--from", "2026-10-01", "--to", "2026-10-03"];
  expect([await run(args, io), said.note]).toEqual([0, ""]);
  expect(said.out).toBe("3 days of Fitbit are stored.\n");
});

test("the audit log shows what was done, to whoever knows a user's id", async () => {
  const env = { STORE_URL: `sqlite:${join(folder, "audit.db")}`, SANDBOX: "1" };
  const args = ["--provider", "fitbit", "--user", "both", "--from", "2026-10-01", "--to", "2026-10-01"];
  expect(await run(["backfill", ...args], testIo(env).io)).toBe(0);
  const shown = async (...options: string[]) => {
    const { io, said } = testIo(env);
    expect(await run(["audit", ...options], io)).toBe(0);
    return said.out.split("\n").filter((line) => line !== "");
  };
  const lines = await shown();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: expect.any(String), actor: "cli", action: "backfill", provider: "FITBIT", user: expect.any(String) },
  ]);
  expect(await shown("--user", "both", "--since", "2026-01-01")).toEqual(lines);
  expect(await shown("--user", "demo")).toEqual([]);
  expect(await shown("--since", "2999-01-01T00:00:00Z")).toEqual([]);
  const wrong = testIo(env);
  expect(await run(["audit", "--since", "yesterday"], wrong.io)).toBe(1);
  expect(wrong.said.note).toContain('"yesterday" is no day');
});

test("rotating keys encrypts everything anew, and then says that the old key may go", async () => {
  const key = (fill: number) => Buffer.alloc(32, fill).toString("base64");
  const env = { STORE_URL: `sqlite:${join(folder, "keys.db")}`, SANDBOX: "1" };
  const rotate = async (...keys: number[]) => {
    const { io, said } = testIo({ ...env, ENCRYPTION_KEYS: keys.map(key).join(",") });
    return [await run(["keys", "rotate"], io), said.out] as const;
  };
  const seeded = testIo({ ...env, ENCRYPTION_KEYS: key(1) }, "{ viewer { id } }");
  expect(await run(["query", "-"], seeded.io)).toBe(0);
  expect(await rotate(2)).toEqual([1, expect.stringMatching(/^0 encrypted again, 0 were .*, [1-9]\d* can't be read/)]);
  expect(await rotate(2, 1)).toEqual([
    0,
    expect.stringMatching(/^[1-9]\d* encrypted again, 0 were .*\nthe older keys are not needed any more/),
  ]);
  expect(await rotate(2)).toEqual([0, expect.stringMatching(/^0 encrypted again, [1-9]\d* were .*, 0 can't be read/)]);
});

test("connect waits for the return from the consent page, and prints no token", async () => {
  const port = await freePort();
  const { io, said } = testIo({ PORT: String(port) });
  const done = run(["connect", "--provider", "fitbit", "--user", "newcomer", "--no-open"], io);
  while (!said.out.includes("\n")) await new Promise((resolve) => setTimeout(resolve, 20));
  const consent = new URL(said.out.trim());
  const stray = await fetch(`http://127.0.0.1:${port}/oauth/fitbit/callback?state=forged&code=x`);
  expect(stray.status).toBe(400);
  // Nor does a look ahead end the wait, or use anything up.
  const ahead = { headers: { "sec-purpose": "prefetch" } };
  expect((await fetch(`http://127.0.0.1:${port}/oauth/fitbit/callback?state=x&code=x`, ahead)).status).toBe(503);
  // The lab's page, answered at once; it leads back to where we wait. No demo user has that account.
  consent.searchParams.set("auto", "allow");
  consent.searchParams.set("person", "google");
  expect(await (await fetch(consent)).text()).toContain("The connection to Fitbit was made.");
  expect([await done, said.note]).toEqual([0, "Give your consent on this page:\n"]);
  expect(said.out).toMatch(/^http.*\nFitbit is connected for newcomer\.\n$/);
});

describe("with people in the store", () => {
  let lab: LabGateway;
  beforeAll(async () => {
    lab = await startLabGateway();
    await lab.connect("demo");
    await lab.connect("both", { expiresInSeconds: 60 });
  });
  afterAll(() => lab.close());

  test("an export has a line for each connection and reading, and no token", async () => {
    const { io, said } = testIo();
    await exportUser(io, lab.gateway, "demo");
    const lines = said.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: "export", version: 1, userId: "demo" });
    expect(lines[1]).toMatchObject({ type: "connection", provider: "FITBIT", status: "CONNECTED" });
    expect(lines.slice(2).map((line) => line.type)).toEqual(lines.slice(2).map(() => "reading"));
    expect(lines.find((line) => line.field === "profile.timeZone")).toMatchObject({
      value: "Europe/Berlin",
      day: null,
    });
    const token = await lab.gateway.connections.token((await lab.gateway.connections.list("demo"))[0]!);
    expect(said.out).not.toContain(token.accessToken);
    await expect(exportUser(io, lab.gateway, "nobody")).rejects.toThrow('There is no data of a user "nobody"');
  });

  test("tokens that are due are renewed, all on request; lost ones are pruned only when asked", async () => {
    const { io, said } = testIo();
    await refreshTokens(io, lab.gateway, {});
    expect(said.out).toContain("2 usable, renewed where that was due, 0 renewed on request");
    await refreshTokens(io, lab.gateway, { all: true });
    expect(said.out).toContain("2 renewed on request");
    const [lost] = await lab.gateway.connections.list("both");
    await lab.gateway.connections.setStatus(lost!.id, "REAUTHORIZATION_REQUIRED");
    await refreshTokens(io, lab.gateway, {});
    expect((await lab.gateway.connections.list("both"))[0]!.status).toBe("REAUTHORIZATION_REQUIRED");
    await refreshTokens(io, lab.gateway, { prune: true });
    expect(said.out).toContain("1 need the person to connect again (1 disconnected)");
    expect((await lab.gateway.connections.list("both"))[0]!.status).toBe("REVOKED");
  });
});

test("the scopes are the fewest that the documents need, whatever their variables", () => {
  const fields = fieldsIn(
    parse(`
      query ($r: Resolution!, $with: Boolean!) {
        viewer {
          heart(range: {lastDays: 1}) { days { samples(resolution: $r) { points { value } } } }
          sleep(range: {lastDays: 1}) @include(if: $with) { sessions { date } }
        }
      }`),
  );
  expect(fields).toContain("heart.samples:ONE_SECOND");
  expect(fields).toContain("heart.samples:FIFTEEN_MINUTES");
  const needed = scopesNeeded(fitbit, fieldsFor(fitbit, fields)).map(({ scope }) => scope);
  expect(needed).toEqual(expect.arrayContaining(["profile", "heartrate", "sleep"]));
  expect(needed).not.toContain("weight");
});

test("a goal's progress asks only those providers that know goals", () => {
  const asked = fieldsIn(parse("{ viewer { goals { goals { current } } } }"));
  expect(fieldsFor(fitbit, asked)).toContain("body.weight");
  const { calls } = fitbit;
  const goalless = {
    ...fitbit,
    calls: calls.filter((call) => !call.yields.some((field) => field.startsWith("goals."))),
  };
  expect(fieldsFor(goalless, asked)).not.toContain("body.weight");
});

test("the program itself says what it can do", async () => {
  const program = await compiled(new URL("./index.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, "--help"]);
  for (const name of [
    "start",
    "connect",
    "tokens",
    "query",
    "backfill",
    "export",
    "audit",
    "keys",
    "app-key",
    "scopes",
    "webhooks",
    "doctor",
  ]) {
    expect(stdout).toContain(name);
  }
});
