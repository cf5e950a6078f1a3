import type { ProviderId } from "../generated/operations.js";

/** How a consent ended that this page began, as its address tells. Anybody can make up such an address: it is only words. */
export type Arrival =
  | { readonly kind: "connected"; readonly slug: string }
  | { readonly kind: "to-confirm"; readonly slug: string; readonly handle: string }
  | { readonly kind: "failed"; readonly slug: string; readonly code: string };

/** The arrival in an address's query, or null. */
export function arrivalIn(search: string): Arrival | null {
  const query = new URLSearchParams(search);
  const slug = query.get("provider") ?? "";
  const error = query.get("error");
  if (error !== null) return { kind: "failed", slug, code: /^\w{1,40}$/.test(error) ? error : "" };
  const handle = query.get("handle");
  if (query.get("status") === "connected") return { kind: "connected", slug };
  if (query.get("status") === "awaiting-confirmation" && handle !== null) return { kind: "to-confirm", slug, handle };
  return null;
}

/** Takes the arrival out of the address bar, so that neither a reload nor the history repeats it. */
export function takeArrival(): Arrival | null {
  const arrival = arrivalIn(location.search);
  // A maker's own fragment goes with it.
  if (location.search !== "") history.replaceState(null, "", location.pathname);
  return arrival;
}

/** The provider that an address names by its slug. Slugs are identifiers in small letters, with hyphens. */
export const providerOfSlug = (slug: string) => slug.toUpperCase().replaceAll("-", "_") as ProviderId;
