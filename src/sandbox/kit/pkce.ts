import { createHash } from "node:crypto";

export type PkceMethod = "S256" | "plain";

export interface PkceChallenge {
  readonly challenge: string;
  readonly method: PkceMethod;
}

/** RFC 7636, section 4.1, for verifiers and plain challenges. An S256 challenge always has 43 characters. */
export function isPkceText(value: string): boolean {
  return /^[A-Za-z0-9\-._~]{43,128}$/.test(value);
}

export function pkceChallenge(verifier: string, method: PkceMethod = "S256"): string {
  return method === "plain" ? verifier : createHash("sha256").update(verifier, "ascii").digest("base64url");
}

export function pkceMatches({ challenge, method }: PkceChallenge, verifier: string): boolean {
  return isPkceText(verifier) && pkceChallenge(verifier, method) === challenge;
}
