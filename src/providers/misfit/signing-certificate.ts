import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/** Root certificates, one of which must be above a signing certificate. Tests replace them. */
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

/** The region of a topic. Null if the text names no topic. */
export function regionOfTopic(arn: string): string | null {
  return /^arn:aws:sns:([a-z0-9-]{3,}):\d{12}:[A-Za-z0-9_-]+$/.exec(arn)?.[1] ?? null;
}

/**
 * Whether a certificate may be fetched from this address: only from Amazon's host for the topic's region. The whole
 * text is compared and not the parts of a parsed URL, since a parser removes things that make the address wrong (a
 * user, a port, "..", an empty query). A bucket on amazonaws.com may belong to anybody.
 */
export function isSigningCertUrl(text: string, region: string): boolean {
  const start = `https://sns.${region}.amazonaws.com/SimpleNotificationService-`;
  return text.startsWith(start) && /^[0-9a-f]{32}\.pem$/.test(text.slice(start.length));
}

export function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** The certificate in a fetched file. Null unless the file is exactly one PEM certificate. */
export function toCertificate(pem: string): X509Certificate | null {
  if (!onePem.test(pem)) return null;
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Every certificate in a text of the operator. Throws if one can't be read. */
export function toCertificates(pems: string): readonly X509Certificate[] {
  return (pems.match(eachPem) ?? []).map((pem) => new X509Certificate(pem));
}

/** Why a certificate can't have signed for SNS. Null if it can. Does not check the issuer. */
export function faultOf(certificate: X509Certificate, now: number): string | null {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < SMALLEST_KEY_BITS) return "weak key";
  if (!isInDate(certificate, now)) return "not in date";
  return certificate.checkHost(SIGNER) === undefined ? `not issued to ${SIGNER}` : null;
}

/**
 * With intermediates from the operator, a certificate must lead to a root. Amazon's file has the signing certificate
 * only, so without intermediates no chain can be built: then the exact host, over TLS, is the proof, which is all that
 * Amazon requires. A self-signed certificate is refused.
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

/** Whether valid issuers lead step by step from a certificate to a root. */
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
