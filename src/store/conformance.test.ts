/** One suite for every backend. PostgreSQL and Redis take part when TEST_POSTGRES_URL and TEST_REDIS_URL name them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { jest } from "@jest/globals";
import { createClient } from "@keyv/redis";
import pg from "pg";
import { compiled } from "../../test/support/compiled.js";
import { StoreUnavailable } from "../errors.js";
import type { Backend } from "./backend.js";
import { keyvStore } from "./keyv-store.js";
import { memoryBackend } from "./memory.js";
import { openStore } from "./open-store.js";
import { postgresBackend } from "./postgres.js";
import { redisBackend } from "./redis.js";
import { toText } from "./row.js";
import { sqliteBackend } from "./sqlite.js";
import type { Collection, Store } from "./store.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-store-"));
/** Tables and keys of this run alone. */
const space = `test_${randomBytes(4).toString("hex")}`;
const servers = { PostgreSQL: process.env["TEST_POSTGRES_URL"], Redis: process.env["TEST_REDIS_URL"] };

const backends = [
  { name: "memory", url: "memory:", shared: false },
  { name: "sqlite", url: `sqlite:${join(folder, "made", "store.db")}`, shared: true },
  { name: "PostgreSQL", url: servers.PostgreSQL, shared: true },
  { name: "Redis", url: servers.Redis, shared: true },
];

afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (servers.PostgreSQL) {
    const client = new pg.Client(servers.PostgreSQL);
    await client.connect();
    for (const one of [space, `${space}_b`]) {
      await client.query(`DROP TABLE IF EXISTS ${one}, ${one}_lease; DROP SEQUENCE IF EXISTS ${one}_fence`);
    }
    await client.end();
  }
  if (servers.Redis) {
    const client = createClient({ url: servers.Redis });
    await client.connect();
    const keys = await client.keys(`${space}*`);
    if (keys.length > 0) await client.del(keys);
    client.destroy();
  }
});

