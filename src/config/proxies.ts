import proxyaddr from "proxy-addr";

/** Whether TRUSTED_PROXIES may contain this text: an address, a network, or a name for private networks. */
export function isProxyRange(text: string): boolean {
  // To trust everybody is to trust what strangers write. And `1` alone would be read as the address 0.0.0.1.
  if (/\/0+$/.test(text) || (!/[.:]/.test(text) && !/^[a-z]+$/.test(text))) return false;
  try {
    proxyaddr.compile([text]);
    return true;
  } catch {
    return false;
  }
}
