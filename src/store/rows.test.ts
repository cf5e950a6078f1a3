import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { z } from "zod";
import type { Backend } from "./backend.js";
import { keyvStore, reason } from "./keyv-store.js";
import { memoryBackend } from "./memory.js";
import { isOver, MAX_ROW_LENGTH, readRow, rowsOf, textRows, toText, UnreadableRow } from "./row.js";
import { sqliteBackend } from "./sqlite.js";
import type { Store } from "./store.js";

interface Thing {
  readonly size: number;
}

let backend: Backend;
let store: Store;
const told: string[] = [];
const form = rowsOf<Thing>(z.looseObject({ size: z.number() }));
const things = () => store.collection("things", form);
const raw = (key: string, text: string) => backend.values.set(`things:${key}`, text);
const rawOf = (key: string) => backend.values.get<string>(key);

beforeEach(() => {
  told.length = 0;
  backend = memoryBackend();
  store = keyvStore(backend, ({ namespace, key, reason }) => told.push(`${namespace}/${key}: ${reason}`));
});
afterEach(() => store.close());

const unreadable = [
  ["half of one", '{"v":1,"value":{"size":', "damaged"],
  ["nothing", "", "damaged"],
  ["no JSON", "size=7", "damaged"],
  ["another's JSON", '["size",7]', "damaged"],
  ["JSON's null", "null", "damaged"],
  ["an envelope without a value", '{"v":1}', "damaged"],
  ["a version that is no number", '{"v":"one","value":{"size":7}}', "damaged"],
  ["a version before the first", '{"v":0,"value":{"size":7}}', "damaged"],
  ["a later release's row", '{"v":2,"value":{"size":7}}', "newer"],
  ["a number that is a text", '{"v":1,"value":{"size":"7"}}', "foreign"],
  ["null where an object belongs", '{"v":1,"value":null}', "foreign"],
  ["a list where an object belongs", '{"v":1,"value":[7]}', "foreign"],
  ["more than anybody wrote", `{"v":1,"value":{"size":7,"text":"${"x".repeat(MAX_ROW_LENGTH)}"}}`, "too-long"],
] as const;

describe.each(unreadable)("a row that is %s", (_, text, reason) => {
  test("reads as absent, is told once, and stays; its neighbours are read", async () => {
    await things().set("a", { size: 1 });
    await raw("b", text);
    await things().set("c", { size: 3 });
    expect(await things().get("b")).toBeUndefined();
    expect(await things().getMany(["a", "b", "c"])).toEqual([{ size: 1 }, undefined, { size: 3 }]);
    expect(await things().take("b")).toBeUndefined();
    const seen: unknown[] = [];
    for await (const entry of things().scan("")) seen.push(entry);
    expect(seen).toEqual([
      ["a", { size: 1 }],
      ["c", { size: 3 }],
    ]);
    expect(told).toEqual([`things/b: ${reason}`]);
    expect(await rawOf("things:b")).toBe(text);
  });

  test("is listed and deleted by its key", async () => {
    await raw("b", text);
    const keys: string[] = [];
    for await (const key of things().keys("")) keys.push(key);
    expect(keys).toEqual(["b"]);
    expect(await things().delete("b")).toBe(true);
    expect(await things().delete("b")).toBe(false);
    await raw("c", text);
    await things().erase("c");
    await raw("d/1", text);
    await raw("e/1", text);
    await things().eraseAll("d/");
    expect([await rawOf("things:c"), await rawOf("things:d/1")]).toEqual([undefined, undefined]);
    expect(await rawOf("things:e/1")).toBe(text);
  });

  test("makes way for a new one and is kept aside, until it is erased", async () => {
    await raw("b", text);
    await things().get("b");
    await things().set("b", { size: 2 });
    expect(await things().get("b")).toEqual({ size: 2 });
    const kept = text === "" ? undefined : text;
    expect(await rawOf("set-aside:things:b")).toBe(kept);
    await things().set("b", { size: 4 });
    expect(await rawOf("set-aside:things:b")).toBe(kept);
    await things().erase("b");
    expect([await rawOf("things:b"), await rawOf("set-aside:things:b")]).toEqual([undefined, undefined]);
  });

  test("is in nobody's way, unless a later release keeps it", async () => {
    await raw("b", text);
    const isPut = reason !== "newer";
    expect(await things().putIfAbsent("b", { size: 2 })).toBe(isPut);
    expect(await things().get("b")).toEqual(isPut ? { size: 2 } : undefined);
    expect(await things().putIfAbsent("b", { size: 3 })).toBe(false);
    expect(await rawOf(isPut ? "set-aside:things:b" : "things:b")).toBe(text === "" ? undefined : text);
    await things().eraseAll("");
    expect(await rawOf("set-aside:things:b")).toBeUndefined();
  });

  test("fails where it may not pass for absent", async () => {
    await raw("b", text);
    const strict = store.collection("things", { ...form, throws: true });
    await expect(strict.get("b")).rejects.toThrow(UnreadableRow);
    await expect(strict.take("b")).rejects.toMatchObject({ reason });
    expect(await strict.get("c")).toBeUndefined();
  });
});

