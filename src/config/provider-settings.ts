import type { Provider } from "../providers/index.js";
import { withOwnPortal } from "../providers/kit/portals.js";
import { type ProviderSettings, revokeUrlOf } from "../providers/provider.js";
import { providerVariables } from "./provider-variables.js";
import type { Reader } from "./variable.js";

/** What was read of one provider, and the settings that follow. */
export interface ReadProvider {
  readonly provider: Provider;
  readonly rows: ReturnType<typeof providerVariables>;
  readonly settings: ProviderSettings;
  /** Addresses that the operator set, by the variable's name. */
  readonly addresses: ReadonlyMap<string, string>;
}

/**
 * How the operator wants a provider to be reached. If an address is not set, and the vendor has it on the origin of the
 * API or of the token endpoint, it follows that address: so a stand-in's tokens go to the stand-in only.
 */
export function readProvider(registered: Provider, { read }: Reader): ReadProvider {
  const rows = providerVariables(registered);
  const urls = read(rows.urls);
  const values = Object.fromEntries(
    Object.entries(read(rows.settings)).map(([name, value]) => [name, value ?? undefined]),
  );
  const provider = withOwnPortal(registered, { values });

  const vendorsApi = provider.apiUrl.replace(/\/$/, "");
  const apiUrl = urls["api"] ?? vendorsApi;
  const overridden = apiUrl !== vendorsApi;
  /** An address on the API's origin moves to the stand-in with the API. Another address stays the vendor's. */
  const besideApi = (vendors: string) => {
    const { origin, pathname, search } = new URL(vendors);
    return overridden && origin === new URL(provider.apiUrl).origin ? `${apiUrl}${pathname}${search}` : vendors;
  };
  const { authorizeUrl, tokenUrl: vendorsToken } = provider.oauth;
  const tokenUrl = urls["token"] ?? besideApi(vendorsToken);
  /** An address on the token endpoint's origin moves with the token endpoint. */
  const besideToken = (vendors: string) => {
    const { origin, pathname, search } = new URL(vendors);
    const isMoved = tokenUrl !== vendorsToken && origin === new URL(vendorsToken).origin;
    return besideApi(isMoved ? `${new URL(tokenUrl).origin}${pathname}${search}` : vendors);
  };
  const revokeUrl = revokeUrlOf(provider);
  const addresses = Object.entries(rows.urls).map(([key, { name }]) => [name, urls[key] ?? ""] as const);
  return {
    provider,
    rows,
    addresses: new Map(addresses.filter(([, url]) => url !== "")),
    settings: {
      ...read(rows.client),
      apiUrl,
      authorizeUrl: urls["authorize"] ?? besideApi(authorizeUrl),
      tokenUrl,
      revokeUrl: revokeUrl === null ? null : (urls["revoke"] ?? besideApi(revokeUrl)),
      otherUrls: Object.fromEntries(
        Object.entries(provider.otherUrls ?? {}).map(([key, url]) => [key, urls[key] ?? besideToken(url)]),
      ),
      values,
      overridden,
    },
  };
}
