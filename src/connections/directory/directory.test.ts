import { bench, testProvider } from "../../../test/support/connections-bench.js";
import { hashOf } from "../oauth/oauth.js";

/** What is listed of a user's connections, and which of their changes others are told. */

const input = { userId: "ada", provider: "FITBIT" } as const;
const retired = { since: "2026-11-02", message: "Acme is gone." } as const;

test("connections are listed in the registry's order, whichever came first", async () => {
  const misfit = testProvider({}, { id: "MISFIT", slug: "misfit" });
  await using at = await bench({ providers: [testProvider(), misfit] });
  const { authorizationUrl } = await at.connections.begin({ userId: "ada", provider: "MISFIT" });
  await at.connections.callback("misfit", { code: "c0de", state: at.stateOf(authorizationUrl) });
  await at.connect();
  expect((await at.connections.list("ada")).map(({ provider }) => provider)).toEqual(["FITBIT", "MISFIT"]);
});

test.each([
  ["the status", { status: "REAUTHORIZATION_REQUIRED" }, 1],
  ["the account", { providerUserId: "A9" }, 1],
  ["the scopes", { scopes: ["who"] }, 1],
  ["times and limits", { lastAttemptAt: 7, dataThrough: "2026-11-19", budgets: [] }, 0],
] as const)("a change of %s is told %#", async (_, change, times) => {
  await using at = await bench();
  const { id } = await at.connected();
  at.changed.length = 0;
  await at.connections.update(id, (before) => ({ ...before, ...change }));
  await at.connections.update(id, (before) => ({ ...before, ...change }));
  expect(at.changed).toMatchObject(Array(times).fill({ id, ...change }));
});

test("of changes that belong together the last state is told once, and nothing where it is the first again", async () => {
  await using at = await bench();
  const { id } = await at.connected();
  at.changed.length = 0;
  await at.connections.asOneChange(id, async () => {
    await at.connections.setStatus(id, "REAUTHORIZATION_REQUIRED");
    await at.connections.setStatus(id, "REVOKED");
    expect(at.changed).toEqual([]);
  });
  expect(at.changed.map(({ status }) => status)).toEqual(["REVOKED"]);
  await at.connections.asOneChange(id, async () => {
    await at.connections.setStatus(id, "CONNECTED");
    await at.connections.setStatus(id, "REVOKED");
  });
  expect(at.changed).toHaveLength(1);
  await at.connections.setStatus(id, "CONNECTED");
  expect(at.changed).toHaveLength(2);
});

test("who asks right after a change of ours sees it", async () => {
  await using at = await bench();
  await at.connect();
  const seen = async () => (await at.connections.forReading("ada", {})).map(({ status }) => status);
  expect(await seen()).toEqual(["CONNECTED"]);
  await at.connections.disconnect(input);
  expect(await seen()).toEqual(["REVOKED"]);
  await at.connections.deleteUser("ada");
  expect([await seen(), await at.connections.hasEverConnected("ada")]).toEqual([[], false]);
});

test("connections of a provider that is switched off are retired, but for those that were left", async () => {
  await using at = await bench({ provider: testProvider({}, { retired }) });
  await at.connect();
  const vendor = at.replica({ settings: () => ({ ...at.settings, overridden: false }) });
  expect(await vendor.list("ada")).toMatchObject([{ status: "RETIRED" }]);
  await at.connections.disconnect(input);
  expect(await vendor.list("ada")).toMatchObject([{ status: "REVOKED" }]);
});

test("whoever has a row that can't be read was connected once", async () => {
  await using at = await bench();
  await at.connect();
  await at.store.collection("users").set(hashOf("ada"), "broken");
  expect(await at.replica().hasEverConnected("ada")).toBe(true);
  expect(await at.replica().hasEverConnected("bob")).toBe(false);
});

test("subscriptions that can't be taken down keep nobody, and the person is told", async () => {
  await using at = await bench();
  await at.connect();
  at.hooks.onDisconnect = async () => {
    throw new Error("no answer");
  };
  const { revokedAtProvider, notices } = await at.connections.disconnect(input);
  expect([revokedAtProvider, notices]).toEqual([true, [expect.stringContaining("notifications")]]);
  expect(await at.connections.list("ada")).toMatchObject([{ status: "REVOKED" }]);
});
