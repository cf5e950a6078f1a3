import { jsonIn, optionalNumber, parseLossless } from "./json.js";

describe("JSON", () => {
  test("is read with a byte order mark before it, of which only one is passed over", () => {
    expect(parseLossless('\uFEFF{"steps": 12840}')).toEqual({ steps: 12840 });
    expect(parseLossless('\uFEFF{"logId": 6120483759201837465}')).toEqual({ logId: "6120483759201837465" });
    expect(() => parseLossless("\uFEFF\uFEFF{}")).toThrow(SyntaxError);
    expect(() => parseLossless("\uFEFF")).toThrow(SyntaxError);
  });

  test("keeps integers beyond 2^53 as exact texts, and every other number as a number", () => {
    const text = '{"a": 9007199254740993, "b": 9007199254740991, "c": -9007199254740993, "d": 0.1234567890123456789}';
    expect(parseLossless(text)).toEqual({
      a: "9007199254740993",
      b: 9007199254740991,
      c: "-9007199254740993",
      d: 0.12345678901234568,
    });
  });

  test.each([
    ["12840", 12840],
    ["5.7230999999999996", 5.7231],
    [" -7 ", -7],
    ["1.5e3", 1500],
    ["", null],
    [" ", null],
    ["NaN", null],
    ["Infinity", null],
    ["1e999", null],
    ["0x1F", null],
    ["0b11", null],
    ["12,840", null],
    [true, null],
    [[7], null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
  ])("%j is the number %j", (value, expected) => {
    const found = optionalNumber(value);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 10);
  });
});

test.each([
  ["text", '{"id": 6120483759201837465}', { id: "6120483759201837465" }],
  ["bytes", Buffer.from('\uFEFF["é"]'), ["é"]],
  ["null", "null", null],
  ["nothing", "", undefined],
  ["half of it", '{"id": 1', undefined],
  ["bytes that are no UTF-8", Buffer.from([0x22, 0xe9, 0x22]), undefined],
])("what %s says as JSON", (_, body, expected) => {
  expect(jsonIn(body)).toEqual(expected);
});
