import type { Known } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import { leftOut } from "./left-out.js";
import type { Wanted } from "./wanted.js";

const day = (number: number) => `2026-11-0${number}`;
const says = (known: (field: Field, day: string | null) => Known, wanted: Wanted) =>
  leftOut({ look: known, supports: (field) => field !== "body.fatPercentage" }, wanted);
const nights = (...days: number[]): Wanted => new Map([["sleep.sessions", days.map(day)]]);
const whole: Known = { value: [] };

it.each<[Known, string | null]>([
  [whole, null],
  [{ nothing: "NOT_RECORDED" }, null],
  [{ nothing: "UNKNOWN" }, null],
  [{ value: [], lacks: "PROVIDER_ERROR" }, "What could not be read or believed is left out (2026-11-02)."],
  [{ nothing: "PROVIDER_ERROR" }, "What could not be read or believed is left out (2026-11-02)."],
  [{ value: [], lacks: "NOT_YET_SYNCED" }, "What is not over yet is left out (2026-11-02)."],
  [{ nothing: "NOT_FETCHED" }, "Not all of it was asked for (2026-11-02)."],
  [{ nothing: "NOT_PERMITTED_TO_APP" }, "The provider does not give all of it to this app (2026-11-02)."],
  [{ nothing: "INSUFFICIENT_SCOPE" }, "The person did not grant all of it (2026-11-02)."],
])("of a day that is %j is told: %s", (known, told) => {
  expect(says((_, date) => (date === day(2) ? known : whole), nights(1, 2, 3))).toBe(told);
});

it("names three days in order, each once, and counts the others", () => {
  const lost = () => ({ nothing: "PROVIDER_ERROR" }) as const;
  const told = (wanted: Wanted) => /\((.*)\)/.exec(says(lost, wanted)!)![1];
  expect(told(nights(3, 1, 2))).toBe("2026-11-01, 2026-11-02, 2026-11-03");
  expect(told(nights(4, 3, 2, 1))).toBe("2026-11-01, 2026-11-02, 2026-11-03 and 1 more day");
  expect(told(nights(5, 4, 3, 2, 1))).toBe("2026-11-01, 2026-11-02, 2026-11-03 and 2 more days");
  const weighings: Wanted = new Map([
    ["body.weight", [day(2)]],
    ["body.bodyMassIndex", [day(2)]],
  ]);
  expect(told(weighings)).toBe("2026-11-02");
});

it("tells each reason by itself, the gravest first, and of an undated list without a day", () => {
  const known = (_: Field, date: string | null): Known =>
    date === day(1) ? { value: [], lacks: "NOT_YET_SYNCED" } : { nothing: "PROVIDER_ERROR" };
  expect(says(known, nights(1, 2))).toBe(
    "What could not be read or believed is left out (2026-11-02). What is not over yet is left out (2026-11-01).",
  );
  expect(says(known, new Map([["devices.devices", [null]]]))).toBe("What could not be read or believed is left out.");
});

it("is silent of what has a `missing`, and of what the provider does not have", () => {
  const lost = () => ({ nothing: "PROVIDER_ERROR" }) as const;
  expect(says(lost, new Map([["activity.steps", [day(1)]]]))).toBeNull();
  expect(says(lost, new Map([["heart.zones.minutes", [day(1)]]]))).toBeNull();
  expect(says(lost, new Map([["body.fatPercentage", [day(1)]]]))).toBeNull();
  expect(says(lost, new Map())).toBeNull();
});
