import type { Field } from "../model/fields.js";
import type { Ask } from "./ask.js";
import { assemblies, type Scene, type Source } from "./histories.js";
import type { ActivityHistory } from "./views.js";

const day = "2026-10-06";

/** A source that knows some figures of the day, and writes down what it is asked for. */
function source(id: string, known: Partial<Record<Field, number>>, group = id) {
  const reader = {
    provider: { id },
    connection: { id },
    supports: () => true,
    answered: (field: Field) => field in known,
    look: (field: Field) => (field in known ? { value: known[field] } : { nothing: "UNKNOWN" }),
    settled: () => true,
  };
  return { reader, group } as unknown as Source;
}

function activityOf(everyone: readonly Source[], more: { asked?: readonly Source[]; fields?: Field[] } = {}) {
  const sources = more.asked ?? everyone;
  const fields = new Set(more.fields ?? ["activity.floors"]);
  const ask = { userId: "u", domain: "ACTIVITY", fields, alternatives: true, goalProgress: false } as unknown as Ask;
  const others = everyone.filter((each) => !sources.includes(each));
  const assembly = assemblies.ACTIVITY({
    ask,
    days: [day],
    today: "2026-11-20",
    sources,
    others,
    everyone,
    zone: null,
  } as Scene);
  for (;;) {
    const step = assembly.next();
    if (step.done) return (step.value as ActivityHistory).days![0]!;
  }
}

const idle = source("IDLE", { "activity.steps": 0, "activity.floors": 3 });
const busy = source("BUSY", { "activity.steps": 7_654, "activity.floors": 12 });
const third = source("THIRD", { "activity.steps": 6_543, "activity.floors": 11 });

it("has a day's figures all from its winner, and every other source beside it", () => {
  const chosen = activityOf([idle, busy, third]);
  expect([chosen.source, chosen.floors]).toEqual(["BUSY", 12]);
  expect(chosen.alternatives.map((each) => [each.source, each.floors])).toEqual([
    ["IDLE", 3],
    ["THIRD", 11],
  ]);
});

it("has alternatives by priority whatever was filtered, and never the winner among them", () => {
  const chosen = activityOf([busy, idle, third], { asked: [idle] });
  expect([chosen.source, chosen.floors]).toEqual(["IDLE", 3]);
  expect(chosen.alternatives.map((each) => each.source)).toEqual(["BUSY", "THIRD"]);
});

it("has the same winner whatever is selected", () => {
  const fields: Field[] = ["activity.steps", "activity.floors", "activity.elevation"];
  for (const field of fields) expect(activityOf([idle, busy], { fields: [field] }).source).toBe("BUSY");
});
