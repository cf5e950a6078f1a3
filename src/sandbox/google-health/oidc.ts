import { createHash, createPublicKey, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import type { LabReply } from "../kit/index.js";
import type { Person } from "../person.js";
import { jsonReply } from "./errors.js";
import { KNOWN_SCOPES } from "./scopes.js";
import { JWT_BEARER } from "./service-account.js";
import { googleHealthUserId } from "./user-id.js";

export const OIDC_METADATA = "/.well-known/openid-configuration";
export const ID_TOKEN_KEYS = "/oauth2/v3/certs";
const ID_TOKEN_SECONDS = 3600;

/** Google's `sub`: a number of its own, of twenty digits, unlike the health user id. */
export const googleSubject = (personId: string) => `1${googleHealthUserId(personId)}`;

/** Whether these scopes show a part of somebody's Google profile; two spellings are known of each. */
export function showsProfile(scopes: readonly string[], part: "profile" | "email"): boolean {
  return scopes.includes(part) || scopes.some((scope) => scope.endsWith(`/auth/userinfo.${part}`));
}

/** The claims about a person that the granted scopes show, for ID tokens and userinfo alike. */
export function profileClaims({ id, givenName, familyName, email }: Person, scopes: readonly string[]) {
  return {
    sub: googleSubject(id),
    ...(showsProfile(scopes, "profile") && {
      name: `${givenName} ${familyName}`,
      given_name: givenName,
      family_name: familyName,
      picture: `https://example.invalid/avatars/${id}.png`,
    }),
    ...(showsProfile(scopes, "email") && { email, email_verified: true }),
  };
}

interface Key {
  readonly id: string;
  readonly privateKey: KeyObject;
}

let key: Promise<Key> | undefined;

/** Made when it is first needed, and once for all labs of a process: an RSA key takes longer than all else in a lab. */
function signingKey(): Promise<Key> {
  key ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 }).then(({ privateKey, publicKey }) => {
    const id = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex")
      .slice(0, 40);
    return { id, privateKey };
  });
  return key;
}

export interface IdTokenFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly person: Person;
  readonly scopes: readonly string[];
  readonly accessToken: string;
  /** Of the authorization request; null where it had none, and at a refresh. */
  readonly nonce: string | null;
  readonly nowMs: number;
}

/** A signed ID token, RS256, as the token endpoint hands it out to who asked for `openid`. */
export async function idToken({ issuer, clientId, person, scopes, accessToken, nonce, nowMs }: IdTokenFacts) {
  const { id, privateKey } = await signingKey();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(nowMs / 1000);
  const claims = {
    iss: issuer,
    azp: clientId,
    aud: clientId,
    ...profileClaims(person, scopes),
    at_hash: createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url"),
    ...(nonce !== null && { nonce }),
    iat,
    exp: iat + ID_TOKEN_SECONDS,
  };
  const signed = `${part({ alg: "RS256", kid: id, typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** The public keys of the ID tokens, as a JWK set. */
export async function idTokenKeys(): Promise<LabReply> {
  const { id, privateKey } = await signingKey();
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  return jsonReply(
    200,
    { keys: [{ ...jwk, kid: id, use: "sig", alg: "RS256" }] },
    { "cache-control": "public, max-age=3600" },
  );
}

/** What accounts.google.com says of itself; the lab is the issuer, and every endpoint is on its one origin. */
export function oidcMetadata(issuer: string, authorizePath: string): LabReply {
  return jsonReply(200, {
    issuer,
    authorization_endpoint: `${issuer}${authorizePath}`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/v1/userinfo`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}${ID_TOKEN_KEYS}`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: [...KNOWN_SCOPES].filter((scope) => !scope.includes("/")),
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    claims_supported: [
      "aud",
      "email",
      "email_verified",
      "exp",
      "family_name",
      "given_name",
      "iat",
      "iss",
      "name",
      "picture",
      "sub",
    ],
    code_challenge_methods_supported: ["plain", "S256"],
    grant_types_supported: ["authorization_code", "refresh_token", JWT_BEARER],
  });
}
