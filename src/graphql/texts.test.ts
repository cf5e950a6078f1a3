import { type GraphQLArgument, isInputObjectType, isObjectType } from "graphql";
import { schema } from "./schema.js";
import { checkTexts, MAX_ITEMS } from "./texts.js";

const argumentsOf = (type: "Query" | "Mutation" | "Subscription", field: string) => {
  const owner = schema().getType(type);
  if (!isObjectType(owner)) throw new Error(type);
  return owner.getFields()[field]!.args as readonly GraphQLArgument[];
};
const connect = (input: object) => () => checkTexts(argumentsOf("Mutation", "connect"), { input });
const message = (text: string) => expect.objectContaining({ code: "BAD_USER_INPUT", message: text });

test("ids and texts are bounded wherever they stand, and the place is named, not the value", () => {
  const user = (id: string) => () => checkTexts(argumentsOf("Query", "user"), { id });
  expect(user("x".repeat(256))).not.toThrow();
  expect(user("x".repeat(3_000))).toThrow(message("id has more than 256 characters."));
  expect(user("a\0b")).toThrow(message("id has a NUL character in it."));
  const job = () => checkTexts(argumentsOf("Subscription", "backfillProgress"), { jobId: "\ud800" });
  expect(job).toThrow(message("jobId is not well-formed Unicode."));
  expect(connect({ userId: "a\0" })).toThrow(message("input.userId has a NUL character in it."));
  const range = { timeZone: "x".repeat(257) };
  expect(() => checkTexts(argumentsOf("Mutation", "backfill"), { input: { range } })).toThrow(
    message("input.range.timeZone has more than 256 characters."),
  );
});

test("scopes are a hundred at most, each as long as a name", () => {
  const scopes = Array.from({ length: MAX_ITEMS }, () => "s".repeat(256));
  expect(connect({ scopes })).not.toThrow();
  expect(connect({ scopes: [...scopes, "s"] })).toThrow(message("input.scopes has more than 100 items."));
  expect(connect({ scopes: ["s", "s".repeat(240_000)] })).toThrow(
    message("input.scopes[1] has more than 256 characters."),
  );
});

test("addresses and tokens may be longer, and have an end too", () => {
  const url = (length: number) => `https://app.example/${"x".repeat(length - 20)}`;
  expect(connect({ redirectTo: url(2_000) })).not.toThrow();
  expect(connect({ redirectTo: url(2_001) })).toThrow(message("input.redirectTo has more than 2,000 characters."));
  for (const name of ["accessToken", "refreshToken"]) {
    const given = (length: number) => () =>
      checkTexts(argumentsOf("Mutation", "importConnection"), { input: { [name]: "t".repeat(length) } });
    expect(given(8_192)).not.toThrow();
    expect(given(8_193)).toThrow(message(`input.${name} has more than 8,192 characters.`));
  }
});

test("what is left out, and values that are no texts, are of no concern", () => {
  expect(connect({ userId: null, provider: "FITBIT", domains: ["SLEEP"], confirm: true })).not.toThrow();
});

test("every place that may be longer is in the schema", () => {
  for (const place of ["ConnectInput.redirectTo", "ImportConnectionInput.accessToken"]) {
    const [owner, field] = place.split(".");
    const type = schema().getType(owner!);
    expect(isInputObjectType(type) && field! in type.getFields()).toBe(true);
  }
});
