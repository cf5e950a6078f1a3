import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import type { Connection, TokenResolver } from "./connection.js";
import { type Vault, VaultUnreadable } from "./tokens/vault.js";

/** Of tokens that can't be opened by us, but perhaps by somebody: nothing that is stored ends for it. */
export const unopened = {
  keyless: "The stored tokens are encrypted with a key that ENCRYPTION_KEYS does not list.",
  newer: "A later release of Pulsegate stored the tokens: this one can't read them.",
} as const;

/**
 * What the operator or the person has to set right about a connection, in a sentence. Null where nothing is wrong, and
 * where nothing can be done: a person who disconnected wanted to.
 */
export function createProblems(deps: {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly resolvers: readonly TokenResolver[];
  provider(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
  nameOf(id: ProviderId): string;
}): (connection: Connection) => Promise<string | null> {
  const ofTokens = async (connection: Connection, name: string): Promise<string | null> => {
    if (!deps.resolvers.includes("vault")) return null;
    try {
      const tokens = await deps.vault.read(connection);
      return tokens || deps.resolvers.includes("remote") ? null : `No tokens are stored: connect ${name} again.`;
    } catch (error) {
      if (!(error instanceof VaultUnreadable)) throw error;
      return error.why !== "damaged" ? unopened[error.why] : `The stored tokens are damaged: connect ${name} again.`;
    }
  };

  const ofGrant = ({ grantEndsAt }: Connection, name: string): string | null => {
    if (grantEndsAt == null) return null;
    const day = new Date(grantEndsAt).toISOString().slice(0, 10);
    if (grantEndsAt <= deps.clock.now()) return `The consent ended by itself on ${day}: connect ${name} again.`;
    return `The consent ends by itself on ${day}: publish the app at ${name}, or connect again by then.`;
  };

  return async (connection) => {
    const { provider, settings } = deps.provider(connection.provider);
    const { name, retired } = provider;
    switch (connection.status) {
      case "REVOKED":
        return null;
      case "AWAITING_CONFIRMATION":
        return "The person has not confirmed the connection yet.";
      case "REAUTHORIZATION_REQUIRED":
        return `The access to ${name} has ended: connect it again.`;
      case "RETIRED":
        return retired?.successor === undefined
          ? null
          : `${name} was switched off: connect ${deps.nameOf(retired.successor)} instead.`;
      case "CONNECTED":
        if (settings.clientId === null) return `${name} has no client id in this gateway's configuration.`;
        return (await ofTokens(connection, name)) ?? connection.trouble ?? ofGrant(connection, name);
    }
  };
}
