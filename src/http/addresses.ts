import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** The host is, or its name leads to, an address that is not on the public internet. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/** IPv6 addresses that are routed on the internet; what lies outside of it is local, mapped, or not given out. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local, unique local, multicast,
 * reserved, an IPv4 address inside an IPv6 one, or anything else with a meaning of its own. False for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(globalUnicast);
}

/** The IP address that a URL names as its host; null for a name. URLs have one spelling of each address. */
export function addressIn(url: string): string | null {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(host) === 0 ? null : host;
}

/**
 * Resolves names for a connection, and refuses a name as soon as one of its addresses is not public. The connection goes to
 * the very addresses that were judged: a name that leads elsewhere a moment later changes nothing.
 */
export function publicLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const all = typeof found === "string" ? [] : found;
      if (error) return callback(error, []);
      if (all.length === 0 || all.some(({ address }) => !isPublicAddress(address)))
        return callback(new AddressRefused("The host's address is not public."), []);
      if (options.all) callback(null, all);
      else callback(null, all[0]!.address, all[0]!.family);
    });
  };
}
