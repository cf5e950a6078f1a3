import { isIPv6 } from "node:net";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { PulsegateError } from "../errors.js";
import type { Caller } from "../graphql/caller.js";
import type { Cost } from "../graphql/limits.js";
import { BriskRedis } from "../store/brisk-redis.js";
import { createPace } from "./pace.js";

/**
 * What may be used up in a minute. A point is a millisecond of one core, as far as that can be told beforehand
 * (`graphql/limits.ts`); no request costs less than one. Beside other load, and with the memory that it leaves to be
 * cleared, a point's work was measured at up to three milliseconds: a user can so cause a fifth of a core's work at most.
 */
export interface RateLimit {
  /** Points of one user. */
  readonly user: number;
  /** Points that a user may use up in one go; more of them wait, at the pace of a minute's. */
  readonly userBurst: number;
  /** Points of an app, which asks for many users, and of the person at home. */
  readonly app: number;
  /** Requests, and WebSockets, of an address that shows no valid credentials. */
  readonly stranger: number;
  /** Mutations of one user: each of them writes, and most of them call a provider. */
  readonly userMutations: number;
  /** The same of an app. */
  readonly appMutations: number;
}
/** Nobody meets these by using an app; a loop that went wild does. */
const generousRateLimit: RateLimit = {
  user: 4_000,
  userBurst: 250,
  app: 60_000,
  stranger: 1_200,
  userMutations: 120,
  appMutations: 12_000,
};

/** Each method takes at once or throws RATE_LIMITED, with the seconds until it is worth trying again. */
export interface RateLimiter {
  /** Points of a caller; of the address for whom nobody vouches. A user who hurries waits for their turn. */
  take(caller: Caller | null, address: string, points?: number): Promise<void>;
  /** Points that were taken and turned out not to be needed. */
  giveBack(caller: Caller, points: number): Promise<void>;
  mutations(caller: Caller, count: number): Promise<void>;
  /** One WebSocket that an address opens. */
  upgrade(address: string): Promise<void>;
  /** One return from a provider's consent page. Apart from strangers: they must not keep a person from connecting. */
  callback(address: string): Promise<void>;
  /** Resolves once all replicas count together: until then this process counts by itself. */
  ready(): Promise<void>;
  close(): void;
}

export interface RateLimiterOptions {
  readonly limit?: Partial<RateLimit>;
  /** Null: this process counts by itself. With Redis all replicas count together, and alone while it is away. */
  readonly redisUrl: string | null;
}

const WINDOW_SECONDS = 60;

export function createRateLimiter({ limit, redisUrl }: RateLimiterOptions): RateLimiter {
  const limits = { ...generousRateLimit, ...limit };
  const redis = redisUrl === null ? null : new BriskRedis(redisUrl);
  const bucket = (name: string, points: number) => {
    const memory = new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECONDS });
    if (redis === null) return memory;
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `pulsegate:points:${name}`,
      points,
      duration: WINDOW_SECONDS,
      rejectIfRedisNotReady: true,
      // Whoever is over the limit anyway is not asked about again until their minute ends.
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: memory,
    });
  };
  const points = {
    user: bucket("user", limits.user),
    app: bucket("app", limits.app),
    stranger: bucket("stranger", limits.stranger),
  };
  const mutations = {
    user: bucket("user-mutations", limits.userMutations),
    app: bucket("app-mutations", limits.appMutations),
  };
  const pace = createPace({ perMinute: limits.user, burst: limits.userBurst });
  const take = async (caller: Caller, wanted: number) => {
    const [size, key] = [sizeOf(caller), keyOf(caller)];
    await consume(points[size], key, wanted);
    if (size === "app") return;
    try {
      await pace.enter(key, wanted);
    } catch (refusal) {
      await points[size].reward(key, wanted);
      throw refusal;
    }
  };
  const upgrades = bucket("upgrade", limits.stranger);
  const callbacks = bucket("callback", limits.stranger);
  return {
    take: (caller, address, wanted = 1) =>
      caller === null ? consume(points.stranger, networkOf(address), wanted) : take(caller, wanted),
    giveBack: async (caller, given) => void (await points[sizeOf(caller)].reward(keyOf(caller), given)),
    mutations: async (caller, count) => await consume(mutations[sizeOf(caller)], keyOf(caller), count),
    upgrade: async (address) => await consume(upgrades, networkOf(address), 1),
    callback: async (address) => await consume(callbacks, networkOf(address), 1),
    ready: async () => await redis?.connected(),
    close: () => redis?.disconnect(),
  };
}

/** Counts and judges in one step, in the process or by one command of Redis: a burst can't pass between the two. */
async function consume(bucket: RateLimiterMemory | RateLimiterRedis, key: string, points: number): Promise<void> {
  try {
    await bucket.consume(key, points);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new PulsegateError("RATE_LIMITED", undefined, {
      retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
    });
  }
}

/** A document costs its parsing and validation: twenty thousand bytes of fields take about thirty milliseconds. */
export const BYTES_READ_PER_POINT = 512;

export const pointsFor = (bytes: number, bytesPerPoint: number) => Math.max(1, Math.ceil(bytes / bytesPerPoint));

/**
 * How an operation's caller is charged for it. `paid` points were taken when the request came in, before anybody could
 * tell what it would cost.
 */
export function spending(limiter: RateLimiter, caller: Caller, paid = 0) {
  let left = paid;
  return async ({ points, mutations }: Pick<Cost, "points" | "mutations">): Promise<void> => {
    const due = points - left;
    left = Math.max(0, -due);
    if (due > 0) await limiter.take(caller, "", due);
    if (mutations > 0) await limiter.mutations(caller, mutations);
  };
}

/** Whose limits hold for a caller. */
export function sizeOf(caller: Caller): "user" | "app" {
  return caller.kind === "app" || caller.expiresAt === null ? "app" : "user";
}

/** Tells callers apart. An app key that is bound to a person is not that person: one does not use up the other's. */
export function keyOf(caller: Caller): string {
  if (caller.kind === "app") return `app ${caller.name}`;
  return caller.appKey === undefined ? `user ${caller.userId}` : `key ${caller.appKey}`;
}

/** An IPv6 address by its first 64 bits: whoever has one has all of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("%", 1)[0]!.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => "0"), ...groups(tail)];
  return `${all.slice(0, 4).join(":")}::/64`;
}
