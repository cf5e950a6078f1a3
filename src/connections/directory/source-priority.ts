import { z } from "zod";
import { PulsegateError } from "../../errors.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import { rowsOf } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { hashOf } from "../oauth/oauth.js";
import { createRecall } from "./recall.js";

/** Which provider wins where two report the same day, per user. */
export interface SourcePriority {
  get(userId: string): Promise<readonly ProviderId[]>;
  set(userId: string, providers: readonly string[]): Promise<readonly ProviderId[]>;
  forget(userId: string): Promise<void>;
}

export function createSourcePriority({
  store,
  providers,
}: {
  store: Store;
  providers: readonly Provider[];
}): SourcePriority {
  const chosen = store.collection<readonly ProviderId[]>("source-priority", rowsOf(z.array(z.string())));
  const recalled = createRecall<readonly ProviderId[]>();
  const usual = usualOrder(providers);
  // Providers that joined the registry after the choice was made come last, in their usual order.
  const completed = (first: readonly ProviderId[]) => [
    ...first.filter((id) => usual.includes(id)),
    ...usual.filter((id) => !first.includes(id)),
  ];

  return {
    get: (userId) => recalled.get(userId, async () => completed((await chosen.get(hashOf(userId))) ?? [])),
    set: async (userId, names) => {
      const ids = usual.filter((id) => names.includes(id));
      if (names.some((name) => !usual.some((id) => id === name))) {
        throw new PulsegateError("BAD_USER_INPUT", "providers names one that is not known here.");
      }
      if (ids.length !== names.length) throw new PulsegateError("BAD_USER_INPUT", "providers names one twice.");
      const order = names as readonly ProviderId[];
      await chosen.set(hashOf(userId), order);
      recalled.forget(userId);
      return completed(order);
    },
    forget: async (userId) => {
      await chosen.erase(hashOf(userId));
      recalled.forget(userId);
    },
  };
}

/** Registry order, but that a successor goes before the provider that it succeeds. */
export function usualOrder(providers: readonly Provider[]): readonly ProviderId[] {
  const order: ProviderId[] = [];
  const place = (provider: Provider) => {
    if (order.includes(provider.id)) return;
    const successor = providers.find((other) => other.succeeds === provider.id);
    if (successor) place(successor);
    order.push(provider.id);
  };
  providers.forEach(place);
  return order;
}
