import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getNamedType, isAbstractType, isInputType, isObjectType } from "graphql";
import { startLabGateway } from "../../test/support/lab-gateway.js";
import { ConfigError } from "../config/config.js";
import { readConfig } from "../config/read-config.js";
import { createGateway } from "../gateway.js";
import { schema } from "../graphql/schema.js";
import { createLogger } from "../log.js";
import { fitbit } from "../providers/fitbit/index.js";
import { googleHealth } from "../providers/google-health/index.js";
import { misfit } from "../providers/misfit/index.js";
import { costs } from "./cost.js";
import { readOperations } from "./index.js";
import { inputOf } from "./json-schema.js";
import { toolsOf } from "./tools.js";
import { idOf } from "./trusted.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulsegate-operations-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
  return path;
}

const short = (scopes: readonly string[]) => scopes.map((scope) => scope.split("/").at(-1)!).sort();
const faultsOf = async (path: string): Promise<readonly string[]> => {
  const error = await readOperations(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).faults;
};

test("what an app's operations read takes the fewest scopes, and those that say who somebody is", async () => {
  const { scopes: scopesOf } = await readOperations(
    await file("steps.graphql", "{ viewer { activity(range: {lastDays: 7}) { days { steps } } } }"),
  );
  expect(short(scopesOf(fitbit, null))).toEqual(["activity", "profile"]);
  expect(short(scopesOf(googleHealth, null))).toEqual([
    "googlehealth.activity_and_fitness.readonly",
    "googlehealth.settings.readonly",
  ]);
  expect(scopesOf(misfit, null)).toEqual(["public", "birthday", "email"]);
});

test("domains narrow what the operations need, and never widen it", async () => {
  const { scopes: scopesOf } = await readOperations(
    await file(
      "two.graphql",
      "{ viewer { activity(range: {lastDays: 7}) { days { steps } } sleep(range: {lastDays: 7}) { sessions { date } } } }",
    ),
  );
  expect(short(scopesOf(fitbit, null))).toEqual(["activity", "profile", "sleep"]);
  expect(short(scopesOf(fitbit, ["SLEEP", "BODY"]))).toEqual(["profile", "sleep"]);
});

test("operations that record take the scope of what they record, and no other for writing", async () => {
  const { scopes: scopesOf } = await readOperations(
    await file(
      "drink.graphql",
      `mutation Drink($input: RecordWaterInput!) {
        recordWater(input: $input) { user { nutrition(range: {lastDays: 1}) { days { water } } } }
      }`,
    ),
  );
  expect(short(scopesOf(googleHealth, null))).toEqual([
    "googlehealth.nutrition.readonly",
    "googlehealth.nutrition.writeonly",
    "googlehealth.settings.readonly",
  ]);
  expect(short(scopesOf(googleHealth, ["SLEEP"]))).toEqual(["googlehealth.settings.readonly"]);
  expect(short(scopesOf(fitbit, null))).toEqual(["nutrition", "profile"]);
});

test("a folder is read with all below it: operations may share names, and fragments lie in other files", async () => {
  await file("app/a/days.graphql", "query Page { viewer { ...Steps } }");
  await file("app/b/days.gql", "query Page { viewer { sleep(range: {lastDays: 1}) { sessions { date } } } }");
  await file("app/fragments.graphql", "fragment Steps on User { activity(range: {lastDays: 7}) { days { steps } } }");
  await file("app/schema.graphql", "type Query { somebody: Person }\nextend type Person { name: String }");
  await file("app/notes.txt", "no GraphQL");
  const { scopes: scopesOf } = await readOperations(join(folder, "app"));
  expect(short(scopesOf(fitbit, null))).toEqual(["activity", "profile", "sleep"]);
});

test("directives that a client keeps for itself are its own affair", async () => {
  const { scopes: scopesOf } = await readOperations(
    await file("client.graphql", "{ viewer @nonreactive { sleep(range: {lastDays: 1}) { sessions { date } } } }"),
  );
  expect(short(scopesOf(fitbit, null))).toEqual(["profile", "sleep"]);
});

