import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayOf } from "../src/health-data/days.js";
import { type Bucket, bucketRows } from "../src/health-data/stored.js";
import { type Serving, serve } from "../src/serve.js";
import { keyvStore } from "../src/store/keyv-store.js";
import { openStore } from "../src/store/open-store.js";
import { readRow } from "../src/store/row.js";
import { sqliteBackend } from "../src/store/sqlite.js";
import type { Store } from "../src/store/store.js";
import { bytesOf, type FitbitBench, fitbitBench } from "./support/fitbit-bench.js";

/**
 * Replicas are replaced one by one: two releases use one store, and write its rows in two forms. The earlier one writes
 * no version, and of a month a row of cells; this one writes versions, and columns; the later one has members more, and
 * rows of which this one knows nothing.
 */
const [WHO, OTHER] = ["napper", "both"];
const NOW = "2026-11-20T20:07:00Z";
const COLUMNS = "/columns";

let folder: string;
let at: FitbitBench;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-releases-"));
  at = await fitbitBench(NOW);
});
afterEach(async () => {
  await at[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const path = () => join(folder, "store.db");

const asCells = ({ columns }: Bucket) =>
  Object.fromEntries(
    [...columns].map(([field, column]) => [
      field,
      Object.fromEntries([...column.days()].map((day) => [dayOf(day), column.cell(day)])),
    ]),
  );

/** A row as the release before versions and columns wrote it. */
function earlierForm(key: string, text: string): readonly [key: string, text: string] {
  const { value, expires } = JSON.parse(text);
  if (!key.startsWith("history:") || !key.endsWith(COLUMNS)) return [key, JSON.stringify({ value, expires })];
  const row = readRow(text, bucketRows);
  if (row.kind !== "row") throw new Error(`${key} is ${row.kind}.`);
  return [key.slice(0, -COLUMNS.length), JSON.stringify({ value: asCells(row.value) })];
}

function earlierStore(): Store {
  const backend = sqliteBackend(path());
  const { values } = backend;
  const isKnown = (key: string) => !(key.startsWith("history:") && key.endsWith(COLUMNS));
  return keyvStore({
    ...backend,
    values: {
      ...values,
      get: async <T>(key: string) => (isKnown(key) ? await values.get<T>(key) : (undefined as T)),
      getMany: async (keys) =>
        (await values.getMany(keys)).map((text, index) => (isKnown(keys[index]!) ? text : undefined)),
      set: (key, text, ttl) => {
        const [as, earlier] = earlierForm(key, text as string);
        return values.set(as, earlier, ttl);
      },
    },
    putIfAbsent: (key, text, ttl) => backend.putIfAbsent(key, earlierForm(key, text)[1], ttl),
  });
}

/** A release to come: members more in each row of a connection or an entry, and a form of its own for a new domain. */
function laterStore(): Store {
  const backend = sqliteBackend(path());
  const { values } = backend;
  return keyvStore({
    ...backend,
    values: {
      ...values,
      set: (key, text, ttl) => {
        if (!/^(connections|user-connections):/.test(key)) return values.set(key, text, ttl);
        const row = JSON.parse(text as string);
        return values.set(key, JSON.stringify({ ...row, value: { ...row.value, mood: "fine" } }), ttl);
      },
    },
  });
}

async function served(store: Store): Promise<Serving & AsyncDisposable> {
  const serving = await serve(at.envOf("memory:"), { clock: at.clock, store });
  return { ...serving, [Symbol.asyncDispose]: serving.close };
}
const days = (from: string, to: string) => `range: { from: "${from}", to: "${to}" }`;
const activity = (from: string, to: string) =>
  `activity(${days(from, to)}) { days { date steps floors } sources { status } }`;
const sleep = (from: string, to: string) => `sleep(${days(from, to)}) { sessions { start minutesAsleep } }`;
const asked = async (serving: Serving, selection: string) => {
  at.asked();
  const bytes = await bytesOf(serving, selection);
  return { bytes, calls: at.asked().length };
};

test("the earlier release and this one, side by side under queries: each serves, nothing is lost, and back again", async () => {
  const first = activity("2026-09-01", "2026-09-30");
  const second = sleep("2026-08-01", "2026-08-31");
  let [one, two]: string[] = [];
  {
    await using earlier = await served(earlierStore());
    await at.connect(earlier, WHO);
    one = await bytesOf(earlier, first);
    await earlier.gateway.history.flush();
    // The new replica starts while the old one serves.
    await using now = await served(await openStore(`sqlite:${path()}`));
    expect(await asked(now, first)).toEqual({ bytes: one, calls: 0 });
    two = await bytesOf(now, second);
    // Of one month each has other days, and the earlier one comes last.
    await bytesOf(now, activity("2026-01-20", "2026-01-25"));
    await now.gateway.history.flush();
    await bytesOf(earlier, activity("2026-01-05", "2026-01-12"));
    await at.connect(now, OTHER);
    // Both answer the same people at the same time, about days that neither has yet.
    const rounds = Array.from({ length: 12 }, (_, round) => {
      const month = String((round % 6) + 2).padStart(2, "0");
      const selection =
        round % 2 ? activity(`2026-${month}-01`, `2026-${month}-25`) : sleep(`2026-${month}-03`, `2026-${month}-27`);
      return Promise.all([earlier, now].map((serving) => bytesOf(serving, selection)));
    });
    for (const [a, b] of await Promise.all(rounds)) expect(a === b).toBe(true);
    // A token that one has refreshed is the other's too.
    at.clock.advance(9 * 3_600_000);
    const live = activity("2026-11-19", "2026-11-20");
    for (const serving of [now, earlier]) {
      const { data } = JSON.parse(await bytesOf(serving, live, true));
      expect(data.viewer.activity.sources).toEqual([{ status: "OK" }]);
      at.clock.advance(9 * 3_600_000);
    }
    await Promise.all([earlier, now].map(({ gateway }) => gateway.history.flush()));
  }
  {
    // The new release alone: what either fetched is there.
    await using now = await served(await openStore(`sqlite:${path()}`));
    expect(await asked(now, first)).toEqual({ bytes: one, calls: 0 });
    expect(await asked(now, second)).toEqual({ bytes: two, calls: 0 });
    for (const [from, to] of [
      ["05", "12"],
      ["20", "25"],
    ])
      expect((await asked(now, activity(`2026-01-${from}`, `2026-01-${to}`))).calls).toBe(0);
    for (const month of ["03", "05", "07"])
      expect((await asked(now, activity(`2026-${month}-01`, `2026-${month}-25`))).calls).toBe(0);
    expect((await now.gateway.connections.list(OTHER)).map(({ status }) => status)).toEqual(["CONNECTED"]);
  }
  {
    // Rollback: it does not see the days that only the other fetched, and fetches them again. Nobody connects again.
    await using earlier = await served(earlierStore());
    expect(await asked(earlier, first)).toEqual({ bytes: one, calls: 0 });
    const again = await asked(earlier, second);
    expect(again.bytes === two).toBe(true);
    expect(again.calls).toBeGreaterThan(0);
    expect((await earlier.gateway.connections.list(OTHER)).map(({ status }) => status)).toEqual(["CONNECTED"]);
    // What the new release wrote goes with its person, read or not.
    await earlier.gateway.eraseUser(WHO);
  }
  const store = await openStore(`sqlite:${path()}`);
  const left: string[] = [];
  for await (const [key, text] of store.rows()) if (`${key}${text}`.includes(WHO)) left.push(key);
  await store.close();
  expect(left).toEqual([]);
});

test("a later release and this one, side by side: what this one does not know stays as it is", async () => {
  const first = activity("2026-09-01", "2026-09-30");
  const ofLater = new Map([
    ["history:x/DREAMS/2026-09/columns", '{"v":2,"value":{"dreams":["lucid"]}}'],
    ["dreams:x", '{"v":2,"value":{"dreams":["lucid"]}}'],
  ]);
  const allRows = async () => {
    const store = await openStore(`sqlite:${path()}`);
    const rows = new Map<string, string>();
    for await (const [key, text] of store.rows()) rows.set(key, text);
    await store.close();
    return rows;
  };
  {
    await using later = await served(laterStore());
    await at.connect(later, WHO);
    await using now = await served(await openStore(`sqlite:${path()}`));
    // A form that this one would misunderstand: there it is as if nothing had been chosen.
    await later.gateway.connections.setSourcePriority(WHO, ["MISFIT"]);
    const [chosen] = [...(await allRows()).keys()].filter((key) => key.startsWith("source-priority:"));
    ofLater.set(chosen!, '{"v":2,"value":["FITBIT"]}');
    for (const [key, text] of ofLater) await later.gateway.store.putRow(key, text, true);
    const usual = await now.gateway.connections.sourcePriority(OTHER);
    expect(await now.gateway.connections.sourcePriority(WHO)).toEqual(usual);
    const answers = await Promise.all([later, now, later, now].map((serving) => bytesOf(serving, first)));
    expect(new Set(answers).size).toBe(1);
    // This one writes the connection too: its last success, and that it was left.
    await now.gateway.connections.update((await now.gateway.connections.list(WHO))[0]!.id, (before) => ({
      ...before,
      lastSuccessAt: 5,
    }));
    await Promise.all([later, now].map(({ gateway }) => gateway.history.flush()));
  }
  const rows = await allRows();
  for (const [key, text] of ofLater) expect([key, rows.get(key)]).toEqual([key, text]);
  const [[, connection] = []] = [...rows].filter(([key]) => key.startsWith("connections:"));
  expect(JSON.parse(connection!).value).toMatchObject({ mood: "fine", lastSuccessAt: 5 });
  // And forward again: the later release finds what it wrote, and what was fetched meanwhile.
  await using later = await served(laterStore());
  expect((await asked(later, first)).calls).toBe(0);
});
