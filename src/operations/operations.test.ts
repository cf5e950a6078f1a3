import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLabGateway } from "../../test/support/lab-gateway.js";
import { ConfigError } from "../config/config.js";
import { readConfig } from "../config/read-config.js";
import { createGateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { fitbit } from "../providers/fitbit/index.js";
import { googleHealth } from "../providers/google-health/index.js";
import { misfit } from "../providers/misfit/index.js";
import { readOperations } from "./index.js";

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
