import type { Provider, ProviderSettings } from "../provider.js";

/** The provider with the OAuth profile of the portal that the operator's app was made in, if it is not the usual one. */
export function withOwnPortal<P extends Provider>(provider: P, { values }: Pick<ProviderSettings, "values">): P {
  const { portals, ...usual } = provider.oauth;
  const own = portals?.others[values[portals.setting] ?? ""];
  return own === undefined ? provider : { ...provider, oauth: { ...usual, ...own } };
}
