import { bench, testProvider } from "../../../test/support/connections-bench.js";

/** Which connection a new grant becomes, and what stays of the one before. */

type Bench = Awaited<ReturnType<typeof bench>>;
const input = { userId: "ada", provider: "FITBIT" } as const;

/** A grant of which the provider does not say whose it is. */
async function nameless(at: Bench, accessToken = "brought") {
  at.acme.accountOf.set(accessToken, "A1");
  return await at.connections.importConnection({ ...input, accessToken, scopes: ["move"] });
}

test("a grant without a name continues the connection in use, and its account stays known", async () => {
  await using at = await bench();
  const before = await at.connected();
  const after = await nameless(at);
  expect(after).toMatchObject({ id: before.id, providerUserId: "A1", identityReadAt: before.identityReadAt });
  expect((await at.connections.token(after)).accessToken).toBe("brought");
  expect(await at.connections.list("ada")).toHaveLength(1);
});

test("an account that another replaced is nobody's any more", async () => {
  await using at = await bench();
  await at.connected();
  at.acme.account = "A2";
  const current = await at.connected();
  expect(current.providerUserId).toBe("A2");
  expect(await at.connections.byProviderUser("FITBIT", "A1")).toBeNull();
  expect(await at.connections.byProviderUser("FITBIT", "A2")).toMatchObject({ id: current.id });
});

test("a connection without a name gets one with the next grant", async () => {
  await using at = await bench();
  const before = await nameless(at);
  expect(before).toMatchObject({ providerUserId: null, identityReadAt: null });
  expect(await at.connected()).toMatchObject({ id: before.id, providerUserId: "A1", identityReadAt: at.clock.time });
});

test("an account of the same name at another provider is another account", async () => {
  const misfit = testProvider({}, { id: "MISFIT", slug: "misfit" });
  await using at = await bench({ providers: [testProvider(), misfit] });
  const toMisfit = async () => {
    const { authorizationUrl } = await at.connections.begin({ userId: "ada", provider: "MISFIT" });
    await at.connections.callback("misfit", { code: "c0de", state: at.stateOf(authorizationUrl) });
    return (await at.connections.list("ada")).find(({ provider }) => provider === "MISFIT")!;
  };
  const former = await toMisfit();
  at.acme.account = "A2";
  const current = await toMisfit();
  at.acme.account = "A1";
  const fitbit = await at.connected();
  expect(fitbit).toMatchObject({ provider: "FITBIT", providerUserId: "A1", status: "CONNECTED" });
  expect(new Set([former.id, current.id, fitbit.id]).size).toBe(3);
  expect(await at.connections.list("ada")).toMatchObject([{ id: fitbit.id }, { id: current.id, status: "CONNECTED" }]);
});

test("who comes back after leaving is connected since then; who renews a consent, since ever", async () => {
  await using at = await bench();
  const first = await at.connected();
  at.clock.time += 1_000;
  at.acme.granted = "who rest";
  expect(await at.connected()).toMatchObject({ connectedAt: first.connectedAt, scopes: ["who", "rest"] });
  await at.connections.setStatus(first.id, "REAUTHORIZATION_REQUIRED");
  expect(await at.connected()).toMatchObject({ connectedAt: first.connectedAt, status: "CONNECTED" });
  await at.connections.disconnect(input);
  at.clock.time += 1_000;
  expect(await at.connected()).toMatchObject({ id: first.id, connectedAt: at.clock.time });
});

test("a connection that waits to be confirmed is connected since it is confirmed", async () => {
  await using at = await bench();
  const result = await at.connect("ada", { confirm: true });
  at.clock.time += 1_000;
  const handle = "handle" in result ? result.handle! : "";
  expect(await at.connections.confirm("ada", handle)).toMatchObject({ connectedAt: at.clock.time });
});

test("a consent that waits to be confirmed takes nothing from the connection in use", async () => {
  await using at = await bench();
  const before = await at.connected();
  await at.connect("ada", { confirm: true });
  expect(await at.connections.list("ada")).toEqual([before]);
  expect((await at.connections.token(before)).resolver).toBe("vault");
});
