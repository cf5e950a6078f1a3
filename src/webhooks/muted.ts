import { z } from "zod";
import type { Domain } from "../model/records.js";
import { rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";

/**
 * Domains of a connection whose news the person does not want to hear. Providers without subscriptions per person send
 * them all the same; they still make the days stale.
 */
export interface Muted {
  of(connectionId: string): Promise<ReadonlySet<Domain>>;
  mute(connectionId: string, domains: readonly Domain[]): Promise<void>;
  unmute(connectionId: string, domains: readonly Domain[]): Promise<void>;
  forget(connectionId: string): Promise<void>;
}

/** Changes are made under the connection's lease of its subscriptions: they don't meet. */
export function createMuted(store: Store): Muted {
  const muted = store.collection<readonly Domain[]>("muted", rowsOf(z.array(z.string())));
  const of = async (id: string) => new Set((await muted.get(id)) ?? []);
  const save = async (id: string, domains: ReadonlySet<Domain>) => {
    if (domains.size === 0) await muted.delete(id);
    else await muted.set(id, [...domains]);
  };
  return {
    of,
    mute: async (id, domains) => await save(id, new Set([...(await of(id)), ...domains])),
    unmute: async (id, domains) => {
      const before = await of(id);
      if (before.size > 0) await save(id, new Set([...before].filter((domain) => !domains.includes(domain))));
    },
    forget: (id) => muted.erase(id),
  };
}
