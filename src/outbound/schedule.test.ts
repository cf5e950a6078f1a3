import { readFileSync } from "node:fs";
import { LONGEST_MS, nextAttemptAt, RETRY_MS, restMs, retryAfterMs, timely } from "./schedule.js";

const HOUR = 3_600_000;
const now = Date.parse("2026-03-04T05:06:07Z");

test("the schedule is the one that is published, and ends within three days", () => {
  const page = readFileSync(new URL("../../docs/webhooks-out.md", import.meta.url), "utf8");
  const table = page.split("<!-- retries -->")[1]!.split("<!-- /retries -->")[0]!;
  const units: Readonly<Record<string, number>> = { seconds: 1_000, minutes: 60_000, hours: HOUR };
  const told = [...table.matchAll(/^\| \d+ \| (\d+) (\w+) \|$/gm)].map(([, n, unit]) => Number(n) * units[unit!]!);
  expect(RETRY_MS).toEqual(told);
  expect(RETRY_MS.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(72 * HOUR);
});

test("nobody waits for what a clock noted that was ahead, and everybody for what the schedule says", () => {
  const last = nextAttemptAt(RETRY_MS.length, now, HOUR)!;
  expect(timely(last, now, LONGEST_MS)).toBe(last);
  expect(timely(now + 86_400_000, now, LONGEST_MS)).toBe(now + 86_400_000);
  expect(timely(now + HOUR, now, HOUR)).toBe(now + HOUR);
  expect(timely(now + HOUR + 1, now, HOUR)).toBe(0);
  expect(timely(0, now, HOUR)).toBe(0);
});

test("the next attempt waits as long as the schedule says, or longer where the receiver asks for it", () => {
  expect(nextAttemptAt(1, now, null)).toBe(now + 5_000);
  expect(nextAttemptAt(1, now, 9_000)).toBe(now + 9_000);
  expect(nextAttemptAt(2, now, 9_000)).toBe(now + 300_000);
  expect(nextAttemptAt(RETRY_MS.length, now, null)).toBe(now + 20 * HOUR);
  expect(nextAttemptAt(RETRY_MS.length + 1, now, 9_000)).toBeNull();
});

test("a receiver that fails is left alone for a minute at most, or as long as it asks", () => {
  expect([1, 2, 3, 50].map((failures) => restMs(failures, null))).toEqual([5_000, 10_000, 20_000, 60_000]);
  expect(restMs(1, 70_000)).toBe(70_000);
});

test.each([
  ["7", 7_000],
  ["0", null],
  ["99999999", HOUR],
  ["Wed, 04 Mar 2026 05:06:20 GMT", 13_000],
  ["Wed, 04 Mar 2099 05:06:20 GMT", HOUR],
  ["Wed, 04 Mar 2020 05:06:20 GMT", null],
  ["soon", null],
  ["-5", null],
  [undefined, null],
])("Retry-After: %s is a wait of %s ms", (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
