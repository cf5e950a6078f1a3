import { z } from "zod";
import type { Provider } from "../providers/index.js";
import { revokeUrlOf } from "../providers/provider.js";
import { anyText, baseUrl, fullUrl } from "./shapes.js";
import type { Variable } from "./variable.js";

/** `acme-band` gives ACME_BAND, `webhookKeys` gives WEBHOOK_KEYS. */
function inCapitals(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();
}

/** The start of the names of all variables of one provider. */
export function prefixOf(provider: Provider): string {
  return `${inCapitals(provider.slug)}_`;
}

/** The variables of one provider: its registration with the vendor, settings of its own, and addresses. */
export function providerVariables(provider: Provider) {
  const { name, oauth } = provider;
  const revokeUrl = revokeUrlOf(provider);
  const row = (what: string, description: string) => ({
    name: `${prefixOf(provider)}${inCapitals(what)}`,
    shape: anyText,
    description: `${name}: ${description}`,
  });
  const address = (what: string, vendors: string, description: string, shape: Variable<string>["shape"] = fullUrl) => ({
    ...row(`${what}_URL`, description),
    shape,
    otherwise: `\`${vendors}\``,
  });
  const settings: Record<string, Variable<string>> = Object.fromEntries(
    (provider.settings ?? []).map(({ name: setting, shape, default: usual, secret, description }) => [
      setting,
      {
        ...row(setting, description),
        shape: shape ? z.string().regex(shape.pattern, `must be ${shape.sentence}`) : anyText,
        ...(usual !== undefined && { default: usual }),
        ...(secret && { secret }),
      },
    ]),
  );
  const urls: Record<string, Variable<string>> = {
    api: address("API", provider.apiUrl, "the API; addresses below that are on it follow", baseUrl),
    authorize: address("AUTHORIZE", oauth.authorizeUrl, "consent page"),
    token: address("TOKEN", oauth.tokenUrl, "token endpoint"),
    ...(revokeUrl !== null && { revoke: address("REVOKE", revokeUrl, "revocation endpoint") }),
    ...Object.fromEntries(Object.entries(provider.otherUrls ?? {}).map(([key, url]) => [key, address(key, url, key)])),
  };
  return {
    client: {
      clientId: row("CLIENT_ID", "your app's id"),
      clientSecret: { ...row("CLIENT_SECRET", "your app's secret"), secret: true },
    },
    settings,
    urls,
  };
}

/** All variables of a provider, in the order in which they are shown. */
export function listed(rows: ReturnType<typeof providerVariables>): readonly Variable[] {
  return Object.values(rows).flatMap((group) => Object.values<Variable>(group));
}
