import KeyvRedis, { createClient } from "@keyv/redis";
import { type Backoff, backoffMs, jittered } from "../model/backoff.js";
import { answerMs, type Backend, patienceMs } from "./backend.js";
import { isOver } from "./row.js";

const pageSize = 500;
const indexEveryMs = 3_600_000;

/*
 * Redis finds keys by prefix only by reading all keys. So every key of ours is also a member of one sorted set, in which
 * keys with one prefix are neighbours. Each script changes the key and the set in one step.
 */
const setScript = `
  redis.call('ZADD', KEYS[2], 0, KEYS[1])
  if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;
const putScript = `
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  ${setScript}
  return 1`;
/** A key of another type holds no text. It reads as an empty text, which no row of ours is. */
const takeScript = `
  local text = redis.pcall('GET', KEYS[1])
  if type(text) == 'table' then text = '' end
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], KEYS[1])
  return text`;
/** Removes expired keys from the set. */
const pruneScript = `
  local gone = 0
  for _, key in ipairs(ARGV) do
    if redis.call('EXISTS', key) == 0 then gone = gone + redis.call('ZREM', KEYS[1], key) end
  end
  return gone`;

/** The fence follows the clock as well as the counter, so that it also grows after the server lost its data. */
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

/** One connection, shared with Keyv's adapter. The server removes expired keys. Needs Redis 6.2 (ZRANGE with BYLEX). */
const reconnects: Backoff = { firstMs: 100, longestMs: 1_000 };

export async function redisBackend(url: string, space: string): Promise<Backend> {
  const client = createClient({
    url,
    // While the server is away, commands fail at once and are not queued.
    disableOfflineQueue: true,
    // Detects a server that vanished without closing the connection.
    pingInterval: 2 * patienceMs,
    socket: {
      connectTimeout: patienceMs,
      socketTimeout: answerMs,
      reconnectStrategy: (attempt) => jittered(backoffMs(reconnects, attempt)),
    },
  });
  // Every failing command rejects for its caller. Without a listener the client would end the process.
  let lastError: unknown;
  client.on("error", (error) => {
    lastError = error;
  });
  let patience: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      client.connect(),
      new Promise((_, reject) => {
        // The client retries for ever: its last error says more than "too late".
        const tooLong = Object.assign(new Error("late"), { code: "ETIMEDOUT" });
        patience = setTimeout(() => reject(lastError ?? tooLong), patienceMs);
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
  // A namespace is never empty, so no entry's key begins like these two.
  const leaseKey = (name: string) => `${space}::lease:${name}`;
  const fenceKey = `${space}::fence`;

  const orForeign = <T>(work: Promise<T>): Promise<T | ""> =>
    work.catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith("WRONGTYPE")) return "";
      throw error;
    });
  /** MGET answers nil for a key of another type. A second command says whether the key exists. */
  const found = async (key: string, text: string | null | undefined): Promise<string | undefined> =>
    text ?? ((await client.exists(key)) > 0 ? orForeign(client.get(key)).then((now) => now ?? undefined) : undefined);

  const indexKey = `${space}::keys`;
  const indexedKey = `${space}::indexed`;
  const inBoth = (key: string) => [at(key), indexKey];
  const taken = async (key: string) => (await client.eval(takeScript, { keys: inBoth(key) })) as string | null;
  const prune = async (keys: readonly string[]) =>
    keys.length === 0 ? 0 : Number(await client.eval(pruneScript, { keys: [indexKey], arguments: [...keys] }));

  /** Adds keys that a release without the set wrote, before this start or at the same time. */
  const completeIndex = async (): Promise<void> => {
    let cursor = "0";
    do {
      const page = await client.scan(cursor, { MATCH: `${space}:*`, COUNT: pageSize });
      cursor = page.cursor;
      // After the prefix, a second colon marks leases and the set itself. The queue has its keys beside ours.
      const own = page.keys.filter((key) => !key.startsWith(`${space}::`) && !key.startsWith(`${space}:queue:`));
      if (own.length > 0) {
        await client.zAdd(
          indexKey,
          own.map((value) => ({ score: 0, value })),
        );
        // Removes keys that were deleted since they were listed.
        await prune(own);
      }
    } while (cursor !== "0");
    await client.set(indexedKey, "1");
  };
  let indexedAt = Date.now();
  /** The server may be away: the next round tries again. */
  const beginIndexing = () => {
    indexedAt = Date.now();
    completeIndex().catch(() => {});
  };
  try {
    // Only the first start on the data of an older release waits for this.
    if ((await client.exists(indexedKey)) > 0) beginIndexing();
    else await completeIndex();
  } catch (error) {
    client.destroy();
    throw error;
  }
  let pruning = "0";

  return {
    name: "Redis",
    values: {
      get: (key) => orForeign(client.get(at(key))).then((text) => text ?? undefined) as never,
      getMany: (keys) => keyv.getMany(keys.map(at)),
      set: async (key, text: string, ttlMs) => {
        await client.eval(setScript, { keys: inBoth(key), arguments: [text, String(ttlMs ?? "")] });
      },
      delete: async (key) => {
        const text = await taken(key);
        // The server may still hold a row that has expired by our clock: the row counts as absent.
        return text !== null && !isOver(text);
      },
    },
    putIfAbsent: async (key, text, ttlMs) =>
      (await client.eval(putScript, { keys: inBoth(key), arguments: [text, String(ttlMs ?? "")] })) === 1,
    take: async (key) => (await taken(key)) ?? undefined,
    async *scan(prefix, after, before) {
      // UTF-8 never has this byte, so no key with the prefix comes after it.
      const end =
        before === undefined
          ? Buffer.concat([Buffer.from(`(${at(prefix)}`), Buffer.from([0xff])])
          : Buffer.from(`(${at(before)}`);
      let begin = after === undefined ? `[${at(prefix)}` : `(${at(after)}`;
      for (;;) {
        const keys = await client.zRangeByLex(indexKey, begin, end, { LIMIT: { offset: 0, count: pageSize } });
        const texts = keys.length === 0 ? [] : await client.mGet(keys);
        const gone: string[] = [];
        for (const [index, key] of keys.entries()) {
          const text = await found(key, texts[index]);
          if (text === undefined) gone.push(key);
          else yield [key.slice(space.length + 1), text];
        }
        await prune(gone);
        if (keys.length < pageSize) return;
        begin = `(${keys.at(-1)}`;
      }
    },
    purge: async () => {
      if (Date.now() - indexedAt >= indexEveryMs) beginIndexing();
      const page = await client.zScan(indexKey, pruning, { COUNT: pageSize });
      pruning = page.cursor;
      await prune(page.members.map(({ value }) => value));
      // One part in each round: the next round continues there.
      return 0;
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
