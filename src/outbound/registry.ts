import { randomUUID } from "node:crypto";
import { PulsegateError, StoreUnavailable } from "../errors.js";
import { type Delay, withLease } from "../store/lease.js";
import { textRows } from "../store/row.js";
import type { Store } from "../store/store.js";
import { type Webhook, webhookRows } from "./webhook.js";

/** For each app key: more would be a person's worth of one each. */
const MOST_WEBHOOKS = 1_000;

/** The webhooks of all apps, as they are stored. Every method rejects with `StoreUnavailable` where the store is away. */
export interface Registry {
  /** As of this moment: what another replica has answered is in it. Costs one read where nothing changed. */
  all(): Promise<readonly Webhook[]>;
  get(id: string): Promise<Webhook | undefined>;
  /** BAD_USER_INPUT where the app has as many as it may. */
  add(webhook: Webhook): Promise<void>;
  /** Undefined where it is gone. */
  change(id: string, how: (before: Webhook) => Webhook): Promise<Webhook | undefined>;
  remove(id: string): Promise<void>;
}

export function createRegistry({ store, delay }: { readonly store: Store; readonly delay: Delay }): Registry {
  const webhooks = store.collection("outbound-webhooks", webhookRows);
  /** Of the webhooks as a whole: another after each change. */
  const versions = store.collection("outbound-version", textRows);
  const VERSION = "webhooks";
  let known: { readonly version: string; readonly webhooks: readonly Webhook[] } | null = null;

  /**
   * One change at a time over all processes: so what this one knows is still all there is once it has made its own, and
   * need not be read again.
   */
  const change = async <T>(
    work: (before: readonly Webhook[]) => Promise<{ readonly after: readonly Webhook[]; readonly result: T }>,
  ): Promise<T> => {
    const times = { ttlMs: 15_000, waitMs: 20_000, delay };
    const done = await withLease(store, "outbound/webhooks", times, async () => {
      const { after, result } = await work(await all());
      const version = randomUUID();
      await versions.set(VERSION, version);
      known = { version, webhooks: after };
      return result;
    });
    if (!done) throw new StoreUnavailable("The webhooks are held by another process for too long.");
    return done.value;
  };

  const all = async () => {
    const version = await versions.get(VERSION);
    if (version === undefined) return [];
    if (known?.version === version) return known.webhooks;
    const found: Webhook[] = [];
    for await (const [, webhook] of webhooks.scan("")) found.push(webhook);
    found.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    known = { version, webhooks: found };
    return found;
  };

  return {
    all,
    get: (id) => webhooks.get(id),
    add: (webhook) =>
      change(async (before) => {
        const own = before.filter(({ app }) => app === webhook.app);
        if (own.length >= MOST_WEBHOOKS) {
          const sentence = `An app key has at most ${MOST_WEBHOOKS.toLocaleString("en")} webhooks: delete one first.`;
          throw new PulsegateError("BAD_USER_INPUT", sentence, { limit: MOST_WEBHOOKS });
        }
        await webhooks.set(webhook.id, webhook);
        return { after: [...before, webhook], result: undefined };
      }),
    change: (id, how) =>
      change(async (before) => {
        const found = await webhooks.get(id);
        if (!found) return { after: before, result: undefined };
        const changed = how(found);
        await webhooks.set(id, changed);
        return { after: before.map((one) => (one.id === id ? changed : one)), result: changed };
      }),
    remove: (id) =>
      change(async (before) => {
        await webhooks.erase(id);
        return { after: before.filter((one) => one.id !== id), result: undefined };
      }),
  };
}