/** Waits by asking again, for at most a minute. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("It did not come true in time.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function all<T>(entries: AsyncIterable<readonly [string, T]>): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for await (const [key, value] of entries) {
    expect(found.has(key)).toBe(false);
    found.set(key, value);
  }
  return found;
}

for (const { name, url, shared } of backends) {
  const setting = `TEST_${name.toUpperCase().replace("SQL", "")}_URL`.replace("POSTGRE_", "POSTGRES_");
  if (!url) {
    if (process.env["CI_REQUIRE_SERVERS"] === "1") {
      test(`a ${name} store is tested`, () => {
        throw new Error(`CI_REQUIRE_SERVERS=1, but ${setting} is not set.`);
      });
    } else {
      test.skip(`a ${name} store: skipped, because ${setting} is not set`, () => {});
    }
    continue;
  }

  describe(`a ${name} store`, () => {
    let store: Store;
    /** Another one on the same data, as another replica has it. */
    let other: Store;
    let things: Collection<unknown>;
    let count = 0;

    beforeAll(async () => {
      [store, other] = shared
        ? await Promise.all([openStore(url, { space }), openStore(url, { space })])
        : await openStore(url, { space }).then((one) => [one, one] as const);
    });
    afterAll(async () => {
      await Promise.all([store?.close(), other?.close()]);
    });
    beforeEach(() => {
      count += 1;
      things = store.collection(`things-${count}`);
    });
    const replica = () => other.collection<unknown>(`things-${count}`);

    test("keeps a value, and its copy is not the caller's object", async () => {
      const value = { list: [1, null, "é\u0000"], nested: { yes: true } };
      await things.set("key", value);
      value.list.push(2);
      expect(await things.get("key")).toEqual({ list: [1, null, "é\u0000"], nested: { yes: true } });
      expect(await things.get("other")).toBeUndefined();
    });

    test("tells falsy values from nothing", async () => {
      for (const value of [0, "", false, null]) {
        await things.set("key", value);
        expect(await things.get("key")).toBe(value);
        expect(await things.getMany(["key"])).toEqual([value]);
        expect(await things.putIfAbsent("key", "new")).toBe(false);
        expect(await things.take("key")).toBe(value);
      }
    });

    test("overwrites, and shows every replica the newest at once", async () => {
      for (const value of [1, 2, 3]) {
        await things.set("key", value);
        expect(await replica().get("key")).toBe(value);
      }
    });

    test("answers many keys in their order, repeats and gaps included", async () => {
      await things.set("a", 1);
      await things.set("b", 2);
      expect(await things.getMany(["b", "nothing", "a", "b"])).toEqual([2, undefined, 1, 2]);
      expect(await things.getMany([])).toEqual([]);
    });

    test("keeps namespaces apart, also where a key looks like one", async () => {
      const twin = store.collection<unknown>(`things-${count}-twin`);
      await things.set("key", "mine");
      await things.set(`things-${count}:key`, "longer");
      expect(await twin.get("key")).toBeUndefined();
      expect(await things.get("key")).toBe("mine");
      expect(await things.getMany([`things-${count}:key`])).toEqual(["longer"]);
      expect(await all(twin.scan(""))).toEqual(new Map());
      expect(() => store.collection("a:b")).toThrow(TypeError);
    });

    test("deletes, and says whether there was anything", async () => {
      await things.set("key", 1);
      expect(await things.delete("key")).toBe(true);
      expect(await things.delete("key")).toBe(false);
      expect(await things.get("key")).toBeUndefined();
    });

    test("forgets a value when its time is over, in every way of asking", async () => {
      await things.set("lasting", 1);
      await things.set("long", 2, 60_000);
      await things.set("short", 3, 5);
      await things.putIfAbsent("short-too", 4, 5.5);
      await until(async () => (await things.getMany(["short", "short-too"])).every((value) => value === undefined));
      expect(await things.get("short")).toBeUndefined();
      expect(await things.take("short")).toBeUndefined();
      expect(await things.delete("short-too")).toBe(false);
      expect(await all(things.scan(""))).toEqual(
        new Map([
          ["lasting", 1],
          ["long", 2],
        ]),
      );
    });

    test("what has expired by its own text was not there, also where the backend still holds it", async () => {
      const now = Date.now();
      const clock = jest.spyOn(Date, "now").mockReturnValue(now);
      try {
        await store.putRow(`things-${count}:key`, `{"expires":${now},"v":1,"value":1}`, true);
        expect(await things.delete("key")).toBe(false);
        await store.putRow(`things-${count}:key`, `{"expires":${now},"v":1,"value":1}`, true);
        expect(await things.take("key")).toBeUndefined();
      } finally {
        clock.mockRestore();
      }
    });

    test("a time of 0 is over soon and not never", async () => {
      await things.set("key", 1, 0);
      await until(async () => (await things.get("key")) === undefined);
    });

    test("setting anew without a time makes it last", async () => {
      await things.set("key", 1, 20);
      await things.set("key", 2);
      await things.set("witness", 1, 25);
      await until(async () => (await things.get("witness")) === undefined);
      expect(await things.get("key")).toBe(2);
    });

    test("puts only where nothing is, or where it has expired", async () => {
      expect(await things.putIfAbsent("lasting", 1, 60_000)).toBe(true);
      expect(await things.putIfAbsent("lasting", 2)).toBe(false);
      expect(await things.get("lasting")).toBe(1);
      expect(await things.putIfAbsent("key", 1, 5)).toBe(true);
      await until(() => things.putIfAbsent("key", 2));
      expect(await replica().putIfAbsent("key", 3)).toBe(false);
      expect(await things.get("key")).toBe(2);
    });

    test("of 50 that put at once one succeeds, and its value stays", async () => {
      const done = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? things : replica()).putIfAbsent("key", i)),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await things.get("key")).toBe(done.indexOf(true));
    });

    test("of 50 that take at once one gets it", async () => {
      await things.set("key", "prize");
      const taken = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? things : replica()).take("key")));
      expect(taken.filter((value) => value !== undefined)).toEqual(["prize"]);
      expect(await things.get("key")).toBeUndefined();
    });

    test("scans by prefix, whatever characters the keys have", async () => {
      const odd = ["a%b", "a_b", "a*b", "a[b", "a]b", "a?b", "a\\b", "a^b", "a:b", "a b", "aéb", "a😀b", 'a"b', "a'b"];
      for (const prefix of odd) await things.set(`${prefix}-x`, prefix);
      await things.set("axb-x", "not meant by any pattern");
      for (const prefix of odd) expect(await all(things.scan(prefix))).toEqual(new Map([[`${prefix}-x`, prefix]]));
      expect((await all(things.scan(""))).size).toBe(odd.length + 1);
      expect((await all(things.scan("nothing"))).size).toBe(0);
    });

    test("scans further than one page, while others write", async () => {
      await Promise.all(Array.from({ length: 450 }, (_, i) => things.set(`many-${i}`, i)));
      await things.set("manz", "neighbour");
      const listed: string[] = [];
      for await (const [key] of things.scan("many-")) listed.push(key);
      expect([listed.length, new Set(listed).size]).toEqual([450, 450]);
      const seen = new Set<string>();
      for await (const [key] of things.scan("many-")) {
        seen.add(key);
        await replica().delete(key);
        await replica().set(`later-${key}`, 1);
      }
      expect(seen.size).toBe(450);
    });

    test("goes on behind a key, in the order of bytes, also where the key is gone", async () => {
      const keys = ["Z", "a", "a-1", "a0", "a_", "aé", "a\uffee", "a😀", "b"];
      for (const key of [...keys].reverse()) await things.set(key, key);
      const behind = async (after: string) => [...(await all(things.scan("", after))).keys()];
      expect(await behind("")).toEqual(keys);
      for (const [index, key] of keys.entries()) expect(await behind(key)).toEqual(keys.slice(index + 1));
      expect(await behind("a.")).toEqual(keys.slice(3));
      expect([...(await all(things.scan("a", "a0"))).keys()]).toEqual(keys.slice(4, -1));
      await things.delete("a_");
      expect(await behind("a_")).toEqual(["aé", "a\uffee", "a😀", "b"]);
      await Promise.all(Array.from({ length: 1_100 }, (_, i) => things.set(`m-${10_000 + i}`, i)));
      expect((await behind("m-10003")).slice(-3)).toEqual(["m-11097", "m-11098", "m-11099"]);
      expect(await behind("m-10003")).toHaveLength(1_096);
    });

    test("lists the keys ahead of a key, in the order of bytes, also where the key is gone", async () => {
      const keys = ["Z", "a", "a-1", "a0", "a_", "aé", "a\uffee", "a😀", "b"];
      for (const key of [...keys].reverse()) await things.set(key, key);
      const ahead = async (prefix: string, before: string) => {
        const found: string[] = [];
        for await (const key of things.keys(prefix, before)) found.push(key);
        return found;
      };
      for (const [index, key] of keys.entries()) expect(await ahead("", key)).toEqual(keys.slice(0, index));
      expect(await ahead("a", "a_")).toEqual(["a", "a-1", "a0"]);
      expect(await ahead("a", "a.")).toEqual(["a", "a-1"]);
      await things.delete("a_");
      expect(await ahead("a", "a_~")).toEqual(["a", "a-1", "a0"]);
      await Promise.all(Array.from({ length: 700 }, (_, i) => things.set(`m-${10_000 + i}`, i)));
      expect(await ahead("m-", "m-10650")).toHaveLength(650);
    });

    test("refuses keys that a backend could mistake for others", async () => {
      await expect(async () => things.get("a\0b")).rejects.toThrow(TypeError);
      await expect(async () => things.set("a\ud800", 1)).rejects.toThrow(TypeError);
      await expect(async () => things.putIfAbsent("a".repeat(2_001), 1)).rejects.toThrow(RangeError);
      await things.set("é".repeat(1_000), 1);
      expect(await things.get("é".repeat(1_000))).toBe(1);
    });

    test("one of 20 gets the lease, and the next only after its release", async () => {
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? store : other).lease(`lease-${name}`, 60_000)),
      );
      const [first, ...more] = asked.filter((lease) => lease !== null);
      expect(more).toEqual([]);
      expect(await other.lease(`lease-${name}`, 60_000)).toBeNull();
      expect(await other.lease("a lease of another name", 1)).not.toBeNull();
      await first?.release();
      const second = await other.lease(`lease-${name}`, 60_000);
      expect(second?.fence).toBeGreaterThan(first?.fence as number);
      await second?.release();
    });

    test("a lease that ran out passes on, and its old holder can do nothing with it", async () => {
      const old = await store.lease("passing", 5);
      let heir = await other.lease("passing", 60_000);
      await until(async () => {
        heir ??= await other.lease("passing", 60_000);
        return heir !== null;
      });
      expect(heir?.fence).toBeGreaterThan(old?.fence as number);
      expect(await old?.renew(60_000)).toBe(false);
      await old?.release();
      expect(await store.lease("passing", 1)).toBeNull();
      expect(await heir?.renew(60_000)).toBe(true);
      await heir?.release();
      expect(await heir?.renew(60_000)).toBe(false);
    });

    test("a renewed lease outlives its first time", async () => {
      let held = await store.lease("renewed", 500);
      // A machine that stood still for so long had no time to renew it.
      while (!(await held?.renew(60_000))) held = await store.lease("renewed", 500);
      await store.lease("witness", 10);
      await until(async () => (await store.lease("witness", 1_000)) !== null);
      expect(await other.lease("renewed", 1)).toBeNull();
      await held?.release();
    });

    test("answers a ping, and after closing nothing else", async () => {
      const third = await openStore(url, { space });
      await third.ping();
      const pending = third.collection("things");
      await third.close();
      await third.close();
      await expect(third.ping()).rejects.toThrow(StoreUnavailable);
      await expect(pending.get("key")).rejects.toThrow(StoreUnavailable);
      await expect(third.lease("name", 1)).rejects.toThrow(StoreUnavailable);
      await store.ping();
    });

    test("a value that is no JSON is the caller's fault, not an outage", async () => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      await expect(things.set("key", circle)).rejects.toThrow(TypeError);
      await expect(async () => things.putIfAbsent("key", circle)).rejects.toThrow(TypeError);
    });
  });
}

