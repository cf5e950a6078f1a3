import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { type RowForm, rowsOf, textRows, UnreadableRow } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import type { Connection } from "../connection.js";
import { hashOf } from "../oauth/oauth.js";

/** What the vault keeps for a connection. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Epoch ms; null where the provider names no end. */
  readonly expiresAt: number | null;
  readonly obtainedAt: number;
  /** Epoch ms of the refresh token's own end, where the provider names one. */
  readonly refreshExpiresAt?: number;
  /** Set once the provider refused this pair for good, so that nobody sends it again. */
  readonly refused?: boolean;
  /** When a refresh of this very pair was begun whose end is not known. */
  readonly refreshStartedAt?: number;
  /** The processes that began one: any of them may have been granted the next pair. */
  readonly refreshStartedBy?: readonly string[];
  /** When another process than that was first refused with this pair, and did not believe it yet. */
  readonly refusedAt?: number;
}

export type Owner = Pick<Connection, "id" | "userId" | "provider">;

/** An encrypted value. Only `begun` can be read without the key: it lets the recovery find what it has to look at. */
export interface Sealed {
  readonly keyId: string;
  readonly nonce: string;
  readonly data: string;
  readonly begun?: boolean;
}

export const sealedSchema = z.looseObject({
  keyId: z.string(),
  nonce: z.string(),
  data: z.string(),
  begun: z.boolean().optional().catch(undefined),
});
/** A row that can't be read must not pass for one that is not there: the person would be asked to connect again. */
const sealedRows: RowForm<Sealed> = rowsOf(sealedSchema, { throws: true });

/** A stored secret that can't be opened: no key of ours fits, or it was altered or moved to another owner. */
export class VaultUnreadable extends Error {
  override readonly name = "VaultUnreadable";
  /** `keyless`: its key may be given to us yet; `newer`: a later release wrote it; what is `damaged` stays so. */
  constructor(
    message: string,
    readonly why: "keyless" | "newer" | "damaged",
  ) {
    super(message);
  }
}

export interface Cipher {
  /** `binding` names whom the secret belongs to; it opens only under the same one. */
  seal(binding: readonly string[], value: unknown): Sealed;
  open<T>(binding: readonly string[], sealed: Sealed): T;
  /** A fingerprint of the key that encrypts, of which nothing can be learnt. */
  readonly keyId: string;
  isCurrent(sealed: Sealed): boolean;
  /** Whether there is a key for it; it may be damaged all the same. */
  hasKeyFor(sealed: Sealed): boolean;
}

/** AES-256-GCM. The first key encrypts, all decrypt. */
export function createCipher(keys: readonly Uint8Array[]): Cipher {
  const byId = new Map(keys.map((key) => [createHash("sha256").update(key).digest("hex").slice(0, 16), key]));
  const [current] = byId;
  if (!current || keys.some((key) => key.length !== 32)) throw new Error("An encryption key of 32 bytes is needed.");
  const additional = (binding: readonly string[]) => Buffer.from(JSON.stringify(binding));

  return {
    seal: (binding, value) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", current[1], nonce).setAAD(additional(binding));
      const data = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final(), cipher.getAuthTag()]);
      return { keyId: current[0], nonce: nonce.toString("base64"), data: data.toString("base64") };
    },
    open: (binding, sealed) => {
      const key = byId.get(sealed.keyId);
      if (!key && typeof sealed.keyId === "string" && typeof sealed.data === "string")
        throw new VaultUnreadable(
          "A stored token was encrypted with a key that ENCRYPTION_KEYS does not list.",
          "keyless",
        );
      try {
        const data = Buffer.from(sealed.data, "base64");
        const decipher = createDecipheriv("aes-256-gcm", key!, Buffer.from(sealed.nonce, "base64"), {
          authTagLength: 16,
        })
          .setAAD(additional(binding))
          .setAuthTag(data.subarray(data.length - 16));
        const text = Buffer.concat([decipher.update(data.subarray(0, data.length - 16)), decipher.final()]);
        return JSON.parse(text.toString("utf8"));
      } catch {
        throw new VaultUnreadable(
          "A stored token is damaged or belongs to somebody else: the user has to connect again.",
          "damaged",
        );
      }
    },
    keyId: current[0],
    isCurrent: (sealed) => sealed.keyId === current[0],
    hasKeyFor: (sealed) => byId.has(sealed.keyId),
  };
}

export interface Vault {
  readonly cipher: Cipher;
  /** Undefined where there is none. Throws `VaultUnreadable`. */
  read(owner: Owner): Promise<StoredTokens | undefined>;
  /** Callers hold the lease `tokensLease(id)`: otherwise a refresh under way could overwrite what is saved here. */
  save(owner: Owner, tokens: StoredTokens): Promise<void>;
  drop(connectionId: string): Promise<void>;
  /** Drops what waits of a user's imports. */
  dropImports(userId: string): Promise<void>;
  /**
   * Connections with a refresh whose end is not known: in a process for the first time, of all that is stored; from then on
   * of those that were noted, so that the look costs the same however many people there are.
   */
  begun(): AsyncIterable<string>;
  /** Connections that something is stored of; whether it is under the first key, and whether under any of ours. */
  stored(): AsyncIterable<{
    readonly connectionId: string;
    /** A fingerprint of the key, of which nothing can be learnt. */
    readonly keyId: string;
    readonly isCurrent: boolean;
    readonly hasKey: boolean;
  }>;
  /** Encrypts under the first key what is under another. Callers hold the lease. Throws `VaultUnreadable`. */
  reseal(owner: Owner): Promise<void>;
}

