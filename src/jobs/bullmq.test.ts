/** What becomes of a job that BullMQ brings, whatever moment it comes at. */
import { jest } from "@jest/globals";
import type { Job } from "bullmq";
import { type JobHandler, MAX_ATTEMPTS, type RunningJob, retryAfterMs } from "./queue.js";

type Process = (job: Job, token: string) => Promise<void>;
let bring: Process = async () => {};
const idle = async () => {};
/** As BullMQ has it: a worker is closed once its jobs have come to their end. */
let closed = idle;
class DelayedError extends Error {}
class Connection {
  status = "ready";
  on() {
    return this;
  }
  ping = idle;
  eval = idle;
  disconnect() {}
  async *scanStream() {}
  async *zscanStream() {}
}
jest.unstable_mockModule("ioredis", () => ({ Redis: Connection }));
jest.unstable_mockModule("bullmq", () => ({
  DelayedError,
  Queue: class extends Connection {
    close = idle;
    remove = idle;
  },
  Worker: class extends Connection {
    constructor(_: string, work: Process) {
      super();
      bring = work;
    }
    waitUntilReady = idle;
    close = () => closed();
  },
}));
const { createBullQueue } = await import("./bullmq.js");

const NOW = Date.parse("2026-11-20T10:00:00Z");
/** Behind the machine's clock: waits are by ours, and begin now. */
const clock = { now: () => NOW - 5_000_000 };
const log = { warn: () => {}, error: () => {} };
beforeEach(() => void jest.useFakeTimers({ now: NOW, doNotFake: ["setImmediate"] }));
afterEach(() => {
  closed = idle;
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A queue that has one handler, and what became of the jobs that were brought. */
async function bench(handler: JobHandler) {
  const queue = createBullQueue({ redisUrl: "redis://redis.test", clock, log });
  await queue.start({ steps: handler });
  const moved: { readonly at: number; readonly data: object }[] = [];
  const jobOf = (failures = 0, name = "steps") => {
    let data: object = { payload: { day: 3 }, failures, dueAt: NOW - 9 };
    return {
      ...{ id: "steps.1", name, data },
      updateData: async (next: object) => {
        data = next;
      },
      moveToDelayed: async (at: number) => void moved.push({ at, data }),
    } as unknown as Job;
  };
  return {
    ...{ queue, moved },
    /** Whether it was put back, done, or failed. */
    bring: async (failures?: number, name?: string) => {
      try {
        await bring(jobOf(failures, name), "token");
        return "done";
      } catch (error) {
        if (error instanceof DelayedError) return "later";
        throw error;
      }
    },
  };
}
const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
const payload = { day: 3 };

test("one that comes after the stop does not begin, and goes on elsewhere as it came", async () => {
  const run = jest.fn(async () => ({ kind: "done" as const }));
  const { queue, bring, moved } = await bench({ run });
  await queue.stop(0);
  expect(await bring(2)).toBe("later");
  expect(run).not.toHaveBeenCalled();
  expect(moved).toEqual([{ at: NOW + 500, data: { payload, failures: 2, dueAt: NOW + 500 } }]);
});

test("one that is ended by the stop is put back, and counts no failure, whether it throws or says that it is done", async () => {
  for (const end of [new Error("stopped"), null]) {
    const { queue, bring, moved } = await bench({
      run: async ({ signal }) => {
        await until(signal);
        if (end) throw end;
        return { kind: "done" };
      },
    });
    const brought = bring(2);
    await queue.stop(0);
    expect(await brought).toBe("later");
    expect(moved).toEqual([{ at: NOW + 500, data: { payload, failures: 2, dueAt: NOW + 500 } }]);
  }
});

test("one that runs has its time to come to an end, is told of the stop at once, and aborted after its time", async () => {
  let told: (RunningJob & { readonly end: () => void }) | undefined;
  const run = (job: RunningJob) =>
    new Promise<{ kind: "done" }>((resolve) => {
      told = { ...job, end: () => resolve({ kind: "done" }) };
    });
  for (const isInTime of [true, false]) {
    const { queue, bring, moved } = await bench({ run });
    const brought = bring();
    closed = async () => void (await brought);
    const stopped = queue.stop(20_000);
    await jest.advanceTimersByTimeAsync(19_999);
    expect([told!.stopping.aborted, told!.signal.aborted]).toEqual([true, false]);
    if (isInTime) told!.end();
    await jest.advanceTimersByTimeAsync(1);
    expect(told!.signal.aborted).toBe(!isInTime);
    told!.end();
    expect([await brought, moved.length]).toEqual(isInTime ? ["done", 0] : ["later", 1]);
    await stopped;
  }
});

test("one that was removed while it ran is over, whatever it says", async () => {
  for (const failure of [new Error("removed"), null]) {
    const { queue, bring, moved } = await bench({
      run: async ({ signal }) => {
        await until(signal);
        if (failure) throw failure;
        return { kind: "done" };
      },
    });
    const brought = bring();
    await queue.remove("steps/1");
    expect([await brought, moved]).toEqual(["done", []]);
  }
});

test("one that goes on later does so after its wait, and its failures are forgotten", async () => {
  const { bring, moved } = await bench({ run: async () => ({ kind: "again", at: clock.now() + 7_000 }) });
  expect(await bring(3)).toBe("later");
  expect(moved).toEqual([{ at: NOW + 7_000, data: { payload, failures: 0, dueAt: NOW + 7_000 } }]);
  const { bring: bringOther, moved: movedOther } = await bench({ run: async () => ({ kind: "again", at: 0 }) });
  await bringOther();
  expect(movedOther).toMatchObject([{ at: NOW + 1 }]);
});

test("one that fails is tried so many times, each later than the one before, and then given up", async () => {
  jest.spyOn(Math, "random").mockReturnValue(0.25);
  const gaveUp = jest.fn(async () => {});
  const attempts: number[] = [];
  const { bring, moved } = await bench({
    run: async ({ attempt }) => {
      attempts.push(attempt);
      throw new Error("no");
    },
    gaveUp,
  });
  for (let failures = 0; failures < MAX_ATTEMPTS - 1; failures++) {
    expect(await bring(failures)).toBe("later");
    const at = NOW + retryAfterMs(failures + 1);
    expect(moved.at(-1)).toEqual({ at, data: { payload, failures: failures + 1, dueAt: at } });
  }
  expect(gaveUp).not.toHaveBeenCalled();
  expect(await bring(MAX_ATTEMPTS - 1)).toBe("done");
  expect(gaveUp).toHaveBeenCalledWith({ id: "steps/1", payload }, new Error("no"));
  expect(attempts).toEqual(Array.from({ length: MAX_ATTEMPTS }, (_, at) => at + 1));
});

test("one that nobody here knows is over", async () => {
  const { bring, moved } = await bench({ run: async () => ({ kind: "done" }) });
  expect([await bring(0, "odd"), moved]).toEqual(["done", []]);
});