describe("a SQLite store", () => {
  const opened: Store[] = [];
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  /** Another process, running `body` with `store` and `things` at hand. Gives its lines. */
  async function run(path: string, body: string) {
    const code = `
      import { openStore } from "./src/store/open-store.ts";
      const store = await openStore(process.argv[2]);
      const things = store.collection("things");
      ${body}`;
    const child = spawn(process.execPath, [await compiled({ code }), `sqlite:${path}`], {
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout }) };
  }

  test("is shared by processes: each key is taken once", async () => {
    const path = join(folder, "processes.db");
    const store = await openStore(`sqlite:${path}`);
    opened.push(store);
    const things = store.collection<number>("things");
    for (let i = 0; i < 200; i += 1) await things.set(`key-${i}`, i);
    const body = `
      for (let i = 0; i < 200; i += 1) {
        const value = await things.take("key-" + i);
        if (value !== undefined) console.log(value);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await store.close();`;
    const taken = await Promise.all(
      [run(path, body), run(path, body)].map(async (running) => {
        const own: number[] = [];
        for await (const line of (await running).lines) own.push(Number(line));
        return own;
      }),
    );
    expect(taken.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test("has every acknowledged write after a kill", async () => {
    const path = join(folder, "killed.db");
    const { child, lines } = await run(
      path,
      `
      for (let i = 0; ; i += 1) {
        await things.set("key-" + i, i);
        // SQLite answers without the event loop: lines leave only when that has its turn.
        await new Promise((resolve) => process.stdout.write(i + "\\n", resolve));
      }`,
    );
    let acknowledged = -1;
    for await (const line of lines) {
      acknowledged = Number(line);
      if (acknowledged === 300) child.kill("SIGKILL");
    }
    const store = await openStore(`sqlite:${path}`);
    opened.push(store);
    const keys = Array.from({ length: acknowledged + 1 }, (_, i) => `key-${i}`);
    expect(await store.collection("things").getMany(keys)).toEqual(keys.map((_, i) => i));
  });

  test("makes its folder, for our eyes only, and says so once", async () => {
    const path = join(folder, "new", "deep", "store.db");
    const dataFolderLog = jest.fn<(folder: string) => void>();
    for (let i = 0; i < 2; i += 1) opened.push(await openStore(`sqlite:${path}`, { dataFolderLog }));
    expect(dataFolderLog.mock.calls).toEqual([[join(folder, "new", "deep")]]);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(folder, "new", "deep")).mode & 0o077).toBe(0);
  });

  test("says without naming the file that it can't be opened", async () => {
    writeFileSync(join(folder, "no-folder"), "");
    const path = join(folder, "no-folder", "store.db");
    const error = await openStore(`sqlite:${path}`).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).not.toContain(folder);
    expect(existsSync(path)).toBe(false);
  });
});

