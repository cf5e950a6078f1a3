import { type HttpClient, TransportError } from "../http/client.js";
import type { Provider, ProviderId, ProviderSettings } from "../providers/provider.js";
import type { Store } from "../store/store.js";
import type { ConnectionLog } from "./connections.js";
import { revokeToken } from "./oauth.js";
import type { Cipher, Sealed } from "./vault.js";

/** After this time the grant has most likely died of itself, and a token must not be kept for ever. */
const KEPT_MS = 7 * 86_400_000;

interface Owed {
  readonly provider: ProviderId;
  readonly token: Sealed;
}

/** Withdraws grants at the providers, and remembers those that a provider could not take just then. */
export interface Revocations {
  /** `true` once withdrawn; `false` where the provider has no way to; `"later"` where it will be tried again. */
  revoke(connectionId: string, provider: ProviderId, token: string): Promise<boolean | "later">;
  /** The connection lives again: what is owed must not kill the new grant. */
  forget(connectionId: string): Promise<void>;
  retry(): Promise<void>;
}

export function createRevocations(deps: {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly http: HttpClient;
  readonly log: ConnectionLog;
  provider(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
  isRetired(provider: ProviderId): boolean;
}): Revocations {
  const owed = deps.store.collection<Owed>("owed-revocations");
  // Bound to the connection alone: the user may be forgotten by then.
  const binding = (connectionId: string, provider: ProviderId) => ["revocation", connectionId, provider];

  const ask = async (id: ProviderId, token: string): Promise<boolean | "later"> => {
    const { provider, settings } = deps.provider(id);
    if (settings.revokeUrl === null || deps.isRetired(id)) return false;
    try {
      return (await revokeToken(deps.http, provider, settings, token)) || "later";
    } catch (error) {
      if (error instanceof TransportError) return "later";
      throw error;
    }
  };

  return {
    revoke: async (connectionId, provider, token) => {
      const done = await ask(provider, token);
      if (done === "later") {
        const box = deps.cipher.seal(binding(connectionId, provider), token);
        await owed.set(connectionId, { provider, token: box }, KEPT_MS);
        deps.log.warn({ connectionId, provider }, "the provider could not withdraw a grant; it will be asked again");
      }
      return done;
    },
    forget: async (connectionId) => {
      await owed.delete(connectionId);
    },
    retry: async () => {
      for await (const [connectionId, entry] of owed.scan("")) {
        // Taken first: a consent given meanwhile finds nothing owed, and two processes never both ask.
        const taken = await owed.take(connectionId);
        if (!taken) continue;
        const token = deps.cipher.open<string>(binding(connectionId, entry.provider), taken.token);
        if ((await ask(taken.provider, token)) === "later") await owed.putIfAbsent(connectionId, taken, KEPT_MS);
      }
    },
  };
}
