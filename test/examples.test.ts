/** What somebody copies: every query in examples/ answers, and what is read out of an answer is there. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Anything, clockFrom, credentials, type Served, startServed, within } from "./support/served.js";

const root = fileURLToPath(new URL("../examples/", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");
const run = promisify(execFile);

const personsKey = "a-key-that-is-bound-to-demo";
const asPerson = { "x-api-key": personsKey };
const appsKey = "a-key-for-every-person";
const app = "http://127.0.0.1:3000";
const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
/** In the evening, so that today has figures of every kind. */
const clock = clockFrom("2026-06-17T19:00:00Z");

let served: Served;
let pages: Server;
let origin: string;
beforeAll(async () => {
  pages = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(read("fetch/index.html"));
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const env = {
    ...credentials,
    APP_KEYS: `me:${sha256(personsKey)}:user=demo:ro,backend:${sha256(appsKey)}`,
    CORS_ORIGINS: origin,
    ALLOWED_REDIRECTS: app,
  };
  served = await startServed(env, { clock });
});
afterAll(async () => {
  pages.close();
  await served.close();
});

/** The data of a query that has to be answered whole. */
async function answered(query: string, variables?: object, headers: Readonly<Record<string, string>> = asPerson) {
  const { data, errors } = await served.ask(query, { variables, headers });
  expect(errors).toBeUndefined();
  return { data };
}

describe("fetch/index.html", () => {
  test("its query answers seven days", async () => {
    const [, query] = /const query = `([\s\S]+?)`/.exec(read("fetch/index.html"))!;
    const { data } = await answered(query!);
    expect(data.viewer.activity.days).toHaveLength(7);
  });

  const chromium = "/usr/bin/chromium";
  (existsSync(chromium) ? test : test.skip)("shows the days in a browser, from an origin of its own", async () => {
    const page = `${origin}/?gateway=${served.url}`;
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"];
    const { stdout } = await run(chromium, [...flags, page], { timeout: 50_000 });
    expect(stdout).toMatch(/<p id="state" role="status">Demo R\.<\/p>/);
    expect(stdout.match(/<td>2026-06-\d\d<\/td>/g)).toHaveLength(7);
  });
});

describe("node-backend/server.mjs", () => {
  let url: string;
  let end = () => {};
  beforeAll(async () => {
    const env = {
      PATH: process.env["PATH"],
      PULSEGATE_URL: served.url,
      PULSEGATE_KEY: appsKey,
      APP_URL: app,
      PORT: "0",
    };
    const child = spawn(process.execPath, [`${root}node-backend/server.mjs`], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    end = () => void child.kill();
    const line = new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve));
    url = /http:\S+/.exec(await within(30, "the backend to listen", line))![0];
  });
  afterAll(() => end());

  const ask = async (method: string, path: string, user?: string) => {
    const headers: Record<string, string> = user ? { "x-signed-in-user": user } : {};
    const response = await fetch(`${url}${path}`, { method, headers });
    return [response.status, (await response.json()) as Anything] as const;
  };

  test("answers the week of whoever is signed in", async () => {
    for (const [user, source] of [
      ["demo", "FITBIT"],
      ["google", "GOOGLE_HEALTH"],
    ] as const) {
      const [status, { days, sources }] = await ask("GET", "/me/week", user);
      expect([status, days.length, sources]).toEqual([
        200,
        7,
        [{ provider: source, status: "OK", message: null, retryAt: null }],
      ]);
    }
    expect((await ask("GET", "/me/week", "nobody-known"))[1]).toEqual({ days: [], sources: [] });
    expect((await ask("GET", "/me/week"))[0]).toBe(401);
  });

  test("begins a consent, and tells the caller's faults from the gateway's", async () => {
    const [status, begun] = await ask("POST", "/me/connect/google-health", "demo");
    expect(status).toBe(200);
    expect(new URL(begun.authorizationUrl).searchParams.get("state")).toBeTruthy();
    expect((await ask("POST", "/me/connect/no-such-brand", "demo"))[0]).toBe(400);
  });
});

