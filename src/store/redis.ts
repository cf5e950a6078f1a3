import KeyvRedis, { createClient } from "@keyv/redis";
import { type Backend, patienceMs } from "./backend.js";
import { isOver } from "./row.js";

const scanCount = 500;

/** The fence follows the clock as well as the counter, so that it also grows over a server that lost its data. */
const acquireScript = `
  if redis.call('EXISTS', KEYS[1]) == 1 then return false end
  local time = redis.call('TIME')
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local fence = string.format('%.0f', math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000)))
  redis.call('SET', KEYS[2], fence)
  redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])
  return fence`;
const renewScript = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const releaseScript = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])`;

/** One connection, shared with Keyv's adapter. Expiry is the server's own. Needs Redis 6.2 (GETDEL). */
export async function redisBackend(url: string, space: string): Promise<Backend> {
  const client = createClient({
    url,
    // While the server is away, fail at once instead of keeping every command for later.
    disableOfflineQueue: true,
    // A peer that vanished without a word is noticed by its silence.
    pingInterval: 2 * patienceMs,
    socket: {
      connectTimeout: patienceMs,
      socketTimeout: 5 * patienceMs,
      reconnectStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000) + Math.random() * 50,
    },
  });
  // Every failing command tells its caller; without a listener the client would end the process.
  let lastError: unknown;
  client.on("error", (error) => {
    lastError = error;
  });
  let patience: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      client.connect(),
      new Promise((_, reject) => {
        // The client tries for ever: what it last met says more than that it took too long.
        const tooLong = Object.assign(new Error("late"), { code: "ETIMEDOUT" });
        patience = setTimeout(() => reject(lastError ?? tooLong), patienceMs / 2);
      }),
    ]);
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  } finally {
    clearTimeout(patience);
  }

  const keyv = new KeyvRedis(client, { throwOnErrors: true, throwOnConnectError: true });
  keyv.on("error", () => {});

  const at = (key: string) => `${space}:${key}`;
  // No namespace is empty, so no entry's key begins like these.
  const leaseKey = (name: string) => `${space}::lease:${name}`;
  const fenceKey = `${space}::fence`;

  /** A key of another type is there, but holds no text: it reads as an empty one, which no row of ours is. */
  const orForeign = <T>(work: Promise<T>): Promise<T | ""> =>
    work.catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith("WRONGTYPE")) return "";
      throw error;
    });
  /** MGET has nothing to say of such a key: whether it is there takes another look. */
  const found = async (key: string, text: string | null | undefined): Promise<string | undefined> =>
    text ?? ((await client.exists(key)) > 0 ? orForeign(client.get(key)).then((now) => now ?? undefined) : undefined);

  return {
    name: "Redis",
    values: {
      get: (key) => orForeign(client.get(at(key))).then((text) => text ?? undefined) as never,
      getMany: (keys) => keyv.getMany(keys.map(at)),
      set: (key, text: string, ttlMs) => keyv.set(at(key), text, ttlMs),
      delete: async (key) => {
        const text = await orForeign(client.getDel(at(key)));
        if (text === "") await client.del(at(key));
        // The server may hold for a moment longer what is over by our clock: that was not there.
        return text !== null && !isOver(text);
      },
    },
    putIfAbsent: async (key, text, ttlMs) => {
      const expiry = ttlMs === undefined ? {} : { expiration: { type: "PX" as const, value: ttlMs } };
      return (await client.set(at(key), text, { condition: "NX", ...expiry })) !== null;
    },
    take: async (key) => (await orForeign(client.getDel(at(key)))) ?? undefined,
    async *scan(prefix) {
      const MATCH = `${at(prefix).replace(/[\\*?[\]]/g, "\\$&")}*`;
      // SCAN may show a key twice when the table grows under it.
      const seen = new Set<string>();
      let cursor = "0";
      do {
        const page = await client.scan(cursor, { MATCH, COUNT: scanCount });
        cursor = page.cursor;
        const keys = page.keys.filter((key) => !seen.has(key) && seen.add(key));
        const texts = keys.length === 0 ? [] : await client.mGet(keys);
        for (const [index, key] of keys.entries()) {
          const text = await found(key, texts[index]);
          if (text !== undefined) yield [key.slice(space.length + 1), text];
        }
      } while (cursor !== "0");
    },
    acquire: async (name, ttlMs) => {
      const options = { keys: [leaseKey(name), fenceKey], arguments: [String(ttlMs)] };
      const fence = await client.eval(acquireScript, options);
      return fence === null ? null : Number(fence);
    },
    renew: async (name, fence, ttlMs) => {
      const options = { keys: [leaseKey(name)], arguments: [String(fence), String(ttlMs)] };
      return (await client.eval(renewScript, options)) === 1;
    },
    release: async (name, fence) => {
      await client.eval(releaseScript, { keys: [leaseKey(name)], arguments: [String(fence)] });
    },
    ping: async () => {
      await client.ping();
    },
    close: async () => {
      client.destroy();
    },
  };
}
