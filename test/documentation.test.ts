import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "../src/errors.js";
import { sourceStatuses } from "../src/health-data/views.js";
import { missingReasons } from "../src/model/records.js";
import { providers } from "../src/providers/index.js";

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

describe("docs/architecture.md", () => {
  const text = read("docs/architecture.md");

  test("names each folder and file that stands directly in src, in the picture and in the table", () => {
    const present = readdirSync(join(root, "src"), { withFileTypes: true })
      .filter(({ name }) => !name.endsWith(".test.ts"))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    const picture = text.split("```mermaid")[1]?.split("```")[0] ?? "";
    const table = text.split("| Part | Holds |")[1]?.split("\n\n")[0] ?? "";
    const inTable = new Set(
      [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) => cell!.replaceAll("`", "").split(", ")),
    );
    expect(present.filter((name) => !picture.includes(name))).toEqual([]);
    expect(present.filter((name) => !inTable.has(name))).toEqual([]);
  });

  test("names no file or folder that is not there", () => {
    const paths = [...text.matchAll(/`([a-z-]+(?:\/[a-z-]+)*(?:\/|\.ts))`/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(40);
    const theProvidersOwn = ["outcome.ts", "switches.ts"];
    const absent = paths.filter((path) => ![join(root, "src", path), join(root, path)].some((at) => existsSync(at)));
    expect(absent.filter((path) => !theProvidersOwn.includes(path))).toEqual([]);
  });
});