describe("python/week.py", () => {
  test("its query answers", async () => {
    const [, query] = /QUERY = """([\s\S]+?)"""/.exec(read("python/week.py"))!;
    const { data } = await answered(query!, { days: 7 });
    expect(data.viewer.sleep.sessions.length).toBeGreaterThan(3);
  });

  const search = (process.env["PATH"] ?? "").split(":");
  const python = search.some((folder) => existsSync(`${folder}/python3`));
  (python ? test : test.skip)("prints a line for each day", async () => {
    const env = { PATH: process.env["PATH"], PYTHONUTF8: "1", PULSEGATE_URL: served.url, PULSEGATE_KEY: personsKey };
    const { stdout } = await run("python3", [`${root}python/week.py`], { env, timeout: 30_000 });
    expect(stdout.match(/^2026-06-\d\d .+ (FITBIT|GOOGLE_HEALTH)$/gm)).toHaveLength(7);
    expect(stdout).toMatch(/^[\d,]+ steps a day, over [1-6] worn and complete days$/m);
    const wrong = run("python3", [`${root}python/week.py`], { env: { ...env, PULSEGATE_KEY: "wrong" } });
    await expect(wrong).rejects.toThrow(/RuntimeError: .+/);
  });
});

/** What a dotted path reads, lists flattened on the way. */
function at(value: Anything, path: string): Anything {
  let found = value;
  for (const name of path.split(".")) {
    found = Array.isArray(found) ? found.flatMap((each) => each?.[name] ?? []) : found?.[name];
  }
  return found;
}

describe("grafana/dashboard.json", () => {
  interface Panel {
    readonly title: string;
    readonly targets: readonly {
      readonly root_selector: string;
      readonly columns: readonly { readonly selector: string }[];
      readonly url_options: { readonly body_graphql_query: string };
    }[];
  }
  const { panels } = JSON.parse(read("grafana/dashboard.json")) as { panels: readonly Panel[] };

  test.each(panels.map((panel) => [panel.title, panel] as const))(
    "%s has figures in every column",
    async (_, panel) => {
      for (const { root_selector, columns, url_options } of panel.targets) {
        const query = url_options.body_graphql_query
          .replaceAll(`\${__from:date:YYYY-MM-DD}`, "2026-05-18")
          .replaceAll(`\${__to:date:YYYY-MM-DD}`, "2026-06-17");
        expect(query).not.toContain("$");
        const rows = [at(await answered(query), root_selector)].flat();
        for (const { selector } of columns) {
          const values = rows.map((row) => row[selector]);
          expect([selector, values.every((value) => value !== undefined)]).toEqual([selector, true]);
          // What a source has to say is null while it is well.
          if (selector !== "message")
            expect([selector, values.some((value) => value !== null)]).toEqual([selector, true]);
        }
      }
    },
  );
});

describe("home-assistant/pulsegate.yaml", () => {
  const text = read("home-assistant/pulsegate.yaml");
  const [, folded] = /^ {4}payload: >-\n((?: {6}\S.*\n)+)/m.exec(text)!;
  const { query } = JSON.parse(folded!.trim().split(/\n\s*/).join(" ")) as { query: string };

  test("every template finds what it reads", async () => {
    const value_json = await answered(query);
    const templates = [...text.matchAll(/value_json((?:\.\w+|\[-?\d+\])+)/g)].map(([, path]) => path!);
    expect(templates.length).toBeGreaterThan(15);
    for (const path of new Set(templates)) {
      const steps = [...path.matchAll(/\.(\w+)|\[(-?\d+)\]/g)];
      const found = steps.reduce<Anything>(
        (value, [, name, index]) => (name === undefined ? value.at(Number(index)) : value[name]),
        value_json,
      );
      expect([path, found ?? null]).not.toEqual([path, null]);
    }
  });
});

test("react-apollo names every type of the schema that implements its interface", () => {
  const schema = readFileSync(new URL("../schema/schema.graphql", import.meta.url), "utf8");
  const implementing = [...schema.matchAll(/^type (\w+) implements History/gm)].map(([, name]) => name);
  const [, list] = /const histories = \[([^\]]+)\]/.exec(read("react-apollo/src/client.ts"))!;
  expect([...list!.matchAll(/"(\w+)"/g)].map(([, name]) => name)).toEqual(implementing.sort());
});
