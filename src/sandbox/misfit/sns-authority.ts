import { randomBytes } from "node:crypto";
import { createSigningKey, type SigningKey, selfSignedCertificate } from "./certificate.js";

export const SNS_HOST = "sns.us-east-1.amazonaws.com";
export const PORTAL_HOST = "build.misfit.com";

const DAY_MS = 86_400_000;

interface SnsCertificate {
  /** As it stands in messages. The lab serves the file under the same path of its own origin. */
  readonly url: string;
  readonly path: string;
  readonly pem: string;
}

/** The key that signs the lab's notifications, and what it shows of it. */
export interface SnsAuthority {
  readonly key: SigningKey;
  readonly current: SnsCertificate;
  /** Of the same key, so that nothing but its date is wrong. */
  readonly expired: SnsCertificate;
}

// One per process: making it takes longer than all the rest of a lab's start.
let key: Promise<SigningKey> | undefined;

export async function createSnsAuthority(nowMs: number): Promise<SnsAuthority> {
  key ??= createSigningKey();
  const signingKey = await key;
  const certificate = (fromDays: number, toDays: number): SnsCertificate => {
    const path = `/SimpleNotificationService-${randomBytes(16).toString("hex")}.pem`;
    const pem = selfSignedCertificate({
      host: "sns.amazonaws.com",
      key: signingKey,
      notBeforeMs: nowMs + fromDays * DAY_MS,
      notAfterMs: nowMs + toDays * DAY_MS,
    });
    return { url: `https://${SNS_HOST}${path}`, path, pem };
  };
  return { key: signingKey, current: certificate(-30, 365), expired: certificate(-400, -5) };
}
