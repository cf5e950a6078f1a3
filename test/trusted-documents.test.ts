import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, print } from "graphql";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { buildPage } from "../scripts/build-page.mjs";
import { type Served, startServed } from "./support/served.js";

/** Operations that callers name by an id, over HTTP and WebSocket. */
const folder = mkdtempSync(join(tmpdir(), "pulsegate-trusted-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "app"));
const write = (name: string, text: string) => writeFileSync(join(folder, "app", name), text);
const days = '{ from: "2026-11-01", to: "2026-11-03" }';
write(
  "steps.graphql",
  `query Steps($last: Int!) { viewer { ...Steps } }
query Weight { viewer { body(range: ${days}) { measurements { date } } } }
subscription Connections { connectionChanged(userId: "demo") { id } }
mutation Order { setSourcePriority(input: { userId: "demo", providers: [FITBIT] }) { user { id } } }`,
);
write(
  "fragments.graphql",
  `fragment Steps on User { activity(range: { lastDays: $last }) @client { days { date steps } } }`,
);
const body = `query Sleep { viewer { sleep(range: ${days}) { sessions { date } } } }`;
const manifest = { format: "apollo-persisted-query-manifest", version: 1 };
write(
  "apollo.json",
  JSON.stringify({ ...manifest, operations: [{ id: "app-7", name: "Sleep", type: "query", body }] }),
);
write("relay.json", JSON.stringify({ f00d: "query Profile { viewer { profile { displayName } } }" }));
write("other.json", JSON.stringify({ name: "no manifest", private: "true" }));

const textOf = (text: string) => print(parse(text));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const stepsText = textOf(`query Steps($last: Int!) { viewer { ...Steps } }
fragment Steps on User { activity(range: { lastDays: $last }) { days { date steps } } }`);
const idOf = (text: string) => `sha256:${sha256(textOf(text))}`;
const steps = { documentId: `sha256:${sha256(stepsText)}`, variables: { last: 3 } };

let open: Served;
let only: Served;
beforeAll(async () => {
  await buildPage();
  const OPERATIONS = join(folder, "app");
  open = await startServed({ OPERATIONS });
  only = await startServed({ OPERATIONS, OPERATIONS_ONLY: "1" });
});
afterAll(async () => {
  await open.close();
  await only.close();
});

const json = { "content-type": "application/json" };
async function post(served: Served, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${served.url}/graphql`, {
    ...{ method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) },
  });
  return { status: response.status, ...((await response.json()) as { data?: unknown; errors?: Coded[] }) };
}
interface Coded {
  readonly message: string;
  readonly extensions: { readonly code: string };
}
const codeOf = ({ errors }: { readonly errors?: readonly Coded[] }) => errors?.[0]?.extensions.code;
async function get(served: Served, params: Readonly<Record<string, string>>) {
  const response = await fetch(`${served.url}/graphql?${new URLSearchParams(params)}`, {
    headers: { "apollo-require-preflight": "1", accept: "application/json" },
  });
  return { status: response.status, ...((await response.json()) as { data?: unknown; errors?: Coded[] }) };
}

describe.each(["open", "only"] as const)("an operation is run by its id (%s)", (which) => {
  const served = () => (which === "open" ? open : only);

  test("that its text has, with the fragments of other files, by POST and GET alike", async () => {
    const posted = await post(served(), steps);
    expect(posted).toMatchObject({ status: 200, data: { viewer: { activity: { days: [{}, {}, {}] } } } });
    const got = await get(served(), { documentId: steps.documentId, variables: JSON.stringify(steps.variables) });
    expect(got).toEqual(posted);
    // The second and third time from what is kept.
    for (const _time of ["second", "third"]) expect(await post(served(), steps)).toEqual(posted);
  });

  test("that a manifest gives it, that of the text in the manifest, and Apollo's hash", async () => {
    const asked = [
      { documentId: "app-7" },
      { documentId: `sha256:${sha256(body)}` },
      { documentId: idOf(body), query: "" },
      { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(body) } } },
    ];
    for (const each of asked)
      expect([each, await post(served(), each)]).toMatchObject([
        each,
        { status: 200, data: { viewer: { sleep: {} } } },
      ]);
    expect(await post(served(), { documentId: "f00d" })).toMatchObject({ data: { viewer: { profile: {} } } });
  });

  test("over WebSocket, where the text is empty", async () => {
    const client = socketOf(served());
    const answers = await results(client, { query: "", variables: { last: 3 }, extensions: steps });
    expect(answers).toMatchObject([{ data: { viewer: { activity: { days: [{}, {}, {}] } } } }]);
    await client.dispose();
  });

  test("with the plan that its extensions ask for", async () => {
    expect(await post(served(), { ...steps, extensions: { plan: "dry-run" } })).toMatchObject({
      data: null,
      extensions: { plan: { calls: expect.any(Array) } },
    });
  });

  test("and no mutation by GET", async () => {
    const id = idOf(
      `mutation Order { setSourcePriority(input: { userId: "demo", providers: [FITBIT] }) { user { id } } }`,
    );
    expect((await get(served(), { documentId: id })).status).toBe(405);
    expect(await post(served(), { documentId: id })).toMatchObject({ status: 200 });
  });

  test.each([
    ["an id that is no text", { documentId: 7 }, "BAD_USER_INPUT"],
    ["an id beside a text", { ...steps, query: "{ __typename }" }, "BAD_USER_INPUT"],
    ["a list of ids", { documentId: [steps.documentId] }, "BAD_USER_INPUT"],
  ])("not by %s", async (_, asked, code) => {
    expect(codeOf(await post(served(), asked))).toBe(code);
  });
});

test("an unknown id is told of; a hash that only Apollo may know is left to it", async () => {
  expect(codeOf(await post(open, { documentId: "sha256:0" }))).toBe("BAD_USER_INPUT");
  const hash = sha256("{ __typename }");
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
  expect(codeOf(await post(open, { extensions }))).toBe("PERSISTED_QUERY_NOT_FOUND");
  expect(await post(open, { extensions, query: "{ __typename }" })).toMatchObject({ data: { __typename: "Query" } });
  expect(await post(open, { extensions })).toMatchObject({ data: { __typename: "Query" } });
});

describe("where only known operations are answered", () => {
  const refused = { status: 403, errors: [{ extensions: { code: "OPERATION_NOT_ALLOWED" } }] };
  test.each([
    ["a text of their own", { query: "{ __typename }" }],
    ["the very text of a known one", { query: stepsText, variables: steps.variables }],
    ["a known one with a space more", { query: `${stepsText} `, variables: steps.variables }],
    ["the schema", { query: "{ __schema { types { name } } }" }],
    ["a text that ends the parser's stack", { query: "{a".repeat(50_000) }],
    ["an unknown id", { documentId: "sha256:0" }],
    ["an unknown hash", { extensions: { persistedQuery: { version: 1, sha256Hash: "0" } } }],
    [
      "a hash to be learned",
      {
        query: "{ __typename }",
        extensions: { persistedQuery: { version: 1, sha256Hash: sha256("{ __typename }") } },
      },
    ],
  ])("nobody gets in by %s", async (_, asked) => {
    expect(await post(only, asked)).toMatchObject(refused);
    if ("query" in asked && asked.query.length < 2_000)
      expect(await get(only, { query: asked.query })).toMatchObject(refused);
  });

  test("nobody gets in over WebSocket, and who does has the socket still", async () => {
    const client = socketOf(only);
    const errors = await results(client, { query: 'subscription { connectionChanged(userId: "demo") { id } }' });
    expect(errors).toMatchObject([[{ extensions: { code: "OPERATION_NOT_ALLOWED" } }]]);
    expect(await results(client, { query: "", ...{ variables: { last: 3 } }, extensions: steps })).toHaveLength(1);
    await client.dispose();
  });

  test("our own page's documents pass", async () => {
    const documents = await pageDocuments();
    expect(documents.length).toBeGreaterThan(3);
    for (const text of documents.filter((each) => each.startsWith("query")))
      expect(codeOf(await post(only, { query: text }))).not.toBe("OPERATION_NOT_ALLOWED");
  });

  test("without operations the gateway does not start", async () => {
    await expect(startServed({ OPERATIONS_ONLY: "1" })).rejects.toThrow(
      "OPERATIONS is required with OPERATIONS_ONLY=1",
    );
  });
});

async function pageDocuments(): Promise<readonly string[]> {
  const made = (await import("../src/page/generated/operations.js")) as Record<string, unknown>;
  return Object.entries(made).flatMap(([name, value]) => (name.endsWith("Document") ? [`${value}`] : []));
}

const socketOf = (served: Served): Client =>
  createClient({ url: `${served.url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });

/** All results of an operation until it ends; what it is refused with. */
function results(client: Client, payload: { query: string; variables?: Record<string, unknown>; extensions?: object }) {
  return new Promise<unknown[]>((resolve) => {
    const all: unknown[] = [];
    client.subscribe(payload as never, {
      next: (value) => void all.push(value),
      error: (error) => resolve([error]),
      complete: () => resolve(all),
    });
  });
}
