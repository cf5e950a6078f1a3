import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "@swc/core";
import type { Command } from "commander";
import { parse, validate } from "graphql";
import { program } from "../src/cli/program.js";
import { allVariables } from "../src/config/variables.js";
import { errorTable } from "../src/errors.js";
import { schema } from "../src/graphql/schema.js";
import { sourceStatuses } from "../src/health-data/views.js";
import { missingReasons } from "../src/model/records.js";
import { providers } from "../src/providers/index.js";
import { anchorsOf, blocksIn, documents, linksOf, pages } from "./support/markdown.js";

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

test.each(["_example", ...providers.map(({ slug }) => slug)])(
  "the README of %s has what every provider's has",
  (slug) => {
    const headings = [...read(`src/providers/${slug}/README.md`).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual(expect.arrayContaining(["Authentication", "Paging", "Limits", "Time zones", "Measures"]));
  },
);

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

test("every link leads to something: pages, files, headings", () => {
  const wrong = [...pages].flatMap(([page, text]) =>
    linksOf(text)
      .filter((link) => !/^(https?:|mailto:)/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : relative(root, join(root, dirname(page), path));
        if (!existsSync(join(root, target))) return true;
        if (anchor === undefined) return false;
        const there = pages.get(target) ?? readFileSync(join(root, target), "utf8");
        return !anchorsOf(there).has(anchor);
      })
      .map((link) => `${page}: ${link}`),
  );
  expect(wrong).toEqual([]);
});

test("every page of docs/ is reached from the README", () => {
  const reached = new Set<string>();
  const visit = (page: string) => {
    if (reached.has(page) || !pages.has(page)) return;
    reached.add(page);
    for (const link of linksOf(pages.get(page)!)) visit(relative(root, join(root, dirname(page), link.split("#")[0]!)));
  };
  visit("README.md");
  expect([...pages.keys()].filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});

describe("GraphQL", () => {
  test.each(documents())("%s fits the schema", (_, text) => {
    expect(validate(schema(), parse(text)).map(({ message }) => message)).toEqual([]);
  });

  test("selections in the tables of coming-from.md fit the schema", () => {
    const cells = [
      ...pages
        .get("docs/coming-from.md")!
        .matchAll(
          /`((?:viewer|activity|heart|sleep|body|workouts|nutrition|readings|goals|devices|connections)(?:\(range: …\))? \{[^`]+\})`/g,
        ),
    ];
    expect(cells.length).toBeGreaterThan(15);
    const faults = cells.flatMap(([, cell]) => faultsOf(cell!));
    expect(faults).toEqual([]);
  });
});

/** A selection within `viewer`, shortened by `…` and without arguments that every history has. */
function faultsOf(cell: string): readonly string[] {
  const within = cell.startsWith("viewer") ? cell : `viewer { ${cell} }`;
  const whole = within
    .replaceAll("(range: …)", "(range: { lastDays: 1 })")
    .replace(/\{ …? ?\}/g, "{ __typename }")
    .replaceAll(" … ", " ")
    .replace(
      /\b(activity|heart|sleep|body|workouts|nutrition|vitals|readings|scores)( \{)/g,
      "$1(range: { lastDays: 1 })$2",
    );
  const text = `{ ${whole} }`;
  try {
    const messages = validate(schema(), parse(text)).map(({ message }) => message);
    // A name alone stands for all that is below it.
    return messages
      .filter((message) => !/must have a selection of subfields/.test(message))
      .map((m) => `${cell}: ${m}`);
  } catch (error) {
    return [`${cell}: ${String(error)}`];
  }
}

test.each(blocksIn("json"))("%s is JSON", (_, { text }) => {
  // Of some pages a line is an object.
  const lines = /^\{.*\}\n\{/.test(text) ? text.trim().split("\n") : [text];
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test.each(blocksIn("ts", "js"))("%s is TypeScript", (_, { text }) => {
  expect(() => parseSync(text, { syntax: "typescript", tsx: true })).not.toThrow();
});

describe("shell", () => {
  const names = new Set(allVariables(providers).map(({ name }) => name));
  /** Of other programs, and of the examples. */
  const others = [
    ...["PULSEGATE_KEY", "PULSEGATE_URL", "TEST_POSTGRES_URL", "TEST_REDIS_URL", "NODE_OPTIONS"],
    ...["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"],
  ];

  test.each(blocksIn("sh"))("%s is a script that names what there is", (_, { text }) => {
    execFileSync("bash", ["-n"], { input: text });
    const lines = text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => !line.startsWith("#"));
    const absent = lines.flatMap((line) => [
      ...[...line.matchAll(/npm run ([\w:-]+)/g)].filter(([, name]) => !hasScript(line, name!)).map(([all]) => all),
      ...[...line.matchAll(/\b((?:src|examples|test|bench|scripts|docs)\/[\w./-]+\.\w+)/g)]
        .filter(([, path]) => !existsSync(join(root, path!)))
        .map(([all]) => all),
      ...[...line.matchAll(/(?:^|\s)([A-Z][A-Z_]{3,})=/g)]
        .filter(([, name]) => !names.has(name!) && !others.includes(name!))
        .map(([all]) => all),
      ...[...line.matchAll(/(?:^|[\s|]|&& )(?:(?:pulsegate )*pulsegate|\S*cli\/index\.[jt]s) ([a-z][^|>]*)/g)].flatMap(
        ([, rest]) => commandFaults(rest!.trim().split(/\s+/)),
      ),
    ]);
    expect(absent).toEqual([]);
  });

  test("commands within a sentence are commands", () => {
    const faults = [...pages].flatMap(([page, text]) =>
      [...text.matchAll(/`pulsegate ([a-z][^`]*)`/g)]
        .flatMap(([, line]) => commandFaults(line!.split(/\s+/)))
        // A sentence may leave out what has to be said.
        .filter((fault) => !fault.includes(": without --"))
        .map((fault) => `${page}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  function hasScript(line: string, name: string): boolean {
    const folder = /cd (\S+)/.exec(line)?.[1] ?? ".";
    const { scripts } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return name in scripts;
  }
});

/** What a command line names that the program does not have. */
function commandFaults(words: readonly string[]): readonly string[] {
  let command: Command = program({} as Parameters<typeof program>[0]);
  const rest = [...words];
  while (command.commands.length > 0) {
    const name = rest.shift();
    // The name of a group alone.
    if (name === undefined) return [];
    const next = command.commands.find((each) => each.name() === name);
    if (!next) return [`no command ${words.join(" ")}`];
    command = next;
  }
  const options = new Set(command.options.map(({ long }) => long));
  const values = new Set(command.options.filter(({ required }) => required).map(({ long }) => long));
  const given = rest.filter((word, index) => !word.startsWith("--") && !values.has(rest[index - 1]));
  const unknown = rest.filter((word) => word.startsWith("--") && !options.has(word));
  const missing = command.options.filter(({ mandatory, long }) => mandatory && !rest.includes(long!));
  const surplus = command.registeredArguments.length === 0 ? given : [];
  return [
    ...surplus.map((word) => `${words.join(" ")}: takes no ${word}`),
    ...unknown.map((word) => `${words.join(" ")}: no option ${word}`),
    ...missing.map(({ long }) => `${words.join(" ")}: without ${long}`),
  ];
}
