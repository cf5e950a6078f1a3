/** schema/operations: each file is sent as it stands, pasted into an explorer or by the command line. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kind, type OperationDefinitionNode, parse, validate } from "graphql";
import { run } from "../src/cli/program.js";
import { schema } from "../src/graphql/schema.js";
import { documentOf, documentsAt } from "../src/operations/documents.js";
import { clockFrom, type Served, startServed } from "./support/served.js";

const folder = fileURLToPath(new URL("../schema/operations/", import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .map((name) => [name, readFileSync(folder + name, "utf8")] as const);
const operationsOf = (text: string) =>
  parse(text).definitions.filter((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);

let served: Served;
beforeAll(async () => {
  served = await startServed({}, { clock: clockFrom("2026-11-25T15:00:00Z") });
});
afterAll(() => served.close());

/** What nobody but the reader can know. */
const variables: Readonly<Record<string, object>> = { Disconnect: { provider: "FITBIT" } };

async function send(text: string, operation: OperationDefinitionNode) {
  const operationName = operation.name!.value;
  const response = await fetch(`${served.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: text, operationName, variables: variables[operationName] }),
  });
  return (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string }[];
  };
}

describe.each(files)("%s", (_, text) => {
  test("is a document by itself, and each query and mutation in it is answered", async () => {
    expect(validate(schema(), parse(text)).map(({ message }) => message)).toEqual([]);
    for (const operation of operationsOf(text)) {
      if (operation.operation === "subscription") continue;
      const { data, errors } = await send(text, operation);
      expect([operation.name!.value, errors]).toEqual([operation.name!.value, undefined]);
      expect(data).toBeTruthy();
    }
  });
});

test("together they are one document: fragments that stand in several files are one", async () => {
  const whole = documentOf(await documentsAt(folder));
  const fragments = whole.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const standing = files.flatMap(([, text]) => text.match(/^fragment /gm) ?? []);
  expect(fragments.length).toBeLessThan(standing.length);
});

test("the command line answers an operation of a file", async () => {
  const said: string[] = [];
  const noted: string[] = [];
  const code = await run(["query", `${folder}connections.graphql`, "--operation", "Connections"], {
    env: { SANDBOX: "1" },
    out: (text) => void said.push(text),
    note: (text) => void noted.push(text),
    terminal: false,
    stdin: async () => "",
    signal: new AbortController().signal,
  });
  expect([code, noted]).toEqual([0, []]);
  expect(JSON.parse(said.join("")).data.viewer.id).toBe("demo");
});