describe.each([
  { name: "SQLite", url: "sqlite", open: () => sqliteBackend(join(folder, "purged.db")) },
  {
    name: "PostgreSQL",
    url: servers.PostgreSQL,
    open: () => postgresBackend(servers.PostgreSQL as string, space),
  },
])("a $name backend", ({ url, open }) => {
  (url ? test : test.skip)("purges what has expired, and nothing else", async () => {
    const backend = await open();
    const text = (ttlMs: number) => toText({ value: 1, expires: Date.now() + ttlMs });
    for (let i = 0; i < 30; i += 1) await backend.putIfAbsent(`purge:${i}`, text(1), 1);
    await backend.putIfAbsent("purge:long", text(60_000), 60_000);
    await backend.putIfAbsent("purge:lasting", toText({ value: 1 }), undefined);
    await backend.acquire("purged", 1);
    await until(async () => {
      await backend.purge?.();
      const [first, ...more] = await backend.values.getMany(["purge:0", "purge:15", "purge:29"]);
      return first === undefined && more.every((entry) => entry === undefined);
    });
    await until(async () => (await backend.purge?.()) === 0);
    expect((await all(backend.scan("purge:"))).size).toBe(2);
    await backend.close();
  });
});

describe.each([
  { name: "memory", url: "memory:", open: async () => memoryBackend() },
  { name: "SQLite", url: "sqlite:", open: async () => sqliteBackend(join(folder, "bounds.db")) },
  { name: "PostgreSQL", url: servers.PostgreSQL, open: () => postgresBackend(servers.PostgreSQL!, space) },
  { name: "Redis", url: servers.Redis, open: () => redisBackend(servers.Redis!, space) },
])("on a $name backend", ({ name, url, open }) => {
  const check = url ? test : test.skip;
  let backend: Backend;
  let store: Store;
  beforeEach(async () => {
    if (!url) return;
    backend = await open();
    store = keyvStore(backend);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await store?.close();
  });

  check("an unreadable row is passed over, listed and deleted by its key, and its neighbours are read", async () => {
    const broken = ['{"v":1,"value":', "null", '{"v":2,"value":1}', "%_", '{"expires":1000000000,"v":1,"value":2}'];
    const things = store.collection<number>("broken");
    await things.set("1/a", 1);
    for (const [index, text] of broken.entries()) await backend.values.set(`broken:1/b${index}`, text);
    await backend.values.set("broken:10/b", "null");
    await things.set("1/c", 3);
    expect(await things.getMany(["1/a", "1/b0", "1/b1", "1/c"])).toEqual([1, undefined, undefined, 3]);
    for (const index of broken.keys()) {
      expect(await things.get(`1/b${index}`)).toBeUndefined();
      expect(await things.take(`1/b${index}`)).toBeUndefined();
    }
    expect(await all(things.scan(""))).toEqual(
      new Map([
        ["1/a", 1],
        ["1/c", 3],
      ]),
    );
    const keys: string[] = [];
    for await (const key of things.keys("1/")) keys.push(key);
    // The last was over long ago.
    expect(keys.sort()).toEqual(["1/a", "1/b0", "1/b1", "1/b2", "1/b3", "1/c"]);
    expect(await things.delete("1/b0")).toBe(true);
    expect(await things.putIfAbsent("1/b1", 5)).toBe(true);
    expect(await things.putIfAbsent("1/b2", 5)).toBe(false);
    await things.erase("1/b1");
    await things.eraseAll("1/");
    expect((await all(backend.scan("broken:"))).size).toBe(1);
    expect((await all(backend.scan("set-aside:"))).size).toBe(0);
    await things.eraseAll("");
  });

  check("a value is there until its time is over, and not a millisecond longer", async () => {
    const things = store.collection<number>("bounds");
    const start = Date.now();
    const at = (ms: number) => jest.spyOn(Date, "now").mockReturnValue(start + ms);
    at(0);
    await things.set("a", 1, 60_000);
    await things.putIfAbsent("b", 2, 60_000);
    at(59_999);
    expect([await things.get("a"), await things.getMany(["b"]), (await all(things.scan(""))).size]).toEqual([
      1,
      [2],
      2,
    ]);
    if (name !== "Redis") expect(await things.putIfAbsent("b", 3)).toBe(false);
    at(60_000);
    expect([await things.get("a"), await things.getMany(["b"]), (await all(things.scan(""))).size]).toEqual([
      undefined,
      [undefined],
      0,
    ]);
    const keys: string[] = [];
    for await (const key of things.keys("")) keys.push(key);
    expect(keys).toEqual([]);
    expect(await things.take("a")).toBeUndefined();
    expect(await things.delete("b")).toBe(false);
    at(0);
    await things.set("c", 4, 60_000);
    at(60_000);
    // Redis goes by its own clock.
    if (name !== "Redis") {
      expect(await things.putIfAbsent("c", 5)).toBe(true);
      expect(await things.get("c")).toBe(5);
    }
    await things.eraseAll("");
  });

  check("a scan ends where its prefix does, whatever character that ends with", async () => {
    const ends = ["z", "\u007f", "\u07ff", "\ud7ff", "\uffff", "\u{10ffff}", "a\u{10ffff}"];
    const keys = ends.flatMap((end) => [`ends:${end}`, `ends:${end}\u{10ffff}`, `ends:${end}0`]);
    const neighbours = [
      "ends",
      "ends9",
      "ends;",
      "ends:",
      "ends:{",
      "ends:b",
      "ends:\u0080",
      "ends:\u0800",
      "ends:\ue000",
    ];
    for (const key of [...keys, ...neighbours]) await backend.values.set(key, "1");
    for (const end of ends) {
      const found = [...(await all(backend.scan(`ends:${end}`))).keys()].sort();
      expect([end, found]).toEqual([
        end,
        [...keys, ...neighbours].filter((key) => key.startsWith(`ends:${end}`)).sort(),
      ]);
    }
    for (const key of [...keys, ...neighbours]) await backend.values.delete(key);
    expect((await all(backend.scan("ends"))).size).toBe(0);
  });

  check("a fence grows though every lease before it is gone", async () => {
    const name = `fence-${randomBytes(4).toString("hex")}`;
    let last = 0;
    // Often enough for several in one millisecond.
    for (let turn = 0; turn < 30; turn++) {
      const lease = await store.lease(name, 60_000);
      expect(lease?.fence).toBeGreaterThan(last);
      last = lease!.fence;
      await lease?.release();
      if (turn % 10 === 0) await backend.purge?.();
    }
  });

  check("what was put over an expired value has its own time, and none where none was given", async () => {
    const things = store.collection<number>("anew");
    await things.putIfAbsent("a", 1, 1);
    await until(() => things.putIfAbsent("a", 2));
    await backend.purge?.();
    expect(await things.get("a")).toBe(2);
    await things.set("b", 1, 60_000);
    await things.set("b", 2);
    const start = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(start + 120_000);
    await backend.purge?.();
    expect(await things.get("b")).toBe(2);
    await things.eraseAll("");
  });
});

