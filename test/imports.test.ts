import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * What stands directly in `src`, the lowest first. Each may import itself and what is above it in this list.
 * docs/architecture.md draws the same.
 */
const layers = [
  "page",
  "bounded.ts",
  "model",
  "tracing.ts",
  "http",
  "errors.ts",
  "turns.ts",
  "under-way.ts",
  "providers",
  "config",
  "log.ts",
  "store",
  "audit",
  "budgets",
  "connections",
  "events",
  "health-data",
  "recording",
  "jobs",
  "outbound",
  "webhooks",
  "graphql",
  "operations",
  "erasure.ts",
  "schedule.ts",
  "regular-work.ts",
  "gateway.ts",
  "server",
  "sandbox",
  "greeting.ts",
  "serve.ts",
  "run.ts",
  "main.ts",
  "cli",
];

/** Production loads the lab here alone, by `import("…")`, when it is asked for. */
const loadersOfTheLab = ["serve.ts", "cli/session.ts"];

interface Import {
  readonly from: string;
  readonly to: string;
  /** `import("…")`, which loads nothing before it is run. */
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

const source = join(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const forTests = (file: string) => /\.test\.tsx?$/.test(file);
const imports = files
  .filter((file) => !forTests(file))
  .flatMap((file) => importsIn(file, readFileSync(join(source, file), "utf8")));

/** The imports of our own files; comments are left out, since they may show an import. */
function importsIn(file: string, text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = code.matchAll(/(\b(?:import|export)\s+type\b[^;"]*)?\b(?:from|import)\s*(\()?\s*"(\.[^"]+)"/g);
  return [...found].map(([, typeOnly, bracket, specifier]) => ({
    from: file,
    to: sourceOf(relative(source, join(source, dirname(file), specifier!))),
    dynamic: bracket !== undefined,
    typeOnly: typeOnly !== undefined,
  }));
}

function sourceOf(built: string): string {
  const withMarkup = built.replace(/\.js$/, ".tsx");
  return files.includes(withMarkup) ? withMarkup : built.replace(/\.js$/, ".ts");
}

const layerOf = (file: string) => file.split("/")[0]!;
const folderOf = (file: string) => file.split("/").slice(0, 2).join("/");
const within = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const shown = ({ from, to }: Import) => `${from} → ${to}`;

/** The chain of files that leads back to where it began, or null. */
function circleAmong(all: readonly Pick<Import, "from" | "to">[]): string | null {
  const targets = new Map<string, string[]>();
  for (const { from, to } of all) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  function walk(file: string, chain: readonly string[]): string | null {
    if (chain.includes(file)) return [...chain.slice(chain.indexOf(file)), file].join(" → ");
    if (done.has(file)) return null;
    for (const to of targets.get(file) ?? []) {
      const circle = walk(to, [...chain, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  }
  for (const file of targets.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return null;
}

/** Imports of a layer that is higher than the importer's own. */
function upwardAmong(all: readonly Import[]): readonly string[] {
  return all
    .filter(({ to }) => layerOf(to) !== "sandbox") // has a test of its own
    .filter(({ from, to }) => layers.indexOf(layerOf(to)) > layers.indexOf(layerOf(from)))
    .map(shown);
}

test("every file and folder of the source has its layer", () => {
  const present = files.filter((file) => !forTests(file)).map(layerOf);
  expect([...new Set(present)].sort()).toEqual([...layers].sort());
});

test("what is imported is there to be read", () => {
  expect(imports.length).toBeGreaterThan(500);
  expect(imports.filter(({ to }) => !files.includes(to)).map(shown)).toEqual([]);
});

test("no import leads from a lower layer to a higher one", () => {
  expect(upwardAmong(imports)).toEqual([]);
});

test("no chain of imports leads back to where it began, types included", () => {
  expect(circleAmong(imports)).toBeNull();
});

test("production loads the lab where it is asked for, and nowhere else", () => {
  const ofTheLab = imports.filter(({ from, to }) => within("sandbox")(to) && !within("sandbox")(from));
  const allowed = ({ from, dynamic, typeOnly }: Import) => loadersOfTheLab.includes(from) && (dynamic || typeOnly);
  expect(ofTheLab.filter((one) => !allowed(one)).map(shown)).toEqual([]);
});

test("the page is a program of its own: between it and the server is the API alone", () => {
  const crossing = imports.filter(({ from, to }) => within("page")(from) !== within("page")(to));
  expect(crossing.map(shown)).toEqual([]);
});

test("nothing in production imports what is for tests", () => {
  expect(imports.filter(({ to }) => forTests(to)).map(shown)).toEqual([]);
});

test("a provider imports the contract and the kit, and no other provider", () => {
  const shared = ["providers/provider.ts", "providers/waits.ts", "providers/kit"];
  const crossing = imports.filter(
    ({ from, to }) =>
      /^providers\/[^/]+\//.test(from) &&
      within("providers")(to) &&
      ![...shared, folderOf(from)].includes(folderOf(to)),
  );
  expect(crossing.map(shown)).toEqual([]);
});

test("a lab imports nothing of what it is there to test", () => {
  const leaving = imports.filter(({ from, to }) => /^sandbox\/[^/]+\//.test(from) && !within("sandbox")(to));
  expect(leaving.map(shown)).toEqual([]);
});

describe("the checks themselves", () => {
  const text = (file: string, ...lines: readonly string[]) => importsIn(file, lines.join("\n"));

  test.each([
    ['import { a } from "../health-data/session.js";'],
    ['import type { A } from "../health-data/session.js";'],
    ['import {\n  a,\n  type B,\n} from "../health-data/session.js";'],
    ['import * as data from "../health-data/session.js";'],
    ['import "../health-data/session.js";'],
    ['export { a } from "../health-data/session.js";'],
    ['export type * from "../health-data/session.js";'],
    ['type A = import("../health-data/session.js").A;'],
    ['const { a } = await import("../health-data/session.js");'],
  ])("see %j", (line) => {
    expect(upwardAmong(text("connections/vault.ts", 'import { b } from "../model/time.js";', line))).toEqual([
      "connections/vault.ts → health-data/session.ts",
    ]);
  });

  test("see no import in a comment", () => {
    expect(text("model/time.ts", '/** import "../store/row.js"; */', '// import "../store/row.js";')).toEqual([]);
  });

  test("name the whole chain of a circle", () => {
    const chain = [
      ["a.ts", "b.ts"],
      ["b.ts", "c.ts"],
      ["b.ts", "d.ts"],
      ["d.ts", "b.ts"],
    ].map(([from, to]) => ({ from: from!, to: to! }));
    expect(circleAmong(chain)).toBe("b.ts → d.ts → b.ts");
  });
});
