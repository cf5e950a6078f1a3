import { createSign, generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import * as der from "./der.js";

const oids = {
  commonName: "2.5.4.3",
  sha256WithRsa: "1.2.840.113549.1.1.11",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  subjectAltName: "2.5.29.17",
} as const;

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface CertificateOptions {
  /** Common name and only DNS name. */
  readonly host: string;
  readonly key: SigningKey;
  readonly notBeforeMs: number;
  /** May lie in the past: an expired certificate is one of the lab's faults. */
  readonly notAfterMs: number;
}

/** RSA with 2048 bits, the least that a verifier of notifications accepts. */
export async function createSigningKey(): Promise<SigningKey> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}

/** A self-signed X.509 v3 certificate (RSA, SHA-256) as PEM, ending with a line feed. Dates are cut to whole seconds. */
export function selfSignedCertificate({ host, key, notBeforeMs, notAfterMs }: CertificateOptions): string {
  const algorithm = der.sequence(der.oid(oids.sha256WithRsa), der.nothing());
  const name = der.sequence(der.setOf(der.sequence(der.oid(oids.commonName), der.utf8String(host))));
  const serial = randomBytes(16);
  // A serial number must be positive, hence not all zeros.
  serial[0] = (serial[0] ?? 0) | 0x01;

  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serial),
    algorithm,
    name,
    der.sequence(der.time(notBeforeMs), der.time(notAfterMs)),
    name,
    key.publicKey.export({ type: "spki", format: "der" }),
    der.explicit(3, extensions(host)),
  );
  const signature = createSign("sha256").update(toBeSigned).sign(key.privateKey);
  return pem(der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

function extensions(host: string): Buffer {
  const digitalSignature = der.bitString(Buffer.from([0x80]), 7);
  const dnsName = der.implicit(2, Buffer.from(host, "ascii"));
  return der.sequence(
    // An empty sequence says that this is no certificate authority.
    der.sequence(der.oid(oids.basicConstraints), der.yes(), der.octetString(der.sequence())),
    der.sequence(der.oid(oids.keyUsage), der.yes(), der.octetString(digitalSignature)),
    der.sequence(der.oid(oids.subjectAltName), der.octetString(der.sequence(dnsName))),
  );
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
