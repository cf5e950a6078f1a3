import { readFileSync } from "node:fs";
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
