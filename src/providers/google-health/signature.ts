import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { list, object, optionalNumber, optionalObject, optionalString } from "../../http/json.js";

/** A key set as Google's Tink library writes it: https://developers.google.com/tink/wire-format */
interface RawKeySet {
  readonly key: readonly {
    readonly keyData: {
      readonly typeUrl: string;
      /** base64 of a protobuf. */
      readonly value: string;
      readonly keyMaterialType: string;
    };
    readonly status: string;
    readonly keyId: number;
    readonly outputPrefixType: string;
  }[];
}

export interface TinkSignature {
  readonly keyId: number;
  readonly der: Buffer;
}

/** One byte of version, four bytes of key id, then the signature. Null for anything else. */
export function toSignature(header: string): TinkSignature | null {
  const bytes = Buffer.from(header, "base64");
  if (bytes.toString("base64") !== header || bytes.length < 6 || bytes[0] !== 1) return null;
  return { keyId: bytes.readUInt32BE(1), der: bytes.subarray(5) };
}

/**
 * The key with that id, if it can be used: enabled, ECDSA on P-256 with SHA-256. Null if there is none. Throws if the
 * text is not a key set.
 */
export function keyOf(keySet: string, keyId: number): KeyObject | null {
  for (const entry of list(object(JSON.parse(keySet), "keySet")["key"], "keySet.key")) {
    const raw: Partial<RawKeySet["key"][number]> = optionalObject(entry) ?? {};
    const data: Partial<RawKeySet["key"][number]["keyData"]> = optionalObject(raw.keyData) ?? {};
    const isUsable =
      optionalNumber(raw.keyId) === keyId &&
      raw.status === "ENABLED" &&
      raw.outputPrefixType === "TINK" &&
      optionalString(data.typeUrl)?.endsWith("/google.crypto.tink.EcdsaPublicKey");
    if (isUsable) return toKey(Buffer.from(optionalString(data.value) ?? "", "base64"));
  }
  return null;
}

/** Verifies exactly the bytes that were received. */
export function isSignedBy(body: Uint8Array, signature: TinkSignature, key: KeyObject): boolean {
  return verify("sha256", body, { key, dsaEncoding: "der" }, signature.der);
}

const P256_SHA256_DER = { hash: 3, curve: 2, encoding: 2 };
const COORDINATE_BYTES = 32;

function toKey(protobuf: Buffer): KeyObject | null {
  const fields = readProtobuf(protobuf);
  const params = fields?.get(2);
  const x = toCoordinate(fields?.get(3));
  const y = toCoordinate(fields?.get(4));
  if (!Buffer.isBuffer(params) || !x || !y) return null;
  const chosen = readProtobuf(params);
  if (
    chosen?.get(1) !== P256_SHA256_DER.hash ||
    chosen.get(2) !== P256_SHA256_DER.curve ||
    chosen.get(3) !== P256_SHA256_DER.encoding
  )
    return null;
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  } catch {
    return null;
  }
}

/** Big-endian. A leading zero is added if the number would be negative, and leading zeros may be missing. */
function toCoordinate(value: number | Buffer | undefined): string | null {
  if (!Buffer.isBuffer(value)) return null;
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : value.subarray(first);
  if (digits.length > COORDINATE_BYTES) return null;
  return Buffer.concat([Buffer.alloc(COORDINATE_BYTES - digits.length), digits]).toString("base64url");
}

/** Varints and byte strings by field number, the only parts of a key. Null for anything else. */
function readProtobuf(bytes: Buffer): Map<number, number | Buffer> | null {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (Number.isNaN(tag) || Number.isNaN(value)) return null;
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) fields.set(field, value);
    else if (type === 2 && at + value <= bytes.length) {
      fields.set(field, bytes.subarray(at, at + value));
      at += value;
    } else return null;
  }
  return fields;
}