test("every row is stored with the version of its form, and its expiry first", async () => {
  await things().set("a", { size: 1 });
  await things().putIfAbsent("b", { size: 2 });
  await store.collection("things", { ...form, version: 3 }).set("c", { size: 3 });
  expect(await rawOf("things:a")).toBe('{"v":1,"value":{"size":1}}');
  expect(await rawOf("things:b")).toBe('{"v":1,"value":{"size":2}}');
  expect(await rawOf("things:c")).toBe('{"v":3,"value":{"size":3}}');
  await things().set("d", { size: 4 }, 60_000);
  expect(await rawOf("things:d")).toMatch(/^\{"expires":\d{13},"v":1,"value":\{"size":4\}\}$/);
});

test("rows of before are read: without a version, or of a lower one", async () => {
  await raw("a", '{"value":{"size":1}}');
  expect(await things().get("a")).toEqual({ size: 1 });
  await raw("b", '{"v":1,"value":{"size":2}}');
  expect(await store.collection("things", { ...form, version: 2 }).get("b")).toEqual({ size: 2 });
  expect(told).toEqual([]);
});

test("members that a later release added stay", async () => {
  await raw("a", '{"v":1,"value":{"size":1,"colour":"red"}}');
  await things().set("a", { ...(await things().get("a"))!, size: 2 });
  expect(await rawOf("things:a")).toBe('{"v":1,"value":{"size":2,"colour":"red"}}');
});

test.each(['{"value":{"size":7,"__proto__":{"late":1}}}', '{"value":{"size":7,"\\u005f_proto__":{"late":1}}}'])(
  "a key that would become a prototype is left out: %s",
  async (text) => {
    await raw("a", text);
    // Read by a form, whose schema leaves it out too, and as it is.
    for (const collection of [things(), store.collection<Thing>("things")]) {
      const value = (await collection.get("a"))!;
      expect(Object.getOwnPropertyNames(value)).toEqual(["size"]);
      expect("late" in Object.assign({}, value)).toBe(false);
    }
  },
);

test("what has expired is not there, whatever else is wrong with it", async () => {
  const now = Date.now();
  await raw("a", `{"expires":${now - 1},"v":1,"val`);
  expect(await things().get("a")).toBeUndefined();
  expect(await rawOf("things:a")).toBeDefined();
  const keys: string[] = [];
  for await (const key of things().keys("")) keys.push(key);
  expect([keys, told]).toEqual([[], []]);
});

test("a row has expired from the very millisecond on that it names", async () => {
  const now = Date.now();
  const clock = jest.spyOn(Date, "now");
  const keys = async () => {
    const found: string[] = [];
    for await (const key of things().keys("")) found.push(key);
    return found;
  };
  await raw("a", `{"expires":${now},"v":1,"value":{"size":1}}`);
  clock.mockReturnValue(now - 1);
  expect([await things().get("a"), await keys()]).toEqual([{ size: 1 }, ["a"]]);
  clock.mockReturnValue(now);
  expect([await things().get("a"), await keys()]).toEqual([undefined, []]);
  clock.mockRestore();
});

test("a row ends with the millisecond that it names, whether it is read or only listed", () => {
  for (const text of ['{"expires":5000,"v":1,"value":{"size":7}}', '{"v":1,"value":{"size":7},"expires":5000}'])
    expect([4_999, 5_000].map((now) => readRow(text, form, now).kind)).toEqual(["row", "expired"]);
  expect([4_999, 5_000].map((now) => isOver('{"expires":5000,"v":1}', now))).toEqual([false, true]);
});

test("a row as long as any may be is read, and none that is longer", () => {
  const frame = '{"v":1,"value":""}'.length;
  const rows = [0, 1].map((more) => `{"v":1,"value":"${"x".repeat(MAX_ROW_LENGTH - frame + more)}"}`);
  expect(rows.map((text) => readRow(text, textRows).kind)).toEqual(["row", "unreadable"]);
});

