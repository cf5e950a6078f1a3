import { bench, fragile, type Reply, testProvider } from "../../../test/support/connections-bench.js";
import { object } from "../../http/json.js";
import type { ConnectPerson, ConnectStep } from "../../providers/provider.js";
import { openStore } from "../../store/open-store.js";

/**
 * A provider that wants each person registered under a key of ours: its token answer names the account, registering
 * answers 409 for who is registered already, and a look at the person says whether all is well.
 */
const input = { userId: "ada", provider: "FITBIT" } as const;
const register: ConnectStep = {
  name: "register",
  required: true,
  when: "consent",
  acceptedStatuses: [409],
  request: ({ memberId }) => ({ method: "POST", path: "/users", json: { member: memberId } }),
  read: (answer) => {
    object(answer, "registration");
    return {};
  },
};
const look: ConnectStep = {
  name: "look",
  required: true,
  request: ({ providerUserId }) =>
    providerUserId === null ? null : { method: "GET", path: `/users/${providerUserId}` },
  read: () => ({}),
};
const adopted: ConnectStep = {
  name: "adopted",
  required: false,
  when: "import",
  request: () => ({ method: "GET", path: "/adopted" }),
  read: () => ({}),
};

async function registry(
  steps: readonly ConnectStep[] = [register, look, adopted],
  store?: Awaited<ReturnType<typeof openStore>>,
) {
  const base = await bench({ provider: testProvider({}, { afterConsent: steps }), ...(store && { store }) });
  /** What registering answers next. */
  const says: { reply: Reply } = { reply: { json: {} } };
  base.acme.fault = ({ path, method }) => (method === "POST" && path === "/users" ? says.reply : undefined);
  return {
    ...base,
    says,
    asked: () => base.server.seen.map(({ method, path }) => `${method} ${path}`).filter((line) => !/token/.test(line)),
    members: () =>
      base.server.seen.filter(({ path, method }) => method === "POST" && path === "/users").map(({ body }) => body),
    [Symbol.asyncDispose]: base[Symbol.asyncDispose],
  };
}

test("a step knows the account that the token answer named", async () => {
  await using at = await registry();
  expect(await at.connected()).toMatchObject({ providerUserId: "A1" });
  expect(at.asked()).toEqual(["POST /users", "GET /users/A1"]);
});

test("a step knows the account that an earlier step told, and the earlier one that nobody did", async () => {
  const people: ConnectPerson[] = [];
  const [me] = testProvider().afterConsent;
  const noted = (step: ConnectStep): ConnectStep => ({
    ...step,
    request: (person) => {
      people.push(person);
      return step.request(person);
    },
  });
  await using at = await bench({
    provider: testProvider({ userIdKey: undefined }, { afterConsent: [noted(me!), noted(look)] }),
  });
  await at.connected();
  expect(people.map(({ providerUserId }) => providerUserId)).toEqual([null, "A1"]);
  expect(new Set(people.map(({ memberId }) => memberId)).size).toBe(1);
});

describe("the member id", () => {
  test("says nothing of the person, and is the same whenever the same account comes back", async () => {
    await using at = await registry();
    const first = await at.connected();
    await at.connections.disconnect(input);
    const again = await at.connected();
    const [one, other] = at.members();
    expect([again.id, other]).toEqual([first.id, one]);
    const { member } = JSON.parse(one!);
    expect(member).toMatch(/^[\w-]{43}$/);
    for (const telling of ["ada", "A1", first.id]) expect(member).not.toContain(telling);
  });

  test("is another one for another account, for another person, and for one who was forgotten meanwhile", async () => {
    await using at = await registry();
    await at.connected();
    at.acme.account = "A2";
    await at.connected();
    at.acme.account = "A3";
    await at.connected("bob");
    at.acme.account = "A1";
    await at.connections.deleteUser("ada");
    await at.connected();
    expect(new Set(at.members()).size).toBe(4);
  });

  test("is the same where the connection waits to be confirmed, and after that", async () => {
    await using at = await registry();
    const result = await at.connect("ada", { confirm: true });
    await at.connect("ada", { confirm: true });
    const { id } = await at.connections.confirm("ada", "handle" in result ? result.handle! : "");
    await at.connected();
    expect((await at.connections.list("ada")).map((one) => one.id)).toEqual([id]);
    expect([at.members().length, new Set(at.members()).size]).toEqual([3, 1]);
  });
});

