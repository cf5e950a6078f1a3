/** What is left, here and at the provider, of a connection or a user that goes. */
import { noticeOwner } from "./accounts.js";
import { bench, testProvider } from "./test-bench.js";

type Bench = Awaited<ReturnType<typeof bench>>;
const input = { userId: "ada", provider: "FITBIT" } as const;
const names = ["owed-revocations", "source-priority", "tokens", "connections", "oauth-states", "awaiting-confirmation"];

async function left(at: Bench): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) for await (const key of at.store.collection(name).keys("")) found.push(`${name}/${key}`);
  return found;
}

const revoked = (at: Bench) =>
  at.server.seen.filter(({ path }) => path === "/revoke").map(({ form }) => form.get("token"));

/** Connected to one account, then to another; with a consent begun and an order of sources chosen. */
async function lived(at: Bench) {
  const deleted: string[] = [];
  at.hooks.deleteData = async ({ id }) => void deleted.push(id);
  const former = await at.connected();
  at.acme.account = "A2";
  const current = await at.connected();
  const token = [...at.acme.refreshTokens.keys()].at(-1);
  await at.connections.begin(input);
  await at.connections.setSourcePriority("ada", ["FITBIT"]);
  return { former, current, deleted, token };
}

test("deletes the data of a former account with that of the current one", async () => {
  await using at = await bench();
  const { former, current, deleted, token } = await lived(at);
  await at.connections.disconnect({ ...input, deleteData: true });
  expect(deleted).toEqual([current.id, former.id]);
  expect(revoked(at)).toEqual([token]);
  expect(await left(at)).toEqual([expect.stringMatching(/^source-priority\//)]);
  expect(await at.connections.owned("ada")).toEqual({ connections: [], accounts: [] });
});

test("without deleteData the data of both accounts stays, and the former one is left alone", async () => {
  await using at = await bench();
  const { former, current, deleted, token } = await lived(at);
  await at.connections.disconnect(input);
  expect([deleted, revoked(at)]).toEqual([[], [token]]);
  expect((await at.connections.get(current.id))?.status).toBe("REVOKED");
  expect((await at.connections.get(former.id))?.providerUserId).toBe("A1");
  expect((await left(at)).filter((key) => key.includes(current.id))).toEqual([`connections/${current.id}`]);
});

test("a deleted user leaves no consent, no order of sources, and what is owed under a name that says nothing", async () => {
  await using at = await bench();
  const { former, current, deleted } = await lived(at);
  at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
  await at.connections.deleteUser("ada");
  expect([...deleted].sort()).toEqual([former.id, current.id].sort());
  const owed = await left(at);
  expect(owed).toEqual([expect.stringMatching(/^owed-revocations\//)]);
  expect(owed[0]).not.toContain(current.id);
  at.acme.fault = () => undefined;
  const before = revoked(at).length;
  await at.connections.recover();
  expect([revoked(at).length - before, await left(at)]).toEqual([1, []]);
});

test("the data of one provider goes, and another's stays", async () => {
  const misfit = testProvider({}, { id: "MISFIT", slug: "misfit" });
  await using at = await bench({ providers: [testProvider(), misfit] });
  await at.connected();
  const { authorizationUrl } = await at.connections.begin({ userId: "ada", provider: "MISFIT" });
  await at.connections.callback("misfit", { code: "c0de", state: at.stateOf(authorizationUrl) });
  const deleted: string[] = [];
  at.hooks.deleteData = async ({ provider }) => void deleted.push(provider);
  await at.connections.disconnect({ ...input, deleteData: true });
  expect(deleted).toEqual(["FITBIT"]);
  expect(await at.connections.list("ada")).toMatchObject([{ provider: "MISFIT", status: "CONNECTED" }]);
});

test("a connection whose row can't be read is deleted by its key, data and tokens too", async () => {
  await using at = await bench();
  const { id } = await at.connected();
  const deleted: unknown[] = [];
  at.hooks.deleteData = async (gone) => void deleted.push([gone.id, gone.providerUserId]);
  await at.store.collection("connections").set(id, "broken");
  await expect(at.connections.disconnect(input)).rejects.toMatchObject({ code: "PROVIDER_NOT_CONNECTED" });
  await at.connections.disconnect({ ...input, deleteData: true });
  expect([deleted, await left(at)]).toEqual([[[id, null]], []]);
});

test("the account of who has left is nobody's, and a user's own until then", async () => {
  await using at = await bench();
  const connection = await at.connected();
  const { accounts } = await at.connections.owned("ada");
  expect(accounts.map((one) => [one.noticeOwner, one.isHeld])).toEqual([
    [noticeOwner({ provider: "FITBIT", providerUserId: connection.providerUserId! }), true],
  ]);
  await at.connections.disconnect(input);
  expect(await at.connections.byProviderUser("FITBIT", connection.providerUserId!)).toBeNull();
});
