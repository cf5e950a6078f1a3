import KeyvPostgres from "@keyv/postgres";
import pg from "pg";
import { poolSizeOf } from "../config/pool-size.js";
import { answerMs, type Backend, behind, patienceMs } from "./backend.js";
import { isOver } from "./row.js";

interface Row {
  readonly key: string;
  readonly value: string;
}

const pageSize = 200;
const purgeSize = 1_000;

/**
 * One table, which Keyv's adapter fills and this file reads too. It is made here, so that the adapter finds it made:
 * keys of any length in the order of their bytes, whatever the database's language, and the expiry in a column of its
 * own, which the server computes from the text that Keyv writes. Leases use the server's clock, which all replicas
 * share.
 */
export async function postgresBackend(url: string, space: string): Promise<Backend> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSizeOf(url) ?? undefined,
    Client: SoonConnected,
    // The longest wait of a query for a free connection of the pool.
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
    statement_timeout: answerMs,
  });
  // An idle connection that breaks is replaced at its next use. Without a listener its error would end the process.
  pool.on("error", () => {});

  const table = `public.${space}`;
  const leases = `public.${space}_lease`;
  const fences = `public.${space}_fence`;
  const patient = waitForConnections(pool);
  try {
    // Two replicas that start at one time would fail on each other in spite of IF NOT EXISTS.
    await patient(() =>
      pool.query(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('${table}'));
      CREATE TABLE IF NOT EXISTS ${table} (
        key TEXT COLLATE "C" PRIMARY KEY, value TEXT NOT NULL,
        expires_at BIGINT GENERATED ALWAYS AS (substring(value FROM '^\\{"expires":([0-9]+)')::BIGINT) STORED
      );
      CREATE INDEX IF NOT EXISTS ${space}_expires_at ON ${table} (expires_at) WHERE expires_at IS NOT NULL;
      CREATE SEQUENCE IF NOT EXISTS ${fences};
      CREATE TABLE IF NOT EXISTS ${leases} (
        name TEXT COLLATE "C" PRIMARY KEY, fence BIGINT NOT NULL, expires_at TIMESTAMPTZ NOT NULL
      );
      COMMIT`),
    );
  } catch (error) {
    await pool.end();
    throw error;
  }

  async function query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await patient(() => pool.query<T>(sql, [...values]))).rows;
  }

  /**
   * Keyv's adapter on our pool: its own pool is one for the whole process, whatever the URL, and has no time limits.
   */
  class OnOurPool extends KeyvPostgres {
    override async connect() {
      return query;
    }
    /** One statement. The adapter reads first and deletes then, so two callers could both get true. */
    override async delete(key: string): Promise<boolean> {
      return (await removed(key)) !== undefined;
    }
  }
  const keyv = new OnOurPool({ uri: url, table: space });
  keyv.on("error", () => {});

  async function removed(key: string): Promise<string | undefined> {
    const [row] = await query<Row>(`DELETE FROM ${table} WHERE key = $1 RETURNING value`, [key]);
    return row && !isOver(row.value) ? row.value : undefined;
  }

  const inMs = "clock_timestamp() + $2 * interval '1 millisecond'";

  return {
    name: "PostgreSQL",
    values: keyv,
    putIfAbsent: async (key, text) => {
      const put = `
        INSERT INTO ${table} AS old (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE old.expires_at <= $3
        RETURNING key`;
      return (await query(put, [key, text, Date.now()])).length > 0;
    },
    take: removed,
    async *scan(prefix, after, before) {
      // Keys are in the order of their bytes, so keys with one prefix are neighbours. No pattern is needed, and no
      // escaping.
      const end = before ?? behind(prefix);
      const [until, more] = end === null ? ["", []] : ["AND key < $2", [end]];
      const page = (from: string, comparison: ">" | ">=") =>
        query<Row>(
          `SELECT key, value FROM ${table} WHERE key ${comparison} $1 ${until} ORDER BY key LIMIT ${pageSize}`,
          [from, ...more],
        );
      for (
        let rows = await (after === undefined ? page(prefix, ">=") : page(after, ">"));
        ;
        rows = await page(rows.at(-1)?.key ?? "", ">")
      ) {
        for (const row of rows) yield [row.key, row.value];
        if (rows.length < pageSize) return;
      }
    },
    acquire: async (name, ttlMs) => {
      const [row] = await query<{ fence: string }>(
        `INSERT INTO ${leases} AS old (name, fence, expires_at) VALUES ($1, nextval('${fences}'), ${inMs})
         ON CONFLICT (name) DO UPDATE SET fence = nextval('${fences}'), expires_at = excluded.expires_at
           WHERE old.expires_at <= clock_timestamp()
         RETURNING fence`,
        [name, ttlMs],
      );
      return row ? Number(row.fence) : null;
    },
    renew: async (name, fence, ttlMs) => {
      const renewed = await query(
        `UPDATE ${leases} SET expires_at = ${inMs}
         WHERE name = $1 AND fence = $3 AND expires_at > clock_timestamp() RETURNING fence`,
        [name, ttlMs, fence],
      );
      return renewed.length > 0;
    },
    release: async (name, fence) => {
      await query(`DELETE FROM ${leases} WHERE name = $1 AND fence = $2`, [name, fence]);
    },
    purge: async () => {
      // Skips rows that another replica is purging. Rows renewed meanwhile no longer match.
      const gone = await query(
        `DELETE FROM ${table} WHERE key IN (
           SELECT key FROM ${table} WHERE expires_at <= $1 LIMIT ${purgeSize} FOR UPDATE SKIP LOCKED)
         AND expires_at <= $1 RETURNING key`,
        [Date.now()],
      );
      await query(`DELETE FROM ${leases} WHERE expires_at <= clock_timestamp()`);
      return gone.length;
    },
    ping: async () => {
      await query("SELECT 1");
    },
    close: () => pool.end(),
  };
}

/** Reports a server that can't be reached quickly, even though a query may wait longer for its turn. */
class SoonConnected extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: patienceMs });
  }
}

/** The server has no connection left: too many clients, or the limit of this role or database. */
const NONE_LEFT = "53300";
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;
/** The time until the pool asks for more connections again. */
const MODEST_MS = 10_000;

/**
 * A server without a free connection refuses at once. Then the pool works with the connections that it has: it does not
 * grow for a while, and the refused query waits for one of them, or until the server has a free one. The store limits
 * the whole wait (`answerMs`).
 */
function waitForConnections(pool: pg.Pool) {
  const { max } = pool.options;
  let restore: NodeJS.Timeout | undefined;
  const beModest = () => {
    pool.options.max = Math.max(1, Math.min(pool.options.max, pool.totalCount));
    clearTimeout(restore);
    restore = setTimeout(() => {
      pool.options.max = max;
    }, MODEST_MS);
    restore.unref();
  };
  return async <T>(query: () => Promise<T>): Promise<T> => {
    // A little before the store gives up, so that the store gets the reason.
    const end = performance.now() + 0.9 * answerMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await query();
      } catch (error) {
        if ((error as { code?: unknown }).code !== NONE_LEFT || performance.now() + pause >= end) throw error;
        beModest();
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
      }
    }
  };
}
