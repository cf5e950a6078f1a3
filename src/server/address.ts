import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyaddr from "proxy-addr";
import type { Config } from "../config/config.js";

/** The address of whoever sent a request. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * The peer's own address, or, where the peer is a proxy that the operator trusts, the nearest one of `X-Forwarded-For`
 * that is no such proxy. What anybody else writes into that header counts for nothing.
 */
export function createAddressOf(trusted: Config["trustedProxies"]): AddressOf {
  const trust =
    typeof trusted === "number" ? (_address: string, hops: number) => hops < trusted : proxyaddr.compile([...trusted]);
  return (request) => {
    const peer = request.socket.remoteAddress ?? "";
    return bare(proxyaddr(request, trust) ?? "") ?? bare(peer) ?? peer;
  };
}

/** Without the port that some proxies add, and IPv4 as itself; null for what is no address. */
function bare(text: string): string | null {
  const address = /^\[(.+)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  if (isIP(address) === 0) return null;
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}
