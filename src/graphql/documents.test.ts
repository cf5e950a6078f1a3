import fc from "fast-check";
import { type DocumentNode, type GraphQLError, print } from "graphql";
import { createDocuments } from "./documents.js";
import { defaultLimits } from "./limits.js";
import { schema } from "./schema.js";

const made = (introspection = true) => createDocuments({ schema: schema(), introspection, limits: defaultLimits });
/** As Apollo names a document: by the hash of the schema, and that of the text. */
const named = "5f1a:4dc11af1bdb9b44db32af57dcb8e8ff9ba0ca6a8c4f9d6f7e3e6f3d5b3f0c0aa";

test("a valid document is read once", () => {
  const documents = made();
  const first = documents.read("{ viewer { id } }");
  expect(first).toMatchObject({ kind: "Document" });
  expect(documents.read("{ viewer { id } }")).toBe(first);
  expect(documents.read("{ viewer { id  } }")).not.toBe(first);
});

test("what is wrong with a document is said each time", () => {
  const documents = made();
  for (let each = 0; each < 2; each++) {
    expect(documents.read("{ viewer { nothing } }")).toEqual([
      expect.objectContaining({ message: expect.stringContaining('"nothing"') }),
    ]);
    expect(() => documents.read("{ viewer {")).toThrow("Syntax Error");
    expect(() => documents.read("{ a ".repeat(101))).toThrow(expect.objectContaining({ code: "QUERY_TOO_COSTLY" }));
  }
});

test("where the schema is not told of, it is not", () => {
  const asked = "{ __schema { description } }";
  expect(made(true).read(asked)).toMatchObject({ kind: "Document" });
  expect(made(false).read(asked)).toHaveLength(1);
});

test("a document that is longer than its share is read each time, and pushes nothing out", () => {
  const documents = made();
  const short = documents.read("{ viewer { id } }");
  const long = (length: number) => `{ viewer { id } } #${"x".repeat(length)}`;
  const kept = documents.read(long(16_300));
  expect(documents.read(long(16_300))).toBe(kept);
  expect(documents.read(long(16_400))).not.toBe(documents.read(long(16_400)));
  expect(documents.read("{ viewer { id } }")).toBe(short);
});

test("all that are kept together have an end: the oldest make room", () => {
  const documents = made();
  const of = (each: number) => `{ viewer { id } } #${each}${"x".repeat(16_000)}`;
  const first = documents.read(of(0));
  for (let each = 1; each < 16; each++) documents.read(of(each));
  expect(documents.read(of(0))).toBe(first);
  for (let each = 16; each < 32; each++) documents.read(of(each));
  expect(documents.read(of(0))).not.toBe(first);
});

test("what Apollo keeps is found under its own name alone, until it takes it out", async () => {
  const { store, read } = made();
  const document = read("{ viewer { id } }");
  if (Array.isArray(document)) throw new Error("the document is valid");
  expect(await store.get(named)).toBeUndefined();
  await store.set(named, document);
  expect(await store.get(named)).toBe(document);
  expect(await store.delete(named)).toBe(true);
  expect(await store.get(named)).toBeUndefined();
});

describe("a text that differs from a known one in what means nothing", () => {
  const text = "query Days($id: ID!) { user(id: $id) { a: activity(range: { lastDays: 7 }) { days { steps } } } }";
  const named = (document: DocumentNode | GraphQLError[]) => (Array.isArray(document) ? null : print(document));

  test.each([
    ["a comment", `# what an app shows first\n${text}`],
    ["spaces and commas", text.replaceAll(" ", " ,\n")],
    ["another name", text.replace("Days", "Other")],
  ])("is not parsed again for its meaning: %s", (_what, other) => {
    const documents = made();
    const first = documents.read(text);
    const alike = documents.meaning(other);
    if (Array.isArray(first) || Array.isArray(alike)) throw new Error("both are valid");
    expect(print(alike)).toBe(named(made().read(other)));
    // The selections are the very same, so that what was compiled for them is found again.
    expect(alike.definitions[0]).toHaveProperty(
      "selectionSet",
      (first.definitions[0] as object)["selectionSet" as never],
    );
    // Places that errors name are those of the text that was sent.
    expect(documents.read(other)).not.toBe(alike);
  });

  const pieces = [
    "query",
    "Days",
    "query Days",
    "{",
    "}",
    "user",
    "viewer { id }",
    "a: ",
    "b: id",
    "id",
    "days",
    "#",
    "\n",
  ];
  const more = [
    " ",
    ",",
    '"',
    '"""',
    "\u00a0",
    "\ud800",
    "12",
    "1 2",
    "...",
    ". . .",
    "... F",
    "fragment F on User { id }",
  ];

  it("is judged as by somebody who never saw the other, whatever was changed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(text.length), cut: fc.nat(6), put: fc.constantFrom("", ...pieces, ...more) }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom(text, "{ viewer { id } }", "query A { viewer { id } } query B { viewer { a: id b: id } }"),
        (changes, start) => {
          let changed = start;
          for (const { at, cut, put } of changes) changed = changed.slice(0, at) + put + changed.slice(at + cut);
          const judge = (read: (text: string) => DocumentNode | GraphQLError[]) => {
            try {
              return named(read(changed));
            } catch {
              return "no document";
            }
          };
          const experienced = made();
          for (const known of [text, "{ viewer { id } }", text.replace("a:", "z:"), start]) experienced.read(known);
          const fresh = judge(made().read);
          expect(judge(experienced.meaning)).toBe(fresh);
          expect(judge(experienced.read)).toBe(fresh);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["an alias that is there twice", "{ viewer { a: id b: __typename } }", "{ viewer { a: id a: __typename } }"],
  [
    "an alias that is the name of another field",
    "{ viewer { a: id __typename } }",
    "{ viewer { __typename: id __typename } }",
  ],
  [
    "a number that ends in letters",
    "{ viewer { activity(range: { lastDays: 12 }) { days { steps } } } }",
    "{ viewer { activity(range: { lastDays: 12x }) { days { steps } } } }",
  ],
])("what is known to be valid does not vouch for %s", (_what, right, wrong) => {
  const documents = made();
  expect(documents.read(right)).toMatchObject({ kind: "Document" });
  const judged = () => {
    const found = documents.meaning(wrong);
    return Array.isArray(found) ? "wrong" : "right";
  };
  try {
    expect(judged()).toBe("wrong");
  } catch (error) {
    expect(String(error)).toMatch("Syntax Error");
  }
});
