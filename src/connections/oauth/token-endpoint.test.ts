import { bench, type Reply, testProvider } from "../../../test/support/connections-bench.js";
import { offline, prefixed, procedures, signedProcedures } from "../../../test/support/logins.js";
import { type HttpAnswer, type HttpClient, TransportError } from "../../http/client.js";
import type { Budget, ProviderSettings } from "../../providers/provider.js";
import { askEndpoint, failureOf, isSuccess } from "./token-endpoint.js";

/** What calls of the OAuth endpoints cost the app: all of them come out of its budget, and none is refused for it. */

const limit = 40;
const minutely: Budget = { scope: "APP", windowSeconds: 60, limit, window: "first" };
const benchOf = async (login: Parameters<typeof testProvider>[0], budget = minutely) => {
  const provider = testProvider(login, { budgets: [budget] });
  const at = await bench({ provider });
  return Object.assign(at, { left: () => at.deps.budgets.known(provider, { id: "", budgets: [] })[0]!.remaining });
};
type Bench = Awaited<ReturnType<typeof benchOf>>;

/** In the form of procedures, where a login has it. */
const enveloped = (at: Bench, nonce?: Reply) => {
  let given = 0;
  at.acme.accountOf.set("access", "w7");
  const tokens = { userid: 30718264, access_token: "access", refresh_token: "refresh", expires_in: 10_800 };
  at.acme.fault = ({ path }) => {
    if (path === "/v2/signature") return nonce ?? { json: { status: 0, body: { nonce: `N${given++}` } } };
    if (path === "/token" || path === "/revoke") return { json: { status: 0, body: tokens } };
    return path.startsWith("/v") ? {} : undefined;
  };
};
const renew = async (at: Bench) => {
  const [connection] = await at.connections.list("ada");
  return await at.connections.renewed(connection!, await at.connections.token(connection!));
};

test.each([
  ["RFC 6749 has it", {}, ["/token", "/me", "/token", "/revoke"]],
  ["a token in the query is withdrawn", prefixed, ["/token", "/me", "/token", "/revoke"]],
  ["a request of the API withdraws it", offline, ["/token", "/me", "/token", "/v2/user/access"]],
  ["procedures have it", procedures, ["/token", "/me", "/token", "/revoke"]],
  [
    "signed procedures have it",
    signedProcedures,
    ["/v2/signature", "/token", "/me", "/v2/signature", "/token", "/v2/signature", "/revoke"],
  ],
])("everything that is asked from consent to disconnection is counted, as %s", async (_, login, paths) => {
  await using at = await benchOf(login);
  if (login.asStandard === procedures.asStandard) enveloped(at);
  expect(await at.connect()).toMatchObject({ status: "connected" });
  await renew(at);
  await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
  expect(at.server.seen.map(({ path }) => path)).toEqual(paths);
  expect(at.left()).toBe(limit - paths.length);
});

test.each<[string, Reply]>([
  ["is refused", { status: 400, json: { error: "invalid_grant" } }],
  ["fails", { status: 503, json: {} }],
  ["has no answer", { cut: true }],
])("a call that %s is counted as well, from before it leaves", async (_, reply) => {
  await using at = await benchOf({});
  await at.connect();
  const before = at.left();
  const atArrival: number[] = [];
  at.acme.fault = ({ path }) => {
    if (path !== "/token") return undefined;
    atArrival.push(at.left());
    return reply;
  };
  await expect(renew(at)).rejects.toThrow();
  expect(atArrival.length).toBeGreaterThan(0);
  expect(atArrival).toEqual(atArrival.map((_, index) => before - 1 - index));
  expect(at.left()).toBe(before - atArrival.length);
});

test("a question for a number that is not answered is counted, and no token is asked for", async () => {
  await using at = await benchOf(signedProcedures);
  enveloped(at, { cut: true });
  expect(await at.connect()).toMatchObject({ error: "PROVIDER_UNAVAILABLE" });
  expect(at.server.seen.map(({ path }) => path)).toEqual(["/v2/signature"]);
  expect(at.left()).toBe(limit - 1);
});

test("tokens are renewed where the app has nothing left to ask", async () => {
  await using at = await benchOf({}, { ...minutely, limit: 3 });
  const connection = await at.connected();
  await at.api.send(connection, { method: "GET", path: "/me" });
  await renew(at);
  expect(at.left()).toBe(0);
  expect(await at.api.send(connection, { method: "GET", path: "/me" })).toMatchObject({
    requests: 0,
    outcome: { failure: { code: "RATE_LIMITED" } },
  });
  const sent = at.tokenRequests().length;
  await renew(at);
  expect([at.tokenRequests().length, at.left()]).toEqual([sent + 1, 0]);
});

