import { bench } from "../../test/support/apply-bench.js";
import type { ApplyDeps } from "./apply.js";

describe("an account deleted at the provider that a connection had before", () => {
  const deletion = { kind: "account-deleted", providerUserId: "A1" } as const;
  async function left(change: Partial<ApplyDeps> = {}) {
    const audited: object[] = [];
    const record: NonNullable<ApplyDeps["audit"]>["record"] = async (entry) => void audited.push(entry);
    const b = await bench({ audit: { record }, ...change });
    const deleted: string[] = [];
    b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
    return Object.assign(b, { deleted, audited });
  }
  const notes = async (b: Awaited<ReturnType<typeof left>>, id: string) => {
    const found: string[] = [];
    for (const name of ["belongings", "connections", "tokens", "user-connections"])
      for await (const [key, row] of b.base.store.collection<object>(name).scan(""))
        if ((key + JSON.stringify(row)).includes(id)) found.push(`${name}/${key}`);
    return found;
  };

  test("takes its data, and leaves the account that took its place", async () => {
    await using b = await left();
    b.base.acme.account = "A2";
    const current = await b.base.connected();
    b.base.clock.time += 1;
    await b.run(deletion);
    expect([b.deleted, b.counted]).toEqual([[b.connection.id], ["applied"]]);
    expect(await notes(b, b.connection.id)).toEqual([]);
    expect(b.audited).toEqual([{ actor: "provider", action: "delete", userId: "ada", provider: "FITBIT" }]);
    expect(await b.base.connections.list("ada")).toEqual([current]);
    expect((await b.base.connections.token(current)).resolver).toBe("vault");
    await b.run(deletion);
    expect([b.deleted.length, b.counted]).toEqual([1, ["applied", "unknown-owner"]]);
    // What is left of the other account goes with it.
    b.revokeThere();
    await b.run({ ...deletion, providerUserId: "A2" });
    expect([b.deleted, await notes(b, current.id)]).toEqual([[b.connection.id, current.id], []]);
  });

  test("keeps the data of the accounts before it, when it is the one in use", async () => {
    await using b = await left();
    b.base.acme.account = "A2";
    const current = await b.base.connected();
    b.revokeThere();
    await b.run({ ...deletion, providerUserId: "A2" });
    expect([b.deleted, await b.base.connections.list("ada")]).toEqual([[current.id], []]);
    expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
    await b.run(deletion);
    expect(b.deleted).toEqual([current.id, b.connection.id]);
  });

  test("leaves the other accounts before it: who comes back to one of them continues its connection", async () => {
    await using b = await left();
    b.base.acme.account = "A2";
    const second = await b.base.connected();
    b.base.acme.account = "A3";
    await b.base.connected();
    b.base.clock.time += 1;
    await b.run(deletion);
    expect(b.deleted).toEqual([b.connection.id]);
    b.base.acme.account = "A2";
    expect((await b.base.connected()).id).toBe(second.id);
  });

  test("takes the data that was kept after a disconnect", async () => {
    await using b = await left();
    await b.base.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    await b.run(deletion);
    expect([b.deleted, await b.base.connections.list("ada")]).toEqual([[b.connection.id], []]);
  });

  test("takes what a release without these notes has stored", async () => {
    await using b = await left();
    await b.base.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    await b.base.store.collection("belongings").eraseAll("");
    await b.run(deletion);
    expect(b.counted).toEqual(["unknown-owner"]);
    await b.base.connections.recover();
    await b.run(deletion);
    expect([b.deleted, await notes(b, b.connection.id)]).toEqual([[b.connection.id], []]);
  });

  test("takes the data of every user who had it", async () => {
    await using b = await left();
    await b.base.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    const theirs = await b.base.connected("bob");
    await b.run(deletion);
    // It works: a notice that came late or twice takes nothing from anybody.
    expect(b.deleted).toEqual([]);
    b.revokeThere();
    await b.run(deletion);
    expect(b.deleted).toEqual([theirs.id, b.connection.id]);
  });

  test("takes nothing where it was told before the consent", async () => {
    await using b = await left();
    await b.base.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    await b.late(b.base.clock.time - 1, deletion);
    expect(b.deleted).toEqual([]);
  });

  test("of a revocation nobody hears but the one that has it", async () => {
    await using b = await left();
    b.base.acme.account = "A2";
    await b.base.connected();
    await b.run({ ...deletion, kind: "revoked" });
    expect([b.deleted, b.counted]).toEqual([[], ["unknown-owner"]]);
  });
});