// PostgreSQL and Redis go by their own clocks, which no test can set.
test.each([
  ["memory", async () => memoryBackend()],
  ["SQLite", async () => sqliteBackend(join(folder, "leases.db"))],
])("a lease on a %s backend is held until its time is over, and not a millisecond longer", async (_name, open) => {
  const store = keyvStore(await open());
  const start = Date.now();
  const at = (ms: number) => jest.spyOn(Date, "now").mockReturnValue(start + ms);
  at(0);
  const first = await store.lease("bound", 1_000);
  at(999);
  expect(await store.lease("bound", 1)).toBeNull();
  expect(await first?.renew(1_000)).toBe(true);
  at(1_998);
  expect(await store.lease("bound", 1)).toBeNull();
  at(1_999);
  expect(await first?.renew(1_000)).toBe(false);
  expect(await store.lease("bound", 1)).not.toBeNull();
  jest.restoreAllMocks();
  await store.close();
});

(servers.PostgreSQL && servers.Redis ? test : test.skip)(
  "two installations on one server see nothing of each other",
  async () => {
    for (const url of [servers.PostgreSQL!, servers.Redis!]) {
      const [one, two] = await Promise.all([openStore(url, { space }), openStore(url, { space: `${space}_b` })]);
      await one.collection<number>("shared").set("key", 1);
      expect(await two.collection<number>("shared").get("key")).toBeUndefined();
      expect((await all(two.collection("shared").scan(""))).size).toBe(0);
      const held = await one.lease("shared", 60_000);
      expect(await two.lease("shared", 1)).not.toBeNull();
      await held?.release();
      await one.collection("shared").erase("key");
      await Promise.all([one.close(), two.close()]);
    }
  },
);

