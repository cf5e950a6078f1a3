import { bench } from "../../test/support/apply-bench.js";
import type { Domain } from "../model/records.js";
import type { Notice } from "../providers/provider.js";
import { createMuted } from "./muted.js";

function changed(day: string | null, domains: readonly Domain[], providerUserId = "A1"): Notice {
  return { kind: "changed", providerUserId, domains, days: day === null ? null : { from: day, to: day } };
}

test("changed days are marked and told, one update per domain", async () => {
  await using b = await bench();
  const { failed } = await b.run(
    changed("2026-11-18", ["SLEEP", "HEART"]),
    changed("2026-11-19", ["SLEEP"]),
    changed("2026-11-02", ["SLEEP"]),
  );
  expect(failed).toEqual([]);
  expect(b.marked).toEqual([
    [b.connection.id, "SLEEP", { from: "2026-11-02", to: "2026-11-02" }],
    [b.connection.id, "SLEEP", { from: "2026-11-18", to: "2026-11-19" }],
    [b.connection.id, "HEART", { from: "2026-11-18", to: "2026-11-18" }],
  ]);
  expect(b.told).toMatchObject([
    { userId: "ada", domain: "SLEEP", dates: ["2026-11-02", "2026-11-18", "2026-11-19"], origin: "LIVE" },
    { userId: "ada", domain: "HEART", dates: ["2026-11-18"], origin: "LIVE" },
  ]);
});

test("a notice without days marks the whole domain", async () => {
  await using b = await bench();
  await b.run(changed(null, ["DEVICES"]), {
    ...changed(null, ["SLEEP"]),
    lookup: { type: "sleeps", id: "7" },
  } as Notice);
  expect(b.marked.map(([, domain, days]) => [domain, days])).toEqual([
    ["DEVICES", null],
    ["SLEEP", null],
  ]);
  expect(b.told.map(({ dates }) => dates)).toEqual([[], []]);
});

test("what has no days is marked as a whole, whichever day was named", async () => {
  await using b = await bench();
  await b.run(changed("2026-11-19", ["PROFILE", "BODY"]));
  expect(b.marked.map(([, domain, days]) => [domain, days])).toEqual([
    ["PROFILE", null],
    ["BODY", { from: "2026-11-19", to: "2026-11-19" }],
  ]);
  expect(b.told.map(({ dates }) => dates)).toEqual([[], ["2026-11-19"]]);
});

test("changed days are fetched where somebody listens, and only there", async () => {
  await using b = await bench();
  await b.run(changed("2026-11-19", ["SLEEP"]));
  expect(b.fetched).toEqual([]);
  const listener = b.bus.data("ada");
  await b.run(changed("2026-11-17", ["SLEEP", "HEART"]), changed("2026-11-19", ["SLEEP"]));
  expect(b.fetched).toEqual([[["SLEEP", "HEART"], { from: "2026-11-17", to: "2026-11-19" }]]);
  await listener.return?.();
});

test("where data was deleted somebody looks in any case: a withdrawn consent reads the same", async () => {
  const looked: string[] = [];
  await using b = await bench();
  Object.assign(b.base.connections, {
    readIdentity: async ({ id }: { id: string }) => {
      looked.push(id);
      return { kind: "failed", failure: { code: "CONSENT_LOST" } };
    },
  });
  await b.run(changed("2026-11-18", ["SLEEP"]));
  await b.run({ ...changed("2026-11-18", ["SLEEP"]), deleted: true } as Notice);
  expect([looked, b.fetched]).toEqual([[b.connection.id], []]);
});

test("with PREFETCH=1 they are fetched whoever listens", async () => {
  await using b = await bench({ prefetchAlways: true });
  await b.run(changed(null, ["DEVICES"]));
  expect(b.fetched).toEqual([[["DEVICES"], null]]);
});

test("people we don't know are counted and passed over", async () => {
  await using b = await bench();
  const { failed } = await b.run(changed("2026-11-19", ["SLEEP"], "stranger"), changed("2026-11-19", ["SLEEP"]));
  expect(failed).toEqual([]);
  expect(b.counted).toEqual(["unknown-owner", "applied"]);
});