type HttpRequest = Parameters<HttpClient["send"]>[0];

/** One call, answered by these. */
async function asked(
  login: Parameters<typeof testProvider>[0],
  answers: readonly (Partial<HttpAnswer> | TransportError)[],
  { call = "refresh" as const, bare = false, clientSecret = "s:ecret" as string | null } = {},
) {
  const sent: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    const answer = answers[sent.push(request) - 1]!;
    if (answer instanceof TransportError) throw answer;
    return { status: 200, headers: {}, text: "{}", sent: 1, ...answer };
  };
  const deps = { http: { send } as never, budgets: { count: async () => {} }, clock: { now: () => 1_790_000_000_999 } };
  const settings = { clientId: "cl ient", clientSecret, apiUrl: "https://acme.test", otherUrls: {} };
  const form = { grant_type: "refresh_token", action: "own", client_id: "theirs" };
  const to = { call, url: "https://acme.test/token", form, bare };
  const result = await askEndpoint(deps, testProvider(login), settings as unknown as ProviderSettings, to);
  return { result, sent, form: Object.fromEntries(new URLSearchParams(sent.at(-1)?.body)) };
}

test.each([
  [{}, "s:ecret", { client_id: "cl ient" }, `Basic ${btoa("cl+ient:s%3Aecret")}`],
  [{ clientAuth: "body" }, "s:ecret", { client_id: "cl ient", client_secret: "s:ecret" }, undefined],
  [{}, null, { client_id: "cl ient" }, undefined],
  [{ clientAuth: "body" }, null, { client_id: "cl ient" }, undefined],
] as const)("who we are goes as the profile has it, and is not the caller's to say: %j, secret %j", async (...row) => {
  const [login, clientSecret, proof, authorization] = row;
  const { form, sent } = await asked(login, [{}], { clientSecret });
  expect(form).toEqual({ grant_type: "refresh_token", action: "own", ...proof });
  expect(sent).toMatchObject([{ maxBytes: 262_144, timeoutMs: 10_000 }]);
  expect(sent[0]!.headers!["authorization"]).toBe(authorization);
});

test("a call whose form carries all of it has nothing added", async () => {
  const { form } = await asked({ clientAuth: "body" }, [{}], { bare: true });
  expect(form).toEqual({ grant_type: "refresh_token", action: "own", client_id: "theirs" });
});

test("only the calls that are signed carry a signature", async () => {
  const { signed } = signedProcedures;
  const { sent } = await asked({ ...signedProcedures, signed: { ...signed!, calls: ["revoke"] } }, [{}]);
  expect(sent.map(({ url }) => url)).toEqual(["https://acme.test/token"]);
});

test("an answer that can't be taken is passing trouble, with the wait that came with it", async () => {
  const asStandard = () => {
    throw new TypeError("no such thing");
  };
  const answer = { status: 400, headers: { "retry-after": "31" }, text: '{"error":"invalid_grant"}' };
  const { result } = await asked({ asStandard }, [answer]);
  expect(result).toEqual({ kind: "answered", answer: { status: 502, body: {}, retryAfter: "31" } });
  const lost = new TransportError("timeout", "acme.test");
  expect((await asked({}, [lost])).result).toEqual({ kind: "unreachable", error: lost });
});

test.each([
  [410, {}, "retired"],
  [400, { error: "invalid_grant" }, "refused"],
  [401, { error: "invalid_grant" }, "refused"],
  [403, { error: "invalid_grant" }, "refused"],
  [404, { error: "invalid_grant" }, "unavailable"],
  [500, { error: "invalid_grant" }, "unavailable"],
  [400, { error: "invalid_client" }, "client-refused"],
  [401, { error: "unauthorized_client" }, "client-refused"],
  [400, { error: "slow_down" }, "unavailable"],
  [400, {}, "unavailable"],
])("%i with %j is %s", (status, body, kind) => {
  const wait = kind === "unavailable" ? { retryAfter: "37" } : {};
  expect(failureOf({ status, body, retryAfter: "37" })).toEqual({ kind, ...wait });
});

test("a success is of the two hundreds", () => {
  expect([199, 200, 204, 299, 300].map(isSuccess)).toEqual([false, true, true, true, false]);
});
