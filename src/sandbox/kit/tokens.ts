import { randomBytes } from "node:crypto";
import type { LabClock } from "../lab.js";
import { type PkceChallenge, pkceMatches } from "./pkce.js";

/**
 * What happens to a used refresh token. `rotating`: it is replaced, and the same request within two minutes gets the
 * same answer. `reusable`: it stays valid. `none`: there are no refresh tokens.
 */
type RefreshPolicy = "rotating" | "reusable" | "none";

export interface TokenStoreOptions {
  readonly clock: LabClock;
  readonly refresh: RefreshPolicy;
  /** Lifetime of an access token. Null: it never expires. */
  readonly accessSeconds: number | null;
  /** Lifetime of a refresh token. Null, the default: it never expires. */
  readonly refreshSeconds?: number | null;
  readonly codeSeconds?: number;
  /** For this time a used refresh token gives the same answer again. */
  readonly repeatSeconds?: number;
  /** Only until the new access token is used. */
  readonly repeatUntilUsed?: boolean;
  /** A refresh ends the access token that came with the used refresh token. */
  readonly refreshEndsAccess?: boolean;
  /** Makes a token that looks like the provider's. Each must be new and impossible to guess. */
  newAccessToken?(consent: Consent, expiresAtMs: number | null): string;
  newRefreshToken?(consent: Consent): string;
}

