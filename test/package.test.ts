/** What `npm pack` makes: all that is needed to run, and nothing else. */
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { within } from "./support/served.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
let folder: string;
let packed: Packed;
let at: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-pack-"));
  // The shell of the tests must not reach npm's own scripts: they would run under its module loader.
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root, env });
  packed = (JSON.parse(stdout) as readonly Packed[])[0]!;
  await run("tar", ["xzf", join(folder, packed.filename), "-C", folder]);
  at = join(folder, "package");
  // Stands for the installation, which would fetch the same packages again.
  symlinkSync(join(root, "node_modules"), join(at, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bin = (...args: readonly string[]) => [join(at, "bin/pulsegate.mjs"), ...args];
const clean = { PATH: process.env["PATH"], STORE_URL: "memory:", NODE_OPTIONS: "" };

test("it holds the build, the schema and the papers, and no source, test, record or data", () => {
  const paths = packed.files.map(({ path }) => path);
  for (const wanted of [
    "bin/pulsegate.mjs",
    "dist/main.js",
    "dist/cli/index.js",
    "schema/schema.graphql",
    "schema/operations/assistant/today.graphql",
    "LICENSE",
  ]) {
    expect(paths).toContain(wanted);
  }
  const known = /^(bin|dist|schema)\/|^(package\.json|LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md)$/;
  expect(paths.filter((path) => !known.test(path))).toEqual([]);
  expect(paths.filter((path) => /\.tsx?$|\.test\.|\.map$|\.build\.json|\.db|\.env|\.key$|_example/.test(path))).toEqual(
    [],
  );
  expect(packed.size).toBeLessThan(3_000_000);
});

test("what it imports is what it depends on", () => {
  const files = readdirSync(join(at, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".js"),
  );
  const bare = /(?:\bfrom|\bimport)\s*\(?\s*"((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^"]*)?"/g;
  // What browsers load is bundled.
  const served = files.filter((path) => !/assets\/|\bhome\//.test(path));
  const imported = new Set(
    served.flatMap((path) => [...readFileSync(join(at, "dist", path), "utf8").matchAll(bare)].map(([, name]) => name!)),
  );
  const absent = [...imported].filter((name) => !name.startsWith("node:") && !(name in manifest.dependencies));
  expect(absent).toEqual([]);
  expect(imported.has("graphql")).toBe(true);
});

test("its command runs, and starts the gateway with its page, its explorer and its labs", async () => {
  expect((await run(process.execPath, bin("--version"), { env: clean })).stdout).toBe(`${manifest.version}\n`);
  const child = spawn(process.execPath, bin("start"), {
    env: { ...clean, PORT: "0", SANDBOX: "1" },
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let said = "";
    const greeted = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk;
        if (said.includes("Ctrl-C")) resolve();
      });
    });
    await within(60, "the greeting", greeted);
    const url = /listens on (\S+),/.exec(said)![1]!;
    expect(said).toContain("Three things to try:");
    // Ports that the system chose are in every address that people are shown.
    expect(said).not.toContain(":0/");
    for (const path of ["/", "/graphiql", "/graphiql/graphiql.js"]) expect((await fetch(url + path)).status).toBe(200);
    const query = "{ viewer { id connections { status } } }";
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    expect(await answer.json()).toMatchObject({ data: { viewer: { id: "demo" } } });
  } finally {
    child.kill();
  }
});

test("a package without its build, and a Node that is too old, are each said in a sentence", async () => {
  const unbuilt = join(folder, "unbuilt");
  cpSync(at, unbuilt, { recursive: true, filter: (path) => path !== join(at, "dist") });
  const command = join(unbuilt, "bin/pulsegate.mjs");
  await expect(run(process.execPath, [command, "--version"], { env: clean })).rejects.toMatchObject({
    code: 1,
    stderr: "Pulsegate is not built yet: run npm ci && npm run build.\n",
  });
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.18.3'})";
  await expect(run(process.execPath, ["--import", old, command, "--version"], { env: clean })).rejects.toMatchObject({
    code: 1,
    stderr: "Pulsegate needs Node 20.19 or newer, and this is Node 20.18.3.\n",
  });
});
