import { hash, timingSafeEqual } from "node:crypto";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import type { Config } from "../config/config.js";
import type { AppKey } from "../config/keys.js";
import { PulsegateError } from "../errors.js";
import type { Caller } from "../graphql/caller.js";
import { isUserId } from "../model/text.js";
import type { Clock } from "../model/time.js";
import { createKeySet } from "./key-set.js";

export interface Identity {
  /**
   * Who sends these headers, or the same by name in a WebSocket's `connection_init`. UNAUTHENTICATED without credentials
   * (unless the configuration lets them be left out) and for wrong ones, which are wrong even where none are needed.
   * SERVICE_UNAVAILABLE where the key set can't be had.
   */
  authenticate(credentials: Readonly<Record<string, unknown>>): Promise<Caller>;
}

export type IdentityConfig = Pick<Config, "userTokens" | "appKeys" | "viewerWithoutCredentials">;

/** What a key set may hold. Never HS256: whoever knows a public key could then sign with it. */
const asymmetric = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_TOKEN_LENGTH = 16_384;

export function createIdentity(config: IdentityConfig, clock?: Clock): Identity {
  const verify = verifierOf(config.userTokens, clock);
  return {
    async authenticate(credentials) {
      const authorization = named(credentials, "authorization");
      const appKey = named(credentials, "x-api-key");
      if (authorization !== undefined && appKey !== undefined) {
        throw refused("Send a user token or an app key, not both.");
      }
      if (appKey !== undefined) return app(config, appKey);
      if (authorization !== undefined) return await user(verify, authorization);
      if (config.viewerWithoutCredentials === null) throw refused();
      return { kind: "user", userId: config.viewerWithoutCredentials, expiresAt: null };
    },
  };
}

const refused = (sentence?: string) => new PulsegateError("UNAUTHENTICATED", sentence);

/** Names of headers don't know case; those in `connection_init` come as the client wrote them. */
function named(credentials: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(credentials).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : (credentials[key] ?? undefined);
}

function app(config: IdentityConfig, key: unknown): Caller {
  if (typeof key !== "string") throw refused();
  const given = hash("sha256", key, "buffer");
  let found: AppKey | undefined;
  // All are compared, and each in constant time: how long it takes tells nothing of how close a guess was.
  for (const each of config.appKeys) {
    if (each.sha256.length === given.length && timingSafeEqual(each.sha256, given)) found = each;
  }
  if (found === undefined) throw refused();
  const { name, userId, readOnly } = found;
  if (userId === null) return { kind: "app", name, readOnly };
  return { kind: "user", userId, expiresAt: Number.POSITIVE_INFINITY, appKey: name, readOnly };
}

type Verify = (token: string) => Promise<JWTPayload>;

/** A key that its set no longer has may go on opening the door for so long. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Who asks often sends the same token each time: it is good for a while, and never longer than it says itself. */
function remembering(verify: Verify, now: () => number): Verify {
  const good = new LRUCache<string, { readonly payload: JWTPayload; readonly until: number }>(atMost(MAX_REMEMBERED));
  return async (token) => {
    const key = hash("sha256", token, "base64");
    const known = good.get(key);
    if (known && now() < known.until) return known.payload;
    const payload = await verify(token);
    const ends = (payload.exp ?? 0) * 1_000;
    good.set(key, { payload, until: Math.min(ends, now() + REMEMBERED_MS) });
    return payload;
  };
}

async function user(verify: Verify | null, authorization: unknown): Promise<Caller> {
  const token =
    typeof authorization === "string" ? /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1] : undefined;
  if (!verify || !token || token.length > MAX_TOKEN_LENGTH) throw refused();
  const { sub, exp } = await verify(token);
  if (typeof sub !== "string" || !isUserId(sub) || exp === undefined) throw refused();
  return { kind: "user", userId: sub, expiresAt: exp * 1000 };
}

function verifierOf(tokens: Config["userTokens"], clock?: Clock): Verify | null {
  if (tokens === null) return null;
  const now = clock?.now ?? Date.now;
  const options = {
    requiredClaims: ["exp", "sub"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    issuer: tokens.issuer ?? undefined,
    audience: tokens.audience ?? undefined,
  };
  if (tokens.kind === "secret") {
    const { secret } = tokens;
    return remembering((token) => judged(() => jwtVerify(token, secret, { ...options, algorithms: ["HS256"] })), now);
  }
  const keys = createKeySet({ url: tokens.url, clock });
  return remembering((token) => judged(() => jwtVerify(token, keys, { ...options, algorithms: asymmetric })), now);
}

/** A wrong token is the caller's trouble; a key set that does not answer is not, and must not read as one. */
async function judged(verify: () => Promise<{ payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof PulsegateError) throw error;
    // A key that can't be used, for one.
    if (!(error instanceof errors.JOSEError)) throw new Error("the key set of AUTH_JWKS_URL could not be used");
    throw refused();
  }
}
