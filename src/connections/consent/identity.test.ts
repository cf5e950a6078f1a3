import { bench, testProvider } from "../../../test/support/connections-bench.js";
import { cell } from "../../model/cells.js";
import type { Provider } from "../../providers/index.js";
import type { ConnectStep } from "../../providers/provider.js";

/** What the connect steps tell of a person, at first and each day again. */

type Bench = Awaited<ReturnType<typeof bench>>;
const input = { userId: "ada", provider: "FITBIT" } as const;
const [who] = testProvider().afterConsent;
const step = (name: string, change: Partial<ConnectStep> = {}) =>
  ({
    name,
    required: false,
    request: () => ({ method: "GET", path: `/${name}` }),
    read: () => ({}),
    ...change,
  }) as ConnectStep;
const zone = step("zone", { read: () => ({ cells: [cell("profile.timeZone", null, "Europe/Paris")] }) });
const benchOf = (steps: readonly ConnectStep[], oauth: Partial<Provider["oauth"]> = {}) =>
  bench({ provider: testProvider(oauth, { afterConsent: steps }) });
const asked = (at: Bench) => at.server.seen.map(({ path }) => path).filter((path) => path !== "/token");

/** A connection of which nobody knows yet whose account it is. */
async function nameless(at: Bench) {
  at.acme.accountOf.set("brought", "A1");
  const { id } = await at.connections.importConnection({ ...input, accessToken: "brought", scopes: ["move"] });
  return (await at.connections.update(id, (before) => ({ ...before, scopes: ["who", "move"] })))!;
}

test("the cells of every step are kept, and the first that names the person counts", async () => {
  const alias = step("alias", { identifies: true, read: () => ({ providerUserId: "B2", legacyUserId: "L2" }) });
  await using at = await benchOf([who!, zone, alias]);
  const connection = await at.connected();
  expect(connection).toMatchObject({ providerUserId: "A1", legacyUserId: "L2" });
  const fields = () => at.stored.map(([id, cells]) => [id, cells.map((one) => (one as { field: string }).field)]);
  const both = [connection.id, ["profile.displayName", "profile.timeZone"]];
  expect(fields()).toEqual([both]);
  expect(await at.connections.readIdentity(connection)).toMatchObject({ kind: "ok", cells: [{}, {}] });
  expect(fields()).toEqual([both, both]);
});

test("what an optional step told stays when it fails", async () => {
  await using at = await benchOf([who!, step("legacy", { read: () => ({ legacyUserId: "L1" }) })]);
  const connection = await at.connected();
  at.acme.fault = ({ path }) => (path === "/legacy" ? { status: 500 } : undefined);
  at.clock.time += 1;
  expect((await at.connections.readIdentity(connection)).kind).toBe("ok");
  expect(await at.connections.get(connection.id)).toMatchObject({ legacyUserId: "L1", identityReadAt: at.clock.time });
});

test.each([
  ["an optional step is left out", false, ["who"], { kind: "ok" }, ["/me"]],
  [
    "a required one fails, unasked",
    true,
    ["who"],
    { kind: "failed", failure: { code: "INSUFFICIENT_SCOPE" } },
    ["/me"],
  ],
  ["any is tried where no scopes are known", true, [], { kind: "ok" }, ["/me", "/more"]],
] as const)("without its scope %s", async (_, required, scopes, found, paths) => {
  await using at = await benchOf([who!, step("more", { scope: "more", required })]);
  at.acme.granted = "who more";
  const connection = await at.connected();
  at.server.seen.length = 0;
  expect(await at.connections.readIdentity({ ...connection, scopes })).toMatchObject(found);
  expect(asked(at)).toEqual(paths);
});

test("scopes keep nobody from asking where the provider does not enforce them", async () => {
  await using at = await benchOf([who!, step("more", { scope: "more" })], { scopesAreEnforced: false });
  await at.connected();
  expect(asked(at)).toEqual(["/me", "/more"]);
});

test.each([true, false])("of an answer that can't be read, required: %j", async (required) => {
  const read = () => {
    throw new TypeError("not as documented");
  };
  await using at = await benchOf([who!, step("odd", { required, read }), zone]);
  expect(await at.connect()).toMatchObject(required ? { error: "PROVIDER_UNAVAILABLE" } : { status: "connected" });
  expect(at.stored).toHaveLength(required ? 0 : 1);
});

describe("whose account it is, found out later", () => {
  test("is kept, and nobody else gets the account", async () => {
    await using at = await bench();
    const connection = await nameless(at);
    expect(connection.providerUserId).toBeNull();
    expect(await at.connections.readIdentity(connection)).toMatchObject({ kind: "ok" });
    const known = { id: connection.id, providerUserId: "A1" };
    expect(await at.connections.byProviderUser("FITBIT", "A1")).toMatchObject(known);
    expect(await at.connect("bob")).toMatchObject({ error: "PROVIDER_ACCOUNT_IN_USE" });
  });

  test("is told as something to set right where another user has it, and nothing of it is kept", async () => {
    await using at = await bench();
    const bob = await at.connected("bob");
    const connection = await nameless(at);
    at.stored.length = 0;
    const found = await at.connections.readIdentity(connection);
    expect(found).toMatchObject({ kind: "failed", failure: { code: "ACTION_REQUIRED" } });
    expect([at.stored, await at.connections.get(connection.id)]).toMatchObject([[], { providerUserId: null }]);
    expect(await at.connections.byProviderUser("FITBIT", "A1")).toMatchObject({ id: bob.id });
  });
});

test("a header token tells of its person and changes nothing that is stored", async () => {
  await using at = await bench({ tokenResolvers: ["header", "vault"] });
  const connection = await at.connected();
  at.acme.accountOf.set("brought", "A9");
  at.stored.length = 0;
  at.clock.time += 1;
  const found = await at.connections.readIdentity(connection, { headerTokens: { FITBIT: "brought" } });
  expect(found).toMatchObject({ kind: "ok", cells: [{ field: "profile.displayName" }] });
  expect([at.stored, await at.connections.get(connection.id)]).toEqual([[], connection]);
});
