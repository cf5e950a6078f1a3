import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { createSigningKey, type SigningKey, selfSignedCertificate } from "./certificate.js";

const host = "sns.amazonaws.com";
const startMs = Date.UTC(2026, 10, 1, 8, 30, 15);
const yearMs = 365 * 86_400_000;

describe("a self-signed certificate", () => {
  let key: SigningKey;
  beforeAll(async () => {
    key = await createSigningKey();
  });

  it("is signed by its own key and by no other", async () => {
    const certificate = new X509Certificate(
      selfSignedCertificate({ host, key, notBeforeMs: startMs, notAfterMs: startMs + yearMs }),
    );
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(key.privateKey)).toBe(true);
    expect(certificate.verify((await createSigningKey()).publicKey)).toBe(false);
  });

  it("names the host as subject, issuer and alternative name", () => {
    const certificate = new X509Certificate(
      selfSignedCertificate({ host, key, notBeforeMs: startMs, notAfterMs: startMs + yearMs }),
    );
    expect(certificate.subject).toBe("CN=sns.amazonaws.com");
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.subjectAltName).toBe("DNS:sns.amazonaws.com");
    expect(certificate.checkHost(host)).toBe(host);
    expect(certificate.checkHost("sns.example.test")).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it("is valid between the dates asked for, before and after 2050", () => {
    const near = new X509Certificate(
      selfSignedCertificate({ host, key, notBeforeMs: startMs - yearMs, notAfterMs: startMs }),
    );
    expect(Date.parse(near.validFrom)).toBe(startMs - yearMs);
    expect(Date.parse(near.validTo)).toBe(startMs);

    const farMs = Date.UTC(2061, 0, 2, 3, 4, 5);
    const far = new X509Certificate(selfSignedCertificate({ host, key, notBeforeMs: startMs, notAfterMs: farMs }));
    expect(Date.parse(far.validTo)).toBe(farMs);
  });

  it("is one PEM block of lines no longer than 64 characters", () => {
    const text = selfSignedCertificate({ host, key, notBeforeMs: startMs, notAfterMs: startMs + yearMs });
    expect(text).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/);
  });
});