test("one that fails takes nothing from the others, and is handed back", async () => {
  const told: string[] = [];
  await using b = await bench({
    history: {
      invalidate: async (_, domain) => {
        told.push(domain);
        if (domain === "SLEEP") throw new Error("no");
      },
      forget: async () => {},
    },
  });
  const bad = changed("2026-11-19", ["SLEEP"]);
  b.revokeThere();
  const { failed } = await b.run(bad, { kind: "revoked", providerUserId: "A1" });
  expect(failed).toEqual([bad]);
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
});

test("of a notice that can't be done in all domains the rest alone is handed back: what was told is not told again", async () => {
  let isDown = true;
  const marked: string[] = [];
  await using b = await bench({
    prefetchAlways: true,
    history: {
      invalidate: async (_, domain, days) => {
        if (domain === "SLEEP" && isDown) throw new Error("no");
        marked.push(`${domain} ${days?.from}`);
      },
      forget: async () => {},
    },
  });
  const { failed } = await b.run(
    changed("2026-11-19", ["HEART", "SLEEP", "BODY"]),
    changed("2026-11-18", ["HEART"]),
    changed("2026-11-17", ["SLEEP"]),
  );
  expect(failed).toEqual([changed("2026-11-19", ["SLEEP"]), changed("2026-11-17", ["SLEEP"])]);
  expect([marked, b.counted]).toEqual([["HEART 2026-11-18", "BODY 2026-11-19"], ["failed"]]);
  expect(b.told.map(({ domain, dates }) => [domain, dates])).toEqual([
    ["HEART", ["2026-11-18", "2026-11-19"]],
    ["BODY", ["2026-11-19"]],
  ]);
  expect(b.fetched).toEqual([[["HEART", "BODY"], { from: "2026-11-18", to: "2026-11-19" }]]);
  isDown = false;
  expect((await b.run(...failed)).failed).toEqual([]);
  expect(b.told.slice(2).map(({ domain, dates }) => [domain, dates])).toEqual([
    ["SLEEP", ["2026-11-17", "2026-11-19"]],
  ]);
  expect(b.counted).toEqual(["failed", "applied"]);
});

test("a new consent that comes while the provider is asked about the old one is not ended with it", async () => {
  await using b = await bench();
  b.revokeThere();
  const read = b.base.connections.readIdentity;
  b.base.connections.readIdentity = async (connection) => {
    const answer = await read(connection);
    b.base.acme.fault = () => undefined;
    b.base.clock.time += 1_000;
    await b.base.connected();
    return answer;
  };
  const { failed } = await b.run({ kind: "revoked", providerUserId: "A1" });
  expect(failed).toEqual([]);
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("CONNECTED");
  expect((await b.base.connections.token(b.connection)).accessToken).toEqual(expect.any(String));
});

test("what is worked off late was heard when it came, and an older notice after a newer one changes nothing of that", async () => {
  await using b = await bench();
  const heard = () => b.base.store.collection<number>("heard").get(b.connection.id);
  const now = b.base.clock.time;
  await b.late(now - 7_200_000, changed("2026-11-18", ["SLEEP"]));
  expect(await heard()).toBe(now - 7_200_000);
  await b.late(now, changed("2026-11-19", ["SLEEP"]));
  await b.late(now - 20_000_000, changed("2026-11-17", ["SLEEP"]));
  expect(await heard()).toBe(now);
  expect(b.told.map(({ receivedAt }) => receivedAt)).toEqual([now - 7_200_000, now, now - 20_000_000]);
});

test("what the person does not want to hear still makes days stale", async () => {
  await using b = await bench();
  await createMuted(b.base.store).mute(b.connection.id, ["SLEEP"]);
  await b.run(changed("2026-11-19", ["SLEEP", "HEART"]));
  expect(b.marked).toHaveLength(2);
  expect(b.told.map(({ domain }) => domain)).toEqual(["HEART"]);
});

test("a grant taken back at the provider takes the tokens, and keeps the history", async () => {
  await using b = await bench();
  const deleted: string[] = [];
  b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
  b.revokeThere();
  b.base.changed.length = 0;
  await b.run({ kind: "revoked", providerUserId: "A1" });
  expect(b.base.changed.map(({ status }) => status)).toEqual(["REVOKED"]);
  const after = (await b.base.connections.get(b.connection.id))!;
  expect(after).toMatchObject({ status: "REVOKED", subscriptions: [] });
  await expect(b.base.connections.token(b.connection)).rejects.toThrow();
  expect(deleted).toEqual([]);
});

