import { createCipher } from "../connections/tokens/vault.js";
import type { Gateway } from "../gateway.js";
import { importStore } from "./import-store.js";
import type { Io } from "./io.js";

const keyOf = (fill: number) => new Uint8Array(32).fill(fill);
const settled = () => new Promise((resolve) => setImmediate(resolve));
const header = { type: "store", version: 1, release: "0.0.0", exportedAt: "2026-11-20", keyId: null, after: null };
const row = (key: string, more: object = {}) => ({ type: "row", key, v: 1, value: 5001, ...more });

/** A store that takes each row when it is told to, and what is told of histories meanwhile. */
function target({ exportKey = null as Uint8Array | null } = {}) {
  const events: string[] = [];
  const waiting: { readonly key: string; readonly put: () => Promise<unknown>; readonly fail: (e: Error) => void }[] =
    [];
  const there = new Set<string>();
  const notes: string[] = [];
  const leaving = new AbortController();
  const store = {
    putRow: (key: string, _text: string, replace: boolean) =>
      new Promise<boolean>((resolve, reject) => {
        const put = () => {
          events.push(`put ${key}`);
          resolve(replace || !there.has(key));
          return settled();
        };
        waiting.push({ key, put, fail: reject });
      }),
  };
  const bus = { historyChanged: (id: string) => void events.push(`told ${id}`) };
  const config = { exportKey, encryptionKeys: [keyOf(7)] };
  /** `ends`: whether the file has its last line, and with which count. `interrupted`: Ctrl-C comes before this row. */
  const imported = (
    rows: readonly object[],
    { ends = rows.length as number | null, replace = false, interrupted = null as number | null } = {},
  ) => {
    const io: Io = {
      ...{ env: {}, out: () => {}, terminal: false, signal: leaving.signal },
      note: (text) => void notes.push(text),
      input: async function* () {
        const last = ends === null ? [] : [{ type: "end", rows: ends }];
        for (const [at, line] of [header, ...rows, ...last].entries()) {
          if (at - 1 === interrupted) leaving.abort();
          yield Buffer.from(`${JSON.stringify(line)}\n`);
        }
      },
    };
    const gateway = { store, config, bus } as unknown as Gateway;
    return importStore(io, gateway, "-", { replace }).then(
      () => "done",
      (error: Error) => error.message,
    );
  };
  /** Takes all rows, as they come. */
  const takeAll = async () => {
    for (await settled(); waiting.length > 0; await settled()) await waiting.shift()!.put();
  };
  return { events, waiting, there, notes, imported, takeAll };
}

test("a history is told of once all of its rows are there, and the last one, too", async () => {
  const { events, imported, takeAll } = target();
  const keys = ["heard:x", "history:c1/A", "history:c1/B", "history:c2/A", "marks:c2", "history:c3/A", "marks:c3"];
  const done = imported(keys.map((key) => row(key)));
  await takeAll();
  expect(await done).toBe("done");
  const told = (id: string) => events.indexOf(`told ${id}`);
  for (const key of ["c1/A", "c1/B", "c2/A", "c3/A"])
    expect([key, told(key.slice(0, 2)) > events.indexOf(`put history:${key}`)]).toEqual([key, true]);
  expect(events.filter((each) => each.startsWith("told"))).toEqual(["told c1", "told c2", "told c3"]);
});

test.each([
  ["ends before its end", { ends: null }, /The file ends before its end; the rest: .* --after 'history:c1\/B'/],
  ["says another count", { ends: 3 }, /The file has 2 rows and says that it has 3/],
])("of a file that %s what was put is there, and told of", async (_, ending, message) => {
  const { events, imported, takeAll, notes } = target();
  const done = imported([row("history:c1/A"), row("history:c1/B")], ending);
  await takeAll();
  expect(await done).toMatch(message);
  expect(events).toEqual(["put history:c1/A", "put history:c1/B", "told c1"]);
  expect(notes).toEqual(["2 rows put in, 0 were there already\n"]);
});

