import { jest } from "@jest/globals";
import { Deadline } from "./deadline.js";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const after = (ms: number, value: string) => () =>
  new Promise<string>((resolve) => void setTimeout(() => resolve(value), ms));

test("the requests of one operation have one time together, from when the first is sent", async () => {
  const deadline = new Deadline(1_000);
  await jest.advanceTimersByTimeAsync(5_000);
  const first = deadline.race(after(700, "first"));
  await jest.advanceTimersByTimeAsync(700);
  expect(await first).toBe("first");
  const told: unknown[] = [];
  void deadline.race(after(301, "second")).then((value) => told.push(value));
  await jest.advanceTimersByTimeAsync(300);
  expect(told).toEqual([null]);
});

test("what is done in time is told, and leaves no timer", async () => {
  const deadline = new Deadline(1_000);
  const done = deadline.race(after(999, "in time"));
  await jest.advanceTimersByTimeAsync(999);
  expect(await done).toBe("in time");
  expect(jest.getTimerCount()).toBe(0);
});

test("what has not begun by then does not begin", async () => {
  const deadline = new Deadline(1_000);
  const late = deadline.race(after(2_000, "late"));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await late).toBeNull();
  const work = jest.fn(async () => "never");
  expect(await deadline.race(work)).toBeNull();
  expect(work).not.toHaveBeenCalled();
});

test("a failure in time is the failure", async () => {
  await expect(new Deadline(1_000).race(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
});