test("a fault names the variable, the file and the place; all of them at once", async () => {
  await file("bad/one.graphql", "{ viewer {");
  await file("bad/two.graphql", "{ viewer { } }");
  expect(await faultsOf(join(folder, "bad"))).toEqual([
    expect.stringContaining(`OPERATIONS: ${join(folder, "bad/one.graphql")}:1:11: `),
    expect.stringContaining(`OPERATIONS: ${join(folder, "bad/two.graphql")}:1:12: `),
  ]);
  const unknown = await file("unknown.graphql", "{\n  viewer { height }\n}");
  expect(await faultsOf(unknown)).toEqual([expect.stringContaining(`${unknown}:2:12: Cannot query field "height"`)]);
});

test("what is not there, empty, or without an operation is no source of scopes", async () => {
  expect(await faultsOf(join(folder, "nowhere"))).toEqual([
    `OPERATIONS: ${join(folder, "nowhere")} could not be read (ENOENT)`,
  ]);
  await mkdir(join(folder, "empty"));
  expect(await faultsOf(join(folder, "empty"))).toEqual([
    `OPERATIONS: ${join(folder, "empty")} has no .graphql file in it`,
  ]);
  const fragment = await file("fragment.graphql", "fragment F on User { id }");
  expect(await faultsOf(fragment)).toEqual([`OPERATIONS: ${fragment} holds no operation`]);
});

describe("a gateway that was told of the operations", () => {
  const scopesOf = (url: string) => new URL(url).searchParams.get("scope")!.split(" ").sort();

  test("asks for what they need, unless scopes are named", async () => {
    const OPERATIONS = await file("sleep.graphql", "{ viewer { sleep(range: {lastDays: 7}) { sessions { date } } } }");
    const lab = await startLabGateway({ env: { OPERATIONS } });
    try {
      const begin = async (input: { scopes?: string[] }) =>
        (await lab.gateway.connections.begin({ userId: "ada", provider: "FITBIT", ...input })).authorizationUrl;
      expect(scopesOf(await begin({}))).toEqual(["profile", "sleep"]);
      expect(scopesOf(await begin({ scopes: ["weight"] }))).toEqual(["profile", "weight"]);
    } finally {
      await lab.close();
    }
  });

  test("does not start with broken ones", async () => {
    const OPERATIONS = await file("broken.graphql", "query {");
    const config = readConfig({ STORE_URL: "memory:", SANDBOX: "1", OPERATIONS }, { providers: [fitbit] });
    const starting = createGateway({ config, providers: [fitbit], log: createLogger({ level: "silent" }) });
    await expect(starting).rejects.toThrow(`OPERATIONS: ${OPERATIONS}:1:8: `);
  });
});

test("from one file follow the id, the scopes, the cost and the tool of an operation", async () => {
  const path = await file(
    "one.graphql",
    `"How did I sleep?"
query sleep_of("Nights, up to 31." $last: Int! = 7) { viewer { sleep(range: {lastDays: $last}) { sessions { date } } } }
mutation Order { setSourcePriority(input: {providers: [FITBIT]}) { user { id } } }`,
  );
  const { scopes, trusted } = await readOperations(path);
  const [query, mutation] = trusted;
  expect(short(scopes(fitbit, null))).toEqual(["profile", "sleep"]);
  expect(query!.id).toBe(idOf(query!.text));
  expect(await (await costs([fitbit], { now: () => Date.parse("2026-11-20") }))(query!, [fitbit])).toBe(2);
  expect(toolsOf(trusted).map(({ name, description, operation }) => [name, description, operation.id])).toEqual([
    ["sleep_of", "How did I sleep?", query!.id],
  ]);
  expect(mutation!.type).toBe("mutation");
  // Other words, another comment, another layout: the same operation.
  const { trusted: again } = await readOperations(
    await file("again.graphql", `# Nights.\n${query!.text.replace("$last", '"In nights." $last')}`),
  );
  expect(again).toMatchObject([{ id: query!.id, description: "Nights.", variables: { last: "In nights." } }]);
});

