import type { Provider } from "../../providers/index.js";
import type { ProviderSettings } from "../../providers/provider.js";

/**
 * How a consent ended. `redirectTo` is the allow-listed address given at the beginning, null where none was or where
 * the state is not ours (then nobody's address may be trusted). `redirectLocation` makes the full address of it.
 */
export type CallbackResult =
  | {
      readonly provider: string;
      readonly redirectTo: string | null;
      readonly status: "connected" | "awaiting-confirmation";
      /** Only for the browser that consented: it goes into the redirect and nowhere else. */
      readonly handle?: string;
      readonly connectionId: string;
      /** Told once more, to a browser that came back twice: nothing was done for it. */
      readonly repeated?: true;
    }
  | {
      readonly provider: string;
      readonly redirectTo: string | null;
      /** A code of ours (errors.ts or a failure code), or the provider's own, such as access_denied. */
      readonly error: string;
    };

/** Whether a person may be sent there: an address whose origin is on the list, exactly. */
export function allowedRedirect(address: string, origins: readonly string[]): boolean {
  const wanted = originOf(address);
  return wanted !== null && origins.some((origin) => originOf(origin) === wanted);
}

/** Scheme, host and port; for an app's own scheme (`acme://callback`) too, which the URL standard gives no origin. */
function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // A name before an @ makes a foreign host look like ours to people.
  if (url.username !== "" || url.password !== "" || url.host === "") return null;
  return `${url.protocol}//${url.host}`;
}

/** Where the browser goes after the callback; null where nobody said, and the gateway shows a page of its own. */
export function redirectLocation(result: CallbackResult): string | null {
  if (result.redirectTo === null) return null;
  const url = new URL(result.redirectTo);
  url.searchParams.set("provider", result.provider);
  if ("error" in result) url.searchParams.set("error", result.error);
  else {
    url.searchParams.set("status", result.status);
    if (result.handle !== undefined) url.searchParams.set("handle", result.handle);
  }
  return url.href;
}

/** Where the provider sends the browser back to. */
export function redirectUri({ slug }: Provider, publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, "")}/oauth/${slug}/callback`;
}

/**
 * Why the provider's consent page would refuse our redirect address; null where it takes it. A stand-in, which has
 * another consent page, has its own rules.
 */
export function redirectFault(
  provider: Provider,
  { authorizeUrl }: Pick<ProviderSettings, "authorizeUrl">,
  publicUrl: string,
): string | null {
  if (authorizeUrl !== provider.oauth.authorizeUrl) return null;
  const { href } = new URL(redirectUri(provider, publicUrl));
  const broken = provider.oauth.redirect?.find(({ pattern }) => !pattern.test(href));
  if (!broken) return null;
  return `${provider.name} takes only a redirect address that ${broken.sentence}, and ours is ${href}: set PUBLIC_URL, and register the new address with ${provider.name}.`;
}
