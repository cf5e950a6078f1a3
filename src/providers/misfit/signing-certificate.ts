import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/** The certificates that a signing certificate must lead to. Replaced in tests. */
export type Roots = () => readonly X509Certificate[];

let publicRoots: readonly X509Certificate[] | null = null;
export const nodeRoots: Roots = () => {
  publicRoots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return publicRoots;
};

const SIGNER = "sns.amazonaws.com";
const SMALLEST_KEY_BITS = 2048;
const onePem = /^\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/;
const eachPem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The region of a topic; null for a text that names no topic. */
export function regionOfTopic(arn: string): string | null {
  return /^arn:aws:sns:([a-z0-9-]{3,}):\d{12}:[A-Za-z0-9_-]+$/.exec(arn)?.[1] ?? null;
}

/**
 * Whether a certificate may be fetched from there: Amazon's own host of the topic's region and nothing that looks like it.
 * The whole text is compared rather than the parts of a parsed URL: what a parser would first tidy up (a user, a port,
 * "..", an empty query) is no such address. A bucket on amazonaws.com belongs to anybody.
 */
export function isSigningCertUrl(text: string, region: string): boolean {
  const start = `https://sns.${region}.amazonaws.com/SimpleNotificationService-`;
  return text.startsWith(start) && /^[0-9a-f]{32}\.pem$/.test(text.slice(start.length));
}

export function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** The certificate in a fetched file; null unless that file is one PEM certificate and nothing else. */
export function toCertificate(pem: string): X509Certificate | null {
  if (!onePem.test(pem)) return null;
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Every certificate in a text, for the operator's own. Throws for one that can't be read. */
export function toCertificates(pems: string): readonly X509Certificate[] {
  return (pems.match(eachPem) ?? []).map((pem) => new X509Certificate(pem));
}

/** Why a certificate can't have signed for SNS; null where it can. Says nothing about who issued it. */
export function faultOf(certificate: X509Certificate, now: number): string | null {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < SMALLEST_KEY_BITS) return "weak key";
  if (!isInDate(certificate, now)) return "not in date";
  return certificate.checkHost(SIGNER) === undefined ? `not issued to ${SIGNER}` : null;
}

/**
 * With the operator's intermediates a certificate must lead to a root. Amazon's file holds the signing certificate alone,
 * so without them no way up can be shown: then it is the exact host, over TLS, that speaks for it, which is all that
 * Amazon itself asks for. One that was issued by itself is nobody's.
 */
export function isTrusted(
  certificate: X509Certificate,
  intermediates: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): boolean {
  if (intermediates.length === 0) return !certificate.checkIssued(certificate);
  return leadsToRoot(certificate, intermediates, roots, now);
}

/** Whether issuers, one by one in date, lead from a certificate to a root. */
function leadsToRoot(
  certificate: X509Certificate,
  intermediates: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): boolean {
  const isIssuer = (issuer: X509Certificate) =>
    issuer.ca && isInDate(issuer, now) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  if (roots.some(isIssuer)) return true;
  return intermediates.some(
    (issuer) =>
      isIssuer(issuer) &&
      leadsToRoot(
        issuer,
        intermediates.filter((other) => other !== issuer),
        roots,
        now,
      ),
  );
}

function isInDate({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}
