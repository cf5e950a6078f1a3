/** What somebody copies out of the documentation works as it is written. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";
import type { Command } from "commander";
import { Kind, parse, validate } from "graphql";
import { program } from "../src/cli/program.js";
import { allVariables } from "../src/config/variables.js";
import { schema } from "../src/graphql/schema.js";
import { providers } from "../src/providers/index.js";
import { anchorsOf, type Block, blocksOf, linksOf } from "./support/markdown.js";
import { clockFrom, type Served, startServed } from "./support/served.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
  ...providers.map(({ slug }) => `src/providers/${slug}/README.md`),
  "examples/README.md",
].filter((path) => path.endsWith(".md"));
const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), "utf8")]));
const blocks = [...texts].flatMap(([page, text]) => blocksOf(page, text));
const those = (...languages: readonly string[]) =>
  blocks.filter(({ language }) => languages.includes(language)).map((block) => [block.at, block] as const);

test("every link leads to something: pages, files, headings", () => {
  const wrong = [...texts].flatMap(([page, text]) =>
    linksOf(text)
      .filter((link) => !/^(https?:|mailto:)/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : relative(root, join(root, dirname(page), path));
        if (!existsSync(join(root, target))) return true;
        if (anchor === undefined) return false;
        const there = texts.get(target) ?? readFileSync(join(root, target), "utf8");
        return !anchorsOf(there).has(anchor);
      })
      .map((link) => `${page}: ${link}`),
  );
  expect(wrong).toEqual([]);
});

test("every page of docs/ is reached from the README", () => {
  const reached = new Set<string>();
  const visit = (page: string) => {
    if (reached.has(page) || !texts.has(page)) return;
    reached.add(page);
    for (const link of linksOf(texts.get(page)!)) visit(relative(root, join(root, dirname(page), link.split("#")[0]!)));
  };
  visit("README.md");
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});

describe("GraphQL", () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed({}, { clock: clockFrom("2026-11-25T15:00:00Z") });
  });
  afterAll(() => served.close());

  /** Requests that a shell sends to the gateway are documents too. */
  const sent = those("sh").flatMap(([at, { text }]) =>
    [...text.matchAll(/-d '(\{[\s\S]*?\})'/g)].map(([, body]) => {
      const { query } = JSON.parse(body!) as { query: string };
      return [`${at} (curl)`, { at, text: query, language: "graphql" }] as const;
    }),
  );

  test.each([...those("graphql"), ...sent])("%s fits the schema, and is answered", async (_, { text }: Block) => {
    const document = parse(text);
    expect(validate(schema(), document).map(({ message }) => message)).toEqual([]);
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== "query") continue;
      // Who is meant, and which day, only the reader knows.
      if (definition.variableDefinitions?.some(({ type }) => type.kind === Kind.NON_NULL_TYPE)) continue;
      const { errors } = await served.ask(text);
      expect(errors).toBeUndefined();
    }
  });

  test("selections in the tables of coming-from.md fit the schema", () => {
    const cells = [
      ...texts
        .get("docs/coming-from.md")!
        .matchAll(
          /`((?:viewer|activity|heart|sleep|body|workouts|readings|goals|devices|connections)(?:\(range: …\))? \{[^`]+\})`/g,
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
    .replace(/\b(activity|heart|sleep|body|workouts|vitals|readings|scores)( \{)/g, "$1(range: { lastDays: 1 })$2");
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

test.each(those("json"))("%s is JSON", (_, { text }) => {
  // Of some pages a line is an object.
  const lines = /^\{.*\}\n\{/.test(text) ? text.trim().split("\n") : [text];
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test.each(those("ts", "js"))("%s is TypeScript", (_, { text }) => {
  expect(() => parseSync(text, { syntax: "typescript", tsx: true })).not.toThrow();
});

describe("shell", () => {
  const names = new Set(allVariables(providers).map(({ name }) => name));
  /** Of other programs, and of the examples. */
  const others = ["PULSEGATE_KEY", "PULSEGATE_URL", "TEST_POSTGRES_URL", "TEST_REDIS_URL"];

  test.each(those("sh"))("%s is a script that names what there is", (_, { text }) => {
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
    const faults = [...texts].flatMap(([page, text]) =>
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