describe("an answer that is as good as a success", () => {
  test.each<[string, Reply]>([
    ["is not read, whatever it holds", { status: 409, json: ["rubbish"] }],
    ["may be empty", { status: 409 }],
  ])("%s", async (_, reply) => {
    await using at = await registry();
    at.says.reply = reply;
    expect(await at.connected()).toMatchObject({ status: "CONNECTED" });
    expect(at.asked()).toEqual(["POST /users", "GET /users/A1"]);
  });

  test("may be one that means a lost grant elsewhere: the token is neither renewed nor given up", async () => {
    await using at = await registry([{ ...register, acceptedStatuses: [401, 403] }, look]);
    for (const status of [401, 403]) {
      at.says.reply = { status, json: {} };
      expect(await at.connected()).toMatchObject({ status: "CONNECTED" });
    }
    expect(at.tokenRequests()).toEqual([]);
  });

  test("makes up for a first answer that was lost", async () => {
    await using at = await registry();
    at.says.reply = { cut: true };
    expect(await at.connect()).toMatchObject({ error: "PROVIDER_UNAVAILABLE" });
    at.says.reply = { status: 409, json: "<html>" };
    expect(await at.connected()).toMatchObject({ providerUserId: "A1" });
    // Not repeated by itself: nobody knows what a second one would do.
    expect(at.asked()).toEqual(["POST /users", "POST /users", "GET /users/A1"]);
  });

  test("no other status passes for it", async () => {
    await using at = await registry();
    at.says.reply = { status: 422, json: {} };
    expect(await at.connect()).toMatchObject({ error: "PROVIDER_UNAVAILABLE" });
    expect(await at.connections.list("ada")).toEqual([]);
  });
});

test("a step of the consent is not taken at an import, nor again later, and one of the import not at a consent", async () => {
  await using at = await registry();
  at.acme.accountOf.set("good", "A1");
  const imported = await at.connections.importConnection({ ...input, accessToken: "good", providerUserId: "A1" });
  expect(at.asked()).toEqual(["GET /users/A1", "GET /adopted"]);
  at.server.seen.length = 0;
  await at.connections.readIdentity(imported);
  expect(at.asked()).toEqual(["GET /users/A1"]);
});

test("what an import could not ask is asked later, as at an import", async () => {
  await using at = await registry();
  at.acme.accountOf.set("good", "A1");
  at.acme.fault = ({ path }) => (path.startsWith("/users") ? { status: 503 } : undefined);
  const imported = await at.connections.importConnection({ ...input, accessToken: "good", providerUserId: "A1" });
  expect(imported.identityReadAt).toBeNull();
  at.acme.fault = () => undefined;
  at.server.seen.length = 0;
  expect((await at.connections.readIdentity(imported)).kind).toBe("ok");
  expect(at.asked()).toEqual(["GET /users/A1", "GET /adopted"]);
});

test("a required step that can't be asked for is a failure, an optional one is left out", async () => {
  const nobody: ConnectStep = { ...look, request: () => null };
  await using strict = await registry([nobody]);
  expect(await strict.connect()).toMatchObject({ error: "PROVIDER_UNAVAILABLE" });
  await using lax = await registry([{ ...nobody, required: false }]);
  expect(await lax.connected()).toMatchObject({ status: "CONNECTED" });
});

describe("an import that does not say whose account it is", () => {
  const [me] = testProvider().afterConsent;
  test.each<[string, readonly ConnectStep[]]>([
    ["no step", []],
    ["steps that name nobody", [register, look, adopted]],
    ["a step of the consent alone", [{ ...me!, when: "consent" } as ConnectStep]],
  ])("is refused before anybody is asked, where %s could find out", async (_, steps) => {
    await using at = await registry(steps);
    at.acme.accountOf.set("good", "A1");
    const refused = { code: "BAD_USER_INPUT", message: expect.stringContaining("providerUserId is missing") };
    await expect(at.connections.importConnection({ ...input, accessToken: "good" })).rejects.toMatchObject(refused);
    await expect(
      at.connections.importConnection({ ...input, accessToken: "good", providerUserId: "" }),
    ).rejects.toMatchObject(refused);
    expect([at.server.seen, await at.connections.list("ada")]).toEqual([[], []]);
    const named = await at.connections.importConnection({ ...input, accessToken: "good", providerUserId: "A1" });
    expect(await at.connections.byProviderUser("FITBIT", "A1")).toMatchObject({ id: named.id });
  });

  test.each<[string, readonly ConnectStep[]]>([
    ["a step", [me!]],
    ["a step of the import", [{ ...me!, when: "import" } as ConnectStep]],
  ])("is found out by %s", async (_, steps) => {
    await using at = await registry(steps);
    at.acme.accountOf.set("good", "A1");
    expect(await at.connections.importConnection({ ...input, accessToken: "good" })).toMatchObject({
      providerUserId: "A1",
    });
  });
});

test("with the store away at a consent nobody is registered, and the consent says so", async () => {
  let isDown = false;
  await using at = await registry(
    undefined,
    fragile(await openStore("memory:"), () => isDown, "all"),
  );
  at.acme.fault = ({ path }) => {
    // From the exchange on.
    if (path === "/token") isDown = true;
    return undefined;
  };
  await expect(at.connect()).rejects.toThrow("disk full");
  isDown = false;
  expect([at.members(), await at.connections.list("ada")]).toEqual([[], []]);
  at.acme.fault = () => undefined;
  expect(await at.connected()).toMatchObject({ providerUserId: "A1" });
});
