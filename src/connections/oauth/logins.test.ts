import { bench, type Exchange, type Reply, testProvider } from "../../../test/support/connections-bench.js";
import { offline, oneToken, prefixed, procedures, signedProcedures } from "../../../test/support/logins.js";
import { acmeBand } from "../../providers/_example/index.js";
import { ProviderFailure } from "./provider-failure.js";
import { redirectFault } from "./redirects.js";

/** Logins that differ from RFC 6749, each by the vendor's own answers over real HTTP. */

type Bench = Awaited<ReturnType<typeof bench>>;
type Login = Parameters<typeof testProvider>[0];

const benchOf = (login: Login) => bench({ provider: testProvider(login) });
const isRefresh = ({ form }: Exchange) => form.get("grant_type") === "refresh_token";
/** What the vendor answers to code and to refresh token, and whose token it takes. */
const answers = (at: Bench, exchange: Reply, refresh: Reply = exchange) => {
  at.acme.fault = (asked) => (asked.path === "/token" ? (isRefresh(asked) ? refresh : exchange) : undefined);
};
const codeOf = async (asking: Promise<unknown>) => {
  const error = await asking.then(() => null).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderFailure)) throw error ?? new Error("nothing failed");
  return error.failure;
};
/** Asks for another token in place of the one in use. */
const renew = async (at: Bench) => {
  const [connection] = await at.connections.list("ada");
  return await at.connections.renewed(connection!, await at.connections.token(connection!));
};
const statusOf = async (at: Bench) => (await at.connections.list("ada"))[0]?.status;
const formsTo = (at: Bench, path: string) =>
  at.server.seen.filter((asked) => asked.path === path).map(({ form }) => Object.fromEntries(form));

const ouraTokens = {
  token_type: "bearer",
  access_token: "OURAACCESS7Q2M",
  refresh_token: "OURAREFRESH91X",
  expires_in: 2592000,
  scope: "ext:who ext:move rest",
};
const whoopTokens = {
  access_token: "WHOOPACCESS4K",
  refresh_token: "WHOOPREFRESH8P",
  expires_in: 3600,
  scope: "who move",
  token_type: "bearer",
};
const withingsTokens = (body: object = {}) => ({
  status: 0,
  body: {
    userid: 30718264,
    access_token: "WITHACC5T",
    refresh_token: "WITHREF2K",
    expires_in: 10800,
    scope: "who,move",
    csrf_token: "csrf9",
    token_type: "Bearer",
    ...body,
  },
});

describe("scopes with a prefix", () => {
  test("are asked for with it, whichever way the app names them", async () => {
    await using at = await benchOf(prefixed);
    const input = { userId: "ada", provider: "FITBIT", scopes: ["ext:move", "rest", "move"] } as const;
    const { authorizationUrl } = await at.connections.begin(input);
    expect(new URL(authorizationUrl).searchParams.get("scope")).toBe("ext:who ext:move ext:rest");
  });

  test.each([
    ["some with it", "ext:who ext:move rest ext:rest", ["who", "move", "rest"]],
    ["none with it", "who rest", ["who", "rest"]],
    ["no scopes at all", undefined, ["who", "move", "rest"]],
    ["the prefix alone", "ext: ext:who", ["who"]],
  ])("are compared without it where the answer has %s", async (_, scope, known) => {
    await using at = await benchOf(prefixed);
    at.acme.accountOf.set("OURAACCESS7Q2M", "o4");
    answers(at, { json: { ...ouraTokens, scope } });
    expect(await at.connect()).toMatchObject({ status: "connected" });
    expect((await at.connections.list("ada"))[0]).toMatchObject({ scopes: known, providerUserId: "o4" });
  });

  test("are imported without it", async () => {
    await using at = await benchOf(prefixed);
    at.acme.accountOf.set("brought", "o5");
    const input = { userId: "ada", provider: "FITBIT", accessToken: "brought", scopes: ["ext:who", "rest"] } as const;
    expect(await at.connections.importConnection(input)).toMatchObject({
      scopes: ["who", "rest"],
      providerUserId: "o5",
    });
  });
});

