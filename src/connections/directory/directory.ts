import { z } from "zod";
import { PulsegateError, StoreUnavailable } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import { soundBudgets } from "../../providers/waits.js";
import { type Delay, withLease } from "../../store/lease.js";
import { rowsOf, textRows, UnreadableRow } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { type Connection, connectionRows } from "../connection.js";
import { hashOf } from "../oauth/oauth.js";
import { type Account, accountKey } from "./accounts.js";
import type { Ownership } from "./ownership.js";
import { type ConnectionPage, createPages, type PageAsked } from "./pages.js";
import { createRecall } from "./recall.js";

/** How long a connection may wait for the person's confirmation. */
export const CONFIRMATION_MS = 60 * 60_000;

const LEASE_MS = 15_000;
/** Taking leave of a provider waits for its answers while the user's connections are held. */
const USER_LEASE_MS = 60_000;

/** Which connections a user has: the one in use per provider, and those of other accounts used before. */
interface UserEntry {
  readonly current: Readonly<Partial<Record<ProviderId, string>>>;
  readonly former: readonly string[];
}

const entryRows = rowsOf<UserEntry>(
  z.looseObject({ current: z.record(z.string(), z.string()), former: z.array(z.string()) }),
);
const userRows = rowsOf<{ readonly since: number }>(z.looseObject({ since: z.number() }), { throws: true });

export interface ConnectionEvents {
  /** Right before a connection is stored so: what it rejects with keeps it from being stored. */
  connectionChanging?(connection: Connection): Promise<void>;
  connectionChanged(connection: Connection): void | Promise<void>;
}

/** Answers the new state; the same object to leave it be; null to delete it. */
type Change = (before: Connection | undefined) => Connection | null | undefined;

/** The stored connections and their indexes. Knows nothing of tokens or OAuth. */
export interface Directory {
  entry(userId: string): Promise<UserEntry>;
  saveEntry(userId: string, entry: UserEntry | null): Promise<void>;
  /** One change at a time to what a user has, over all processes. */
  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T>;
  list(userId: string): Promise<readonly Connection[]>;
  /** The same for requests: what another process changed within the last second may not be in it. */
  recalled(userId: string): Promise<readonly Connection[]>;
  get(connectionId: string): Promise<Connection | null>;
  /** As it is stored: one of a provider that only another release knows, or that nobody confirmed in time, too. */
  stored(connectionId: string): Promise<Connection | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Connection[]>;
  byProviderUser(provider: ProviderId, providerUserId: string): Promise<Connection | null>;
  /** Every connection with data of an account: the one that has it first, then those that had it. */
  everyOf(account: Account): Promise<readonly Connection[]>;
  /** With `after`, the id of a connection: only those behind it, in the order of their ids. */
  all(after?: string): AsyncIterable<Connection>;
  /** What `list` answers for all users, in the order of `newConnectionId`. */
  page(asked: PageAsked): Promise<ConnectionPage>;
  markUser(userId: string): Promise<void>;
  hasEverConnected(userId: string): Promise<boolean>;
  mutate(connectionId: string, change: Change): Promise<Connection | null>;
  /**
   * Reserves a provider account for a connection, and answers the id of the connection that has it now: another one
   * where the same user already had the account. Throws PROVIDER_ACCOUNT_IN_USE where another user has it.
   */
  claim(provider: ProviderId, providerUserId: string, userId: string, connectionId: string): Promise<string>;
  release(connection: Connection): Promise<void>;
  onChange(listener: (connection: Connection) => void): () => void;
  /** Changes of one connection that this process makes meanwhile are told as one, at the end of the work. */
  asOneChange<T>(connectionId: string, work: () => Promise<T>): Promise<T>;
}

