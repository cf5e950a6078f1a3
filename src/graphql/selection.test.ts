import { execute, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, parse, validate } from "graphql";
import type { Domain } from "../model/records.js";
import { schema } from "./schema.js";
import { namesForMissing, type Selection, selectionOf } from "./selection.js";

/** What a history's resolver would see, without resolving anything. */
function infoOf(query: string, field: string, variables: Record<string, unknown> = {}): GraphQLResolveInfo {
  const document = parse(query);
  expect(validate(schema(), document)).toEqual([]);
  const user = schema().getType("User") as GraphQLObjectType;
  const definition = user.getFields()[field]!;
  const original = definition.resolve;
  let seen: GraphQLResolveInfo | undefined;
  definition.resolve = (_source, _args, _context, info) => {
    seen = info;
    return null;
  };
  try {
    execute({
      schema: schema(),
      document,
      variableValues: variables,
      contextValue: { caller: { kind: "user", userId: "u" } },
    });
  } finally {
    definition.resolve = original;
  }
  return seen!;
}

function selected(domain: Domain, body: string, variables?: Record<string, unknown>, header = ""): Selection {
  const field = domain.toLowerCase();
  const args = ["PROFILE", "DEVICES", "GOALS"].includes(domain) ? "" : "(range: { lastDays: 2 })";
  return selectionOf(
    domain,
    infoOf(
      `${header.startsWith("query") ? header : `query ${header}`} { viewer { ${field}${args} ${body} } }`,
      field,
      variables,
    ),
  );
}
const fields = (...given: Parameters<typeof selected>) => [...selected(...given).fields].sort();

test("a figure is its own leaf, whatever it is called in the answer", () => {
  expect(fields("ACTIVITY", "{ days { a: steps b: steps distance(unit: MILE) } }")).toEqual([
    "activity.distance",
    "activity.steps",
  ]);
});

test("fragments and inline fragments count, of interfaces too", () => {
  const header = "query Q";
  const info = infoOf(
    `${header} { viewer { activity(range: { lastDays: 1 }) { ...A ... on History { sources { status } } ... on ActivityHistory { days { floors } } } } }
     fragment A on ActivityHistory { days { ...B } } fragment B on ActivityDay { steps ...C } fragment C on ActivityDay { points }`,
    "activity",
  );
  expect([...selectionOf("ACTIVITY", info).fields].sort()).toEqual([
    "activity.floors",
    "activity.points",
    "activity.steps",
  ]);
});

test("@skip and @include are obeyed, with variables and their defaults", () => {
  const body =
    "{ days { steps @skip(if: $no) floors @include(if: $yes) points @include(if: false) ... @skip(if: true) { elevation } } }";
  const header = "query Q($no: Boolean!, $yes: Boolean! = true)";
  expect(fields("ACTIVITY", body, { no: true }, header)).toEqual(["activity.floors"]);
  expect(fields("ACTIVITY", body, { no: false, yes: false }, header)).toEqual(["activity.steps"]);
});

test("totals need the figures that they sum", () => {
  expect(fields("ACTIVITY", "{ totals { days steps energyBurned } }")).toEqual([
    "activity.energyBurned",
    "activity.steps",
  ]);
});

test("days without any figure are told by the witness, and sources alone ask nothing", () => {
  expect(fields("ACTIVITY", "{ days { date source } }")).toEqual(["activity.steps"]);
  expect(fields("HEART", "{ days { date } }")).toEqual(["heart.restingRate"]);
  expect(fields("ACTIVITY", "{ sources { status } }")).toEqual([]);
  expect(fields("SLEEP", "{ sources { status } }")).toEqual([]);
});

test("samples are a leaf for each metric and resolution", () => {
  const body =
    "{ days { samples(metric: STEPS) { values } fine: samples(metric: DISTANCE, resolution: $r) { values } } }";
  expect(fields("ACTIVITY", body, { r: "ONE_MINUTE" }, "query Q($r: Resolution!)")).toEqual([
    "activity.samples:DISTANCE:ONE_MINUTE",
    "activity.samples:STEPS:FIFTEEN_MINUTES",
  ]);
  expect(fields("HEART", "{ days { samples { values } } }")).toEqual(["heart.samples:ONE_MINUTE"]);
});