describe("the keys of a Redis store", () => {
  const check = servers.Redis ? test : test.skip;
  let own: string;
  beforeEach(() => {
    own = `${space}_keys_${randomBytes(4).toString("hex")}`;
  });
  const withClient = async <T>(work: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> => {
    const client = createClient({ url: servers.Redis! });
    await client.connect();
    try {
      return await work(client as never);
    } finally {
      client.destroy();
    }
  };

  check("those of a release that did not note them are found", async () => {
    await withClient(async (client) => {
      await client.set(`${own}:things:before`, '{"value":1}');
      await client.set(`${own}:queue:jobs:1`, "not ours");
    });
    const backend = await redisBackend(servers.Redis!, own);
    expect([...(await all(backend.scan(""))).keys()]).toEqual(["things:before"]);
    await backend.close();
  });

  check("are found by their beginning without walking through all that there are", async () => {
    const user = `reader_${randomBytes(4).toString("hex")}`;
    const backend = await redisBackend(servers.Redis!, own);
    await Promise.all(Array.from({ length: 600 }, (_, n) => backend.values.set(`a/${n}`, `{"value":${n}}`)));
    await backend.values.set("a0", "neighbour");
    await backend.close();
    await withClient((client) =>
      client.sendCommand(["ACL", "SETUSER", user, "on", ">pw", "~*", "&*", "+@all", "-scan"]),
    );
    const url = new URL(servers.Redis!);
    url.username = user;
    url.password = "pw";
    const restricted = await redisBackend(url.href, own);
    expect((await all(restricted.scan("a/"))).size).toBe(600);
    expect((await all(restricted.scan("a/59"))).size).toBe(11);
    await restricted.close();
    await withClient((client) => client.sendCommand(["ACL", "DELUSER", user]));
  });

  check("are forgotten once they have expired or been deleted, and no sooner", async () => {
    const backend = await redisBackend(servers.Redis!, own);
    await backend.values.set("b/lasting", "1");
    await backend.values.set("b/short", "2", 1);
    await backend.putIfAbsent("b/short-too", "3", 1);
    await backend.values.set("b/deleted", "4");
    await backend.values.delete("b/deleted");
    const noted = () =>
      withClient(async (client) => (await client.zRange(`${own}::keys`, 0, -1)).filter((key) => key.includes(":b/")));
    expect(await noted()).not.toContain(`${own}:b/deleted`);
    await until(async () => {
      await backend.purge?.();
      return (await noted()).length === 1;
    });
    expect(await noted()).toEqual([`${own}:b/lasting`]);
    await backend.close();
  });
});

/** What stands between us and a server, and can be cut. */
async function proxy(target: string) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.on("error", () => {}).on("close", () => [near, far].map((end) => end.destroy())));
    }
    near.pipe(far).pipe(near);
  });
  const listen = async (on: number) => {
    server.listen(on, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as net.AddressInfo).port;
  };
  const own = await listen(0);
  const url = new URL(target);
  url.host = `127.0.0.1:${own}`;
  return {
    url: url.href,
    freeze: () => sockets.forEach((socket) => void socket.pause().unpipe()),
    thaw: () => {
      const all = [...sockets];
      for (let at = 0; at < all.length; at += 2) all[at]!.pipe(all[at + 1]!).pipe(all[at]!);
    },
    cut: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await closed;
    },
    mend: () => listen(own),
  };
}

