import { fieldsOf } from "../provider.js";
import { acmeBand, toSleep } from "./index.js";

const input = {
  from: "2026-11-18",
  to: "2026-11-19",
  today: "2026-11-20",
  connectedOn: "2026-01-15",
  providerUserId: "a",
};
const have = { value: () => undefined };
const asked = { method: "GET", path: "/v1/days" } as const;

test("Acme Band satisfies the contract", () => {
  const names = acmeBand.calls.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const need of acmeBand.calls.flatMap(({ needs = [] }) => needs)) expect(fieldsOf(acmeBand)).toContain(need);
  for (const call of acmeBand.calls) expect(() => call.read("no object", input, have, asked)).toThrow("");
});

test("a zero is kept, and what is left out stays out", () => {
  const days = acmeBand.calls.find(({ name }) => name === "days")!;
  const { cells } = days.read({ days: [{ date: "2026-11-18", steps: 0 }] }, input, have, asked);
  expect(cells).toEqual([{ field: "activity.steps", day: "2026-11-18", known: { value: 0 } }]);
});

test("a page that is not the last proves nothing of days without a night", () => {
  const sleeps = acmeBand.calls.find(({ name }) => name === "sleeps")!;
  const night = { id: "1", start: "2026-11-17T23:10:00+01:00", end: "2026-11-18T06:40:00+01:00", asleep_minutes: 417 };
  const first = sleeps.read({ sleeps: [night], next: "c" }, input, have, asked);
  expect(first).toMatchObject({ covers: null, next: { query: { cursor: "c" } } });
  expect(sleeps.read({ sleeps: [] }, input, have, asked).covers).toEqual({ from: input.from, to: input.to });
  expect(toSleep(night)).toMatchObject({ minutesInBed: 450, minutesAsleep: 417 });
});

test("a record that can't be read costs its own day only, and one that goes on is not synced yet", () => {
  const sleeps = acmeBand.calls.find(({ name }) => name === "sleeps")!;
  const night = { id: "1", start: "2026-11-17T23:10:00+01:00", end: "2026-11-18T06:40:00+01:00" };
  const broken = { end: "2026-11-19T06:40:00+01:00" };
  const open = { id: "3", start: "2026-11-19T23:10:00+01:00" };
  const { cells, skipped } = sleeps.read({ sleeps: [broken, night, open, night] }, input, have, asked);
  expect(cells.map(({ day, known }) => [day, (known as { value: unknown }).value])).toEqual([
    ["2026-11-18", [toSleep(night)]],
  ]);
  expect(skipped!.map(({ day, reason }) => [day, reason])).toEqual([
    ["2026-11-19", "PROVIDER_ERROR"],
    [null, "NOT_YET_SYNCED"],
  ]);
});

test("a refresh token that is dead by Acme's own words is one by the RFC's", () => {
  const answer = (status: number) => ({ status, body: { error: "invalid_request" }, retryAfter: "9" });
  const asStandard = acmeBand.oauth.asStandard!;
  expect(asStandard(answer(400), "refresh")).toEqual({ ...answer(400), body: { error: "invalid_grant" } });
  expect(asStandard(answer(400), "exchange")).toEqual(answer(400));
  expect(asStandard(answer(401), "refresh")).toEqual(answer(401));
});
