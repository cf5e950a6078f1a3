import fc from "fast-check";
import {
  type DocumentNode,
  execute,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLFloat,
  GraphQLInt,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from "graphql";
import { schema } from "../schema.js";
import { jsonInParts } from "./json-parts.js";
import { plainField } from "./plain-fields.js";
import { writerFor } from "./writer.js";
import { Writing } from "./written.js";

const user = schema().getType("User") as GraphQLObjectType;
const histories = Object.values(user.getFields()).flatMap(({ name, type }) => (isObjectType(type) ? [name] : []));

interface Answer {
  readonly text: string;
  readonly errors: string;
  /** How many objects GraphQL did not have to complete. */
  readonly written: number;
}

/** What one query answers, completed by GraphQL or written. */
async function answer(query: string, history: unknown, variables: object, isWritten: boolean): Promise<Answer> {
  const writing = isWritten ? new Writing("u") : null;
  let written = 0;
  if (writing) {
    const write = writing.write.bind(writing);
    writing.write = async (...given) => {
      const left = await write(...given);
      if (left === null && (await given[0]) !== null) written++;
      return left;
    };
  }
  const result = await execute({
    schema: schema(),
    document: parse(query),
    variableValues: variables as Record<string, unknown>,
    contextValue: {
      caller: { kind: "user", userId: "u", expiresAt: null },
      loaders: { history: async () => history },
      memo: new Map(),
      writing,
    },
  });
  if (result.data) writing?.complete(result.data);
  return { text: (await jsonInParts(result.data, "u")).join(""), errors: sorted(result.errors ?? []), written };
}

/** Errors of different places have no order. */
const sorted = (errors: readonly object[]) => JSON.stringify(errors.map((error) => JSON.stringify(error)).sort());

/** Random numbers from one random seed: what a query selects and what its objects hold is drawn step by step. */
type Draw = (below: number) => number;
function drawing(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}
const oneOf = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!;

const argumentsFor = (draw: Draw, field: GraphQLField<unknown, unknown>): string => {
  const given = field.args.flatMap(({ name, type }) => {
    const isNeeded = isNonNullType(type) && name !== "unit" && name !== "resolution";
    if (name === "range") return ["range: { lastDays: 3 }"];
    if (name === "fields") return draw(3) === 0 ? ["fields: $names"] : [];
    if (name === "providers") return [];
    const inner = getNamedType(type);
    if (!isEnumType(inner) || (!isNeeded && draw(2) === 0)) return [];
    return [`${name}: ${oneOf(draw, inner.getValues()).name}`];
  });
  return given.length > 0 ? `(${given.join(", ")})` : "";
};

const directiveFor = (draw: Draw): string =>
  draw(6) > 0 ? "" : ` @${oneOf(draw, ["skip", "include"])}(if: ${oneOf(draw, ["true", "false", "$yes", "$no"])})`;

/** A selection of an object. Names are chosen so that two fields of one name never differ. */
function selection(draw: Draw, type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields());
  const parts = Array.from({ length: 1 + draw(6) }, () => {
    if (draw(9) === 0) return "__typename";
    if (draw(7) === 0 && depth > 0) {
      const open = oneOf(draw, [`... on ${type.name}`, "..."]);
      return `${open}${directiveFor(draw)} { ${selection(draw, type, depth - 1)} }`;
    }
    const field = oneOf(draw, fields);
    const inner = getNamedType(field.type);
    if (isObjectType(inner) && depth <= 0) return "__typename";
    const args = argumentsFor(draw, field);
    const alias = args === "" ? (draw(5) === 0 ? `also_${field.name}: ` : "") : `${field.name}_${hash(args)}: `;
    return `${alias}${field.name}${args}${directiveFor(draw)}${isObjectType(inner) ? ` { ${selection(draw, inner, depth - 1)} }` : ""}`;
  });
  return parts.join(" ");
}
const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7);

