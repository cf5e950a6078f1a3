import type { Domain } from "../model/records.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { allows } from "../providers/registry.js";
import type { Connection } from "./connection.js";

/**
 * The scopes that the app's operations need of a connection's provider and that were not granted. Empty if no operations
 * are configured, and if it is not known what was granted.
 */
export function createMissingScopes(deps: {
  readonly usualScopes?: (provider: Provider, domains: readonly Domain[] | null) => readonly string[];
  provider(id: ProviderId): { readonly provider: Provider };
}): (connection: Connection) => readonly string[] {
  const needed = new Map<ProviderId, readonly string[]>();
  return (connection) => {
    const { provider } = deps.provider(connection.provider);
    const scopes = needed.get(provider.id) ?? deps.usualScopes?.(provider, null) ?? [];
    needed.set(provider.id, scopes);
    return scopes.filter((scope) => !allows(provider, connection.scopes, scope));
  };
}