describe.each([
  { name: "PostgreSQL", scheme: "postgres", url: servers.PostgreSQL },
  { name: "Redis", scheme: "redis", url: servers.Redis },
])("an outage of $name", ({ name, scheme, url }) => {
  async function unavailable(work: () => Promise<unknown>) {
    // Soon: before the test's own time is over.
    const error = await work().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain("127.0.0.1");
    expect(String(error)).not.toContain("hush");
  }

  test("is told soon where nobody listens", async () => {
    const gone = net.createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as net.AddressInfo;
    gone.close();
    await unavailable(() => openStore(`${scheme}://user:hush@127.0.0.1:${port}/`));
  });

  test("is told soon where somebody listens and never answers", async () => {
    const sockets = new Set<net.Socket>();
    const silent = net.createServer((socket) => sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    await unavailable(() => openStore(`${scheme}://user:hush@127.0.0.1:${port}/`));
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  (url ? test : test.skip)("is none where an answer is slow to come over a connection that stands", async () => {
    const between = await proxy(url as string);
    const store = await openStore(between.url, { space });
    const things = store.collection<number>("slow");
    await things.set("key", 6);

    between.freeze();
    const answer = things.get("key");
    // A server that can't be reached is given up meanwhile.
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    await unavailable(() => openStore(`${scheme}://user:hush@127.0.0.1:${port}/`));
    silent.close();
    between.thaw();
    expect(await answer).toBe(6);
    await store.close();
    await between.cut();
  });

  (url ? test : test.skip)("never reads as nothing there, and ends by itself", async () => {
    const between = await proxy(url as string);
    const store = await openStore(between.url, { space });
    const things = store.collection<number>("outage");
    await things.set("key", 1);

    between.freeze();
    await unavailable(() => things.get("key"));
    await between.cut();
    for (const work of [
      () => things.get("key"),
      () => things.getMany(["key"]),
      () => things.set("key", 2),
      () => things.delete("key"),
      () => things.putIfAbsent("key", 2),
      () => things.take("key"),
      () => all(things.scan("")),
      () => store.lease("outage", 1_000),
      () => store.ping(),
    ]) {
      await unavailable(work);
    }
    await between.mend();
    await until(() =>
      store.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(await things.get("key")).toBe(1);
    await store.close();
    await between.cut();
  });
});

test("an answer that came while this process itself was busy is no outage", async () => {
  const backend = memoryBackend();
  const read = backend.values.get.bind(backend.values);
  const slow = { ...backend.values, get: (key: string) => new Promise<void>(answered).then(() => read(key)) };
  const store = keyvStore({ ...backend, values: slow as Backend["values"] }, undefined, 20);
  const things = store.collection<number>("busy");
  await things.set("key", 7);
  const answer = things.get("key");
  // It is there after a moment, but nobody looks at it before the time is over.
  for (const begun = performance.now(); performance.now() - begun < 60; );
  expect(await answer).toBe(7);
  await store.close();

  /** By another thread, as the answers of a server are. */
  function answered(resolve: () => void): void {
    randomBytes(8, () => resolve());
  }
});

describe("PostgreSQL with few connections left", () => {
  const url = process.env["TEST_POSTGRES_URL"];
  const role = `pulsegate_few_${space}`;

  (url ? test : test.skip)("serves everybody over those it gets, and says so where it gets none", async () => {
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 2; GRANT ALL ON SCHEMA public TO ${role}`);
    const few = new URL(url as string);
    few.username = role;
    few.searchParams.set("max", "10");
    const store = await openStore(few.href, { space: role });
    const things = store.collection<number>("few");
    await Promise.all(Array.from({ length: 60 }, (_, n) => things.set(`k${n}`, n)));
    expect(await things.getMany(["k0", "k31", "k59"])).toEqual([0, 31, 59]);

    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
    await expect(openStore(few.href, { space: role })).rejects.toThrow(
      "PostgreSQL can't be opened (53300: it has no connection left, see ?max= in STORE_URL).",
    );
    await store.close();
    await admin.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    await admin.end();
  });

  (url ? test : test.skip)("opens no more than it is allowed", async () => {
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const few = new URL(url as string);
    few.searchParams.set("max", "3");
    few.searchParams.set("application_name", role);
    const store = await openStore(few.href, { space });
    const things = store.collection<number>("few");
    await Promise.all(Array.from({ length: 60 }, (_, n) => things.set(`k${n}`, n)));
    const { rows } = await admin.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1", [
      role,
    ]);
    expect(rows).toEqual([{ n: 3 }]);
    await store.close();
    await admin.end();
  });
});
