import { createHmac } from "node:crypto";
import type { Provider } from "../providers/index.js";
import { isEqual } from "../providers/kit/webhooks.js";
import type { ProviderSettings } from "../providers/provider.js";

/** The address to which one provider sends notifications. */
export interface Door {
  /** Null if the address needs a secret and there is no client secret to derive it from. */
  readonly url: string | null;
  /** Whether a request has the right secret. `given` is the part of its path after the provider's name. */
  opensTo(given: string | undefined): boolean;
  /** The text with the secret left out, for callers. */
  withoutSecret(text: string): string;
}

export function doorOf({ slug, webhook }: Provider, settings: ProviderSettings, publicUrl: string): Door {
  const url = `${publicUrl.replace(/\/$/, "")}/webhooks/${slug}`;
  if (!webhook?.secretInUrl) return { url, opensTo: (given) => given === undefined, withoutSecret: (text) => text };
  const { setting } = webhook.secretInUrl;
  const chosen = setting === undefined ? undefined : settings.values[setting];
  const secret = chosen || (settings.clientSecret ? derived(slug, settings.clientSecret) : null);
  if (secret === null) return { url: null, opensTo: () => false, withoutSecret: (text) => text };
  const encoded = encodeURIComponent(secret);
  return {
    url: `${url}/${encoded}`,
    opensTo: (given) => isEqual(given ?? "", secret),
    withoutSecret: (text) => text.replaceAll(encoded, "…").replaceAll(secret, "…"),
  };
}

const derived = (slug: string, clientSecret: string) =>
  createHmac("sha256", clientSecret).update(`webhook address of ${slug}`).digest("base64url");
