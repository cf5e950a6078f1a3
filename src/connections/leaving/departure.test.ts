/** What is left, here and at the provider, of a connection or a user that goes. */

import { bench, leaky, testProvider } from "../../../test/support/connections-bench.js";
import { offline } from "../../../test/support/logins.js";
import { noticeOwner } from "../directory/accounts.js";

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
  const grants = [...at.acme.refreshTokens.keys()];
  await at.connections.begin(input);
  await at.connections.setSourcePriority("ada", ["FITBIT"]);
  return { former, current, deleted, grants };
}

test("deletes the data of a former account with that of the current one", async () => {
  await using at = await bench();
  const { former, current, deleted, grants } = await lived(at);
  await at.connections.disconnect({ ...input, deleteData: true });
  expect(deleted).toEqual([current.id, former.id]);
  expect(revoked(at)).toEqual(grants);
  expect(await left(at)).toEqual([expect.stringMatching(/^source-priority\//)]);
  expect(await at.connections.owned("ada")).toEqual({ connections: [], accounts: [] });
});

test("without deleteData the data of both accounts stays, and the former one is left alone", async () => {
  await using at = await bench();
  const { former, current, deleted, grants } = await lived(at);
  await at.connections.disconnect(input);
  expect([deleted, revoked(at)]).toEqual([[], grants]);
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

describe("the grant of an account that another one takes the place of", () => {
  /** Connected to a second account while the provider takes no withdrawal. */
  async function replaced(at: Bench) {
    const former = await at.connected();
    const [grant] = at.acme.refreshTokens.keys();
    at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
    at.acme.account = "A2";
    const current = await at.connected();
    at.acme.fault = () => undefined;
    return { former, grant, current };
  }

  test("is withdrawn, and that of the new one is not", async () => {
    await using at = await bench();
    const former = await at.connected();
    const [grant] = at.acme.refreshTokens.keys();
    at.acme.account = "A2";
    const current = await at.connected();
    expect(current.id).not.toBe(former.id);
    expect([revoked(at), await at.connections.get(former.id)]).toMatchObject([[grant], { status: "REVOKED" }]);
    expect((await left(at)).filter((key) => /^(owed|tokens)/.test(key))).toEqual([`tokens/${current.id}`]);
    await at.replica().recover();
    expect(revoked(at)).toEqual([grant]);
  });

  test("is owed where the provider can't take it, also after a restart, and hinders no connection", async () => {
    await using at = await bench();
    const { former, grant, current } = await replaced(at);
    expect(current).toMatchObject({ status: "CONNECTED", providerUserId: "A2" });
    expect(await left(at)).toContain(`owed-revocations/${former.id}`);
    await at.replica().recover();
    expect(revoked(at)).toEqual([grant, grant]);
    expect(await left(at)).not.toContain(`owed-revocations/${former.id}`);
  });

  test("is not withdrawn any more once the person came back to that account", async () => {
    await using at = await bench();
    const { former, grant } = await replaced(at);
    at.acme.account = "A1";
    expect((await at.connected()).id).toBe(former.id);
    await at.replica().recover();
    // The second account's is, for it was left in turn.
    expect(revoked(at)).toEqual([grant, [...at.acme.refreshTokens.keys()][1]]);
  });

  test("stays where nobody knows whose it is: it may be the one that is being connected", async () => {
    await using at = await bench();
    const known = await at.connected();
    // The list of the user's connections is lost; the account is still this connection's.
    const entries = at.store.collection("user-connections");
    for await (const [key] of entries.scan("")) await entries.delete(key);
    at.acme.accountOf.set("brought", "A1");
    const { id } = await at.connections.importConnection({ ...input, accessToken: "brought", scopes: ["move"] });
    expect(id).not.toBe(known.id);
    expect((await at.connected()).id).toBe(known.id);
    expect([revoked(at), await at.connections.get(id)]).toMatchObject([[], { status: "REVOKED" }]);
  });

  test("is nobody's to withdraw where its tokens can't be opened", async () => {
    await using at = await bench();
    const former = await at.connected();
    at.acme.account = "A2";
    const other = at.replica({ encryptionKeys: [new Uint8Array(32).fill(9)] });
    const { authorizationUrl } = await other.begin(input);
    const answer = { code: "c0de", state: at.stateOf(authorizationUrl) };
    expect(await other.callback("fitbit", answer)).toMatchObject({ status: "connected" });
    expect([revoked(at), await at.connections.get(former.id)]).toMatchObject([[], { status: "REVOKED" }]);
    expect(await left(at)).not.toContain(`tokens/${former.id}`);
  });
});

describe("what is owed", () => {
  async function owing(at: Bench) {
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
    await at.connections.disconnect(input);
    at.acme.fault = () => undefined;
    return `owed-revocations/${connection.id}`;
  }

  test("stays in the store until the provider has answered", async () => {
    await using at = await bench();
    const row = await owing(at);
    const seen: boolean[] = [];
    at.acme.fault = async ({ path }) => {
      if (path === "/revoke") seen.push((await left(at)).includes(row));
      return undefined;
    };
    await at.replica().recover();
    expect([seen, (await left(at)).includes(row)]).toEqual([[true], false]);
  });

  test("is asked for by one process at a time", async () => {
    await using at = await bench();
    const row = await owing(at);
    at.acme.fault = async ({ path }) => {
      if (path === "/revoke" && revoked(at).length === 2) await at.replica().recover();
      return undefined;
    };
    await at.replica().recover();
    expect([revoked(at).length, (await left(at)).includes(row)]).toEqual([2, false]);
  });

  test("goes nowhere while a consent is being stored, and is void after it", async () => {
    await using at = await bench();
    const row = await owing(at);
    const lease = await at.store.lease(`tokens:${row.split("/")[1]}`, 60_000);
    await at.replica().recover();
    expect([revoked(at).length, (await left(at)).includes(row)]).toEqual([1, true]);
    await lease!.release();
    await at.connected();
    await at.replica().recover();
    expect([revoked(at).length, (await left(at)).includes(row)]).toEqual([1, false]);
  });

  test("is not written again by a process that lost its lease, where a consent came meanwhile", async () => {
    await using at = await bench({ provider: testProvider(offline) });
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/v2/user/access" ? { status: 503 } : undefined);
    await at.connections.disconnect(input);
    at.clock.time += 3_600_000;
    const slow = leaky(at.store);
    at.acme.fault = async ({ path, form }) => {
      if (path === "/v2/user/access") return { status: 503 };
      if (!form.has("refresh_token")) return undefined;
      await slow.runOut(`tokens:${connection.id}`);
      await at.connected();
      return undefined;
    };
    await at.replica({ store: slow.store }).recover();
    expect(await left(at)).not.toContain(`owed-revocations/${connection.id}`);
    expect(await at.connections.list("ada")).toMatchObject([{ id: connection.id, status: "CONNECTED" }]);
  });

  test("keeps a new pair before it is used", async () => {
    await using at = await bench({ provider: testProvider(offline) });
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/v2/user/access" ? { status: 503 } : undefined);
    await at.connections.disconnect(input);
    at.clock.time += 3_600_000;
    const rows = at.store.collection("owed-revocations");
    const before = await rows.get(connection.id);
    let during: unknown;
    at.acme.fault = async ({ path }) => {
      if (path === "/v2/user/access") during = await rows.get(connection.id);
      return undefined;
    };
    await at.replica().recover();
    expect([typeof during, JSON.stringify(during) === JSON.stringify(before)]).toEqual(["object", false]);
  });
});

test("who gives a new consent while the provider tells the end of the last one is connected", async () => {
  await using at = await bench();
  await at.connected();
  const { authorizationUrl } = await at.connections.begin(input);
  await at.connections.disconnect({ ...input, told: true });
  const back = { code: "c0de", state: at.stateOf(authorizationUrl) };
  expect(await at.connections.callback("fitbit", back)).toMatchObject({ status: "connected" });
});

test("who disconnects again has what is owed of them asked for, and nobody else's", async () => {
  await using at = await bench();
  await at.connected();
  at.acme.account = "A2";
  const bob = await at.connected("bob");
  at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
  for (const userId of ["ada", "bob"]) await at.connections.disconnect({ ...input, userId });
  at.acme.fault = () => undefined;
  const [grant] = revoked(at);
  await at.connections.disconnect(input);
  expect([revoked(at).slice(2), await left(at)]).toEqual([
    [grant],
    expect.arrayContaining([`owed-revocations/${bob.id}`]),
  ]);
});
