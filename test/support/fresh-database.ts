import { randomBytes } from "node:crypto";
import pg from "pg";

/** A database of a test's own on the server of TEST_POSTGRES_URL. It goes with the test. */
export async function freshDatabase(server: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const name = `pulsegate_${randomBytes(6).toString("hex")}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