describe("tools", () => {
  const named = async (text: string) => toolsOf((await readOperations(await file("named.graphql", text))).trusted);

  test("of one name, or without a name, are told apart by their ids", async () => {
    const long = "x".repeat(140);
    const tools = await named(
      `query A { viewer { id } } query A { providers { id } } { providers { name } } query ${long} { __typename }`,
    );
    expect(new Set(tools.map(({ name }) => name)).size).toBe(4);
    for (const { name, operation } of tools) {
      expect(name.length).toBeLessThanOrEqual(128);
      expect(name).toMatch(/^(A|query|x+)_[0-9a-f]{12}$/);
      expect(operation.id).toContain(name.slice(-12));
    }
  });

  test("say by the comment directly above what they are for, and nothing that loaders read there", async () => {
    const tools = await named(`# The file's own words.

# Steps of
# a week.
#import "./fragments.graphql"
query A { viewer { id } } # not of B
query B { viewer { id } }`);
    expect(tools.map(({ description }) => description)).toEqual(["Steps of a week.", "Answers the query B."]);
  });

  test("have a form in JSON Schema for every scalar and every argument of the schema", () => {
    const types = Object.values(schema().getTypeMap()).filter(({ name }) => !name.startsWith("__"));
    for (const type of types) if (isInputType(type) && !/Column$/.test(type.name)) expect(inputOf(type)).toBeTruthy();
    // No field has several types: a fragment of an answer always applies.
    const fields = types.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    expect(fields.filter(({ type }) => isAbstractType(getNamedType(type)))).toEqual([]);
  });

  test("leave out of an answer's schema what may be left out of the answer, and nothing else", async () => {
    const [tool] = await named(
      `query A($with: Boolean!) { viewer { id profile @include(if: $with) { age } profile { sex }
        goals { goals { metric ... @skip(if: $with) { target } } } } }`,
    );
    const viewer = (tool!.outputSchema as unknown as { properties: { viewer: Part } }).properties.viewer;
    expect(viewer.required).toEqual(["id", "profile", "goals"]);
    expect(viewer.properties.profile!.required).toBeUndefined();
    expect(viewer.properties.profile!.properties["sex"]).toEqual({
      ...{ type: ["string", "null"], enum: expect.arrayContaining(["FEMALE", null]) },
    });
    expect(viewer.properties.goals!.properties["goals"]!.items!.required).toEqual(["metric"]);
  });
  interface Part {
    readonly required?: readonly string[];
    readonly properties: Readonly<Record<string, Part>>;
    readonly items?: Part;
  }
});

test("several paths are read as one app's, and each of them has to be there", async () => {
  const one = await file("several/one.graphql", "query One { viewer { ...Days } }");
  const two = await file(
    "parts/two.graphql",
    "fragment Days on User { activity(range: {lastDays: 1}) { days { steps } } }",
  );
  const { scopes: scopesOf, trusted } = await readOperations(`${one}, ${two},`);
  expect(short(scopesOf(fitbit, null))).toEqual(["activity", "profile"]);
  expect(trusted.map(({ name }) => name)).toEqual(["One"]);
  expect(await faultsOf(`${one},${two}x`)).toEqual([`OPERATIONS: ${two}x could not be read (ENOENT)`]);
});

test("equal fragments of one name are one; unequal ones are a fault", async () => {
  const spread = (fields: string) =>
    `query Page { viewer { ...Days } }\nfragment Days on User { activity(range: { lastDays: 1 }) { days { ${fields} } } }`;
  await file("equal/one.graphql", spread("steps"));
  await file("equal/two.graphql", `# The same, written otherwise.\n${spread("\n  steps\n")}`);
  const { scopes: scopesOf } = await readOperations(join(folder, "equal"));
  expect(short(scopesOf(fitbit, null))).toEqual(["activity", "profile"]);
  await file("unequal/one.graphql", spread("steps"));
  await file("unequal/two.graphql", spread("floors"));
  const [fault, ...others] = await faultsOf(join(folder, "unequal"));
  expect(fault).toMatch(/^OPERATIONS: \S+one\.graphql:2:10: There can be only one fragment named "Days"\./);
  expect(others).toEqual([]);
});