export function createDirectory(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly order: readonly ProviderId[];
  readonly ownership: Pick<Ownership, "noteConnection" | "noteAccount" | "noteHealthData" | "everyConnectionOf">;
  readonly delay: Delay;
  readonly log: Pick<Log, "info" | "warn">;
  isRetired(provider: ProviderId): boolean;
  readonly events?: ConnectionEvents;
}): Directory {
  const { store } = deps;
  const connections = store.collection<Connection>("connections", connectionRows);
  const entries = store.collection<UserEntry>("user-connections", entryRows);
  const accounts = store.collection<string>("provider-accounts", textRows);
  const users = store.collection("users", userRows);
  const listeners = new Set<(connection: Connection) => void>();
  const queues = new Map<
    string,
    { change: Change; resolve(c: Connection | null): void; reject(error: unknown): void }[]
  >();
  const lists = createRecall<readonly Connection[]>();
  const knownUsers = createRecall<{ readonly known: boolean }>();

  /** As callers see it: retired with its provider, gone when nobody confirmed it in time, without impossible waits. */
  const present = (connection: Connection | undefined): Connection | null => {
    // One that only another release knows is left alone.
    if (!connection || !deps.order.includes(connection.provider)) return null;
    if (connection.status === "AWAITING_CONFIRMATION" && deps.clock.now() > connection.connectedAt + CONFIRMATION_MS)
      return null;
    const budgets = soundBudgets(connection.budgets, deps.clock.now());
    const healed = budgets === connection.budgets ? connection : { ...connection, budgets };
    if (healed.status !== "REVOKED" && deps.isRetired(healed.provider)) return { ...healed, status: "RETIRED" };
    return healed;
  };

  const held = async <T>(name: string, work: () => Promise<T>, ttlMs = LEASE_MS): Promise<T> => {
    const done = await withLease(store, name, { ttlMs, waitMs: 2 * LEASE_MS, delay: deps.delay }, work);
    if (!done) throw new StoreUnavailable(`The store did not give the lease ${name.split(":")[0]} in time.`);
    return done.value;
  };

  /** What was changed by work that is told as one: the state before the first change, and after the last. */
  const heldBack = new Map<string, { works: number; before?: Connection; after?: Connection }>();

  const tell = (before: Connection | undefined, after: Connection) => {
    const held = heldBack.get(after.id);
    if (held) {
      if (!held.after) held.before = before;
      held.after = after;
      return;
    }
    const seen = isSame(before, after) ? null : present(after);
    if (!seen) return;
    for (const listener of listeners) listener(seen);
    void Promise.resolve()
      .then(() => deps.events?.connectionChanged(seen))
      .catch(() =>
        deps.log.warn({ connectionId: seen.id }, "a changed connection could not be published to other replicas"),
      );
  };

  /** Whatever piled up for one connection while the last write was under way goes into one write. */
  const drain = async (id: string, queue: NonNullable<ReturnType<typeof queues.get>>) => {
    while (queue.length > 0) {
      const batch: typeof queue = [];
      try {
        const { before, after } = await held(`connection:${id}`, async () => {
          const before = await connections.get(id);
          batch.push(...queue.splice(0));
          let after = before;
          for (const { change } of batch) after = change(after) ?? undefined;
          if (after === undefined && before !== undefined) await connections.delete(id);
          if (after !== undefined && before === undefined) await deps.ownership.noteConnection(after);
          if (after && after.providerUserId !== null && after.providerUserId !== before?.providerUserId)
            await deps.ownership.noteHealthData({ ...after, providerUserId: after.providerUserId }, id);
          if (after !== undefined && after !== before) {
            const seen = isSame(before, after) ? null : present(after);
            if (seen) await deps.events?.connectionChanging?.(seen);
            await connections.set(id, after);
          }
          return { before, after };
        });
        for (const userId of new Set([before?.userId, after?.userId])) if (userId !== undefined) lists.forget(userId);
        for (const { resolve } of batch) resolve(present(after));
        if (after && after !== before) tell(before, after);
      } catch (error) {
        if (batch.length === 0) batch.push(...queue.splice(0));
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(id);
  };

  /** Whatever the row holds: that it is there says it. */
  const isThere = async (userId: string): Promise<boolean> => {
    try {
      return (await users.get(hashOf(userId))) !== undefined;
    } catch (error) {
      if (error instanceof UnreadableRow) return true;
      throw error;
    }
  };

  const getMany = async (ids: readonly string[]) =>
    (await connections.getMany(ids)).map(present).filter((found) => found !== null);
  const entry = async (userId: string) => (await entries.get(hashOf(userId))) ?? { current: {}, former: [] };
  const get = async (id: string) => present(await connections.get(id));
  const list = async (userId: string) => {
    const { current } = await entry(userId);
    const ids = deps.order.map((provider) => current[provider]).filter((id) => id !== undefined);
    return ids.length === 0 ? [] : await getMany(ids);
  };

  /** Without connections to accounts that their users have replaced. */
  const inUse = async (found: readonly Connection[]) => {
    const lists = await entries.getMany(found.map(({ userId }) => hashOf(userId)));
    return found.filter(({ id, provider }, index) => lists[index]?.current[provider] === id);
  };

  const byProviderUser = async (provider: ProviderId, providerUserId: string) => {
    const id = await accounts.get(accountKey({ provider, providerUserId }));
    return id === undefined ? null : await get(id);
  };

  return {
    entry,
    saveEntry: async (userId, value) => {
      if (value) await entries.set(hashOf(userId), value);
      else await Promise.all([entries.erase(hashOf(userId)), users.erase(hashOf(userId))]);
      lists.forget(userId);
      knownUsers.forget(userId);
    },
    exclusively: (userId, work) => held(`user:${hashOf(userId)}`, work, USER_LEASE_MS),
    list,
    recalled: (userId) => lists.get(userId, () => list(userId)),
    get,
    stored: (id) => connections.get(id),
    getMany,
    byProviderUser,
    everyOf: async (account) => {
      const holder = await byProviderUser(account.provider, account.providerUserId);
      const ids = await deps.ownership.everyConnectionOf(account);
      const others = await getMany(ids.filter((id) => id !== holder?.id));
      return [...(holder ? [holder] : []), ...others];
    },
    page: createPages({ connections, present, inUse }),
    all: async function* (after) {
      for await (const [, connection] of connections.scan("", after)) {
        const seen = present(connection);
        if (seen) yield seen;
      }
    },
    markUser: async (userId) => {
      await users.putIfAbsent(hashOf(userId), { since: deps.clock.now() });
      knownUsers.forget(userId);
    },
    hasEverConnected: async (userId) => {
      const read = async () => ({ known: await isThere(userId) });
      return (await knownUsers.get(userId, read)).known;
    },
    mutate: (id, change) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(id);
        if (queue) {
          queue.push({ change, resolve, reject });
          return;
        }
        const started = [{ change, resolve, reject }];
        queues.set(id, started);
        void drain(id, started);
      }),
    claim: async (provider, providerUserId, userId, connectionId) => {
      const key = accountKey({ provider, providerUserId });
      return await held(`account:${key}`, async () => {
        await deps.ownership.noteAccount(userId, { provider, providerUserId });
        if (await accounts.putIfAbsent(key, connectionId)) return connectionId;
        const holderId = await accounts.get(key);
        const holder =
          holderId === undefined || holderId === connectionId ? undefined : await connections.get(holderId);
        if (holder?.userId === userId) return holder.id;
        // Whoever disconnected, or never got as far as a connection, holds nobody else up.
        if (holder && holder.status !== "REVOKED") throw new PulsegateError("PROVIDER_ACCOUNT_IN_USE");
        await accounts.set(key, connectionId);
        return connectionId;
      });
    },
    release: async (connection) => {
      if (connection.providerUserId === null) return;
      const account = { provider: connection.provider, providerUserId: connection.providerUserId };
      const key = accountKey(account);
      await held(`account:${key}`, async () => {
        if ((await accounts.get(key)) === connection.id) await accounts.delete(key);
      });
    },
    asOneChange: async (id, work) => {
      const held = heldBack.get(id) ?? { works: 0 };
      heldBack.set(id, held);
      held.works++;
      try {
        return await work();
      } finally {
        if (--held.works === 0) {
          heldBack.delete(id);
          if (held.after) tell(held.before, held.after);
        }
      }
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether nothing changed that anybody is told of. */
function isSame(before: Connection | undefined, after: Connection): boolean {
  return (
    before?.status === after.status &&
    before.providerUserId === after.providerUserId &&
    before.scopes.join() === after.scopes.join()
  );
}
