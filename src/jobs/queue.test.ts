/** One suite for both queues. Redis takes part when TEST_REDIS_URL names one. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { jest } from "@jest/globals";
import { Redis } from "ioredis";
import { compiled } from "../../test/support/compiled.js";
import { manualTime } from "../../test/support/manual-time.js";
import { StoreUnavailable } from "../errors.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { createBullQueue } from "./bullmq.js";
import { createEmbeddedQueue } from "./embedded.js";
import { type JobQueue, MAX_ATTEMPTS, type RunningJob, retryAfterMs } from "./queue.js";

const redisUrl = process.env["TEST_REDIS_URL"];
const folder = mkdtempSync(join(tmpdir(), "pulsegate-queue-"));
afterAll(() => rmSync(folder, { recursive: true }));

const log = { warn: () => {}, error: () => {} };

/** Collects what happens, and lets a test wait for the nth. */
function events<T>() {
  const seen: T[] = [];
  let wake = () => {};
  return {
    seen,
    add: (value: T) => {
      seen.push(value);
      wake();
    },
    count: async (n: number) => {
      while (seen.length < n) await new Promise<void>((resolve) => (wake = resolve));
      return seen;
    },
  };
}

interface Bench {
  readonly name: string;
  /** A queue as another process on the same server would have it. */
  queue(): Promise<JobQueue>;
  close(): Promise<void>;
}

