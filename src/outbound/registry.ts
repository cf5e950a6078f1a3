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

  const exclusively = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const times = { ttlMs: 15_000, waitMs: 20_000, delay };
    const done = await withLease(store, `outbound/${name}`, times, work);
    if (!done) throw new StoreUnavailable("A webhook is held by another process for too long.");
    return done.value;
  };
  const changed = () => versions.set(VERSION, randomUUID());

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
      exclusively(`app/${webhook.app}`, async () => {
        const own = (await all()).filter(({ app }) => app === webhook.app);
        if (own.length >= MOST_WEBHOOKS) {
          const sentence = `An app key has at most ${MOST_WEBHOOKS.toLocaleString("en")} webhooks: delete one first.`;
          throw new PulsegateError("BAD_USER_INPUT", sentence, { limit: MOST_WEBHOOKS });
        }
        await webhooks.set(webhook.id, webhook);
        await changed();
      }),
    change: (id, how) =>
      exclusively(`webhook/${id}`, async () => {
        const before = await webhooks.get(id);
        if (!before) return undefined;
        const after = how(before);
        await webhooks.set(id, after);
        await changed();
        return after;
      }),
    remove: (id) =>
      exclusively(`webhook/${id}`, async () => {
        await webhooks.erase(id);
        await changed();
      }),
  };
}