/** An object as a session would answer it; `flaw` of a hundred values is one that must not be there. */
function valueFor(draw: Draw, type: GraphQLOutputType, flaw: number, depth = 4): unknown {
  if (draw(100) < flaw)
    return oneOf(draw, [null, undefined, Number.NaN, 1.5, "x", {}, [], new Error("broken"), -0, 2 ** 40]);
  if (!isNonNullType(type) && draw(5) === 0) return null;
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const length = depth <= 0 ? 0 : draw(4);
    return Array.from({ length }, () => valueFor(draw, inner.ofType, flaw, depth));
  }
  if (isEnumType(inner)) return oneOf(draw, inner.getValues()).value;
  if (inner === GraphQLInt) return oneOf(draw, [draw(10_000), draw(100) + 0.5, -0.25]);
  if (inner === GraphQLFloat) return oneOf(draw, [draw(10_000), draw(9_999) / 7, 1e21, 1e-9]);
  if (inner === GraphQLBoolean) return draw(2) === 0;
  if (isObjectType(inner)) {
    const own = Object.values(inner.getFields()).map((field) => [
      field.name,
      valueFor(draw, field.type, flaw, depth - 1),
    ]);
    return {
      ...(Object.fromEntries(own) as object),
      absent: new Map([
        ["steps", "NOT_RECORDED"],
        ["zones.energyBurned", "UNSUPPORTED"],
      ]),
      series: { get: seriesBy(draw(1_000_000), flaw) },
      courses: { get: seriesBy(draw(1_000_000), flaw) },
      course: seriesBy(draw(1_000_000), flaw)("course"),
    };
  }
  return oneOf(draw, ["2026-03-29", 'a "quoted" \n text', "\u2028\ud800", "2026-03-29T01:59:00+01:00"]);
}

/** Whoever asks for a series again gets the same. */
function seriesBy(seed: number, flaw: number) {
  return (name: string) => {
    const draw = drawing(seed + hash(name));
    return draw(4) === 0 ? null : series(draw, flaw);
  };
}

function series(draw: Draw, flaw: number) {
  const length = draw(5);
  const step = oneOf(draw, [60, 900, 3_600, 0.25]);
  return {
    start: oneOf(draw, [null, "2026-03-29T00:30:00+01:00", "2026-10-25T01:59:30+02:00", "1969-12-31T23:00:00-05:00"]),
    zone: oneOf(draw, [undefined, "Europe/Berlin"]),
    localStart: "2026-03-29T00:30:00",
    stepSeconds: step,
    offsets: Array.from({ length }, (_, index) => index * step),
    values: Array.from({ length }, () => (draw(100) < flaw ? null : draw(400) / 2)),
  };
}

test.each([0, 3])(
  "what is written is what GraphQL's execution answers, errors included (%i flaws in a hundred)",
  async (flaw) => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const draw = drawing(seed);
        const name = oneOf(draw, histories);
        const field = user.getFields()[name]!;
        const type = getNamedType(field.type) as GraphQLObjectType;
        const shared = selection(draw, type, 2);
        const query = `query Q($yes: Boolean!, $no: Boolean!, $names: [String!]) { viewer {
        one: ${name}${argumentsFor(draw, field)} { ${selection(draw, type, 4)} ...Shared }
        two: ${name}${argumentsFor(draw, field)} { __typename ...Shared @include(if: $yes) } } }
        fragment Shared on ${type.name} { ${shared} }`;
        // Two fields of one name may differ in what is below them: such a document never comes to be executed.
        const wrong = validate(schema(), parse(query)).filter(({ message }) => !/never used/.test(message));
        fc.pre(wrong.length === 0);
        const history = valueFor(drawing(seed + 1), field.type, flaw);
        const variables = { yes: true, no: false, names: null };
        const [mine, theirs] = [
          await answer(query, history, variables, true),
          await answer(query, history, variables, false),
        ];
        expect([mine.text, mine.errors]).toEqual([theirs.text, theirs.errors]);
        written += mine.written;
      }),
      { numRuns: 200 },
    );
    expect(written).toBeGreaterThan(flaw === 0 ? 200 : 30);
  },
);

