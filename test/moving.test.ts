import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { openStore } from "../src/store/open-store.js";
import { bytesOf, command, type FitbitBench, fitbitBench, keyOf } from "./support/fitbit-bench.js";
import { freshDatabase } from "./support/fresh-database.js";

/** A whole store leaves for another, and serves there as it did here. */
const selection = `
  activity(range: { lastDays: 60 }) { days { date steps distance floors missing { field reason } } sources { status } }
  sleep(range: { lastDays: 60 }) { sessions { date start end minutesAsleep hypnogram { stage start seconds } } }
  heart(range: { lastDays: 4 }) { days { date restingRate samples(resolution: ONE_MINUTE) { start offsets values } } }
  profile { displayName timeZone }
  connections { provider { id } status scopes }`;
const NOW = "2026-11-20T20:07:00Z";
const EXPORT_KEY = keyOf(41);

let folder: string;
let at: FitbitBench;
let bytes: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-moving-"));
  at = await fitbitBench(NOW);
  await using serving = await at.serve(sqlite("whole"));
  await at.connect(serving);
  // Twice: what the first answer learns of a synced device, the second knows before.
  await bytesOf(serving, selection);
  bytes = await bytesOf(serving, selection);
});
beforeEach(() => {
  // Later, a day that is not over would be asked for again.
  at.clock.set(NOW);
  // What the test before asked is none of this one's.
  at.asked();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const sqlite = (name: string) => `sqlite:${join(folder, `${name}.db`)}`;
let stores = 0;
const file = (text: string) => {
  const path = join(folder, "export.jsonl");
  writeFileSync(path, text);
  return path;
};
/** A store with two months of a person. */
const filled = () => {
  const name = `filled-${stores++}`;
  const whole = new Database(join(folder, "whole.db"));
  whole.exec(`VACUUM INTO '${join(folder, `${name}.db`)}'`);
  whole.close();
  return sqlite(name);
};
const empty = () => sqlite(`empty-${stores++}`);
const exported = (storeUrl: string, ...args: readonly string[]) =>
  command(at.envOf(storeUrl, { EXPORT_KEY }), ["export", "--all", ...args]);
const imported = (
  storeUrl: string,
  text: string,
  more: Readonly<Record<string, string>> = { EXPORT_KEY },
  ...args: string[]
) => command(at.envOf(storeUrl, more), ["import", file(text), ...args]);

async function rowsOf(storeUrl: string) {
  const store = await openStore(storeUrl);
  const rows = new Map<string, string>();
  for await (const [key, text] of store.rows()) if (!/^(tokens|ready|audit):/.test(key)) rows.set(key, text);
  await store.close();
  return rows;
}

const databases: readonly (readonly [string, string | undefined])[] = [
  ["SQLite", "sqlite"],
  ["PostgreSQL", process.env["TEST_POSTGRES_URL"]],
];
for (const [name, server] of databases) {
  if (!server) {
    test.skip(`a store moves to ${name}: skipped, because TEST_POSTGRES_URL is not set`, () => {});
    continue;
  }
  test(`a store moves from SQLite to ${name} and back: the same queries have the same bytes, and no provider is asked`, async () => {
    const storeUrl = filled();
    await using database = name === "SQLite" ? null : await freshDatabase(server);
    const other = database?.url ?? sqlite(`two-${name}`);
    // Of the keys that encrypt tokens neither needs the other's.
    const elsewhere = { ENCRYPTION_KEYS: keyOf(8) };
    const there = await exported(storeUrl, "--tokens");
    expect(there.code).toBe(0);
    expect(await imported(other, there.out, { EXPORT_KEY, ...elsewhere })).toMatchObject({ code: 0, out: "" });
    {
      await using serving = await at.serve(other, elsewhere);
      expect((await bytesOf(serving, selection)) === bytes).toBe(true);
      expect(at.asked()).toEqual([]);
      // The tokens came along.
      at.clock.advance(60_000);
      await bytesOf(serving, "activity(range: { lastDays: 1 }) { days { steps } }", true);
      expect(at.asked()).toHaveLength(1);
    }
    const back = await command(at.envOf(other, { EXPORT_KEY, ...elsewhere }), ["export", "--all", "--tokens"]);
    expect((await imported(sqlite(`three-${name}`), back.out)).code).toBe(0);
    await using serving = await at.serve(sqlite(`three-${name}`));
    expect(JSON.parse(await bytesOf(serving, selection)).data.viewer.sleep).toEqual(
      JSON.parse(bytes).data.viewer.sleep,
    );
    expect(at.asked()).toEqual([]);
    at.clock.advance(60_000);
    await bytesOf(serving, "activity(range: { lastDays: 1 }) { days { steps } }", true);
    expect(at.asked()).toHaveLength(1);
  });
}

test("rows are the same afterwards, whatever is imported twice, in halves or after an interruption", async () => {
  const storeUrl = filled();
  const { out } = await exported(storeUrl, "--tokens");
  const lines = out.trimEnd().split("\n");
  const half = lines.slice(0, lines.length / 2).join("\n");
  // In the middle of a line.
  const cut = await imported(sqlite("two-2"), half.slice(0, -20));
  expect(cut).toMatchObject({ code: 1, note: expect.stringMatching(/rows put in, 0 were there already/) });
  const [, after] = /--after '(.+)'/.exec(cut.note)!;
  const rest = await exported(storeUrl, "--tokens", "--after", after!);
  expect(rest.out.split("\n").length).toBeLessThan(lines.length * 0.7);
  expect((await imported(sqlite("two-2"), rest.out)).code).toBe(0);
  const rows = await rowsOf(storeUrl);
  expect(await rowsOf(sqlite("two-2"))).toEqual(rows);
  const again = await imported(sqlite("two-2"), out);
  expect(again).toMatchObject({ code: 0, note: expect.stringMatching(/^0 rows put in, \d+ were there already\n$/) });
  expect(await rowsOf(sqlite("two-2"))).toEqual(rows);
});

test("without --tokens nothing in it opens anything, and the person has to connect again", async () => {
  const storeUrl = filled();
  const { out, note } = await exported(storeUrl);
  expect(note).toMatch(/1 with secrets left out: --tokens takes them along/);
  expect(out).not.toContain('keyId":"');
  for (const { out } of [await exported(storeUrl), await exported(storeUrl, "--tokens")])
    for (const secret of at.tokens) expect(out).not.toContain(secret);
  expect((await imported(sqlite("two-3"), out, {})).code).toBe(0);
  await using serving = await at.serve(sqlite("two-3"));
  expect((await bytesOf(serving, selection)) === bytes).toBe(true);
  at.clock.advance(60_000);
  const { data } = JSON.parse(
    await bytesOf(serving, "activity(range: { lastDays: 2 }) { days { steps } sources { status } }", true),
  );
  expect([data.viewer.activity.sources, at.asked()]).toEqual([[{ status: "REAUTHORIZATION_REQUIRED" }], []]);
});

test("a row that can't be read is named and left out, here and there, and all others come", async () => {
  const storeUrl = filled();
  const store = await openStore(storeUrl);
  await store.putRow("history:broken/ACTIVITY/2026-10/columns", '{"v":1,"value":{"colu', true);
  await store.putRow("tokens:nobody", '{"v":1,"value":{"keyId":"0","nonce":"","data":""}}', true);
  const unknown = { keyId: "0123456789abcdef", nonce: "", data: "" };
  await store.putRow("nicknames:ada", JSON.stringify({ v: 1, value: { box: unknown } }), true);
  await store.close();
  const { code, out, note } = await exported(storeUrl, "--tokens");
  expect([code, note]).toEqual([
    1,
    expect.stringMatching(
      /broken.* \(damaged\)\n.*nicknames:ada \(it has a secret.*\n.*nobody \(its secret.*\n.*\n.*3 rows can't be read/,
    ),
  ]);
  const lines = out.trimEnd().split("\n");
  const long = `{"type":"row","key":"history:long","v":1,"value":"${"x".repeat(9 * 1024 * 1024)}"}`;
  const odd = [
    ...[
      "nonsense",
      "{}",
      '{"type":"row","key":"no-namespace","v":1,"value":1}',
      '{"type":"row","key":"a:b","v":0,"value":1}',
    ],
    ...[long, '{"type":"row","key":"tokens:x","v":1,"value":{"keyId":"a","nonce":"b","data":"c"}}'],
    '{"type":"row","key":"jobs:evil","v":1,"value":{"kind":"backfill"}}',
    `{"type":"row","key":"${"k".repeat(3_000)}:b","v":1,"value":1}`,
    '{"type":"row","key":"a:\\ud800","v":1,"value":1}',
    '{"type":"row","key":"outbound-events:x","v":1,"value":{},"sealed":[{"path":["__proto__"],"binding":[]}]}',
  ];
  const damaged = [
    ...lines.slice(0, 3),
    ...odd,
    ...lines.slice(3, -1),
    `{"type":"end","rows":${lines.length - 2 + odd.length}}`,
  ];
  const result = await imported(sqlite("two-4"), damaged.join("\n"));
  expect(result).toMatchObject({
    code: 1,
    note: expect.stringMatching(new RegExp(`${odd.length} lines can't be read and were left out; all others are in`)),
  });
  await using serving = await at.serve(sqlite("two-4"));
  expect((await bytesOf(serving, selection)) === bytes).toBe(true);
});

test.each([
  ["a key that is missing", (text: string) => text, {}, /The file has tokens: EXPORT_KEY must be the key/],
  ["another key", (text: string) => text, { EXPORT_KEY: keyOf(42) }, /EXPORT_KEY is another key/],
  ["a later form", (text: string) => text.replace('"version":1', '"version":2'), { EXPORT_KEY }, /in a later form/],
  ["a user's export", () => '{"type":"export","version":1,"userId":"ada"}\n', { EXPORT_KEY }, /export of one user/],
  ["no export", () => "PGDMP", { EXPORT_KEY }, /not what pulsegate export --all prints/],
  ["nothing", () => "", { EXPORT_KEY }, /not what pulsegate export --all prints/],
  [
    "a count that is not true",
    (text: string) => text.replace(/"end","rows":\d+/, '"end","rows":3'),
    { EXPORT_KEY },
    /says that it has 3/,
  ],
])("%s is told, in a line", async (name, change, env, message) => {
  const storeUrl = filled();
  const { out } = await exported(storeUrl, "--tokens");
  const target = empty();
  const { code, note } = await imported(target, change(out), env);
  expect([code, note]).toEqual([1, expect.stringMatching(message)]);
  const { size } = await rowsOf(target);
  if (name.includes("count")) expect(size).toBeGreaterThan(5);
  else expect(size).toBe(0);
});

test("rows of a later release come along, and an earlier form is not asked to understand them", async () => {
  const storeUrl = filled();
  const store = await openStore(storeUrl);
  const later = '{"v":7,"value":{"dreams":["lucid"]}}';
  await store.putRow("dreams:ada", later, true);
  await store.putRow("history:x/DREAMS/2026-10/columns", later, true);
  await store.close();
  const { code, out } = await exported(storeUrl, "--tokens");
  expect(code).toBe(0);
  expect((await imported(sqlite("two-6"), out)).code).toBe(0);
  const rows = await rowsOf(sqlite("two-6"));
  expect([rows.get("dreams:ada"), rows.get("history:x/DREAMS/2026-10/columns")]).toEqual([later, later]);
});

test("what has expired stays behind, and what expires goes on doing so", async () => {
  const store = await openStore(sqlite("one-7"));
  const soon = Date.now() + 90_000_000;
  await store.putRow("heard:old", `{"expires":${Date.now() - 1},"v":1,"value":1}`, true);
  await store.putRow("heard:new", `{"expires":${soon},"v":1,"value":2}`, true);
  await store.close();
  const { out } = await exported(sqlite("one-7"));
  expect((await imported(sqlite("two-7"), out)).code).toBe(0);
  expect([...(await rowsOf(sqlite("two-7")))]).toEqual([["heard:new", `{"expires":${soon},"v":1,"value":2}`]]);
});

test("into a store in use: what is there stays, unless it is to be replaced", async () => {
  const storeUrl = filled();
  const { out } = await exported(storeUrl, "--tokens");
  const target = sqlite("two-8");
  {
    await using serving = await at.serve(target);
    const done = imported(target, out);
    // Asked all the time, whatever has come yet.
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    while (!isDone) await bytesOf(serving, selection);
    expect((await done).code).toBe(0);
  }
  await using serving = await at.serve(target);
  expect((await bytesOf(serving, selection)) === bytes).toBe(true);
  await serving.gateway.history.invalidate("c", "ACTIVITY", null);
  const before = await rowsOf(target);
  const late = out.replace(
    /"end","rows":(\d+)/,
    (_, rows) => `"row","key":"marks:c","v":1,"value":{"SLEEP":{"":5}}}\n{"type":"end","rows":${Number(rows) + 1}`,
  );
  expect((await imported(target, late)).code).toBe(0);
  expect((await rowsOf(target)).get("marks:c")).toBe(before.get("marks:c"));
  expect((await imported(target, late, { EXPORT_KEY }, "--replace")).code).toBe(0);
  expect((await rowsOf(target)).get("marks:c")).toBe('{"v":1,"value":{"SLEEP":{"":5}}}');
});

test("options that make no sense together are refused", async () => {
  for (const args of [
    ["export"],
    ["export", "--user", "a", "--all"],
    ["export", "--user", "a", "--tokens"],
    ["export", "--user", "a", "--after", "x:y"],
    ["import"],
    ["import", join(folder, "none.jsonl")],
  ])
    expect([args, await command(at.envOf("memory:"), args)]).toMatchObject([args, { code: 1 }]);
  expect(await command(at.envOf("memory:"), ["export", "--all", "--tokens"])).toMatchObject({
    code: 1,
    note: "pulsegate: EXPORT_KEY is required with --tokens: openssl rand -base64 32\n",
  });
});