test("a store that fails ends it: nothing more is put, and what is there is told of once it is", async () => {
  const { events, waiting, imported, notes } = target();
  const keys = Array.from({ length: 17 }, (_, at) => `history:c1/${at}`);
  const done = imported(keys.map((key) => row(key)));
  await settled();
  // So many rows are on their way at most.
  expect(waiting).toHaveLength(16);
  waiting[3]!.fail(new Error("disk full"));
  await settled();
  expect(events).toEqual([]);
  for (const { key, put } of waiting) if (key !== "history:c1/3") await put();
  expect(await done).toBe("disk full");
  expect([waiting.length, events.length, events.at(-1)]).toEqual([16, 16, "told c1"]);
  expect(notes).toEqual(["15 rows put in, 0 were there already\n"]);
});

test("a row that no store takes is named and left out, and its neighbours come", async () => {
  const { waiting, imported, notes, takeAll, events } = target();
  const done = imported([row("heard:a"), row("heard:b"), row("heard:c")]);
  await settled();
  waiting.splice(1, 1)[0]!.fail(new RangeError("too long"));
  await takeAll();
  expect(await done).toBe("1 lines can't be read and were left out; all others are in.");
  expect(notes).toEqual(["left out: line 3 (heard:b)\n", "2 rows put in, 0 were there already\n"]);
  expect(events).toEqual(["put heard:a", "put heard:c"]);
});

test("what has expired is not put, and counts as a row of the file", async () => {
  const { imported, takeAll, events, notes } = target();
  const soon = Date.now() + 90_000_000;
  const done = imported([
    row("history:c1/A", { expires: Date.now() - 1 }),
    row("heard:b", { expires: soon }),
    row("heard:c"),
  ]);
  await takeAll();
  expect(await done).toBe("done");
  expect(events).toEqual(["put heard:b", "put heard:c"]);
  expect(notes).toEqual(["2 rows put in, 0 were there already\n"]);
});

test("what is there stays and is counted, unless it is to be replaced", async () => {
  for (const [replace, note] of [
    [false, "1 rows put in, 1 were there already\n"],
    [true, "2 rows put in, 0 were there already\n"],
  ] as const) {
    const { imported, takeAll, there, notes } = target();
    there.add("heard:a");
    const done = imported([row("heard:a"), row("heard:b")], { replace });
    await takeAll();
    expect([await done, notes]).toEqual(["done", [note]]);
  }
});

test("a store that fails at the last row fails the import", async () => {
  const { waiting, imported } = target();
  const done = imported([row("heard:a")]);
  await settled();
  waiting[0]!.fail(new Error("disk full"));
  expect(await done).toBe("disk full");
});

test("an interruption puts no further row, says how to go on, and ends once what is on its way is there", async () => {
  const { imported, takeAll, waiting, notes } = target();
  const done = imported([row("heard:a"), row("heard:b")], { interrupted: 1 });
  await settled();
  expect([waiting.map(({ key }) => key), notes]).toEqual([["heard:a"], []]);
  await takeAll();
  expect(await done).toBe("interrupted; to continue, import the same file again");
  expect(notes).toEqual(["1 rows put in, 0 were there already\n"]);
});

test("a secret in the clear, or a key of what is left out, is no row of an export", async () => {
  const { imported, takeAll, events, notes } = target({ exportKey: keyOf(41) });
  const box = createCipher([keyOf(41)]).seal(["x"], "token");
  const sealed = [{ path: [], binding: ["x"] }];
  const done = imported([
    row("tokens:c1", { value: box }),
    row("heard:a", { value: box, sealed }),
    row("jobs:j1"),
    row("heard:b"),
  ]);
  await takeAll();
  expect(await done).toContain("3 lines can't be read");
  expect(notes.slice(0, 3)).toEqual([
    "left out: line 2 (tokens:c1)\n",
    "left out: line 3 (heard:a)\n",
    "left out: line 4 (jobs:j1)\n",
  ]);
  expect(events).toEqual(["put heard:b"]);
});
