import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../store/open-store.js";
import type { Store } from "../../store/store.js";
import { createVault, type Owner, type StoredTokens } from "./vault.js";

const encryptionKeys = [new Uint8Array(32).fill(7)];
const owner = (id: string): Owner => ({ id, userId: `user-of-${id}`, provider: "FITBIT" });
const pair: StoredTokens = { accessToken: "a", refreshToken: "r", expiresAt: 5, obtainedAt: 1 };
const begun: StoredTokens = { ...pair, refreshStartedAt: 2, refreshStartedBy: ["me"] };

/** Counts how often all tokens are read; `fails`: what takes a note away fails, as at the end of a process. */
const watched = (store: Store, seen: { scans: number; fails?: boolean }): Store => ({
  ...store,
  collection: (namespace, form) => {
    const own = store.collection(namespace, form);
    return {
      ...own,
      scan: (prefix, after) => {
        if (namespace === "tokens") seen.scans++;
        return own.scan(prefix, after);
      },
      delete: async (key) => {
        if (namespace === "refreshes-begun" && seen.fails) throw new Error("gone");
        return await own.delete(key);
      },
    };
  },
});

describe.each(["memory", "sqlite"])("refreshes whose end is not known, over the %s store", (kind) => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulsegate-vault-"));
    store = await openStore(kind === "memory" ? "memory:" : `sqlite:${join(folder, "vault.db")}`);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const vault = (seen = { scans: 0 }) => createVault({ store: watched(store, seen), encryptionKeys });
  const found = async (of: ReturnType<typeof vault>) => {
    const ids: string[] = [];
    for await (const id of of.begun()) ids.push(id);
    return [...new Set(ids)].sort();
  };
  const notes = async () => {
    const keys: string[] = [];
    for await (const key of store.collection("refreshes-begun").keys("")) keys.push(key);
    return keys;
  };

  it("are found by any process, which reads everybody's tokens for it once", async () => {
    const seen = { scans: 0 };
    const [one, two] = [vault(seen), vault()];
    await one.save(owner("a"), pair);
    await one.save(owner("b"), begun);
    expect([await found(one), await found(one), seen.scans]).toEqual([["b"], ["b"], 1]);
    await two.save(owner("c"), begun);
    expect(await found(one)).toEqual(["b", "c"]);
    await two.save(owner("b"), { ...pair, accessToken: "a2" });
    await two.drop("c");
    expect([await found(one), seen.scans, await notes()]).toEqual([[], 1, []]);
  });

  it("are found where a release without notes began them", async () => {
    await vault().save(owner("a"), begun);
    await store.collection("refreshes-begun").delete("a");
    expect(await found(vault())).toEqual(["a"]);
  });

  it("are none where a process ended before it could take the note away, and then the note goes", async () => {
    const seen = { scans: 0, fails: true };
    const ended = createVault({ store: watched(store, seen), encryptionKeys });
    await ended.save(owner("a"), begun);
    await expect(ended.save(owner("a"), pair)).rejects.toThrow("gone");
    expect(await notes()).toEqual(["a"]);
    expect([await found(vault()), await notes()]).toEqual([[], []]);
  });

  it("are left alone where the tokens can't be read", async () => {
    const one = vault();
    await one.save(owner("a"), begun);
    await found(one);
    await store.putRow("tokens:a", "nonsense", true);
    expect([await found(one), await notes()]).toEqual([[], ["a"]]);
  });
});