const IMPORT = "import-";
const importsOf = (userId: string) => `${IMPORT}${hashOf(userId)}-`;
/**
 * Under which tokens wait that are being imported: named for the user and the pair, so that whoever imports the same
 * again after a failure finds what it was renewed to. They are gone after a day, or with the user.
 */
export const importId = (userId: string, pair: string) => `${importsOf(userId)}${hashOf(pair)}`;
const IMPORT_KEPT_MS = 86_400_000;

export const tokensBinding = ({ id, userId, provider }: Owner) => ["tokens", id, userId, provider];

export const tokensLease = (connectionId: string) => `tokens:${connectionId}`;

export function createVault({ store, encryptionKeys }: { store: Store; encryptionKeys: readonly Uint8Array[] }): Vault {
  const sealed = store.collection<Sealed>("tokens", sealedRows);
  /** Of each connection with a refresh under way. Written and taken away under the lease, as the tokens are. */
  const notes = store.collection("refreshes-begun", textRows);
  const cipher = createCipher(encryptionKeys);
  const boxOf = async (id: string): Promise<Sealed | undefined> => {
    try {
      return await sealed.get(id);
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error;
      const why = error.reason === "newer" ? "newer" : "damaged";
      throw new VaultUnreadable("A stored token is damaged, or another release of Pulsegate wrote it.", why);
    }
  };

  const save = async (owner: Owner, tokens: StoredTokens) => {
    const box = cipher.seal(tokensBinding(owner), tokens);
    const ttlMs = owner.id.startsWith(IMPORT) ? IMPORT_KEPT_MS : undefined;
    const begins = tokens.refreshStartedAt !== undefined;
    // In these orders: after a crash there is a note too many, never one too few.
    if (begins) await notes.set(owner.id, "", ttlMs);
    await sealed.set(owner.id, begins ? { ...box, begun: true } : box, ttlMs);
    if (!begins) await notes.delete(owner.id);
  };

  /** Null for what can't be read: only its own person's next request may judge it. */
  const isBegun = async (id: string): Promise<boolean | null> => {
    try {
      return (await sealed.get(id))?.begun === true;
    } catch (error) {
      if (error instanceof UnreadableRow) return null;
      throw error;
    }
  };
  /** A crash came between the end of the refresh and that of its note. */
  const dropNote = async (id: string) => {
    const lease = await store.lease(tokensLease(id), 10_000);
    if (!lease) return;
    try {
      if ((await isBegun(id)) === false) await notes.delete(id);
    } finally {
      await lease.release();
    }
  };
  /** What a release that noted nothing left behind is found too. */
  let isAllLookedAt = false;

  const drop = async (connectionId: string) => {
    await sealed.erase(connectionId);
    await notes.erase(connectionId);
  };

  const reseal = async (owner: Owner) => {
    const box = await boxOf(owner.id);
    if (box && !cipher.isCurrent(box)) await save(owner, cipher.open<StoredTokens>(tokensBinding(owner), box));
  };

  /** Only if nobody is about to write: re-encrypting must never put an old pair over a new one. */
  const resealInPassing = async (owner: Owner) => {
    const lease = await store.lease(tokensLease(owner.id), 10_000);
    if (!lease) return;
    try {
      await reseal(owner);
    } finally {
      await lease.release();
    }
  };

  return {
    cipher,
    read: async (owner) => {
      const box = await boxOf(owner.id);
      if (!box) return undefined;
      const tokens = cipher.open<StoredTokens>(tokensBinding(owner), box);
      // Another time will do: the tokens are as good under their old key.
      if (!cipher.isCurrent(box)) await resealInPassing(owner).catch(() => {});
      return tokens;
    },
    save,
    drop,
    dropImports: async (userId) => {
      for await (const key of sealed.keys(importsOf(userId))) await drop(key);
    },
    begun: async function* () {
      if (!isAllLookedAt) {
        for await (const [id, box] of sealed.scan("")) if (box.begun) yield id;
        isAllLookedAt = true;
      }
      for await (const id of notes.keys("")) {
        const still = await isBegun(id);
        if (still) yield id;
        else if (still === false) await dropNote(id);
      }
    },
    stored: async function* () {
      for await (const [connectionId, box] of sealed.scan(""))
        yield { connectionId, keyId: box.keyId, isCurrent: cipher.isCurrent(box), hasKey: cipher.hasKeyFor(box) };
    },
    reseal,
  };
}

/** Undefined for what can't be opened, as for what is not there. */
export async function readable(vault: Vault, owner: Owner): Promise<StoredTokens | undefined> {
  try {
    return await vault.read(owner);
  } catch (error) {
    if (error instanceof VaultUnreadable) return undefined;
    throw error;
  }
}
