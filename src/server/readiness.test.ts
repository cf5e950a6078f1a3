import { openStore } from "../store/open-store.js";
import { createReadiness, NotWritable, storeCheck } from "./readiness.js";

const passing = async () => {};

test("each check is named with what became of it", async () => {
  const look = createReadiness({
    store: passing,
    redis: () => Promise.reject(new Error("redis://secret")),
    disk: () => Promise.reject(new NotWritable("full")),
    broken: () => {
      throw new Error("at once");
    },
  });
  expect(await look()).toEqual({ store: "ok", redis: "unreachable", disk: "not writable", broken: "unreachable" });
});

test("what does not answer in time is unreachable, and may be there again at the next look", async () => {
  let silent = true;
  const look = createReadiness({ store: () => (silent ? new Promise(() => {}) : passing()) }, 5);
  expect(await look()).toEqual({ store: "unreachable" });
  silent = false;
  expect(await look()).toEqual({ store: "ok" });
});

test("however many ask at once, each check is made once; who asks later has it made again", async () => {
  let made = 0;
  const look = createReadiness({
    store: async () => {
      made++;
    },
  });
  await Promise.all([look(), look(), look()]);
  expect(made).toBe(1);
  await look();
  expect(made).toBe(2);
});

describe("the store", () => {
  test("that keeps what it is given passes, and keeps one small row of each replica", async () => {
    const store = await openStore("memory:");
    const [one, other] = [storeCheck(store), storeCheck(store)];
    await one();
    await one();
    await other();
    const rows: unknown[] = [];
    for await (const [, row] of store.collection("ready").scan("")) rows.push(row);
    expect(rows).toEqual([true, true]);
    await store.close();
  });

  test("that answers and keeps nothing is not writable; one that does not answer is unreachable", async () => {
    const refuse = () => Promise.reject(new Error("SQLITE_FULL"));
    const store = (ping: () => Promise<void>) =>
      storeCheck({ ping, collection: () => ({ set: refuse }) as unknown as never });
    const look = createReadiness({ full: store(passing), away: store(refuse) });
    expect(await look()).toEqual({ full: "not writable", away: "unreachable" });
  });
});
