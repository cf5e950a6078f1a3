import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config/config.js";
import { PulsegateError } from "../errors.js";

export type GuardConfig = Pick<Config, "publicUrl" | "corsOrigins">;

/**
 * Holds back what a web page elsewhere could send while no credentials are asked for: a foreign name that was made to
 * point at this machine (Host), a foreign page (Origin), or a proxy that lets the world in (forwarded). Throws FORBIDDEN.
 */
export function guardOpenDoor(headers: IncomingHttpHeaders, config: GuardConfig): void {
  const refuse = (sentence: string) => new PulsegateError("FORBIDDEN", sentence);
  const forwarded = Object.keys(headers).some(
    (name) => name === "forwarded" || name.startsWith("x-forwarded-") || name === "x-real-ip",
  );
  if (forwarded) throw refuse("Without credentials, forwarded requests are refused.");
  const publicUrl = new URL(config.publicUrl);
  const { host, origin } = headers;
  if (!host || (!isLoopback(host) && host.toLowerCase() !== publicUrl.host)) {
    throw refuse("Without credentials, this gateway answers under its own name alone.");
  }
  if (origin === undefined) return;
  const own = origin === publicUrl.origin || origin === `http://${host}` || origin === `https://${host}`;
  if (!own && !config.corsOrigins.includes(origin)) {
    throw refuse("Without credentials, pages of other origins are refused: see CORS_ORIGINS.");
  }
}

/**
 * Holds back pages of other origins, whatever credentials they send. Only for doors that no page of ours uses: a name that
 * was made to point here counts as another origin. Throws FORBIDDEN.
 */
export function guardOrigin({ host = "", origin }: IncomingHttpHeaders, { publicUrl, corsOrigins }: GuardConfig): void {
  if (origin === undefined || origin === new URL(publicUrl).origin || corsOrigins.includes(origin)) return;
  if (isLoopback(host) && (origin === `http://${host}` || origin === `https://${host}`)) return;
  throw new PulsegateError("FORBIDDEN", "Pages of other origins are refused: see CORS_ORIGINS.");
}

function isLoopback(host: string): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
  return name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}
