import { StoreUnavailable } from "../../errors.js";
import type { ProviderId } from "../../providers/index.js";
import type { GivenSecret } from "../../providers/provider.js";
import { type Delay, withLease } from "../../store/lease.js";
import { rowsOf } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { type Cipher, type Sealed, sealedSchema, VaultUnreadable } from "./vault.js";

/** Secrets that providers send only once, when an app-wide subscription is made. Encrypted like tokens. */
export interface GivenSecrets {
  /** Null if nothing is stored, or if it is damaged. Throws `VaultUnreadable` if the encryption key is missing. */
  read(provider: ProviderId): Promise<GivenSecret | null>;
  keep(provider: ProviderId, given: GivenSecret): Promise<void>;
  /** Whose are stored; whether each is under the first key, and whether under any of ours. */
  stored(): AsyncIterable<{
    readonly provider: ProviderId;
    readonly keyId: string;
    readonly isCurrent: boolean;
    readonly hasKey: boolean;
  }>;
  /** Encrypts under the first key what is under another. Throws `VaultUnreadable`. */
  reseal(provider: ProviderId): Promise<void>;
}

export const givenSecretBinding = (provider: ProviderId) => ["given-secret", provider];

export function createGivenSecrets(deps: {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly delay: Delay;
}): GivenSecrets {
  const { store, cipher } = deps;
  const secrets = store.collection<Sealed>("given-secrets", rowsOf(sealedSchema));

  /** Re-encrypting must never put an old secret over a new one. */
  const exclusively = async (provider: ProviderId, work: () => Promise<void>) => {
    const times = { ttlMs: 15_000, waitMs: 20_000, delay: deps.delay };
    if (!(await withLease(store, `given-secret/${provider}`, times, work)))
      throw new StoreUnavailable("The store did not give the lease on a provider's secret in time.");
  };

  return {
    read: async (provider) => {
      const box = await secrets.get(provider);
      if (!box) return null;
      try {
        return cipher.open<GivenSecret>(givenSecretBinding(provider), box);
      } catch (error) {
        if (error instanceof VaultUnreadable && error.why === "damaged") return null;
        throw error;
      }
    },
    keep: (provider, { subscriptionId, secret }) =>
      exclusively(provider, () =>
        secrets.set(provider, cipher.seal(givenSecretBinding(provider), { subscriptionId, secret })),
      ),
    stored: async function* () {
      for await (const [provider, box] of secrets.scan("")) {
        const isCurrent = cipher.isCurrent(box);
        yield { provider: provider as ProviderId, keyId: box.keyId, isCurrent, hasKey: cipher.hasKeyFor(box) };
      }
    },
    reseal: (provider) =>
      exclusively(provider, async () => {
        const box = await secrets.get(provider);
        if (!box || cipher.isCurrent(box)) return;
        await secrets.set(
          provider,
          cipher.seal(givenSecretBinding(provider), cipher.open<GivenSecret>(givenSecretBinding(provider), box)),
        );
      }),
  };
}