test("whatever is selected of a history can be written", () => {
  const seen = new Set<GraphQLObjectType>();
  const slow: string[] = [];
  const look = (type: GraphQLObjectType) => {
    seen.add(type);
    for (const field of Object.values(type.getFields())) {
      if (!plainField(type, field.name)) slow.push(`${type.name}.${field.name}`);
      const inner = getNamedType(field.type);
      if (isObjectType(inner) && !seen.has(inner)) look(inner);
    }
    if (type.isTypeOf) slow.push(type.name);
  };
  for (const name of histories) look(getNamedType(user.getFields()[name]!.type) as GraphQLObjectType);
  expect(slow).toEqual([]);
  expect(histories).toEqual(expect.arrayContaining(["profile", "activity", "heart", "sleep", "goals"]));
});

/** What the resolver of a history is told of its place in a query. */
async function infoOf(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLResolveInfo[]> {
  const infos: GraphQLResolveInfo[] = [];
  const writing = { write: async (_: unknown, info: GraphQLResolveInfo) => void infos.push(info) };
  const document = documents.get(query) ?? parse(query);
  documents.set(query, document);
  await execute({
    schema: schema(),
    document,
    variableValues: variables,
    contextValue: { caller: { kind: "user", userId: "u" }, loaders: { history: async () => ({}) }, writing },
  });
  return infos;
}
const documents = new Map<string, DocumentNode>();
const noPause = () => undefined;

test("a document's writer is compiled once, and anew only where variables decide what it writes", async () => {
  const plain = "query ($days: Int!) { viewer { activity(range: { lastDays: $days }) { days { steps } } } }";
  const [one] = await infoOf(plain, { days: 3 });
  const [other] = await infoOf(plain, { days: 4 });
  expect(writerFor(one!)).toBe(writerFor(other!));

  const query =
    "query ($m: LengthUnit!, $s: Boolean!) { viewer { activity(range: { lastDays: 3 }) { ...Days } } }" +
    " fragment Days on ActivityHistory { days { distance(unit: $m) steps @include(if: $s) } }";
  const history = { days: [{ distance: 2_500, steps: 7 }] };
  const written = async (variables: Record<string, unknown>) =>
    (await writerFor((await infoOf(query, variables))[0]!)!(history, noPause)).join("");
  expect(await written({ m: "KILOMETER", s: true })).toBe('{"days":[{"distance":2.5,"steps":7}]}');
  expect(await written({ m: "CENTIMETER", s: false })).toBe('{"days":[{"distance":250000}]}');
});

test("a column is written once, however often it is asked for", async () => {
  let times = 0;
  const values = Object.assign([61, 62.5], { toJSON: () => [61, 62.5, times++] });
  const series = new Map([["heart.samples:ONE_MINUTE", { offsets: [0, 60], values }]]);
  const [info] = await infoOf("{ viewer { heart(range: { lastDays: 1 }) { days { samples { values offsets } } } } }");
  const write = writerFor(info!)!;
  const text = await write({ days: [{ series }, { series }] }, noPause);
  expect(await write({ days: [{ series }, { series }] }, noPause)).toEqual(text);
  expect(times).toBe(1);
});

test("between any two items of a list others may have their turn", async () => {
  const [info] = await infoOf("{ viewer { activity(range: { lastDays: 9 }) { days { steps } totals { days } } } }");
  let turns = 0;
  const pace = async () => void turns++;
  const days = Array.from({ length: 90 }, (_, steps) => ({ steps }));
  const text = await writerFor(info!)!({ days, totals: { days: 90 } }, pace);
  expect(JSON.parse(text.join(""))).toEqual({ days, totals: { days: 90 } });
  expect(turns).toBe(90);
});