const benches: { readonly name: string; open(): Promise<Bench> }[] = [
  {
    name: "embedded",
    open: async () => {
      const url = `sqlite:${join(folder, `${randomBytes(4).toString("hex")}.db`)}`;
      const stores: Store[] = [];
      return {
        name: "embedded",
        queue: async () => {
          const store = await openStore(url);
          stores.push(store);
          return createEmbeddedQueue({ store, clock: { now: () => Date.now() }, log });
        },
        close: async () => {
          for (const store of stores) await store.close();
        },
      };
    },
  },
];
if (redisUrl) {
  benches.push({
    name: "BullMQ",
    open: async () => {
      const space = `test_${randomBytes(4).toString("hex")}`;
      return {
        name: "BullMQ",
        queue: async () => createBullQueue({ redisUrl, clock: { now: () => Date.now() }, log, space }),
        close: async () => {
          const client = new Redis(redisUrl);
          const keys = await client.keys(`${space}:*`);
          if (keys.length > 0) await client.del(keys);
          client.disconnect();
        },
      };
    },
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("the BullMQ queue is tested", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("the BullMQ queue: skipped, because TEST_REDIS_URL is not set", () => {});
}

for (const { name, open } of benches) {
  describe(`the ${name} queue`, () => {
    let bench: Bench;
    const queues: JobQueue[] = [];
    const make = async () => {
      const queue = await bench.queue();
      queues.push(queue);
      return queue;
    };
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(async () => {
      for (const queue of queues.splice(0)) await queue.close();
      await bench.close();
    });

    test("runs a job with its payload, once, and takes the id again when it is done", async () => {
      const queue = await make();
      const runs = events<RunningJob>();
      const job = { id: "greet/ada", kind: "greet", payload: { to: "ada" } };
      expect(await queue.enqueue(job)).toBe(true);
      expect(await queue.enqueue(job)).toBe(false);
      await queue.start({
        greet: {
          run: async (running) => {
            runs.add(running);
            return { kind: "done" };
          },
        },
      });
      await runs.count(1);
      expect(runs.seen[0]).toMatchObject({ id: "greet/ada", payload: { to: "ada" }, attempt: 1 });
      while (!(await queue.enqueue(job))) await new Promise(setImmediate);
      expect(await runs.count(2)).toHaveLength(2);
    });

    test("runs a job that waits for its time again, as often as it asks", async () => {
      const queue = await make();
      const runs = events<number>();
      await queue.start({
        wait: {
          run: async ({ attempt }) => {
            runs.add(attempt);
            return runs.seen.length < 3 ? { kind: "again", at: Date.now() + 5 } : { kind: "done" };
          },
        },
      });
      await queue.enqueue({ id: "w", kind: "wait", payload: null });
      // Waiting is no failure: it is the first attempt each time.
      expect(await runs.count(3)).toEqual([1, 1, 1]);
    });

    test("says how much is due and waits, and since when: not what runs, nor what is for later", async () => {
      const queue = await make();
      const runs = events<string>();
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const begun = Date.now();
      const later = { kind: "hold", payload: {}, notBefore: begun + 3_600_000 };
      await queue.start({
        hold: {
          run: async ({ id }) => {
            runs.add(id);
            await ended;
            return { kind: "done" };
          },
        },
      });
      expect(await queue.waiting()).toEqual({ count: 0, since: null });
      await queue.enqueue({ id: "later", ...later });
      for (const id of ["a", "b", "c", "d"]) await queue.enqueue({ id, kind: "hold", payload: {} });
      await runs.count(name === "embedded" ? 2 : 4);
      for (const id of ["e", "f", "g"]) await queue.enqueue({ id, kind: "hold", payload: {} });
      const { count, since } = await queue.waiting();
      expect(count).toBe(name === "embedded" ? 5 : 3);
      expect(since).toBeGreaterThanOrEqual(begun);
      expect(since).toBeLessThanOrEqual(Date.now());
      end();
      await runs.count(7);
      expect(await queue.waiting()).toEqual({ count: 0, since: null });
    });

    test("of two processes one runs a job", async () => {
      const [one, two] = [await make(), await make()];
      const runs = events<string>();
      const handlers = (who: string) => ({
        work: {
          run: async ({ id }: RunningJob) => {
            runs.add(`${who} ${id}`);
            return { kind: "done" as const };
          },
        },
      });
      for (let n = 0; n < 12; n++) await one.enqueue({ id: `w/${n}`, kind: "work", payload: null });
      await Promise.all([one.start(handlers("one")), two.start(handlers("two"))]);
      await runs.count(12);
      await one.close();
      await two.close();
      expect(runs.seen.map((text) => text.split(" ")[1]).sort()).toEqual(
        Array.from({ length: 12 }, (_, n) => `w/${n}`).sort(),
      );
    });

    for (const how of ["throws", "answers as if it were done"] as const)
      test(`a job that is stopped with its process, and ${how}, goes on in the next`, async () => {
        const first = await make();
        const begun = events<string>();
        await first.enqueue({ id: "long", kind: "long", payload: null });
        await first.start({
          long: {
            run: async ({ signal }) => {
              begun.add("first");
              await new Promise((resolve) => signal.addEventListener("abort", resolve));
              if (how === "throws") throw signal.reason;
              return { kind: "done" };
            },
          },
        });
        await begun.count(1);
        await first.close();
        const second = await make();
        await second.start({
          long: {
            run: async ({ attempt }) => {
              begun.add(`second ${attempt}`);
              return { kind: "done" };
            },
          },
        });
        expect(await begun.count(2)).toEqual(["first", "second 1"]);
      });

    test("a job that hears of the stop comes to a good point unaborted, and goes on in the next; jobs are still taken", async () => {
      const first = await make();
      const runs = events<string>();
      await first.enqueue({ id: "steps", kind: "steps", payload: null });
      await first.start({
        steps: {
          run: async ({ signal, stopping }) => {
            runs.add("begun");
            await new Promise((resolve) => stopping.addEventListener("abort", resolve));
            await new Promise((resolve) => setImmediate(resolve));
            runs.add(`first, aborted: ${signal.aborted}`);
            return { kind: "again", at: Date.now() };
          },
        },
      });
      await runs.count(1);
      await first.stop(10_000);
      await first.enqueue({ id: "late", kind: "steps", payload: null });
      await first.close();
      const second = await make();
      await second.start({
        steps: {
          run: async ({ id, stopping }) => {
            runs.add(`second ${id}, stopping: ${stopping.aborted}`);
            return { kind: "done" };
          },
        },
      });
      const [, ended, ...others] = await runs.count(4);
      expect(ended).toBe("first, aborted: false");
      expect(others.sort()).toEqual(["second late, stopping: false", "second steps, stopping: false"]);
    });

    test("a job that does not heed the stop is aborted when its time is over", async () => {
      const queue = await make();
      const runs = events<string>();
      await queue.enqueue({ id: "deaf", kind: "deaf", payload: null });
      await queue.start({
        deaf: {
          run: async ({ signal }) => {
            runs.add("begun");
            return await new Promise((_, reject) =>
              signal.addEventListener("abort", () => {
                runs.add("aborted");
                reject(signal.reason);
              }),
            );
          },
        },
      });
      await runs.count(1);
      await queue.stop(1);
      expect(runs.seen).toEqual(["begun", "aborted"]);
    });

    test("a removed job that waits never runs", async () => {
      const queue = await make();
      const runs = events<string>();
      await queue.enqueue({ id: "a", kind: "work", payload: null });
      await queue.enqueue({ id: "b", kind: "work", payload: null });
      await queue.remove("a");
      await queue.start({
        work: {
          run: async ({ id }) => {
            runs.add(id);
            return { kind: "done" };
          },
        },
      });
      expect(await runs.count(1)).toEqual(["b"]);
    });

    test("a removed job that runs is told so, and ends", async () => {
      const queue = await make();
      const runs = events<string>();
      await queue.enqueue({ id: "gone", kind: "work", payload: null });
      await queue.start({
        work: {
          run: async ({ signal }) => {
            runs.add("begun");
            return await new Promise((_, reject) =>
              signal.addEventListener("abort", () => {
                runs.add((signal.reason as Error).message);
                reject(signal.reason);
              }),
            );
          },
        },
      });
      await runs.count(1);
      await queue.remove("gone");
      // At once, and not at the end of the process.
      await new Promise((resolve) => setImmediate(resolve));
      expect(runs.seen).toEqual(["begun", "The job was removed."]);
    });

    test("jobs are removed together by how their ids begin, those that wait for their time too", async () => {
      const queue = await make();
      const runs = events<string>();
      const later = Date.now() + 60_000;
      await queue.enqueue({ id: "p/c1/a", kind: "work", payload: null });
      await queue.enqueue({ id: "p/c1/a/next", kind: "work", payload: null, notBefore: later });
      await queue.enqueue({ id: "p/c11/a", kind: "work", payload: null });
      await queue.removeAll("p/c1/");
      // Its id is free again.
      expect(await queue.enqueue({ id: "p/c1/a/next", kind: "work", payload: null, notBefore: later })).toBe(true);
      await queue.start({
        work: {
          run: async ({ id }) => {
            runs.add(id);
            return { kind: "done" };
          },
        },
      });
      expect(await runs.count(1)).toEqual(["p/c11/a"]);
    });
  });
}

if (redisUrl) {
  describe("jobs on Redis", () => {
    const space = `test_${randomBytes(4).toString("hex")}`;
    const client = new Redis(redisUrl);
    const queues: JobQueue[] = [];
    const make = (url: string = redisUrl) => {
      const queue = createBullQueue({ redisUrl: url, clock: { now: () => Date.now() }, log, space });
      queues.push(queue);
      return queue;
    };
    const noted = () => client.zrange(`${space}:queue:ids`, 0, -1);
    const later = Date.now() + 600_000;
    const put = (queue: JobQueue, id: string) => queue.enqueue({ id, kind: "work", payload: id, notBefore: later });
    afterEach(async () => {
      for (const queue of queues.splice(0)) await queue.close();
      const keys = await client.keys(`${space}:*`);
      if (keys.length > 0) await client.del(keys);
    });
    afterAll(() => client.disconnect());

    test("are removed together without a look at those of others", async () => {
      const queue = make();
      for (let n = 0; n < 40; n++) await put(queue, `p/c${n}/a`);
      await put(queue, "p/c7/b");
      await put(queue, "p/c7-/c");
      const user = `remover_${randomBytes(4).toString("hex")}`;
      await client.call("ACL", "SETUSER", user, "on", ">pw", "~*", "&*", "+@all", "-scan", "-keys", "-zscan");
      const url = new URL(redisUrl);
      url.username = user;
      url.password = "pw";
      await make(url.href).removeAll("p/c7/");
      const left = Array.from({ length: 40 }, (_, n) => `p.c${n}.a`).filter((key) => key !== "p.c7.a");
      expect(await noted()).toEqual([...left, "p.c7-.c"].sort());
      expect(await client.exists(`${space}:queue:jobs:p.c7.a`, `${space}:queue:jobs:p.c7.b`)).toBe(0);
      expect(await client.exists(`${space}:queue:jobs:p.c7-.c`, `${space}:queue:jobs:p.c8.a`)).toBe(2);
      await client.call("ACL", "DELUSER", user);
    });

    test("more than a page of them are removed together", async () => {
      const queue = make();
      const many = 205;
      await Promise.all(Array.from({ length: many }, (_, n) => put(queue, `p/c1/${n}`)));
      await put(queue, "p/c2/a");
      await queue.removeAll("p/c1/");
      expect(await noted()).toEqual(["p.c2.a"]);
      expect(await client.keys(`${space}:queue:jobs:p.*`)).toEqual([`${space}:queue:jobs:p.c2.a`]);
    });

    test("are noted for as long as they are there, whoever put them and however they end", async () => {
      const queue = make();
      const runs = events<string>();
      await put(queue, "p/c1/waits");
      await put(queue, "p/c1/removed");
      await queue.remove("p/c1/removed");
      // As an older release puts it, and as a crash between the note and the job leaves it.
      await put(queue, "p/c1/old");
      await client.zrem(`${space}:queue:ids`, "p.c1.old");
      await client.zadd(`${space}:queue:ids`, 0, "p.c1.nothing");
      await queue.enqueue({ id: "p/c1/done", kind: "work", payload: null });
      await queue.enqueue({ id: "p/c1/fails", kind: "fails", payload: null });
      expect(await noted()).toEqual(["p.c1.done", "p.c1.fails", "p.c1.nothing", "p.c1.waits"]);
      await queue.start({
        work: {
          run: async ({ id }) => {
            runs.add(id);
            return { kind: "done" };
          },
        },
      });
      await runs.count(1);
      while ((await noted()).join() !== "p.c1.old,p.c1.waits") await new Promise(setImmediate);
      await queue.removeAll("p/c1/");
      expect(await noted()).toEqual([]);
      expect(await client.keys(`${space}:queue:jobs:p.*`)).toEqual([]);
    });

    test("that can't be removed now are not said to be gone", async () => {
      const queue = createBullQueue({ redisUrl: "redis://127.0.0.1:1", clock: { now: () => Date.now() }, log, space });
      queues.push(queue);
      await expect(queue.remove("p/c1/a")).rejects.toThrow(StoreUnavailable);
      await expect(queue.removeAll("p/c1/")).rejects.toThrow(StoreUnavailable);
      await expect(put(queue, "p/c1/a")).rejects.toThrow();
    });
  });
}

test("a job that failed waits for five seconds, doubled each time, up to half an hour; half of it by chance", () => {
  const pauses = (random: number) =>
    [1, 2, 3, 9, 10, 20].map((failures) => retryAfterMs(failures, () => random) / 1_000);
  expect(pauses(1)).toEqual([5, 10, 20, 1_280, 1_800, 1_800]);
  expect(pauses(0)).toEqual([2.5, 5, 10, 640, 900, 900]);
});

describe("the embedded queue", () => {
  test("retries at growing times, and gives up with the last error", async () => {
    const store = await openStore("memory:");
    const time = manualTime(1_000_000);
    const failed = events<number>();
    const gaveUp = events<string>();
    const queue = createEmbeddedQueue({
      store,
      clock: time.clock,
      timers: time.timers,
      log: { warn: () => failed.add(time.clock.now()), error: () => {} },
    });
    await queue.enqueue({ id: "f", kind: "fails", payload: 7 });
    await queue.start({
      fails: {
        run: async () => {
          throw new Error("no");
        },
        gaveUp: async ({ payload }, error) => gaveUp.add(`${payload} ${(error as Error).message}`),
      },
    });
    for (let n = 1; n < MAX_ATTEMPTS; n++) {
      await failed.count(n);
      // A minute at a time, and time for what that sets off.
      for (let step = 0; step < 60 && failed.seen.length === n && gaveUp.seen.length === 0; step++) {
        time.advance(60_000);
        await new Promise(setImmediate);
        await new Promise(setImmediate);
      }
    }
    expect(await gaveUp.count(1)).toEqual(["7 no"]);
    const waits = failed.seen.slice(1).map((at, index) => at - failed.seen[index]!);
    expect(waits.at(-1)).toBeGreaterThan(5 * waits[0]!);
    await queue.close();
    // Else the next start would begin it again.
    const left: string[] = [];
    for await (const id of store.collection("jobs").keys("")) left.push(id);
    expect(left).toEqual([]);
    await store.close();
  });

  test("begins jobs that wait each at its own time", async () => {
    const store = await openStore("memory:");
    const time = manualTime(1_000_000);
    const queue = createEmbeddedQueue({ store, clock: time.clock, timers: time.timers, log });
    const begun = events<string>();
    await queue.start({
      notes: {
        run: async ({ id }) => {
          begun.add(`${id} ${time.clock.now()}`);
          return { kind: "done" };
        },
      },
    });
    const at = [1_004_000, 1_009_000];
    for (const notBefore of at) await queue.enqueue({ id: `${notBefore}`, kind: "notes", payload: null, notBefore });
    for (let step = 0; step < 20; step++) {
      time.advance(1_000);
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    }
    expect(begun.seen).toEqual(at.map((each) => `${each} ${each}`));
    await queue.close();
    await store.close();
  });

  test("the job that is due first comes first, and of those due at the very moment the one put in first, whatever their names", async () => {
    const store = await openStore(`sqlite:${join(folder, "due.db")}`);
    const time = manualTime(1_000_000);
    const queue = createEmbeddedQueue({ store, clock: time.clock, timers: time.timers, log, concurrency: 1 });
    const begun = events<string>();
    for (const id of ["b", "a", "z", "c"]) {
      await queue.enqueue({ id, kind: "notes", payload: null, notBefore: id === "z" ? 1_000_009 : 1_000_010 });
      time.advance(2);
    }
    time.advance(2);
    await queue.start({
      notes: {
        run: async ({ id }) => {
          begun.add(id);
          return { kind: "done" };
        },
      },
    });
    expect(await begun.count(4)).toEqual(["z", "b", "a", "c"]);
    await queue.close();
    await store.close();
  });

  test("a job that is put in while a look comes to its end is begun at once", async () => {
    const store = await openStore("memory:");
    const open = { lease: () => {}, put: () => {} };
    const held = (name: keyof typeof open) => new Promise<void>((resolve) => (open[name] = resolve));
    let holds = false;
    const holding: Store = {
      ...store,
      collection: (...of) => {
        const jobs = store.collection(...of);
        const putIfAbsent: typeof jobs.putIfAbsent = async (...row) => {
          const isPut = await jobs.putIfAbsent(...row);
          if (holds) await held("put");
          return isPut;
        };
        return { ...jobs, putIfAbsent } as never;
      },
      lease: async (...asked) => {
        const lease = await store.lease(...asked);
        if (holds) await held("lease");
        return lease;
      },
    };
    const time = manualTime(1_000_000);
    const queue = createEmbeddedQueue({ store: holding, clock: time.clock, timers: time.timers, log });
    const begun = events<string>();
    const ends: (() => void)[] = [];
    await queue.enqueue({ id: "first", kind: "notes", payload: null });
    holds = true;
    await queue.start({
      notes: {
        run: async ({ id }) => {
          begun.add(id);
          // Not before the test's end: an end is followed by a look, too.
          return await new Promise((resolve) => ends.push(() => resolve({ kind: "done" })));
        },
      },
    });
    void queue.enqueue({ id: "second", kind: "notes", payload: null });
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    holds = false;
    open.lease();
    open.put();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(begun.seen).toEqual(["first", "second"]);
    for (const end of ends) end();
    await queue.close();
    await store.close();
  });

  test("a job that another process has got is told so, and is not taken for done", async () => {
    const store = await openStore("memory:");
    const time = manualTime(1_000_000);
    const losing: Store = {
      ...store,
      lease: async (...asked) => {
        const lease = await store.lease(...asked);
        return lease && { ...lease, renew: async () => false };
      },
    };
    const queue = createEmbeddedQueue({ store: losing, clock: time.clock, timers: time.timers, log });
    const heard = events<string>();
    const job = { id: "long", kind: "long", payload: null };
    await queue.enqueue(job);
    await queue.start({
      long: {
        run: async ({ signal }) => {
          heard.add("begun");
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          heard.add((signal.reason as Error).message);
          return { kind: "done" };
        },
      },
    });
    await heard.count(1);
    time.advance(10_000);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(heard.seen).toEqual(["begun", "The job was lost to another process."]);
    expect(await queue.enqueue(job)).toBe(false);
    await queue.close();
    await store.close();
  });

  test("looks no oftener than once a minute while there is nothing that it can do", async () => {
    const store = await openStore("memory:");
    const time = manualTime(1_000_000);
    const queue = createEmbeddedQueue({ store, clock: time.clock, timers: time.timers, log });
    // Of another release: nobody works on it here.
    await queue.enqueue({ id: "odd", kind: "odd", payload: null });
    const lease = jest.spyOn(store, "lease");
    await queue.start({});
    while (!Number.isFinite(time.next())) await new Promise(setImmediate);
    expect(time.next()).toBe(60_000);
    expect(lease).not.toHaveBeenCalled();
    await queue.close();
    await store.close();
  });
});

/** What each queue is made of, for a process that only has the source. */
const makers = [
  {
    name: "embedded",
    make: `async () => {
      const store = await openStore(URL);
      return createEmbeddedQueue({ store, clock: { now: () => Date.now() }, log: { warn() {}, error() {} }, leaseMs: 900 });
    }`,
    queue: async (name: string) => {
      const store = await openStore(`sqlite:${join(folder, name)}`);
      const queue = createEmbeddedQueue({ store, clock: { now: () => Date.now() }, log, leaseMs: 900 });
      return { queue, close: () => store.close() };
    },
    url: (name: string) => `sqlite:${join(folder, name)}`,
  },
  ...(redisUrl
    ? [
        {
          name: "BullMQ",
          make: `async () => createBullQueue({
            redisUrl: URL, clock: { now: () => Date.now() }, log: { warn() {}, error() {} }, leaseMs: 900, space: SPACE,
          })`,
          queue: async (name: string) => ({
            queue: createBullQueue({ redisUrl, clock: { now: () => Date.now() }, log, leaseMs: 900, space: name }),
            close: async () => {
              const client = new Redis(redisUrl);
              await client.del(await client.keys(`${name}:*`));
              client.disconnect();
            },
          }),
          url: () => redisUrl,
        },
      ]
    : []),
];

for (const { name, make, queue: open, url } of makers) {
  test(`a job of the ${name} queue whose process was killed is run by the next one`, async () => {
    const space = `killed_${randomBytes(4).toString("hex")}`;
    const code = `
      import { createBullQueue } from "./src/jobs/bullmq.ts";
      import { createEmbeddedQueue } from "./src/jobs/embedded.ts";
      import { openStore } from "./src/store/open-store.ts";
      const [URL, SPACE] = process.argv.slice(2);
      const queue = await (${make})();
      await queue.enqueue({ id: "long", kind: "long", payload: { day: 3 } });
      await queue.start({ long: { run: () => { console.log("begun"); return new Promise(() => {}); } } });
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, [await compiled({ code }), url(space), space], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    expect(line).toBe("begun");

    const { queue, close } = await open(space);
    const runs = events<RunningJob>();
    await queue.start({
      long: {
        run: async (job) => {
          runs.add(job);
          return { kind: "done" };
        },
      },
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    // The dead process's lease runs out by itself.
    await runs.count(1);
    expect(runs.seen[0]).toMatchObject({ id: "long", payload: { day: 3 }, attempt: 1 });
    // Done is done: the id is free again.
    while (!(await queue.enqueue({ id: "long", kind: "other", payload: null }))) await new Promise(setImmediate);
    await queue.close();
    await close();
  });
}

test("a queue that never reached its Redis closes, and no failure is left that nobody hears", async () => {
  let told = () => {};
  const troubled = new Promise<void>((resolve) => {
    told = resolve;
  });
  const log = { info: () => {}, error: () => {}, warn: () => told() };
  const queue = createBullQueue({ redisUrl: "redis://127.0.0.1:1", clock: { now: () => Date.now() }, log });
  await troubled;
  await queue.close();
  // A rejection without a handler fails the test once the loop has turned.
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
});
