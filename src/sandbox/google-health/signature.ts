import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

interface SigningKey {
  readonly id: number;
  readonly privateKey: KeyObject;
  enabled: boolean;
}

/** The keys with which notifications are signed: ECDSA on P-256, written down the way Google's Tink library does. */
export interface SigningKeys {
  /** What stands at the public address of the key set. */
  keySet(): object;
  /** Header value for these exact bytes: a prefix of 0x01 and the key's id, then the signature in DER. */
  sign(body: Buffer): string;
  /** The same by a key that the key set does not know. */
  signAsStranger(body: Buffer): string;
  /** A new key signs from now on. The old one stays in the set, or is marked as disabled. */
  rotate(options?: { readonly disableOld?: boolean }): void;
}

export function createSigningKeys(): SigningKeys {
  let nextId = 1_234_567_891;
  const newKey = (): SigningKey => ({
    id: nextId++,
    privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    enabled: true,
  });
  const keys = [newKey()];
  let stranger: SigningKey | null = null;
  const primary = () => keys.at(-1)!;

  return {
    keySet: () => ({
      primaryKeyId: primary().id,
      key: keys.map(({ id, privateKey, enabled }) => ({
        keyData: {
          typeUrl: "type.googleapis.com/google.crypto.tink.EcdsaPublicKey",
          value: publicKeyMessage(privateKey).toString("base64"),
          keyMaterialType: "ASYMMETRIC_PUBLIC",
        },
        status: enabled ? "ENABLED" : "DISABLED",
        keyId: id,
        outputPrefixType: "TINK",
      })),
    }),
    sign: (body) => signed(body, primary()),
    signAsStranger(body) {
      stranger ??= { ...newKey(), id: 987_654_321 };
      return signed(body, stranger);
    },
    rotate({ disableOld = false } = {}) {
      if (disableOld) for (const key of keys) key.enabled = false;
      keys.push(newKey());
    },
  };
}

function signed(body: Buffer, { id, privateKey }: SigningKey): string {
  const prefix = Buffer.alloc(5, 1);
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, sign("sha256", body, { key: privateKey, dsaEncoding: "der" })]).toString("base64");
}

/** Protobuf by hand: the version is 0 and so left out, then SHA-256 with P-256 and DER, then the point. */
function publicKeyMessage(privateKey: KeyObject): Buffer {
  const { x, y } = privateKey.export({ format: "jwk" });
  const field = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
  // Big integers carry a sign, so Tink puts a zero before the 32 bytes.
  const coordinate = (text: string | undefined) => Buffer.concat([Buffer.alloc(1), Buffer.from(text!, "base64url")]);
  return Buffer.concat([field(2, Buffer.from([8, 3, 16, 2, 24, 2])), field(3, coordinate(x)), field(4, coordinate(y))]);
}
