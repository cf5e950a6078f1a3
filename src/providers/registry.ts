import type { Provider } from "./index.js";
import type { Call, ProviderSettings } from "./provider.js";

/** What the operator's configuration makes of a provider. */
export type Standing =
  /** Its vendor switched it off, and nothing stands in for it: it is never contacted. */
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

/** The provider of an id; undefined where this release does not know it. */
export function providerOf(providers: readonly Provider[], id: string): Provider | undefined {
  return providers.find((provider) => provider.id === id);
}

/** The provider that addresses name by its slug. */
export function providerAt(providers: readonly Provider[], slug: string): Provider | undefined {
  return providers.find((provider) => provider.slug === slug);
}

/** Whether a grant allows what needs a scope. A grant of which no scopes are known is tried: that is how to find out. */
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