test("an account deleted at the provider takes the history too", async () => {
  const audited: object[] = [];
  await using b = await bench({ audit: { record: async (entry) => void audited.push(entry) } });
  const deleted: string[] = [];
  b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
  b.revokeThere();
  await b.run({ kind: "account-deleted", providerUserId: "A1" });
  expect(audited).toEqual([{ actor: "provider", action: "delete", userId: "ada", provider: "FITBIT" }]);
  expect(deleted).toEqual([b.connection.id]);
  expect(await b.base.connections.get(b.connection.id)).toBeNull();
});

test("a revocation that was told before the person consented again says nothing of the new grant, and costs no look", async () => {
  await using b = await bench();
  const before = b.looks();
  await b.late(b.connection.connectedAt - 1, { kind: "revoked", providerUserId: "A1" });
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("CONNECTED");
  expect(b.looks()).toBe(before);
  b.revokeThere();
  await b.late(b.connection.connectedAt, { kind: "revoked", providerUserId: "A1" });
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
});

test.each(["revoked", "account-deleted"] as const)(
  "a late repeat of %s ends nothing of a connection made since: the provider is asked first",
  async (kind) => {
    const audited: object[] = [];
    await using b = await bench({ audit: { record: async (entry) => void audited.push(entry) } });
    const deleted: string[] = [];
    b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
    b.revokeThere();
    await b.run({ kind: "revoked", providerUserId: "A1" });
    expect(audited).toEqual([{ actor: "provider", action: "disconnect", userId: "ada", provider: "FITBIT" }]);
    b.base.acme.fault = () => undefined;
    const again = await b.base.connected();
    // Days later: nobody remembers that this was delivered before.
    b.base.clock.time += 3 * 86_400_000;
    const { failed } = await b.run({ kind, providerUserId: "A1" });
    expect(failed).toEqual([]);
    expect(await b.base.connections.get(again.id)).toMatchObject({ status: "CONNECTED", providerUserId: "A1" });
    expect((await b.base.connections.token(again)).accessToken).toEqual(expect.any(String));
    expect([deleted, audited.length]).toEqual([[], 1]);
  },
);

test.each([
  ["does not answer", { status: 503 }],
  ["has had enough of our requests", { status: 429 }],
] as const)("where the provider %s, a revocation waits until it can be asked", async (_, reply) => {
  await using b = await bench();
  const notice = { kind: "revoked", providerUserId: "A1" } as const;
  b.base.acme.fault = ({ path }) => (path === "/me" ? reply : undefined);
  expect((await b.run(notice)).failed).toEqual([notice]);
  expect(b.counted).toEqual(["failed"]);
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("CONNECTED");
  b.revokeThere();
  expect((await b.run(notice)).failed).toEqual([]);
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
});

test("a deleted account takes the data of a connection whose consent was lost before", async () => {
  await using b = await bench();
  const deleted: string[] = [];
  b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
  await b.base.connections.setStatus(b.connection.id, "REAUTHORIZATION_REQUIRED");
  await b.run({ kind: "account-deleted", providerUserId: "A1" });
  expect(deleted).toEqual([b.connection.id]);
  expect(await b.base.connections.get(b.connection.id)).toBeNull();
});

test("a deleted account takes the data of a connection that had ended", async () => {
  await using b = await bench();
  const deleted: string[] = [];
  b.base.hooks.deleteData = async ({ id }) => void deleted.push(id);
  await b.base.connections.setStatus(b.connection.id, "REVOKED");
  await b.run({ kind: "account-deleted", providerUserId: "A1" });
  expect(deleted).toEqual([b.connection.id]);
});

test("a revocation of a connection that is in use no more ends that connection alone", async () => {
  await using b = await bench();
  const entries = b.base.store.collection<object>("user-connections");
  for await (const [key] of entries.scan("")) await entries.set(key, { current: {}, former: [b.connection.id] });
  b.revokeThere();
  await b.run({ kind: "revoked", providerUserId: "A1" });
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
});

