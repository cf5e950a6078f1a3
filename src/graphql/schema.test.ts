import { execute, parse } from "graphql";
import { schema } from "./schema.js";

/** The lists of an answer, and how many turns of the loop others had while it was made. */
async function answered(selection: string, history: object): Promise<{ data: unknown; turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { data, errors } = await execute({
    schema: schema(),
    document: parse(`{ viewer { ${selection} } }`),
    contextValue: {
      caller: { kind: "user", userId: "u", expiresAt: null },
      loaders: { history: async () => history },
      memo: new Map(),
    },
  });
  isOver = true;
  expect(errors).toBeUndefined();
  return { data: JSON.parse(JSON.stringify(data)) as unknown, turns };
}

const range = "range: { lastDays: 1000 }";
const dates = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `d${index}` }));

test.each([
  ["activity", "days"],
  ["heart", "days"],
  ["sleep", "sessions"],
  ["body", "measurements"],
  ["workouts", "workouts"],
])("a long list gives others a turn after each fifty, and comes whole and in order: %s", async (field, list) => {
  const long = await answered(`${field}(${range}) { ${list} { id } }`, { [list]: dates(201) });
  expect(long.data).toEqual({ viewer: { [field]: { [list]: dates(201) } } });
  const short = await answered(`${field}(${range}) { ${list} { id } }`, { [list]: dates(50) });
  expect(short.data).toEqual({ viewer: { [field]: { [list]: dates(50) } } });
  expect([short.turns, long.turns >= 4]).toEqual([0, true]);
});

test("a list that nobody could answer stays null", async () => {
  const { data } = await answered(`activity(${range}) { days { id } }`, { days: null });
  expect(data).toEqual({ viewer: { activity: { days: null } } });
});