test("parts of heart zones come from leaves of their own", () => {
  expect(fields("HEART", "{ days { zones { kind } } }")).toEqual(["heart.zones.bounds"]);
  expect(fields("HEART", "{ days { zones { kind minutes } } }")).toEqual(["heart.zones.minutes"]);
  expect(fields("HEART", "{ days { zones { energyBurned maxRate } } }")).toEqual([
    "heart.zones.bounds",
    "heart.zones.energyBurned",
  ]);
});

test("alternatives of vitals are noticed one by one", () => {
  const { alternatives, alternativesTo } = selected(
    "VITALS",
    "{ oxygenSaturation { alternatives { value } } vo2Max { value } }",
  );
  expect([alternatives, alternativesTo]).toEqual([true, new Set(["vitals.oxygenSaturation"])]);
});

test("alternatives are noticed, and what they select is asked for", () => {
  expect(selected("ACTIVITY", "{ days { steps } }").alternatives).toBe(false);
  const { alternatives, fields: asked } = selected("ACTIVITY", "{ days { steps alternatives { floors } } }");
  expect(alternatives).toBe(true);
  expect([...asked].sort()).toEqual(["activity.floors", "activity.steps"]);
  expect(selected("SLEEP", "{ sessions { alternatives { id } } }").alternatives).toBe(true);
});

test("names in missing count as selected; missing alone selects nothing more", () => {
  expect(
    fields("ACTIVITY", '{ days { steps missing(fields: ["floors", "samples(STEPS, ONE_MINUTE)"]) { reason } } }'),
  ).toEqual(["activity.floors", "activity.samples:STEPS:ONE_MINUTE", "activity.steps"]);
  expect(fields("ACTIVITY", "{ days { steps missing { reason } } }")).toEqual(["activity.steps"]);
  expect(fields("HEART", '{ days { missing(fields: ["zones", "samples"]) { reason } } }')).toEqual([
    "heart.samples:ONE_MINUTE",
    "heart.zones.minutes",
  ]);
  expect(fields("PROFILE", "{ id missing { field } provenance { field } }")).toEqual([]);
  expect(fields("PROFILE", '{ missing(fields: ["email"]) { field } }')).toEqual(["profile.email"]);
});

test("a name that the object lacks is a mistake", () => {
  for (const name of ["stepz", "samples(STEPS,DAILY)", "samples(STEPS,ONE_MINUTE", "steps()", "samples", ""]) {
    expect(() => fields("ACTIVITY", `{ days { missing(fields: [${JSON.stringify(name)}]) { reason } } }`)).toThrow(
      expect.objectContaining({ code: "BAD_USER_INPUT" }),
    );
  }
});

test("body, age, goals and records", () => {
  expect(fields("BODY", "{ latest { weight(unit: POUND) } measurements { fatPercentage } }")).toEqual([
    "body.fatPercentage",
    "body.weight",
  ]);
  expect(fields("BODY", "{ latest { date } }")).toEqual(["body.weight"]);
  expect(fields("PROFILE", "{ age height }")).toEqual(["profile.age", "profile.dateOfBirth", "profile.height"]);
  expect(fields("GOALS", "{ goals { target } }")).toHaveLength(7);
  expect(selected("GOALS", "{ goals { target } }").goalProgress).toBe(false);
  expect(selected("GOALS", "{ goals { current } }").goalProgress).toBe(true);
  expect(fields("WORKOUTS", "{ workouts { id } }")).toEqual(["workouts.workouts"]);
  expect(fields("DEVICES", "{ devices { id } }")).toEqual(["devices.devices"]);
});

test("without fields, missing speaks of the nullable fields beside it", () => {
  const day = getNamedType(schema().getType("ActivityDay")) as GraphQLObjectType;
  const base = infoOf(
    "{ viewer { activity(range: { lastDays: 1 }) { totals { floors } days { id steps n: distance samples(metric: STEPS) { unit } missing { field } alternatives { points } } } } }",
    "activity",
  );
  const path = { prev: { prev: base.path, key: "days", typename: "ActivityHistory" }, key: 0, typename: undefined };
  const info = {
    ...base,
    parentType: day,
    path: { prev: path, key: "missing", typename: "ActivityDay" },
  } as GraphQLResolveInfo;
  expect([...namesForMissing(info, null)].sort()).toEqual(["distance", "samples(STEPS,FIFTEEN_MINUTES)", "steps"]);
  expect([...namesForMissing(info, ["floors"])]).toEqual(["floors"]);
});
