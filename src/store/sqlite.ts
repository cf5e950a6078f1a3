import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { type Backend, behind, patienceMs } from "./backend.js";
import { inTurn } from "./in-turn.js";
import { isOver } from "./row.js";

interface Row {
  readonly key: string;
  /** Bytes or a number, if another program wrote into the file. */
  readonly value: unknown;
}

const textOf = (row: Row | undefined): string | undefined => row && (typeof row.value === "string" ? row.value : "");

const pageSize = 200;
const purgeSize = 500;

/**
 * One file, shared by any number of processes on this machine. With WAL, readers continue while one process writes.
 * With synchronous NORMAL, every acknowledged write survives the death of the process (but not a power failure). Every
 * operation is one statement, which SQLite runs alone: no other locking is needed.
 */
export function sqliteBackend(path: string, folderMade?: (folder: string) => void): Backend {
  const folder = dirname(path);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) folderMade?.(folder);
  // The file contains health history: only this user may read it. SQLite gives its side files the same mode.
  closeSync(openSync(path, "a", 0o600));

  const db = new Database(path);
  // The whole process waits during this time.
  db.pragma(`busy_timeout = ${patienceMs}`);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  // AUTOINCREMENT never gives a number twice, even after rows are deleted, so the number can be a fence.
  db.exec(`
    CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER);
    CREATE INDEX IF NOT EXISTS entry_expires_at ON entry (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS lease (
      fence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, expires_at INTEGER NOT NULL
    );`);

  const alive = "(expires_at IS NULL OR expires_at > ?)";
  const get = db.prepare(`SELECT value FROM entry WHERE key = ? AND ${alive}`);
  const getMany = db.prepare(`SELECT key, value FROM entry WHERE key IN (SELECT value FROM json_each(?)) AND ${alive}`);
  const set = db.prepare("INSERT OR REPLACE INTO entry (key, value, expires_at) VALUES (?, ?, ?)");
  const put = db.prepare(`
    INSERT INTO entry (key, value, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
      WHERE entry.expires_at <= ?`);
  const remove = db.prepare("DELETE FROM entry WHERE key = ? RETURNING key, value, expires_at");
  const rest = `AND key < ? ORDER BY key LIMIT ${pageSize}`;
  const page = db.prepare(`SELECT key, value FROM entry WHERE key >= ? ${rest}`);
  const nextPage = db.prepare(`SELECT key, value FROM entry WHERE key > ? ${rest}`);
  const acquire = db.prepare(`
    INSERT OR REPLACE INTO lease (name, expires_at)
    SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name = ? AND expires_at > ?)
    RETURNING fence`);
  const renew = db.prepare("UPDATE lease SET expires_at = ? WHERE name = ? AND fence = ? AND expires_at > ?");
  const release = db.prepare("DELETE FROM lease WHERE name = ? AND fence = ?");
  const purge = [
    db.prepare(`DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry WHERE expires_at <= ? LIMIT ${purgeSize})`),
    db.prepare(`DELETE FROM lease WHERE fence IN (SELECT fence FROM lease WHERE expires_at <= ? LIMIT ${purgeSize})`),
  ];
  const ping = db.prepare("SELECT 1 FROM entry LIMIT 1");

  const until = (ttlMs: number | undefined) => (ttlMs === undefined ? null : Date.now() + ttlMs);
  /** Reads to the last row, even if there is only one: a statement that is not finished keeps its transaction open. */
  const removed = (key: string) => {
    const [row] = remove.all(key) as (Row & { expires_at: number | null })[];
    if (!row || (row.expires_at !== null && row.expires_at <= Date.now())) return undefined;
    const text = textOf(row)!;
    // By its own text it may have ended a little earlier: its time here began when its turn came.
    return isOver(text) ? undefined : text;
  };

  const run = inTurn();
  return {
    name: "SQLite",
    values: {
      get: <T>(key: string) => run(() => textOf((get.all(key, Date.now()) as Row[])[0]) as T),
      getMany: (keys) =>
        run(() => {
          const rows = getMany.all(JSON.stringify(keys), Date.now()) as Row[];
          const found = new Map(rows.map((row) => [row.key, textOf(row)]));
          return keys.map((key) => found.get(key));
        }),
      set: (key, text: string, ttlMs) => run(() => void set.run(key, text, until(ttlMs))),
      delete: (key) => run(() => removed(key) !== undefined),
    },
    putIfAbsent: (key, text, ttlMs) => run(() => put.run(key, text, until(ttlMs), Date.now()).changes > 0),
    take: (key) => run(() => removed(key)),
    async *scan(prefix, after, before) {
      // Keys are in the order of their bytes, so keys with one prefix are neighbours. No pattern is needed, and no
      // escaping. A key of bytes (not text) sorts after all texts.
      const end = before ?? behind(prefix) ?? Buffer.from([0]);
      let rows = await run(() => (after === undefined ? page.all(prefix, end) : nextPage.all(after, end)) as Row[]);
      for (;;) {
        for (const row of rows) yield [row.key, textOf(row)!];
        if (rows.length < pageSize) return;
        const last = rows.at(-1)!.key;
        rows = await run(() => nextPage.all(last, end) as Row[]);
      }
    },
    acquire: (name, ttlMs) =>
      run(() => {
        const now = Date.now();
        const [row] = acquire.all(name, now + ttlMs, name, now) as { fence: number }[];
        return row?.fence ?? null;
      }),
    renew: (name, fence, ttlMs) => run(() => renew.run(Date.now() + ttlMs, name, fence, Date.now()).changes > 0),
    release: (name, fence) => run(() => void release.run(name, fence)),
    purge: () => run(() => purge.reduce((sum, statement) => sum + statement.run(Date.now()).changes, 0)),
    ping: () => run(() => void ping.all()),
    // Behind everything that was asked for.
    close: () => run(() => void db.close()),
  };
}
