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