describe("fields of the provider's own", () => {
  test("go with the refresh alone where only it names them", async () => {
    await using at = await benchOf(offline);
    at.acme.accountOf.set("WHOOPACCESS4K", "w6");
    answers(at, { json: whoopTokens }, { json: { ...whoopTokens, access_token: "NEXT", refresh_token: "R2" } });
    await at.connect();
    expect(await renew(at)).toMatchObject({ accessToken: "NEXT" });
    const client = { client_id: "client", client_secret: "s:ecret" };
    expect(formsTo(at, "/token")).toEqual([
      {
        ...client,
        grant_type: "authorization_code",
        code: "c0de",
        redirect_uri: "https://gate.test/oauth/fitbit/callback",
      },
      { ...client, grant_type: "refresh_token", refresh_token: "WHOOPREFRESH8P", scope: "offline" },
    ]);
  });

  test("never replace what the RFC names", async () => {
    const own = { grant_type: "password", code: "other", client_id: "other", action: "requesttoken" };
    await using at = await benchOf({ ...offline, tokenParams: { exchange: own } });
    await at.connect();
    expect(formsTo(at, "/token")).toMatchObject([
      { grant_type: "authorization_code", code: "c0de", client_id: "client", action: "requesttoken" },
    ]);
  });
});

describe("answers of the provider's own form", () => {
  test.each([
    ["a number", 30718264, "30718264"],
    ["a text", "30718264", "30718264"],
  ])("tokens one level down, with the user's id as %s", async (_, userid, account) => {
    await using at = await benchOf(procedures);
    at.acme.accountOf.set("WITHACC5T", "asked");
    answers(at, { json: withingsTokens({ userid }) }, { json: withingsTokens({ access_token: "A2" }) });
    expect(await at.connect()).toMatchObject({ status: "connected" });
    expect((await at.connections.list("ada"))[0]).toMatchObject({ scopes: ["who", "move"], providerUserId: account });
    expect(await renew(at)).toMatchObject({ accessToken: "A2" });
    expect(formsTo(at, "/token").map(({ action }) => action)).toEqual(["requesttoken", "requesttoken"]);
  });

  test("the user's id beside a token that is good until it is refused", async () => {
    await using at = await benchOf(oneToken);
    at.acme.accountOf.set("POLARTOK6D", "asked");
    const json = { access_token: "POLARTOK6D", token_type: "bearer", expires_in: 31535999, x_user_id: 60412377 };
    answers(at, { json });
    await at.connect();
    expect((await at.connections.list("ada"))[0]).toMatchObject({ providerUserId: "60412377" });
    at.clock.time += 31_536_000_000;
    const [connection] = await at.connections.list("ada");
    expect(await at.connections.token(connection!)).toMatchObject({ accessToken: "POLARTOK6D" });
    expect(await codeOf(renew(at))).toMatchObject({ code: "CONSENT_LOST" });
    expect(formsTo(at, "/token")).toHaveLength(1);
  });

  const dead: readonly [string, Login, object, Reply][] = [
    ["invalid_request with 400", prefixed, ouraTokens, { status: 400, json: { error: "invalid_request" } }],
    ["invalid_grant with 400", prefixed, ouraTokens, { status: 400, json: { error: "invalid_grant" } }],
    ["invalid_request with 401", offline, whoopTokens, { status: 401, json: { error: "invalid_request" } }],
    ["invalid_grant with 401", offline, whoopTokens, { status: 401, json: { error: "invalid_grant" } }],
    [
      "status 503 inside a 200",
      procedures,
      withingsTokens(),
      { json: { status: 503, body: {}, error: "Invalid Params: invalid refresh_token" } },
    ],
  ];

  test.each(dead)("a dead refresh token told by %s is refused for good, and asked once", async (_, login, json, no) => {
    await using at = await benchOf(login);
    for (const token of ["OURAACCESS7Q2M", "WHOOPACCESS4K", "WITHACC5T"]) at.acme.accountOf.set(token, "z7");
    answers(at, { json }, no);
    await at.connect();
    expect(await codeOf(renew(at))).toMatchObject({ code: "CONSENT_LOST" });
    expect(await statusOf(at)).toBe("REAUTHORIZATION_REQUIRED");
    expect(await codeOf(renew(at))).toMatchObject({ code: "CONSENT_LOST" });
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test.each([
    ["our own mistake", prefixed, { status: 400, json: { error: "invalid_request" } }, "PROVIDER_UNAVAILABLE"],
    ["a dead code", procedures, { json: { status: 503, body: {}, error: "invalid code" } }, "invalid_grant"],
    ["a call too soon", procedures, { json: { status: 601, body: { wait_seconds: 188 } } }, "PROVIDER_UNAVAILABLE"],
    ["no envelope", procedures, { json: ["odd"] }, "PROVIDER_UNAVAILABLE"],
  ] as const)("at the exchange of the code %s fails this consent alone", async (_, login, no, error) => {
    await using at = await benchOf(login);
    answers(at, no);
    expect(await at.connect()).toMatchObject({ error });
    expect(await at.connections.list("ada")).toEqual([]);
  });

  test.each([
    ["a call too soon", { json: { status: 601, body: { wait_seconds: 188 } } }, 188],
    ["one that names no time", { json: { status: 601, body: {} } }, 60],
  ])("at a refresh %s is passing trouble until its time is over", async (_, no, seconds) => {
    await using at = await benchOf(procedures);
    at.acme.accountOf.set("WITHACC5T", "asked");
    answers(at, { json: withingsTokens() }, no);
    await at.connect();
    const retryAt = at.clock.time + seconds * 1000;
    expect(await codeOf(renew(at))).toMatchObject({ code: "UNAVAILABLE", retryAt });
    expect(await statusOf(at)).toBe("CONNECTED");
  });

  test("an adapter that falls over an answer ends nothing", async () => {
    let falls = false;
    const asStandard: NonNullable<Login>["asStandard"] = (answer) => {
      if (falls) throw new TypeError("odd");
      return answer;
    };
    await using at = await benchOf({ ...offline, asStandard });
    await at.connected();
    falls = true;
    expect(await codeOf(renew(at))).toMatchObject({ code: "UNAVAILABLE" });
    expect(await statusOf(at)).toBe("CONNECTED");
  });
});

describe("a redirect address that the provider does not take", () => {
  const { redirect } = acmeBand.oauth;
  const said = (what: string, address: string) =>
    `Acme takes only a redirect address that ${what}, and ours is ${address}/oauth/fitbit/callback: set PUBLIC_URL, and register the new address with Acme.`;
  const scheme = "begins with https, or with http://localhost";

  test("is told before anyone is sent there, and nothing is begun", async () => {
    await using at = await benchOf({ redirect });
    const settings = { ...at.settings, authorizeUrl: "https://acme.test/authorize" };
    const local = at.replica({ settings: () => settings, publicUrl: "http://127.0.0.1:4000/" });
    await expect(local.begin({ userId: "ada", provider: "FITBIT" })).rejects.toMatchObject({
      code: "PROVIDER_NOT_CONFIGURED",
      message: said(scheme, "http://127.0.0.1:4000"),
    });
    const named = at.replica({ settings: () => settings, publicUrl: "http://localhost:4000/" });
    const { authorizationUrl } = await named.begin({ userId: "ada", provider: "FITBIT" });
    expect(authorizationUrl).toContain(encodeURIComponent("http://localhost:4000/oauth/fitbit/callback"));
  });

  test.each([
    ["https://gate.test", null],
    ["HTTPS://gate.test/", null],
    ["http://localhost", null],
    ["http://localhost.evil.test", scheme],
    ["http://[::1]:4000", scheme],
    ["http://gate.test", scheme],
  ])("%s", (publicUrl, what) => {
    const provider = testProvider({ redirect });
    const address = new URL(publicUrl).href.replace(/\/$/, "");
    expect(redirectFault(provider, provider.oauth, publicUrl)).toBe(what && said(what, address));
  });

  test("every rule counts", () => {
    const provider = testProvider({ redirect: [...redirect!, { pattern: /^https:/, sentence: "has https" }] });
    expect(redirectFault(provider, provider.oauth, "http://localhost:1")).toBe(said("has https", "http://localhost:1"));
    expect(redirectFault(testProvider(), provider.oauth, "http://127.0.0.1:1")).toBeNull();
  });

  test("is the stand-in's own matter on a stand-in", () => {
    const authorizeUrl = "http://127.0.0.1:9/authorize";
    expect(redirectFault(testProvider({ redirect }), { authorizeUrl }, "http://127.0.0.1:1")).toBeNull();
  });
});

/** Counts the nonces that it gives out; the clock and the client are those of the vendor's own test vectors. */
async function signedBench(nonces: readonly string[] = ["NONCE7", "NONCE8"], refusal?: Reply) {
  const at = await benchOf(signedProcedures);
  Object.assign(at.settings, { clientId: "client42", clientSecret: "withings-test-secret" });
  at.clock.time = 1_790_000_000_999;
  at.acme.accountOf.set("WITHACC5T", "asked");
  let given = 0;
  const state = { refusal };
  at.acme.fault = ({ path }) => {
    if (path === "/token") return { json: withingsTokens() };
    if (path === "/revoke") return { json: { status: 0, body: {} } };
    if (path !== "/v2/signature") return undefined;
    return state.refusal ?? { json: { status: 0, body: { nonce: nonces[given++] } } };
  };
  return { at, state };
}

describe("signed calls", () => {
  const question = {
    action: "getnonce",
    client_id: "client42",
    timestamp: "1790000000",
    signature: "0ef2e875f3cdf2e01c4b6ad0999cc2d6376e07137b5fcde31a2b6631c214bacc",
  };

  test("ask for a number that is good once, and carry a signature in place of the secret", async () => {
    const { at } = await signedBench();
    await using _ = at;
    expect(await at.connect()).toMatchObject({ status: "connected" });
    expect(formsTo(at, "/v2/signature")).toEqual([question]);
    expect(formsTo(at, "/token")).toEqual([
      {
        action: "requesttoken",
        grant_type: "authorization_code",
        code: "c0de",
        redirect_uri: "https://gate.test/oauth/fitbit/callback",
        client_id: "client42",
        nonce: "NONCE7",
        signature: "cf621ad7fbb937bd904284abdca05e27cbc955622d6f18d9f1d340bfde733553",
      },
    ]);
    expect(await at.connections.disconnect({ userId: "ada", provider: "FITBIT" })).toMatchObject({
      revokedAtProvider: true,
    });
    expect(formsTo(at, "/v2/signature")).toEqual([question, question]);
    expect(formsTo(at, "/revoke")).toEqual([
      {
        action: "revoke",
        userid: "30718264",
        client_id: "client42",
        nonce: "NONCE8",
        signature: "922aee89893025d64ccd0fd03616de2e82ccb17217a5a245a46d5f9a7c851ae5",
      },
    ]);
    expect(at.server.seen.some(({ body, headers }) => `${body}${headers.authorization}`.includes("test-secret"))).toBe(
      false,
    );
  });

  test.each([
    ["refused as a dead grant is", { json: { status: 503, body: {} } }],
    ["without the number", { json: { status: 0, body: {} } }],
    ["cut off", { cut: true }],
  ])("never end a grant by a question that is %s, and then send no token", async (_, refusal) => {
    const { at, state } = await signedBench();
    await using __ = at;
    await at.connect();
    state.refusal = refusal;
    expect(await codeOf(renew(at))).toMatchObject({ code: "UNAVAILABLE" });
    expect(await statusOf(at)).toBe("CONNECTED");
    expect(at.tokenRequests()).toEqual([]);
    state.refusal = undefined;
    expect(await renew(at)).toMatchObject({ accessToken: "WITHACC5T" });
    expect(formsTo(at, "/token")[1]).toMatchObject({ grant_type: "refresh_token", nonce: "NONCE8" });
  });

  test("need the client's secret", async () => {
    const { at } = await signedBench();
    await using _ = at;
    Object.assign(at.settings, { clientSecret: null });
    expect(await at.connect()).toMatchObject({ error: "PROVIDER_NOT_CONFIGURED" });
    expect(formsTo(at, "/v2/signature")).toEqual([]);
  });
});
