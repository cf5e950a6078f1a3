import type { Provider } from "./index.js";
import type { Call, ProviderSettings } from "./provider.js";

/** The state of a provider in the operator's configuration. */
export type Standing =
  /** The vendor switched it off, and no stand-in is configured: it is never contacted. */
  | "RETIRED"
  /** It has no client id and no stand-in. */
  | "NOT_CONFIGURED"
  | "AVAILABLE";

export function standingOf(
  { retired }: Pick<Provider, "retired">,
  { clientId, overridden }: Pick<ProviderSettings, "clientId" | "overridden">,
): Standing {
  if (retired && !overridden) return "RETIRED";
  return clientId === null ? "NOT_CONFIGURED" : "AVAILABLE";
}

/** The provider with this id. Undefined if this release does not know it. */
export function providerOf(providers: readonly Provider[], id: string): Provider | undefined {
  return providers.find((provider) => provider.id === id);
}

/** The provider with this slug in addresses. */
export function providerAt(providers: readonly Provider[], slug: string): Provider | undefined {
  return providers.find((provider) => provider.slug === slug);
}

/**
 * Whether a grant has a scope. If no scopes of a grant are known, requests are sent: the answer shows whether it has
 * the scope.
 */
export function allows(
  { oauth }: Pick<Provider, "oauth">,
  granted: readonly string[],
  scope: string | undefined,
): boolean {
  return scope === undefined || !oauth.scopesAreEnforced || granted.length === 0 || granted.includes(scope);
}

/** The calls that a grant allows. */
export function grantedCalls(provider: Provider, granted: readonly string[]): readonly Call[] {
  return provider.calls.filter(({ scope }) => allows(provider, granted, scope));
}