describe.each([
  ["memory", () => memoryBackend()],
  ["SQLite", () => sqliteBackend(join(mkdtempSync(join(tmpdir(), "rows-")), "store.db"))],
] as const)("a value and a lease in %s", (_, open) => {
  const clock = Date.now;
  afterEach(() => {
    Date.now = clock;
  });

  test("last to the millisecond before their end, however they are asked for", async () => {
    const opened = open();
    const at = (now: number) => {
      Date.now = () => now;
    };
    at(1_000);
    for (const key of ["read", "put", "deleted", "taken"]) await opened.values.set(key, "old", 7);
    const fence = (await opened.acquire("lease", 7))!;
    at(1_006);
    expect([await opened.values.get("read"), ...(await opened.values.getMany(["read"]))]).toEqual(["old", "old"]);
    expect([await opened.putIfAbsent("put", "new", undefined), await opened.acquire("lease", 7)]).toEqual([
      false,
      null,
    ]);
    at(1_007);
    expect([await opened.values.get("read"), ...(await opened.values.getMany(["read"]))]).toEqual([
      undefined,
      undefined,
    ]);
    expect([await opened.values.delete("deleted"), await opened.take("taken")]).toEqual([false, undefined]);
    expect(await opened.putIfAbsent("put", "new", undefined)).toBe(true);
    // Its time is over, so that neither can its holder renew it nor anybody who comes be kept waiting.
    expect(await opened.renew("lease", fence, 7)).toBe(false);
    const next = (await opened.acquire("lease", 7))!;
    await opened.release("lease", fence);
    expect([next > fence, await opened.renew("lease", next, 7)]).toEqual([true, true]);
    await opened.close();
  });
});

test("a row that was mended is told again should it break again", async () => {
  await raw("a", "broken");
  await things().get("a");
  await raw("a", '{"v":1,"value":{"size":1}}');
  await things().get("a");
  await raw("a", "broken");
  await things().get("a");
  expect(told).toEqual(["things/a: damaged", "things/a: damaged"]);
});

test("a row that was mended meanwhile is not kept aside", async () => {
  await raw("a", "broken");
  await things().get("a");
  await raw("a", '{"v":1,"value":{"size":1}}');
  await things().set("a", { size: 2 });
  expect(await rawOf("set-aside:things:a")).toBeUndefined();
});

test("a row that has expired since it was found broken is not kept aside", async () => {
  const now = Date.now();
  const clock = jest.spyOn(Date, "now").mockReturnValue(now);
  try {
    await raw("a", `{"expires":${now + 5},"v":1,"value":{"size":"7"}}`);
    await things().get("a");
    clock.mockReturnValue(now + 5);
    await things().set("a", { size: 2 });
    expect(await rawOf("set-aside:things:a")).toBeUndefined();
  } finally {
    clock.mockRestore();
  }
});

test("what is kept aside is kept for ninety days", async () => {
  const now = Date.now();
  const clock = jest.spyOn(Date, "now").mockReturnValue(now);
  try {
    await raw("a", "broken");
    await things().get("a");
    await things().set("a", { size: 2 });
    const end = now + 90 * 86_400_000;
    clock.mockReturnValue(end - 1);
    expect(await rawOf("set-aside:things:a")).toBe("broken");
    clock.mockReturnValue(end);
    expect(await rawOf("set-aside:things:a")).toBeUndefined();
  } finally {
    clock.mockRestore();
  }
});

test("a row that is read in part is told of once, and kept aside before it is written over", async () => {
  const parts = store.collection<Thing>("things", {
    read: (value, inPart) => {
      inPart();
      return { size: (value as Thing).size };
    },
  });
  const text = '{"v":1,"value":{"size":1,"shape":null}}';
  await raw("a", text);
  for (let times = 0; times < 2; times++) expect(await parts.get("a")).toEqual({ size: 1 });
  expect(told).toEqual(["things/a: in-part"]);
  await parts.set("a", { size: 2 });
  expect(await rawOf("set-aside:things:a")).toBe(text);
});

test("no keys are nothing to ask for, and a store is closed once", async () => {
  const getMany = jest.spyOn(backend.values, "getMany");
  const close = jest.spyOn(backend, "close");
  expect(await things().getMany([])).toEqual([]);
  expect(getMany).not.toHaveBeenCalled();
  await store.close();
  await store.close();
  expect(close).toHaveBeenCalledTimes(1);
});

test("what a backend says of its failure is told by its code alone", () => {
  expect(reason(new Error("WRONGPASS invalid username-password pair of redis://:secret@host"))).toBe("WRONGPASS");
  expect(reason(new TypeError("no redis://:secret@host"))).toBe("TypeError");
  expect(reason("redis://:secret@host")).toBe("unknown");
});

test("a scan of the memory store ends, though each row that it gives makes another", async () => {
  await things().set("a", { size: 1 });
  let seen = 0;
  for await (const [key] of things().scan("")) {
    if (++seen > 10) break;
    await things().set(`${key}a`, { size: seen });
  }
  expect(seen).toBe(1);
});

test("nothing is written that could not be read again", async () => {
  const long = "x".repeat(MAX_ROW_LENGTH);
  await expect(store.collection<string>("texts").set("a", long)).rejects.toThrow(RangeError);
  const longest = "x".repeat(MAX_ROW_LENGTH - '{"v":1,"value":""}'.length);
  expect(toText({ value: longest })).toHaveLength(MAX_ROW_LENGTH);
  await store.collection<string>("texts").set("a", longest);
  expect(await store.collection<string>("texts").get("a")).toBe(longest);
});
