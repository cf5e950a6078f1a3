import type { Log } from "../../log.js";
import type { Adoption } from "../consent/adoption.js";
import type { Consent } from "../consent/consent.js";
import type { Directory } from "../directory/directory.js";
import type { Revocations } from "../leaving/revocations.js";
import type { GivenSecrets } from "./given-secrets.js";
import { type Vault, VaultUnreadable } from "./vault.js";

/** What a rotation found and did: tokens of connections, those whose withdrawal a provider still owes us, secrets of providers. */
export interface KeyRotation {
  /** Under the first key before. */
  readonly current: number;
  readonly renewed: number;
  /** No key that we were given opens them. */
  readonly unreadable: number;
  /** Consents under way that only an older key opens: they end by themselves within the hour. */
  readonly underWay: number;
}

/**
 * Names the keys that stored tokens need and that we don't have, by their fingerprints: at the start, and whenever there
 * are more of such tokens than before. Nothing stops for it: the histories of these people are served all the same.
 */
export function createKeyWatch(deps: {
  readonly vault: Vault;
  readonly secrets: GivenSecrets;
  readonly log: Pick<Log, "warn">;
}): () => Promise<void> {
  const { vault, secrets, log } = deps;
  let known = 0;
  return async () => {
    const keyIds = new Set<string>();
    let tokens = 0;
    for (const boxes of [vault.stored(), secrets.stored()]) {
      for await (const { keyId, hasKey } of boxes) {
        if (hasKey) continue;
        tokens++;
        keyIds.add(keyId);
      }
    }
    if (tokens > known) {
      log.warn({ tokens, keyIds: [...keyIds] }, "ENCRYPTION_KEYS lacks the keys of some stored tokens: add them again");
    }
    known = tokens;
  };
}

export function createKeyRotation(deps: {
  readonly vault: Vault;
  readonly revocations: Revocations;
  readonly secrets: GivenSecrets;
  readonly directory: Directory;
  readonly adoption: Adoption;
  readonly consent: Consent;
}): () => Promise<KeyRotation> {
  const { vault, revocations, secrets, adoption } = deps;
  return async () => {
    const count = { current: 0, renewed: 0, unreadable: 0 };
    const counted = async (reseal: () => Promise<void>) => {
      try {
        await reseal();
        count.renewed++;
      } catch (error) {
        if (!(error instanceof VaultUnreadable)) throw error;
        count.unreadable++;
      }
    };
    /** One at a time with refreshes, consents and departures of the same connection, over all processes. */
    const renew = (connectionId: string, reseal: () => Promise<void>) =>
      counted(() => adoption.withTokens(connectionId, reseal));
    for await (const { connectionId, isCurrent } of vault.stored()) {
      if (isCurrent) {
        count.current++;
        continue;
      }
      // Tokens without a connection are of a consent that is just being finished, or that a crash cut off.
      const owner = await deps.directory.stored(connectionId);
      if (owner) await renew(connectionId, () => vault.reseal(owner));
    }
    for await (const { connectionId, isCurrent } of revocations.owed()) {
      if (isCurrent) count.current++;
      else await renew(connectionId, () => revocations.reseal(connectionId));
    }
    for await (const { provider, isCurrent } of secrets.stored()) {
      if (isCurrent) count.current++;
      else await counted(() => secrets.reseal(provider));
    }
    return { ...count, underWay: await deps.consent.underOldKeys() };
  };
}
