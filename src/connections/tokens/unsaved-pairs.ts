import { StoreUnavailable } from "../../errors.js";
import type { Log } from "../../log.js";
import { type Backoff, backoffMs, jittered } from "../../model/backoff.js";
import type { Delay } from "../../store/lease.js";
import type { Lease, Store } from "../../store/store.js";
import { nextTurn } from "../../turns.js";
import { type Owner, readable, type StoredTokens, tokensLease, type Vault } from "./vault.js";

/** Longer than two token requests with their time limits and the writes around them. */
export const TOKENS_LEASE_MS = 45_000;
/** Attempts that whoever asked waits for; after them the writing goes on without them. */
const AWAITED_ATTEMPTS = 3;
const pauses: Backoff = { firstMs: 200, longestMs: 1_500 };

interface Renewal {
  readonly owner: Owner;
  /** The pair that was used up for the new one. */
  readonly replaced: StoredTokens;
  readonly tokens: StoredTokens;
}

/**
 * New pairs on their way into the vault. Of a one-time refresh token the new pair is all that the person has left, so
 * it is written again and again until it is saved, whoever asked for it and however long the store is away.
 */
export interface UnsavedPairs {
  /**
   * Saves a new pair under the lease, and answers what the vault holds now: the new pair, or what somebody stored in
   * the meantime, or null where the connection was dropped. After a few attempts it throws what the store said, and
   * goes on in the background.
   */
  save(renewal: Renewal, lease: Lease): Promise<StoredTokens | null>;
  /** The pair in hand that replaces this one, if any. */
  successorOf(owner: Owner, replaced: StoredTokens): StoredTokens | undefined;
  /** Resolves once nothing is unsaved. */
  idle(): Promise<void>;
  /** Gives up what is unsaved. */
  end(): void;
}

export function createUnsavedPairs(deps: {
  readonly store: Store;
  readonly vault: Vault;
  readonly log: Pick<Log, "info" | "warn">;
  readonly delay: Delay;
  /** The grant lives after all: whoever took it for lost could not know of the pair in hand. */
  revive(connectionId: string): Promise<unknown>;
}): UnsavedPairs {
  const { store, vault, log } = deps;
  const waiting = new Map<Renewal, Promise<void>>();
  let ended = false;

  /** Our own lease if it still is, else a new one: a pair must not be written over one that somebody stores meanwhile. */
  const hold = async ({ owner }: Renewal, lease: Lease): Promise<Lease> => {
    if (await lease.renew(TOKENS_LEASE_MS)) return lease;
    const taken = await store.lease(tokensLease(owner.id), TOKENS_LEASE_MS);
    if (!taken) throw new StoreUnavailable("The store did not give the lease on a connection's tokens in time.");
    return taken;
  };

  const write = async ({ owner, replaced, tokens }: Renewal): Promise<StoredTokens | null> => {
    // What can't be opened is not the pair that we replace.
    const current = await readable(vault, owner);
    if (current?.accessToken !== replaced.accessToken) return current ?? null;
    if (current.refused) await deps.revive(owner.id);
    await vault.save(owner, tokens);
    return tokens;
  };

  const attempt = async (renewal: Renewal, lease: Lease): Promise<StoredTokens | null> => {
    const held = await hold(renewal, lease);
    try {
      return await write(renewal);
    } finally {
      // The caller gives back its own.
      if (held !== lease) await held.release().catch(() => {});
    }
  };

  /** A turn of the event loop at least, whatever `delay` is: nothing else would ever run. */
  const rest = async (attempts: number) => {
    // Jittered: after an outage everybody's pairs are written, and not all in the same moment.
    await deps.delay(jittered(backoffMs(pauses, attempts)));
    await nextTurn();
  };

  return {
    save: (renewal, lease) =>
      new Promise((resolve, reject) => {
        const { id, provider } = renewal.owner;
        const untilSaved = async () => {
          for (let attempts = 1; !ended; attempts++) {
            try {
              resolve(await attempt(renewal, lease));
              if (attempts <= AWAITED_ATTEMPTS) return;
              await lease.release().catch(() => {});
              return log.info({ connectionId: id, provider }, "a new token pair that could not be saved is saved now");
            } catch (error) {
              if (attempts === AWAITED_ATTEMPTS) {
                log.warn({ connectionId: id, provider }, "a new token pair can't be saved yet: it is tried again");
                reject(error);
              }
            }
            await rest(attempts);
          }
          log.warn({ connectionId: id, provider }, "a new token pair is lost: the store could not be written in time");
          reject(new StoreUnavailable("The store could not be written before the end."));
        };
        waiting.set(
          renewal,
          untilSaved().finally(() => waiting.delete(renewal)),
        );
      }),
    successorOf: (owner, replaced) =>
      [...waiting.keys()].find((one) => one.owner.id === owner.id && one.replaced.accessToken === replaced.accessToken)
        ?.tokens,
    idle: async () => {
      await Promise.all(waiting.values());
    },
    end: () => {
      ended = true;
    },
  };
}