/** Which person granted which scopes to which client. */
export interface Consent {
  readonly personId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

interface CodeRequest extends Consent {
  readonly redirectUri: string | null;
  readonly pkce: PkceChallenge | null;
  /** False if the client asked for online access only. */
  readonly withRefreshToken?: boolean;
}

export interface TokenPair {
  readonly consent: Consent;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAtMs: number | null;
  /** Seconds from the time of issue, as the token answer says. */
  readonly expiresInSeconds: number | null;
}

type Redeemed = { readonly ok: true; readonly tokens: TokenPair } | { readonly ok: false; readonly reason: Refusal };

type Refusal = "unknown" | "expired" | "used" | "revoked" | "client" | "redirect_uri" | "verifier";

type AccessState =
  | { readonly state: "valid"; readonly consent: Consent; readonly expiresAtMs: number | null }
  | { readonly state: "expired" | "revoked"; readonly consent: Consent; readonly expiresAtMs: number | null }
  | { readonly state: "unknown" };

export interface TokenStore {
  issueCode(request: CodeRequest): string;
  /** `verifier` is required if the code has a challenge, and refused otherwise. */
  redeemCode(
    code: string,
    by: { readonly clientId: string; readonly redirectUri?: string | null; readonly verifier?: string | null },
  ): Redeemed;
  /** Issues tokens without a consent page. */
  issue(
    consent: Consent,
    options?: { readonly expiresInSeconds?: number; readonly withRefreshToken?: boolean },
  ): TokenPair;
  refresh(
    refreshToken: string,
    by: { readonly clientId?: string | null; readonly expiresInSeconds?: number },
  ): Redeemed;
  check(accessToken: string): AccessState;
  /** The consent of an access or refresh token, valid or not. Null if the token was never issued. */
  ownerOf(token: string): Consent | null;
  /** All scopes that this person granted to this client and has not withdrawn; for incremental consent. */
  grantedScopes(personId: string, clientId: string): readonly string[];
  /** Withdraws all tokens of the token's owner for that client. Null if the token was never issued. */
  revokeToken(token: string): Consent | null;
  /** Withdraws all tokens of the person, for every client. True if there was at least one. */
  revokePerson(personId: string): boolean;
}

interface Code extends CodeRequest {
  readonly expiresAtMs: number;
  used: boolean;
}

interface Access {
  readonly consent: Consent;
  readonly expiresAtMs: number | null;
  revoked: boolean;
  used: boolean;
}

interface Refresh {
  readonly consent: Consent;
  /** The access token that came with it. */
  accessToken: string | null;
  readonly expiresAtMs: number;
  revoked: boolean;
  spent: { readonly atMs: number; readonly tokens: TokenPair } | null;
}

export function createTokenStore(options: TokenStoreOptions): TokenStore {
  const { clock, refresh: policy } = options;
  const codes = new Map<string, Code>();
  const access = new Map<string, Access>();
  const refreshes = new Map<string, Refresh>();

  function issue(consent: Consent, refreshToken: string | null, expiresInSeconds = options.accessSeconds): TokenPair {
    const expiresAtMs = expiresInSeconds === null ? null : clock.now() + expiresInSeconds * 1000;
    const accessToken = options.newAccessToken?.(consent, expiresAtMs) ?? randomBytes(32).toString("base64url");
    access.set(accessToken, { consent, expiresAtMs, revoked: false, used: false });
    return { consent, accessToken, refreshToken, expiresAtMs, expiresInSeconds };
  }

  function newRefreshToken(consent: Consent): string {
    const token = options.newRefreshToken?.(consent) ?? randomBytes(32).toString("hex");
    const { refreshSeconds = null } = options;
    const expiresAtMs = refreshSeconds === null ? Number.POSITIVE_INFINITY : clock.now() + refreshSeconds * 1000;
    refreshes.set(token, { consent, expiresAtMs, accessToken: null, revoked: false, spent: null });
    return token;
  }

  function issueBoth(consent: Consent, withRefreshToken = true, expiresInSeconds?: number): TokenPair {
    const refreshToken = policy !== "none" && withRefreshToken ? newRefreshToken(consent) : null;
    const pair = issue(consent, refreshToken, expiresInSeconds);
    if (refreshToken !== null) refreshes.get(refreshToken)!.accessToken = pair.accessToken;
    return pair;
  }

  function revokeWhere(matches: (consent: Consent) => boolean): boolean {
    let any = false;
    for (const token of [...access.values(), ...refreshes.values()]) {
      if (!token.revoked && matches(token.consent)) {
        token.revoked = true;
        any = true;
      }
    }
    // A code that is not redeemed yet would restore the consent.
    for (const code of codes.values()) {
      code.used ||= matches(code);
    }
    return any;
  }

  const ownerOf = (token: string) => (access.get(token) ?? refreshes.get(token))?.consent ?? null;

  return {
    ownerOf,
    issueCode(request) {
      const code = randomBytes(20).toString("hex");
      const expiresAtMs = clock.now() + (options.codeSeconds ?? 600) * 1000;
      codes.set(code, { ...request, expiresAtMs, used: false });
      return code;
    },
    redeemCode(text, by) {
      const code = codes.get(text);
      const refusal = code ? codeRefusal(code, by, clock.now()) : "unknown";
      if (!code || refusal) {
        return { ok: false, reason: refusal ?? "unknown" };
      }
      code.used = true;
      const { personId, clientId, scopes, withRefreshToken } = code;
      return { ok: true, tokens: issueBoth({ personId, clientId, scopes }, withRefreshToken) };
    },
    issue: (consent, { expiresInSeconds, withRefreshToken } = {}) =>
      issueBoth(consent, withRefreshToken, expiresInSeconds),
    refresh(text, by) {
      const token = refreshes.get(text);
      const refusal = token ? refreshRefusal(token, by.clientId, clock.now()) : "unknown";
      if (!token || refusal) {
        return { ok: false, reason: refusal ?? "unknown" };
      }
      if (policy === "reusable") {
        return { ok: true, tokens: issue(token.consent, text, by.expiresInSeconds) };
      }
      if (token.spent) {
        const { repeatSeconds = 120 } = options;
        const recent = repeatSeconds > 0 && clock.now() - token.spent.atMs <= repeatSeconds * 1000;
        const isUsed = options.repeatUntilUsed && access.get(token.spent.tokens.accessToken)!.used;
        return recent && !isUsed ? { ok: true, tokens: token.spent.tokens } : { ok: false, reason: "used" };
      }
      const tokens = issueBoth(token.consent, true, by.expiresInSeconds);
      token.spent = { atMs: clock.now(), tokens };
      const former = token.accessToken === null ? undefined : access.get(token.accessToken);
      if (options.refreshEndsAccess && former) former.revoked = true;
      return { ok: true, tokens };
    },
    check(text) {
      const token = access.get(text);
      if (!token) {
        return { state: "unknown" };
      }
      token.used = true;
      const expired = token.expiresAtMs !== null && token.expiresAtMs <= clock.now();
      const { consent, expiresAtMs } = token;
      return { state: token.revoked ? "revoked" : expired ? "expired" : "valid", consent, expiresAtMs };
    },
    grantedScopes(personId, clientId) {
      const alive = [...access.values(), ...refreshes.values()].filter((token) => !token.revoked);
      const own = alive.filter(({ consent }) => consent.personId === personId && consent.clientId === clientId);
      return [...new Set(own.flatMap(({ consent }) => consent.scopes))];
    },
    revokeToken(token) {
      const owner = ownerOf(token);
      if (owner) {
        revokeWhere(({ personId, clientId }) => personId === owner.personId && clientId === owner.clientId);
      }
      return owner;
    },
    revokePerson: (id) => revokeWhere(({ personId }) => personId === id),
  };
}

function codeRefusal(
  code: Code,
  by: { readonly clientId: string; readonly redirectUri?: string | null; readonly verifier?: string | null },
  nowMs: number,
): Refusal | null {
  if (code.used) {
    return "used";
  }
  if (code.expiresAtMs <= nowMs) {
    return "expired";
  }
  if (code.clientId !== by.clientId) {
    return "client";
  }
  if (code.redirectUri !== null && code.redirectUri !== (by.redirectUri ?? null)) {
    return "redirect_uri";
  }
  const proven = code.pkce ? pkceMatches(code.pkce, by.verifier ?? "") : true;
  return proven ? null : "verifier";
}

function refreshRefusal(token: Refresh, clientId: string | null | undefined, nowMs: number): Refusal | null {
  if (token.revoked) {
    return "revoked";
  }
  if (token.expiresAtMs <= nowMs) {
    return "expired";
  }
  return clientId && clientId !== token.consent.clientId ? "client" : null;
}
