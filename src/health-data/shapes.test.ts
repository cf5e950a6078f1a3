/**
 * What V8 makes for each object that is loaded: a hidden class or a getter of its own costs many times as much as the
 * object, and stays, with all that it holds, until the next full garbage collection.
 */
import { classesOf, haveSameClass } from "../../test/support/hidden-classes.js";
import { type LabGateway, plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import type { Domain } from "../model/records.js";
import { addDays } from "../model/time.js";
import type { Ask } from "./ask.js";
import { PackedNights } from "./packed-nights.js";

/** Other days each time: an answer that comes again is the one that was kept. */
let readings = 0;
function season() {
  const days = readings++;
  return { from: addDays("2026-08-01", -days), to: addDays("2026-10-30", -days) };
}
const asked = {
  ACTIVITY: ["activity.steps", "activity.distance"],
  HEART: ["heart.restingRate"],
  SLEEP: ["sleep.sessions"],
  WORKOUTS: ["workouts.workouts"],
  BODY: ["body.weight", "body.fatPercentage"],
} as const;
const domains = Object.keys(asked) as (keyof typeof asked)[];
const ask = (domain: Domain, fields: readonly string[]): Ask => ({
  ...{ userId: "both", domain, range: season(), providers: null, alternatives: false, goalProgress: false },
  fields: new Set(fields) as Ask["fields"],
});

let lab: LabGateway;
beforeAll(async () => {
  lab = await startLabGateway();
  await lab.connect("both");
});
afterAll(() => lab.close());

/** The first list of a history that has any: of its days, nights, workouts or weighings. */
async function read(domain: keyof typeof asked) {
  const [history] = await lab.gateway.healthData.session(plainRequest).load([ask(domain, asked[domain])]);
  if (history === undefined || history instanceof Error) throw history;
  const list = Object.values(history).find((each): each is readonly object[] => Array.isArray(each) && each.length > 0);
  return { history, list: list! };
}

test.each(domains)("the objects of %s share their hidden classes, of one reading and of the next", async (domain) => {
  // A class may change while V8 learns what its members hold.
  for (let warmUp = 0; warmUp < 3; warmUp++) await read(domain);
  const [one, another] = [await read(domain), await read(domain)];
  expect(one.list.length).toBeGreaterThan(10);
  expect(another.list === one.list).toBe(false);
  // What a record leaves out, or gives as a fraction, makes another class: a few in all, and none for each.
  expect(classesOf([...one.list, ...another.list]).length).toBeLessThanOrEqual(4);
  expect(haveSameClass(one.history, another.history)).toBe(true);
});

test.each(domains)("the objects of %s share their getters", async (domain) => {
  const [one, another] = [await read(domain), await read(domain)];
  const getters = new Map<string, Set<unknown>>();
  for (const each of [one.history, another.history, ...one.list, ...another.list])
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(each)))
      if (get) getters.set(name, (getters.get(name) ?? new Set()).add(get));
  expect([...getters].map(([name, { size }]) => [name, size])).toEqual([...getters].map(([name]) => [name, 1]));
  expect(getters.has("sources")).toBe(true);
});

test("nights that are unpacked share their hidden class and their getter", () => {
  const start = "2026-10-24T23:40:30+02:00";
  const nights = ["n1", "n2"].map((id) => ({ id, start, hypnogram: [{ stage: "DEEP", start, seconds: 81 }] }));
  const packed = PackedNights.of("sleep.sessions", nights as never) as PackedNights;
  const unpacked = [packed.unpacked(), packed.unpacked()].flat() as unknown as readonly object[];
  expect(unpacked).toEqual([...nights, ...nights]);
  expect(classesOf(unpacked).length).toBe(1);
});
