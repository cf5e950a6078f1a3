import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "../src/errors.js";
import { missingReasons } from "../src/model/records.js";
import { providers } from "../src/providers/index.js";
import { sourceStatuses } from "../src/readings/views.js";

const root = new URL("..", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The first column of the table under a heading. */
function codesUnder(heading: string): readonly string[] {
  const section =
    read("docs/errors.md")
      .split(/^## /m)
      .find((part) => part.startsWith(heading)) ?? "";
  return [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!);
}

test.each([
  ["Error codes", Object.keys(errorTable)],
  ["Source statuses", sourceStatuses],
  ["Missing reasons", missingReasons],
])("docs/errors.md tells of all %s, and of no others", (heading, codes) => {
  expect([...codesUnder(heading)].sort()).toEqual([...codes].sort());
});

test.each(providers.map(({ slug }) => slug))("the README of %s has what every provider's has", (slug) => {
  const headings = [...read(`src/providers/${slug}/README.md`).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
  expect(headings).toEqual(expect.arrayContaining(["Authentication", "Paging", "Limits", "Time zones", "Measures"]));
});

test("shared code never learns a brand's name", () => {
  const folders = "readings connections graphql server webhooks jobs http store model config".split(" ");
  const files = folders.flatMap((folder) => typescriptIn(join("src", folder)));
  const brands = providers.map(({ name }) => name).join("|");
  const named = files.filter((file) => new RegExp(brands, "i").test(withoutComments(read(file))));
  expect(named).toEqual([]);
});

function typescriptIn(folder: string): readonly string[] {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/\.test\.ts$|test-(bench|server)/.test(name))
    .map((name) => join(folder, name));
}

/** Comments, and sentences that the schema shows to people, may give an example; code may not know one. */
function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")
    .replace(/"[^"\n]* [^"\n]*"/g, '""');
}
