import fc from "fast-check";
import { jsonInParts, partsOf } from "./json-parts.js";
import { Written } from "./written.js";

const valuesIn = (value: unknown): number =>
  typeof value === "object" && value !== null
    ? Object.values(value).reduce((sum: number, inner) => sum + valuesIn(inner), 1)
    : 1;

test("the parts together are what JSON.stringify writes, however short they are", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 1, max: 9 }), (value, most) => {
      expect([...partsOf(value, most)].join("")).toBe(JSON.stringify(value));
    }),
  );
});

test("what JSON leaves out or writes as null is treated alike", async () => {
  const odd = Object.assign(Object.create(null), {
    none: undefined,
    list: [undefined, Number.NaN, null, "\u2028\ud800"],
    empty: [{}, []],
  });
  for (const most of [1, 3, 100]) expect([...partsOf(odd, most)].join("")).toBe(JSON.stringify(odd));
  expect([...partsOf({ a: undefined, b: undefined }, 1)].join("")).toBe("{}");
  expect((await jsonInParts(odd, odd)).join("")).toBe(JSON.stringify(odd));
});

test("no part holds more values than it may, and short ones are written together", () => {
  const days = Array.from({ length: 1_000 }, (_, index) => ({ steps: index, distance: index / 3 }));
  const column = Array.from({ length: 10_000 }, (_, index) => index);
  const answer = { data: { a: { days }, b: { days }, c: { column } } };
  const parts = [...partsOf(answer, 300)];
  expect(parts.join("")).toBe(JSON.stringify(answer));
  const sizes = parts.filter((part) => part.length > 20).map((part) => valuesIn(JSON.parse(`[${part}]`)) - 1);
  expect(Math.max(...sizes)).toBe(300);
  // A hundred days of three values each to a part, three hundred numbers of the column.
  expect(sizes).toHaveLength(10 + 10 + 34);
});

test("short texts are joined, long ones stand for themselves", async () => {
  const long = "x".repeat(40_000);
  const texts = await jsonInParts({ a: 1, b: new Written([long, "y", "z"]), c: [new Written(["[]"])] }, "u");
  expect(texts.map((text) => text.length)).toEqual([long.length + '{"a":1,"b":'.length, 'yz,"c":[[]]}'.length]);
});
