import { randomUUID } from "node:crypto";
import { PulsegateError } from "../errors.js";
import type { Caller } from "../graphql/caller.js";
import { BriskRedis } from "../store/brisk-redis.js";
import { keyOf, networkOf, sizeOf } from "./rate-limit.js";

/** How many of a thing one caller may hold open at once. */
export interface PlaceLimits {
  /** WebSockets of a user: each tab has one, and each device. */
  readonly userSockets: number;
  readonly appSockets: number;
  /** Operations over all WebSockets of a user; a page that needs more of them has lost count. */
  readonly userOperations: number;
  readonly appOperations: number;
  /** WebSockets of an address that have not said who they are yet. */
  readonly strangerSockets: number;
}
const generousPlaces: PlaceLimits = {
  userSockets: 25,
  appSockets: 1_000,
  userOperations: 100,
  appOperations: 10_000,
  strangerSockets: 100,
};

/** Gives a place back; a second time does nothing. */
export type Leave = () => void;

/**
 * Each is taken in one step: in this process before anything is awaited, then by one command of Redis for all replicas.
 * While Redis is away each replica counts by itself. Throws RATE_LIMITED where all are taken.
 */
export interface Places {
  socket(caller: Caller): Promise<Leave>;
  operation(caller: Caller): Promise<Leave>;
  /** Of this process alone: such a socket lives for seconds. Null where all are taken. */
  stranger(address: string): Leave | null;
  /** Resolves once all replicas count together: until then this process counts by itself. */
  ready(): Promise<void>;
  /** Gives back what is still held. */
  close(): Promise<void>;
}

export interface PlacesOptions {
  readonly limits?: Partial<PlaceLimits>;
  readonly redisUrl: string | null;
  /** A replica that says nothing for this long is gone, and its places with it. */
  readonly leaseSeconds?: number;
  readonly renewalMs?: number;
}

/**
 * KEYS: one caller's places; a field for each replica with its count and when that ends. ARGV: the replica, its count
 * from now on, the limit over all of them (0: none), how long the count holds. Answers whether it was written.
 */
const CLAIM = `
local now = tonumber(redis.call('TIME')[1])
local all = redis.call('HGETALL', KEYS[1])
local others = 0
for i = 1, #all, 2 do
  local count, ends = string.match(all[i + 1], '(%d+):(%d+)')
  if tonumber(ends) <= now then redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] then others = others + tonumber(count) end
end
local mine, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
if limit > 0 and others + mine > limit then return 0 end
if mine == 0 then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], mine .. ':' .. (now + tonumber(ARGV[4]))) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1`;

type Shared = BriskRedis & {
  claimPlaces(key: string, replica: string, count: number, limit: number, seconds: number): Promise<number>;
};

export function createPlaces({
  limits: given,
  redisUrl,
  leaseSeconds = 90,
  renewalMs = 30_000,
}: PlacesOptions): Places {
  const limits = { ...generousPlaces, ...given };
  const me = randomUUID();
  const held = new Map<string, number>();
  const strangers = new Map<string, number>();
  const redis = redisUrl === null ? null : (new BriskRedis(redisUrl) as Shared);
  redis?.defineCommand("claimPlaces", { numberOfKeys: 1, lua: CLAIM });

  /** Tells the other replicas how many this one holds. True where they don't answer: then this one is on its own. */
  const claim = async (key: string, limit: number): Promise<boolean> => {
    if (redis?.status !== "ready") return true;
    try {
      return (await redis.claimPlaces(`pulsegate:places:${key}`, me, held.get(key) ?? 0, limit, leaseSeconds)) === 1;
    } catch {
      return true;
    }
  };
  const renewal =
    redis &&
    setInterval(() => {
      for (const key of held.keys()) void claim(key, 0);
    }, renewalMs).unref();

  /** In this process; null where all are taken. */
  const occupy = (all: Map<string, number>, key: string, limit: number): Leave | null => {
    const count = all.get(key) ?? 0;
    if (count >= limit) return null;
    all.set(key, count + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const now = (all.get(key) ?? 1) - 1;
      if (now > 0) all.set(key, now);
      else all.delete(key);
    };
  };
  const take = async (what: string, caller: Caller, limit: number, sentence: string): Promise<Leave> => {
    const key = `${what} ${keyOf(caller)}`;
    const leave = occupy(held, key, limit);
    const granted = leave !== null && (await claim(key, limit));
    if (granted) {
      return () => {
        leave();
        void claim(key, 0);
      };
    }
    leave?.();
    throw new PulsegateError("RATE_LIMITED", sentence);
  };

  return {
    socket: (caller) =>
      take(
        "sockets",
        caller,
        limits[`${sizeOf(caller)}Sockets`],
        "You have too many open WebSockets and event streams: close some.",
      ),
    operation: (caller) =>
      take(
        "operations",
        caller,
        limits[`${sizeOf(caller)}Operations`],
        "You have too many open subscriptions: end some.",
      ),
    stranger: (address) => occupy(strangers, networkOf(address), limits.strangerSockets),
    ready: async () => await redis?.connected(),
    close: async () => {
      if (renewal) clearInterval(renewal);
      const keys = [...held.keys()];
      held.clear();
      await Promise.all(keys.map((key) => claim(key, 0)));
      redis?.disconnect();
    },
  };
}
