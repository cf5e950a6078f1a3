import { createCipher, VaultUnreadable } from "../connections/tokens/vault.js";
import type { Gateway } from "../gateway.js";
import { version } from "../model/version.js";
import { isOver, readRow } from "../store/row.js";
import { CommandFailed, type Io } from "./io.js";
import { isSealed, sealedParts } from "./sealed-rows.js";
import { FORM_VERSION, isLeftOut, type SealedPart, withParts } from "./store-form.js";

export interface ExportOptions {
  /** Tokens and other secrets too, encrypted with EXPORT_KEY. */
  readonly tokens?: boolean;
  /** Rows behind this key only: to continue an export that was interrupted. */
  readonly after?: string;
}

/** Something encrypted, in a row of which this release does not know how it is bound. It stays here. */
const box = /"keyId":"[0-9a-f]{16}","nonce":"/;

type Wanted = Pick<Gateway, "store" | "config" | "clock" | "audit">;

/**
 * Prints every row of the store, for `importStore`. A row that can't be read is left out and named, and the command fails
 * after the last row. Rows with secrets are left out unless they are asked for.
 */
export async function exportStore(io: Io, gateway: Wanted, { tokens = false, after }: ExportOptions): Promise<void> {
  const { store, config, clock, audit } = gateway;
  if (tokens && config.exportKey === null)
    throw new CommandFailed("EXPORT_KEY is required with --tokens: openssl rand -base64 32");
  const own = createCipher(config.encryptionKeys);
  const other = tokens && config.exportKey ? createCipher([config.exportKey]) : null;
  const count = { rows: 0, secret: 0, bad: 0 };
  const bad = (key: string, why: string) => {
    count.bad++;
    io.note(`left out: ${key} (${why})\n`);
  };
  const line = (value: object) => io.out(`${JSON.stringify(value)}\n`);

  /** The parts that are encrypted, under the key of the export. Null if the row can't be taken along. */
  const resealed = async (key: string, value: unknown) => {
    try {
      const parts = await sealedParts(key, value, store);
      if (parts === null) return null;
      const change = (box: Parameters<typeof own.open>[1], { binding }: SealedPart) =>
        other!.seal(binding, own.open(binding, box));
      return { value: withParts(value, parts, change), sealed: parts };
    } catch (error) {
      if (error instanceof VaultUnreadable || error instanceof TypeError) return null;
      throw error;
    }
  };

  // Recorded before the first line, since a reader who stops early has read some of the data.
  await audit.record({ actor: "cli", action: "export", userId: null });
  await line({
    ...{ type: "store", version: FORM_VERSION, release: version, exportedAt: new Date(clock.now()).toISOString() },
    ...{ keyId: other?.keyId ?? null, after: after ?? null },
  });
  let last = after ?? "";
  for await (const [key, text] of store.rows(after)) {
    if (io.signal.aborted)
      throw new CommandFailed(`interrupted; to continue: pulsegate export --all --after '${last}'`);
    last = key;
    if (isLeftOut(key) || isOver(text)) continue;
    if (isSealed(key) && other === null) {
      count.secret++;
      continue;
    }
    const row = readRow(text, { read: (value) => ({ value }), version: Number.MAX_SAFE_INTEGER });
    if (row.kind !== "row") {
      if (row.kind === "unreadable") bad(key, row.reason);
      continue;
    }
    if (!isSealed(key) && box.test(text)) {
      bad(key, "it has a secret that this release does not know");
      continue;
    }
    const { v = 1, expires } = JSON.parse(text) as { v?: number; expires?: number };
    const taken = isSealed(key) ? await resealed(key, row.value.value) : { value: row.value.value };
    if (taken === null) {
      bad(key, "its secret can't be opened");
      continue;
    }
    await line({ type: "row", key, v, ...(expires !== undefined && { expires }), ...taken });
    count.rows++;
  }
  await line({ type: "end", rows: count.rows });
  io.note(
    `${count.rows} rows${count.secret > 0 ? `, ${count.secret} with secrets left out: --tokens takes them along` : ""}\n`,
  );
  if (count.bad > 0)
    throw new CommandFailed(`${count.bad} rows can't be read and were left out; the others are complete.`);
}