test("a consent that is under way when a revocation is told goes on", async () => {
  await using b = await bench();
  const { authorizationUrl } = await b.base.connections.begin({ userId: "ada", provider: "FITBIT" });
  b.revokeThere();
  await b.run({ kind: "revoked", providerUserId: "A1" });
  expect((await b.base.connections.get(b.connection.id))?.status).toBe("REVOKED");
  b.base.acme.fault = () => undefined;
  const state = b.base.stateOf(authorizationUrl);
  expect(await b.base.connections.callback("fitbit", { code: "c", state })).toMatchObject({ status: "connected" });
});

test("days that can't be looked up cost a wider look, not the notice", async () => {
  await using b = await bench({
    findDays: async () => {
      throw new TypeError("a defect");
    },
  });
  const { failed } = await b.run({ ...changed(null, ["SLEEP"]), lookup: { type: "sleeps", id: "7" } } as Notice);
  expect([failed, b.marked]).toEqual([[], [[b.connection.id, "SLEEP", null]]]);
});

test("366 days are named one by one; a day more, or a span that ends before it begins, is the whole domain", async () => {
  await using b = await bench();
  const days = (from: string, to: string): Notice => ({
    kind: "changed",
    providerUserId: "A1",
    domains: ["SLEEP"],
    days: { from, to },
  });
  await b.run(days("2024-01-01", "2024-12-31"));
  await b.run(days("2024-01-01", "2025-01-01"));
  await b.run(days("2026-11-03", "2026-11-02"));
  await b.run(days("2026-11-02", "2026-11-02"));
  expect(b.marked.map(([, , span]) => span)).toEqual([
    { from: "2024-01-01", to: "2024-12-31" },
    null,
    null,
    { from: "2026-11-02", to: "2026-11-02" },
  ]);
  expect(b.told.map(({ dates }) => dates.length)).toEqual([366, 0, 0, 1]);
});

test("of many changed days the newest 31 are fetched", async () => {
  await using b = await bench({ prefetchAlways: true });
  await b.run({ ...changed("2026-10-01", ["SLEEP"]), days: { from: "2026-10-01", to: "2026-11-19" } } as Notice);
  await b.run({ ...changed("2026-10-20", ["SLEEP"]), days: { from: "2026-10-20", to: "2026-11-19" } } as Notice);
  expect(b.fetched).toEqual([
    [["SLEEP"], { from: "2026-10-20", to: "2026-11-19" }],
    [["SLEEP"], { from: "2026-10-20", to: "2026-11-19" }],
  ]);
});

test("when somebody was last heard of is noted once an hour, and lasts", async () => {
  await using b = await bench();
  const heard = () => b.base.store.collection<number>("heard").get(b.connection.id);
  const first = b.base.clock.time;
  await b.run(changed("2026-11-19", ["SLEEP"]));
  expect(await heard()).toBe(first);
  b.base.clock.time = first + 3_600_000;
  await b.run(changed("2026-11-19", ["SLEEP"]));
  expect(await heard()).toBe(first);
  b.base.clock.time = first + 3_600_001;
  await b.run(changed("2026-11-19", ["SLEEP"]));
  expect(await heard()).toBe(first + 3_600_001);
});

test("behind a consent that is lost nothing is told or fetched, but days are marked", async () => {
  await using b = await bench({ prefetchAlways: true });
  await b.base.connections.setStatus(b.connection.id, "REAUTHORIZATION_REQUIRED");
  const before = b.looks();
  await b.run({ ...changed("2026-11-19", ["SLEEP"]), deleted: true } as Notice);
  expect(b.marked).toEqual([[b.connection.id, "SLEEP", { from: "2026-11-19", to: "2026-11-19" }]]);
  expect([b.told, b.fetched, b.looks() - before]).toEqual([[], [], 0]);
});

test("what was under way when somebody was forgotten leaves nothing", async () => {
  await using b = await bench({
    history: {
      invalidate: async () => await b.base.connections.deleteUser("ada"),
      forget: async (id) => void b.forgotten.push(id),
    },
  });
  await b.run(changed("2026-11-19", ["SLEEP"]));
  expect(b.forgotten).toEqual([b.connection.id]);
  for await (const [id] of b.base.store.collection("heard").scan("")) throw new Error(`left over: ${id}`);
});
