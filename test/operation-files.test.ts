/** schema/operations: each file is sent as it stands, pasted into an explorer or by the command line. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kind, type OperationDefinitionNode, parse, validate } from "graphql";
import { run } from "../src/cli/program.js";
import { schema } from "../src/graphql/schema.js";
import { documentOf, documentsAt } from "../src/operations/documents.js";
import { type Anything, clockFrom, type Served, startServed } from "./support/served.js";

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

/** What nobody but the reader can know: `Delete` takes the id that the operation before it was answered. */
const variables: Record<string, object> = { Disconnect: { provider: "FITBIT" } };

async function send(text: string, operation: Pick<OperationDefinitionNode, "name">) {
  const operationName = operation.name!.value;
  const response = await fetch(`${served.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: text, operationName, variables: variables[operationName] }),
  });
  return (await response.json()) as {
    readonly data?: Anything;
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
      const [answer] = Object.values<{ readonly id?: string } | null>(data);
      if (answer?.id !== undefined) variables["Delete"] = { id: answer.id };
    }
  });
});

/** Each write of record.graphql, and where its answer reads it back. */
const writes: readonly (readonly [operation: string, entries: (user: Anything) => readonly object[], entry: object])[] =
  [
    [
      "RecordWeighing",
      ({ body }) => body.measurements,
      { time: "2026-11-12T07:11:00+01:00", weight: 64.8, fatPercentage: 27.5 },
    ],
    [
      "RecordWorkout",
      ({ workouts }) => workouts.workouts,
      { kind: "ROWING", start: "2026-11-12T13:05:00+01:00", distance: 7200, energyBurned: 410 },
    ],
    [
      "RecordSleep",
      ({ sleep }) => sleep.sessions,
      { start: "2026-11-12T14:20:00+01:00", end: "2026-11-12T14:55:00+01:00", isMainSleep: false },
    ],
    ["RecordWater", ({ nutrition }) => nutrition.entries, { time: "2026-11-12T10:30:00+01:00", water: 2 }],
    [
      "RecordFood",
      ({ nutrition }) => nutrition.entries,
      { time: "2026-11-12T12:40:00+01:00", name: "Lentil soup", meal: "LUNCH", energyConsumed: 412, proteinGrams: 22 },
    ],
  ];

describe("a person of the sandbox", () => {
  const text = readFileSync(`${folder}record.graphql`, "utf8");
  const write = async (name: string) => {
    const { data, errors } = await send(text, { name: { kind: Kind.NAME, value: name } });
    expect(errors).toBeUndefined();
    return Object.values<Anything>(data)[0];
  };
  const ask = async (query: string) => {
    const { data, errors } = await served.ask(query);
    expect(errors).toBeUndefined();
    return data;
  };
  /** Of another day: what the file records may be there already. */
  const anew = text.replaceAll(/(\$key: String! = "[a-z]+)-1/g, "$1-2").replaceAll("2026-11-10", "2026-11-12");

  test.each(writes)(
    "has Google Health keep something with %s, reads it back, and deletes it",
    async (name, of, entry) => {
      const { data, errors } = await send(anew, { name: { kind: Kind.NAME, value: name } });
      expect(errors).toBeUndefined();
      const [{ id, user }] = Object.values<Anything>(data) as [Anything];
      expect(of(user)).toContainEqual(expect.objectContaining({ ...entry, id }));
      variables["Delete"] = { id };
      expect(await write("Delete")).toEqual({ id, dates: ["2026-11-12"] });
      const left = await ask(`{ viewer {
      body(range: { from: "2026-11-12", to: "2026-11-12" }) { measurements { id } }
      workouts(range: { from: "2026-11-12", to: "2026-11-12" }) { workouts { id } }
      sleep(range: { from: "2026-11-12", to: "2026-11-12" }) { sessions { id } }
      nutrition(range: { from: "2026-11-12", to: "2026-11-12" }) { entries { id } } } }`);
      expect(of(left.viewer)).not.toContainEqual({ id });
    },
  );
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
    input: async function* () {},
    signal: new AbortController().signal,
  });
  expect([code, noted]).toEqual([0, []]);
  expect(JSON.parse(said.join("")).data.viewer.id).toBe("demo");
});
