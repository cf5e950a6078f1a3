import { getOperationAST, parse, validate } from "graphql";
import { checkLimits, defaultLimits } from "./limits.js";
import { schema } from "./schema.js";

const NOW = Date.UTC(2026, 10, 21);

function check(query: string, variables: Record<string, unknown> = {}): void {
  const document = parse(query);
  expect(validate(schema(), document)).toEqual([]);
  checkLimits(schema(), document, getOperationAST(document)!, variables, NOW);
}
const fine = (...given: Parameters<typeof check>) => expect(() => check(...given)).not.toThrow();
const tooCostly = (...given: Parameters<typeof check>) =>
  expect(() => check(...given)).toThrow(expect.objectContaining({ code: "QUERY_TOO_COSTLY" }));
const heart = (range: string, body: string) =>
  `{ viewer { heart(range: ${range}) { days { samples(resolution: ONE_SECOND) { ${body} } } } } }`;

test("a day of one-second heart rate is fine, either way; four hundred are not", () => {
  fine(heart("{ lastDays: 1 }", "offsets values"));
  fine(heart("{ lastDays: 1 }", "points { time value }"));
  fine(heart("{ lastDays: 30 }", "offsets values"));
  tooCostly(heart("{ lastDays: 400 }", "values"));
  tooCostly(heart('{ from: "2025-10-01", to: "2026-11-20" }', "values"));
  tooCostly(heart('{ from: "2025-10-01" }', "values"));
});

test("four hundred aliases cost what four hundred days cost", () => {
  const aliases = Array.from(
    { length: 400 },
    (_, index) => `a${index}: heart(range: { lastDays: 1 }) { days { samples(resolution: $r) { values } } }`,
  );
  const query = `query Q($r: Resolution!) { viewer { ${aliases.join(" ")} } }`;
  tooCostly(query, { r: "ONE_SECOND" });
  fine(query, { r: "FIFTEEN_MINUTES" });
});

test("three years of days, and a month of minutes as points", () => {
  fine(
    "{ viewer { activity(range: { lastDays: 1100 }) { days { date steps distance floors alternatives { steps } } } } }",
  );
  fine("{ viewer { heart(range: { lastDays: 31 }) { days { samples { points { time value } } } } } }");
});

test("an introspection is deep by nature", () => {
  fine(
    "{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } }",
  );
});

test("nesting without end has one", () => {
  const nested = (depth: number): string => (depth === 0 ? "steps" : `steps alternatives { ${nested(depth - 1)} }`);
  fine(`{ viewer { activity(range: { lastDays: 1 }) { days { ${nested(3)} } } } }`);
  tooCostly(`{ viewer { activity(range: { lastDays: 1 }) { days { ${nested(20)} } } } }`);
});

test("fragments that multiply are counted where they are used, and soon given up", () => {
  // As many as there are at the end would never be counted one by one.
  const levels = 11;
  const names = [..."abcdefghijkl"];
  const fragments = Array.from(
    { length: levels },
    (_, index) =>
      `fragment F${index} on ActivityDay { ${names.map((name) => `${name}: alternatives { ...F${index + 1} }`).join(" ")} }`,
  );
  const query = `{ viewer { activity(range: { lastDays: 1 }) { days { ...F0 } } } } ${fragments.join(" ")} fragment F${levels} on ActivityDay { steps }`;
  tooCostly(query);
});

test("variables that lie about the range are left to the range's own check", () => {
  fine("query Q($r: DateRange!) { viewer { activity(range: $r) { days { steps } } } }", {
    r: { from: "2026-01-09", to: "2026-01-01" },
  });
});

test("the parser gives up a document of too many tokens", () => {
  expect(() => parse(`{ ${"a ".repeat(defaultLimits.tokens)} }`, { maxTokens: defaultLimits.tokens })).toThrow(
    /tokens/,
  );
});
