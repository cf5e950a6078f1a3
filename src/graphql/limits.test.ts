import { getOperationAST, parse, validate } from "graphql";
import { checkNesting, checkText } from "./document-text.js";
import { checkLimits, defaultLimits, type Limits } from "./limits.js";
import { schema } from "./schema.js";

const NOW = Date.UTC(2026, 10, 21);

function check(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema(), document)).toEqual([]);
  return checkLimits(schema(), document, getOperationAST(document)!, variables, NOW);
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

describe("what an answer costs", () => {
  const aliases = (count: number, body: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${body(index)}`).join(" ");
  const steps = (days: number) => `activity(range: { lastDays: ${days} }) { days { steps } }`;

  test("a year over several domains is a small part of a minute", () => {
    const { ms, points } = check(`{ viewer {
      activity(range: { lastDays: 365 }) { days { date steps distance floors energyBurned sedentaryMinutes missing { field reason } } sources { status } }
      heart(range: { lastDays: 365 }) { days { date restingRate zones { kind minutes } } }
      sleep(range: { lastDays: 365 }) { sessions { start end minutesAsleep isMainSleep } }
      body(range: { lastDays: 365 }) { measurements { time weight } }
      workouts(range: { lastDays: 365 }) { workouts { start durationSeconds } } } }`);
    expect(ms).toBeGreaterThan(50);
    expect(ms).toBeLessThan(150);
    expect(points).toBe(Math.ceil(ms));
  });

  test("three hundred aliases of three years are too much, though each is fine", () => {
    fine(`{ viewer { ${steps(1_100)} } }`);
    tooCostly(`{ viewer { ${aliases(300, () => steps(1_100))} } }`);
    // Whatever is selected of a day, it is read and merged.
    tooCostly(`{ viewer { ${aliases(300, () => "sleep(range: { lastDays: 1100 }) { sources { status } }")} } }`);
  });

  test("points follow aliases, days and what is selected, each by itself", () => {
    const points = (body: string) => check(`{ viewer { ${body} } }`).points;
    const one = points(steps(100));
    expect(one).toBe(3);
    expect(points(aliases(10, () => steps(100)))).toBe(22);
    expect(points(steps(1_000))).toBe(18);
    expect(points(steps(1_000).replace("steps", "steps distance floors energyBurned"))).toBe(25);
    expect(points(steps(100).replace("activity", "heart").replace("steps", "restingRate"))).toBe(5);
  });

  test("the bound of the cost is met exactly", () => {
    const { ms } = check(`{ viewer { ${steps(500)} } }`);
    const within = (costMs: number) => () => {
      const document = parse(`{ viewer { ${steps(500)} } }`);
      checkLimits(schema(), document, getOperationAST(document)!, {}, NOW, { ...defaultLimits, costMs });
    };
    expect(within(ms)).not.toThrow();
    expect(within(ms - 0.001)).toThrow(expect.objectContaining({ code: "QUERY_TOO_COSTLY" }));
  });

  test("the bounds of depth and of fields are met exactly", () => {
    const within = (limits: Partial<Limits>) => () => {
      const document = parse("{ viewer { id } }");
      checkLimits(schema(), document, getOperationAST(document)!, {}, NOW, { ...defaultLimits, ...limits });
    };
    expect(within({ depth: 2, fields: 2 })).not.toThrow();
    for (const limits of [{ depth: 1 }, { fields: 1 }])
      expect(within(limits)).toThrow(expect.objectContaining({ code: "QUERY_TOO_COSTLY", details: { limit: limits } }));
  });

  test("nothing is free: a name, the schema, one of its types", () => {
    expect(check("{ __typename }")).toEqual({ ms: 0.0025, points: 1, mutations: 0 });
    expect(check("{ __schema { queryType { name } } }").points).toBe(20);
    expect(check('{ __type(name: "User") { name } }').points).toBe(2);
    tooCostly(`{ ${aliases(31, () => "__schema { types { name } }")} }`);
  });

  test("each alias of a mutation is one; twenty pass, not one more", () => {
    const mutation = (count: number) =>
      `mutation { ${aliases(count, () => "disconnect(input: { provider: FITBIT }) { notices }")} }`;
    expect(check(mutation(20))).toMatchObject({ mutations: 20, points: 101 });
    tooCostly(mutation(21));
    // Said twice, it is done once.
    const twice =
      "mutation { disconnect(input: { provider: FITBIT }) { notices } disconnect(input: { provider: FITBIT }) { revokedAtProvider } }";
    expect(check(twice).mutations).toBe(1);
    expect(check("mutation { __typename }").mutations).toBe(0);
  });
});

describe("before a document is parsed", () => {
  const text = (query: string) => () => checkText(query, defaultLimits);
  const refused = expect.objectContaining({ code: "QUERY_TOO_COSTLY" });
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

  test("a hundred levels pass, of whatever bracket, and not one more", () => {
    for (const [open, close] of [
      ["{a", "}"],
      ["[", "]"],
      ["(", ")"],
    ] as const) {
      expect(text(nested(open, close, 100))).not.toThrow();
      expect(text(nested(open, close, 101))).toThrow(refused);
    }
    expect(text("{a}".repeat(500))).not.toThrow();
    expect(text(nested("{[(", ")]}", 34))).toThrow(refused);
  });

  test("brackets in strings and comments mean nothing, and nothing hides behind them", () => {
    const many = "{".repeat(200);
    for (const innocent of [
      `"${many}"`,
      `"\\"${many}"`,
      `"""${many}"""`,
      `"""\\"""${many}"""`,
      `# ${many}`,
      `# "\n"${many}"`,
    ])
      expect(text(innocent)).not.toThrow();
    for (const hidden of [
      `"" ${many}`,
      `"\\\\" ${many} "`,
      `"""a\\"""b""" ${many} """c"""`,
      `# "\n${many}"`,
      `"open\n${many}`,
    ])
      expect(text(hidden)).toThrow(refused);
  });

  test("names that come again are counted by pairs, for these are what validation compares", () => {
    const times = (count: number) => `{ ${"steps ".repeat(count)} }`;
    expect(text(times(632))).not.toThrow();
    expect(text(times(633))).toThrow(refused);
    expect(text(`{ ${Array.from({ length: 4_000 }, (_, index) => `f${index}`).join(" ")} }`)).not.toThrow();
  });

  test("variables are looked at likewise, without recursion", () => {
    const value = (depth: number) => JSON.parse(nested("[", "]", depth)) as unknown;
    expect(() => checkNesting(value(100), defaultLimits)).not.toThrow();
    expect(() => checkNesting(value(101), defaultLimits)).toThrow(refused);
    expect(() => checkNesting({ a: [1, { b: value(99) }] }, defaultLimits)).toThrow(refused);
    expect(() => checkNesting(value(100_000), defaultLimits)).toThrow(refused);
    for (const flat of [null, undefined, 7, "[[[", Array.from({ length: 500 }, () => [])])
      expect(() => checkNesting(flat, defaultLimits)).not.toThrow();
  });
});
