import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { freePort } from "./served.js";

/** Whether this machine has a Redis server to start. */
export const hasRedisServer = (() => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** A Redis server of a test's own, to be emptied and killed. It keeps nothing on a disk. */
export async function startOwnRedis() {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess;
  const start = async (...more: readonly string[]) => {
    const args = ["--port", String(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", ...more];
    child = spawn("redis-server", args, { stdio: "ignore" });
    await once(child, "spawn");
    await client.connect().catch(() => {});
    await client.ping();
  };
  // Waits for the server, each time that it is started.
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on("error", () => {});
  await start();
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return {
    url,
    client,
    /** As an operator by mistake. */
    flush: () => client.flushdb(),
    /** As after a failover to a replica that had nothing yet. */
    restartEmpty: async () => {
      await kill();
      await start();
    },
    kill,
    start,
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await kill();
    },
  };
}
