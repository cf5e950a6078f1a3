import { type Cipher, type Sealed, VaultUnreadable } from "../connections/tokens/vault.js";
import type { Collection } from "../store/store.js";

/** As `KeyRotation` counts. */
export interface ResealCount {
  current: number;
  renewed: number;
  unreadable: number;
}

/** Encrypts under the first key what is under another, row by row. Answers the keys of what it wrote. */
export async function resealRows<T>(
  rows: Collection<T>,
  how: {
    readonly cipher: Cipher;
    readonly count: ResealCount;
    binding(key: string): readonly string[];
    boxOf(row: T): Sealed;
    write(key: string, row: T, box: Sealed): Promise<void>;
  },
): Promise<readonly string[]> {
  const { cipher, count } = how;
  const written: string[] = [];
  for await (const [key, row] of rows.scan("")) {
    const box = how.boxOf(row);
    if (cipher.isCurrent(box)) {
      count.current++;
      continue;
    }
    try {
      const binding = how.binding(key);
      const renewed = cipher.seal(binding, cipher.open<unknown>(binding, box));
      // Erased since it was read: it stays so.
      if ((await rows.get(key)) === undefined) continue;
      await how.write(key, row, renewed);
      written.push(key);
      count.renewed++;
    } catch (error) {
      if (!(error instanceof VaultUnreadable)) throw error;
      count.unreadable++;
    }
  }
  return written;
}
