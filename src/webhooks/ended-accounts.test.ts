import { bench } from "../../test/support/apply-bench.js";
import { testProvider } from "../../test/support/connections-bench.js";
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

describe("an end that is reported by a provider without a step that asks anything", () => {
  const silent = (refresh: "rotating" | "none") => testProvider({ refresh }, { afterConsent: [] });
  const statuses = async ({ base }: Awaited<ReturnType<typeof bench>>) =>
    (await base.connections.list("ada")).map(({ status }) => status);
  const revoked = { kind: "revoked", providerUserId: "A1" } as const;

  test("is believed where the refresh token is dead too", async () => {
    await using b = await bench({ provider: silent("rotating") });
    b.revokeThere();
    await b.run(revoked);
    expect(await statuses(b)).toEqual(["REVOKED"]);
  });

  test("is late, where the refresh token still works", async () => {
    await using b = await bench({ provider: silent("rotating") });
    await b.run(revoked);
    expect(await statuses(b)).toEqual(["CONNECTED"]);
    const [connection] = await b.base.connections.list("ada");
    expect((await b.base.connections.token(connection!)).resolver).toBe("vault");
  });

  test("waits where nobody can be asked", async () => {
    await using b = await bench({ provider: silent("rotating") });
    b.base.acme.fault = () => ({ status: 503 });
    await b.run(revoked);
    expect([await statuses(b), b.counted]).toEqual([["CONNECTED"], ["failed"]]);
  });

  test("is believed where there is no refresh token to ask with", async () => {
    await using b = await bench({ provider: silent("none") });
    await b.run({ kind: "account-deleted", providerUserId: "A1" });
    expect(await statuses(b)).toEqual([]);
  });
});
