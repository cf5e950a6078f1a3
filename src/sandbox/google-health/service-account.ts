import { createPublicKey, generateKeyPair, type KeyObject, randomBytes, verify } from "node:crypto";
import { promisify } from "node:util";
import type { LabReply } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import { jsonReply, oauthError } from "./errors.js";
import { CLOUD_PLATFORM } from "./scopes.js";

export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const LIFE_SECONDS = 3599;

/** The one service account of the lab's project, and the access tokens it was given. */
export interface ServiceAccount {
  /** The key file as the console hands it out, with this lab as its token endpoint. */
  json(labUrl: string): string;
  /** RFC 7523: an assertion signed with the key of the file, for an access token. */
  exchange(assertion: string, labUrl: string): LabReply;
  /** The scopes of a token that is alive; null if it is not, or not one of a service account. */
  scopesOf(accessToken: string): readonly string[] | null;
}

let keyPair: Promise<{ readonly privateKey: KeyObject }> | undefined;

export async function createServiceAccount(clock: LabClock, projectNumber: string): Promise<ServiceAccount> {
  // One for all labs of a process: to make it takes longer than all else of a lab's start.
  keyPair ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const { privateKey } = await keyPair;
  const publicKey = createPublicKey(privateKey);
  const keyId = randomBytes(20).toString("hex");
  const email = `subscriber-admin@lab-${projectNumber}.iam.gserviceaccount.com`;
  const tokens = new Map<string, { readonly scopes: readonly string[]; readonly expiresAtMs: number }>();

  return {
    json: (labUrl) =>
      JSON.stringify({
        type: "service_account",
        project_id: `lab-${projectNumber}`,
        private_key_id: keyId,
        private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
        client_email: email,
        client_id: "100000000000000000001",
        auth_uri: `${labUrl}/o/oauth2/v2/auth`,
        token_uri: `${labUrl}/token`,
      }),
    exchange(assertion, labUrl) {
      const claims = readAssertion(assertion, publicKey);
      if (!claims) return oauthError(400, "invalid_grant", "Invalid JWT Signature.");
      const now = Math.floor(clock.now() / 1000);
      const { iss, aud, iat, exp, scope } = claims;
      if (iss !== email) return oauthError(400, "invalid_grant", "Invalid grant: account not found");
      if (aud !== `${labUrl}/token` && aud !== "https://oauth2.googleapis.com/token")
        return oauthError(400, "invalid_grant", "Invalid JWT: Failed audience check.");
      // A few minutes of a clock that goes wrong are forgiven, a token for more than an hour is not.
      const inTime = typeof iat === "number" && typeof exp === "number" && iat <= now + 300 && exp > now;
      if (!inTime || exp - iat > 3600)
        return oauthError(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).");
      const scopes = typeof scope === "string" ? scope.split(" ").filter(Boolean) : [];
      if (scopes.length === 0 || scopes.some((name) => name !== CLOUD_PLATFORM))
        return oauthError(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
      const token = `ya29.c.${randomBytes(96).toString("base64url")}`;
      tokens.set(token, { scopes, expiresAtMs: clock.now() + LIFE_SECONDS * 1000 });
      return jsonReply(200, { access_token: token, expires_in: LIFE_SECONDS, token_type: "Bearer" });
    },
    scopesOf(accessToken) {
      const token = tokens.get(accessToken);
      return token && token.expiresAtMs > clock.now() ? token.scopes : null;
    },
  };
}

function readAssertion(assertion: string, key: KeyObject): Record<string, unknown> | null {
  const [header, payload, signature] = assertion.split(".");
  if (!header || !payload || !signature) return null;
  try {
    const { alg } = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    const signed = Buffer.from(`${header}.${payload}`);
    if (alg !== "RS256" || !verify("sha256", signed, key, Buffer.from(signature, "base64url"))) return null;
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
