import type { Connection } from "../connections/connection.js";
import { createCipher, tokensBinding } from "../connections/tokens/vault.js";
import type { Gateway } from "../gateway.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { exportUser } from "./export.js";
import { type ExportOptions, exportStore } from "./export-store.js";
import type { Io } from "./io.js";

const NOW = Date.parse("2026-11-20T20:07:00Z");
const keyOf = (fill: number) => new Uint8Array(32).fill(fill);

/** What leaves, and what is recorded, in their order. `until`: Ctrl-C comes with the line that has this. */
function outlet(until?: string) {
  const events: string[] = [];
  const notes: string[] = [];
  const leaving = new AbortController();
  let recording: Promise<void> = Promise.resolve();
  const io: Io = {
    env: {},
    out: (text) => {
      events.push(text);
      if (until !== undefined && text.includes(until)) leaving.abort();
    },
    note: (text) => void notes.push(text),
    terminal: false,
    input: async function* () {},
    signal: leaving.signal,
  };
  const record = async (entry: object) => {
    await recording;
    events.push(`recorded: ${JSON.stringify(entry)}`);
  };
  return {
    ...{ io, events, notes },
    audit: { record } as unknown as Gateway["audit"],
    lines: () => events.filter((each) => !each.startsWith("recorded")).map((line) => JSON.parse(line)),
    /** Holds up what is recorded until it is told how that ends. */
    slowly: () => {
      let [resolve, reject] = [() => {}, (_: Error) => {}];
      recording = new Promise((done, failed) => {
        [resolve, reject] = [done, failed];
      });
      return { resolve, reject };
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("an export of one user", () => {
  const connection = (id: string, userId: string, connectedAt: number) =>
    ({ id, userId, provider: "FITBIT", connectedAt, lastSuccessAt: null, scopes: [] }) as unknown as Connection;
  const all = [connection("c2", "ada", NOW - 2_000), connection("c9", "bob", NOW - 9), connection("c1", "ada", 1_000)];
  const exported = (at: ReturnType<typeof outlet>, userId: string) =>
    exportUser(
      at.io,
      {
        connections: {
          all: async function* () {
            yield* all;
          },
          hasEverConnected: async (id: string) => id === "gone",
        },
        history: {
          entries: async function* (id: string) {
            for (const steps of [4001, 4002])
              yield { field: "activity.steps", day: null, cell: { known: { value: `${id}/${steps}` }, at: NOW } };
          },
        },
        clock: { now: () => NOW },
        audit: at.audit,
      } as unknown as Parameters<typeof exportUser>[1],
      userId,
    );

  test("is recorded before its first line leaves", async () => {
    const at = outlet();
    const { resolve } = at.slowly();
    const done = exported(at, "ada");
    await settled();
    expect(at.events).toEqual([]);
    resolve();
    await done;
    expect(at.events[0]).toBe('recorded: {"actor":"cli","action":"export","userId":"ada"}');
    expect(at.lines()).toHaveLength(7);
  });

  test("has nothing where it can't be recorded", async () => {
    const at = outlet();
    at.slowly().reject(new Error("disk full"));
    await expect(exported(at, "ada")).rejects.toThrow("disk full");
    expect(at.events).toEqual([]);
  });

  test("has their own connections alone, the oldest first, each with its readings", async () => {
    const at = outlet();
    await exported(at, "ada");
    expect(at.lines().map(({ id, value, userId }) => id ?? value ?? userId)).toEqual([
      ...["ada", "c1", "c1/4001", "c1/4002", "c2", "c2/4001", "c2/4002"],
    ]);
  });

  test("is of who once connected, too, and of nobody else", async () => {
    const gone = outlet();
    await exported(gone, "gone");
    expect(gone.lines()).toMatchObject([{ type: "export", userId: "gone" }]);
    const nobody = outlet();
    await expect(exported(nobody, "nobody")).rejects.toThrow('There is no data of a user "nobody".');
    expect(nobody.events).toEqual([]);
  });

  test("ends where it is interrupted", async () => {
    const at = outlet("c1/4001");
    await exported(at, "ada");
    expect(at.lines()).toHaveLength(3);
  });
});

describe("an export of the whole store", () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore("memory:");
  });
  afterEach(() => store.close());

  const own = createCipher([keyOf(7)]);
  /** Rows as another release may have left them: a store of its own keeps nothing that has expired. */
  async function exported(
    rows: Readonly<Record<string, object | string>>,
    { at = outlet(), ...options }: ExportOptions & { readonly at?: ReturnType<typeof outlet> } = {},
  ) {
    const kept = Object.entries(rows).map(([key, row]) => [key, typeof row === "string" ? row : JSON.stringify(row)]);
    const given = Object.assign(Object.create(store), {
      rows: async function* (after = "") {
        for (const [key, text] of kept) if (key! > after) yield [key, text];
      },
    });
    const config = { exportKey: keyOf(41), encryptionKeys: [keyOf(7)] };
    const failure = await exportStore(
      at.io,
      { store: given, config, clock: { now: () => NOW }, audit: at.audit } as unknown as Gateway,
      options,
    ).catch((error: Error) => error.message);
    return { ...at, failure, taken: at.lines().filter(({ type }) => type === "row") };
  }
  const one = { v: 1, value: 5001 };

  test("is recorded before its first line leaves, and has none where it can't be", async () => {
    const at = outlet();
    const { resolve } = at.slowly();
    const done = exported({ "heard:a": one }, { at });
    await settled();
    expect(at.events).toEqual([]);
    resolve();
    const { events } = await done;
    expect(events[0]).toBe('recorded: {"actor":"cli","action":"export","userId":null}');
    expect(events.slice(1).map((line) => JSON.parse(line).type)).toEqual(["store", "row", "end"]);
    const full = outlet();
    full.slowly().reject(new Error("disk full"));
    expect(await exported({ "heard:a": one }, { at: full })).toMatchObject({ failure: "disk full", events: [] });
  });

  test("leaves out what has expired and says when the rest does", async () => {
    const soon = Date.now() + 90_000_000;
    const over = { expires: Date.now() - 1, ...one };
    const rows = {
      "heard:a": over,
      "heard:b": { expires: soon, v: 3, value: 5002 },
      "heard:c": { v: 1, value: 5003 },
      // Of what is over nobody asks whether it can be read.
      "heard:d": `{"expires":${Date.now() - 1},"v":1,"val`,
      "tokens:e": over,
    };
    const { taken, lines, failure, notes } = await exported(rows);
    expect(taken).toEqual([
      { type: "row", key: "heard:b", v: 3, expires: soon, value: 5002 },
      { type: "row", key: "heard:c", v: 1, value: 5003 },
    ]);
    expect(lines().at(-1)).toEqual({ type: "end", rows: 2 });
    expect([failure, notes]).toEqual([undefined, ["2 rows\n"]]);
  });

  test("leaves out the queue, and what is worth nothing elsewhere, without a word", async () => {
    const names = ["jobs", "outbound-runs", "outbound-sends", "oauth-states", "set-aside", "ready"];
    const rows = Object.fromEntries(names.map((name) => [`${name}:a`, one]));
    expect(await exported(rows)).toMatchObject({ taken: [], failure: undefined, notes: ["0 rows\n"] });
  });

  test("has secrets only where they are asked for, under its own key", async () => {
    const connection = { id: "c1", userId: "ada", provider: "FITBIT" } as const;
    await store
      .collection("connections")
      .set("c1", { ...connection, status: "CONNECTED", providerUserId: null, connectedAt: 1_000 });
    const rows = { "tokens:c1": { v: 2, value: { ...own.seal(tokensBinding(connection), "access"), begun: 71 } } };
    const without = await exported(rows);
    expect([without.taken, without.failure]).toEqual([[], undefined]);
    expect(without.notes).toEqual(["0 rows, 1 with secrets left out: --tokens takes them along\n"]);
    expect(without.lines()[0]).toMatchObject({ keyId: null, after: null });
    const { taken, lines } = await exported(rows, { tokens: true });
    const theirs = createCipher([keyOf(41)]);
    expect(lines()[0]).toMatchObject({ keyId: theirs.keyId });
    expect(taken).toMatchObject([{ key: "tokens:c1", v: 2, value: { begun: 71 } }]);
    expect(theirs.open(taken[0].sealed[0].binding, taken[0].value)).toBe("access");
  });

  test("names each row that it can't take along, and fails after the last line", async () => {
    const box = own.seal(["nobody knows"], "secret");
    const rows = {
      "a:a": '{"v":1,"val',
      "b:b": { v: 1, value: { box } },
      "tokens:c": { v: 1, value: box },
      "d:d": one,
    };
    const { taken, lines, failure, notes } = await exported(rows, { tokens: true });
    expect(taken.map(({ key }) => key)).toEqual(["d:d"]);
    expect(lines().at(-1)).toEqual({ type: "end", rows: 1 });
    expect(notes).toEqual([
      "left out: a:a (damaged)\n",
      "left out: b:b (it has a secret that this release does not know)\n",
      "left out: tokens:c (its secret can't be opened)\n",
      "1 rows\n",
    ]);
    expect(failure).toBe("3 rows can't be read and were left out; the others are complete.");
  });

  test("that is interrupted says behind which row it goes on, and then has each row once", async () => {
    const rows = { "a:1": one, "a:2": one, "a:3": one, "jobs:4": one, "k:5": one };
    const first = await exported(rows, { at: outlet("a:2") });
    expect(first.failure).toBe("interrupted; to continue: pulsegate export --all --after 'a:2'");
    expect(first.lines().some(({ type }) => type === "end")).toBe(false);
    const rest = await exported(rows, { after: "a:2" });
    expect(rest.lines()[0]).toMatchObject({ after: "a:2" });
    expect([...first.taken, ...rest.taken].map(({ key }) => key)).toEqual(["a:1", "a:2", "a:3", "k:5"]);
    const early = outlet("store");
    expect((await exported(rows, { at: early, after: "a:1" })).failure).toContain("--after 'a:1'");
  });
});
