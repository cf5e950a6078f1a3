import { jest } from "@jest/globals";
import { createSchedule, type RegularWork } from "./schedule.js";

function bench(run: () => Promise<unknown>, firstRound: RegularWork["firstRound"] = "awaited") {
  const logged: string[] = [];
  const failure = "the look did not succeed";
  const log = { warn: (_: object, message: string) => void logged.push(message) };
  return { logged, schedule: createSchedule([{ everyMs: 60_000, firstRound, failure, run }], log) };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test("work comes at the start and again after its time, until it is stopped", async () => {
  let rounds = 0;
  const { schedule } = bench(async () => rounds++);
  await schedule.start();
  expect(rounds).toBe(1);
  await jest.advanceTimersByTimeAsync(59_999);
  expect(rounds).toBe(1);
  await jest.advanceTimersByTimeAsync(60_001);
  expect(rounds).toBe(3);
  schedule.stop();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(rounds).toBe(3);
});

test("work that need not be done at the start waits for its time", async () => {
  let rounds = 0;
  const { schedule } = bench(async () => rounds++, "later");
  await schedule.start();
  expect(rounds).toBe(0);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(rounds).toBe(1);
  schedule.stop();
});

test("work that the start does not wait for begins with it", async () => {
  let rounds = 0;
  const { schedule } = bench(() => new Promise(() => rounds++), "begun");
  await schedule.start();
  expect(rounds).toBe(1);
  schedule.stop();
});

test("a round that takes longer is not joined by the next, and one that fails is told and followed by the next", async () => {
  let rounds = 0;
  let end = () => {};
  const { schedule, logged } = bench(() => {
    rounds++;
    return new Promise((_, reject) => {
      end = () => reject(new Error("no store"));
    });
  });
  const started = schedule.start();
  await jest.advanceTimersByTimeAsync(180_000);
  expect([rounds, logged]).toEqual([1, []]);
  end();
  await started;
  expect(logged).toEqual(["the look did not succeed"]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(rounds).toBe(2);
  schedule.stop();
  end();
  await jest.advanceTimersByTimeAsync(1);
  expect(logged).toHaveLength(1);
});
