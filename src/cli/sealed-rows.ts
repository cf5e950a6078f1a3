import { connectionRows } from "../connections/connection.js";
import { revocationBinding } from "../connections/leaving/revocations.js";
import { givenSecretBinding } from "../connections/tokens/given-secrets.js";
import { tokensBinding } from "../connections/tokens/vault.js";
import { bodyBinding } from "../outbound/messages.js";
import { happeningBinding } from "../outbound/notes.js";
import { deletionBinding } from "../outbound/outbound.js";
import { secretBinding } from "../outbound/signing.js";
import type { ProviderId } from "../providers/index.js";
import type { Store } from "../store/store.js";
import { namespaceOf, type SealedPart } from "./store-form.js";

/** The encrypted parts of a row. Null if nobody can tell whom they are bound to. */
type Find = (id: string, value: unknown, store: Pick<Store, "collection">) => Promise<readonly SealedPart[] | null>;

const whole = (binding: readonly string[]): readonly SealedPart[] => [{ path: [], binding }];
const box = (binding: readonly string[]): readonly SealedPart[] => [{ path: ["box"], binding }];

/** Every collection with something encrypted that outlives an hour. */
const finders: Readonly<Record<string, Find>> = {
  tokens: async (id, _, store) => {
    const owner = await store.collection("connections", connectionRows).get(id);
    return owner ? whole(tokensBinding(owner)) : null;
  },
  "given-secrets": async (provider) => whole(givenSecretBinding(provider as ProviderId)),
  "owed-revocations": async (name, value) => {
    const { provider } = value as { readonly provider: ProviderId };
    return [{ path: ["token"], binding: revocationBinding(name, provider) }];
  },
  "outbound-webhooks": async (id, value) => {
    const { secrets } = value as { readonly secrets: readonly unknown[] };
    return secrets.map((_, index) => ({ path: ["secrets", index, "box"], binding: secretBinding(id) }));
  },
  "outbound-bodies": async (key) => whole(bodyBinding(key)),
  "outbound-events": async (key) => box(happeningBinding(key)),
  "outbound-deletions": async (key) => box(deletionBinding(key)),
};

export const isSealed = (key: string): boolean => Object.hasOwn(finders, namespaceOf(key));

export async function sealedParts(
  key: string,
  value: unknown,
  store: Pick<Store, "collection">,
): Promise<readonly SealedPart[] | null> {
  const namespace = namespaceOf(key);
  return await finders[namespace]!(key.slice(namespace.length + 1), value, store);
}
