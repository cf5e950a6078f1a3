import { createHmac } from "node:crypto";
import { LRUCache } from "lru-cache";
import { type HttpClient, TransportError } from "../../http/client.js";
import { jsonIn, optionalObject, optionalString } from "../../http/json.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import { isBearerToken } from "../oauth/oauth.js";
import { fail } from "../oauth/provider-failure.js";

/** How long an answer without an end, and one that there is no token, are believed. */
const BELIEVED_MS = 60_000;
/** A token this close to its end is asked for again. */
const MARGIN_MS = 30_000;
/** Whatever end it names, a token is asked for again after this. */
const DAY_MS = 86_400_000;

interface RemoteToken {
  readonly accessToken: string;
  /** Epoch ms. */
  readonly expiresAt: number | null;
}

/**
 * The app's own token service. Asked by POST `{userId, provider}`, signed with
 * `X-Pulsegate-Signature: sha256=<hex HMAC-SHA256 of the body>`; answers `{accessToken, expiresAt}`, or 204 or 404 where
 * it has none. Answers are held in memory only.
 */
export interface RemoteResolver {
  /** Null where the service has none. `instead`: a token that was rejected. Throws `ProviderFailure`. */
  resolve(userId: string, provider: ProviderId, instead?: string): Promise<RemoteToken | null>;
  forget(userId: string, provider: ProviderId): void;
}

export function createRemoteResolver(deps: {
  readonly url: string;
  readonly secret: string | null;
  readonly http: HttpClient;
  readonly clock: Clock;
}): RemoteResolver {
  const keyOf = (userId: string, provider: ProviderId) => `${provider}:${userId}`;

  const ask = async (userId: string, provider: ProviderId): Promise<RemoteToken | null> => {
    const body = JSON.stringify({ userId, provider });
    const signature = deps.secret === null ? null : createHmac("sha256", deps.secret).update(body).digest("hex");
    const answer = await deps.http
      .send({
        method: "POST",
        url: deps.url,
        headers: {
          "content-type": "application/json",
          ...(signature === null ? {} : { "x-pulsegate-signature": `sha256=${signature}` }),
        },
        body,
        // It only asks.
        ...{ maxBytes: 64 * 1024, repeatable: true },
      })
      .catch((error: unknown) => {
        throw error instanceof TransportError ? unavailable() : error;
      });
    if (answer.status === 204 || answer.status === 404) return null;
    if (answer.status !== 200) throw unavailable();
    const token = readToken(answer.text);
    if (!token) throw unavailable();
    return token;
  };

  const held = new LRUCache<
    string,
    { readonly token: RemoteToken | null },
    { readonly userId: string; readonly provider: ProviderId }
  >({
    max: 10_000,
    perf: deps.clock,
    ttlResolution: 0,
    // Whoever asked for what is forgotten meanwhile is answered; it is not held.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _held, { options, context: { userId, provider } }) => {
      const token = await ask(userId, provider);
      const left = token?.expiresAt == null ? BELIEVED_MS : token.expiresAt - MARGIN_MS - deps.clock.now();
      // The cache's lives include their last millisecond, and 0 is for ever.
      options.ttl = Math.max(1, Math.min(left, DAY_MS) - 1);
      return { token };
    },
  });

  return {
    resolve: async (userId, provider, instead) => {
      const key = keyOf(userId, provider);
      const forceRefresh = instead !== undefined && held.peek(key)?.token?.accessToken === instead;
      const { token } = await held.forceFetch(key, { forceRefresh, context: { userId, provider } });
      return token;
    },
    forget: (userId, provider) => {
      held.delete(keyOf(userId, provider));
    },
  };
}

const unavailable = () => fail("UNAVAILABLE", "The app's token service did not give a usable answer.");

function readToken(text: string): RemoteToken | null {
  const body = optionalObject(jsonIn(text));
  const accessToken = optionalString(body?.["accessToken"]);
  // One that no header can carry is no token.
  return accessToken === null || !isBearerToken(accessToken)
    ? null
    : { accessToken, expiresAt: readInstant(body?.["expiresAt"]) };
}

/** RFC 3339, or epoch seconds or milliseconds. */
function readInstant(value: unknown): number | null {
  if (typeof value === "number" && Number.isFinite(value)) return value < 1e11 ? value * 1000 : value;
  const instant = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}
