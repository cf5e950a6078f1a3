import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { consent, form, movableClock } from "../../../test/support/list-lab.js";
import { CLIENT, lab as definition, sign, startWithingsLab, type WithingsLab } from "./index.js";

const BACK = "http://127.0.0.1:4000/oauth/withings/callback";
const WHO = "collector";
const clock = movableClock();
let lab: WithingsLab;
beforeEach(async () => {
  lab = await startWithingsLab({ clock });
});
afterEach(() => lab.close());

const asked = {
  client_id: CLIENT.id,
  redirect_uri: BACK,
  state: "s1",
  person: WHO,
  scope: "user.metrics,user.activity",
};
const client = { client_id: CLIENT.id, client_secret: CLIENT.secret };
const call = async (path: string, fields: Record<string, string>, token = "") => {
  const { status, body } = await form(`${lab.url}${path}`, fields, token ? { authorization: `Bearer ${token}` } : {});
  expect(status).toBe(200);
  return body;
};
const tokenCall = (fields: Record<string, string>, own: Record<string, string> = client) =>
  call("/v2/oauth2", { action: "requesttoken", ...own, ...fields });
const codeOf = async (more = {}) => {
  const { back } = await consent(`${lab.url}/oauth2_user/authorize2`, { ...asked, ...more });
  expect(back!.searchParams.get("state")).toBe("s1");
  return { grant_type: "authorization_code", redirect_uri: BACK, code: back!.searchParams.get("code")! };
};
async function nonce(secret: string = CLIENT.secret): Promise<string> {
  const timestamp = String(Math.floor(clock.nowMs / 1_000));
  const signature = sign(secret, "getnonce", CLIENT.id, timestamp);
  const answer = await call("/v2/signature", { action: "getnonce", client_id: CLIENT.id, timestamp, signature });
  return answer.body.nonce ?? answer.status;
}
const signed = async (action: string) => {
  const given = await nonce();
  return { action, client_id: CLIENT.id, nonce: given, signature: sign(CLIENT.secret, action, CLIENT.id, given) };
};
const works = async (token: string) => (await call("/v2/user", { action: "getdevice" }, token)).status === 0;

test("the signature is the one of the vendor's rule", () => {
  const secret = "withings-test-secret";
  expect([
    sign(secret, "getnonce", "client42", "1790000000"),
    sign(secret, "requesttoken", "client42", "NONCE7"),
    sign(secret, "revoke", "client42", "NONCE8"),
  ]).toEqual([
    "0ef2e875f3cdf2e01c4b6ad0999cc2d6376e07137b5fcde31a2b6631c214bacc",
    "cf621ad7fbb937bd904284abdca05e27cbc955622d6f18d9f1d340bfde733553",
    "922aee89893025d64ccd0fd03616de2e82ccb17217a5a245a46d5f9a7c851ae5",
  ]);
});

test("tokens stand inside a body, for a code that lives thirty seconds", async () => {
  const { status, body } = await tokenCall(await codeOf({ scope: `${asked.scope},user.info` }));
  expect([status, body]).toEqual([
    0,
    {
      userid: expect.any(Number),
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: 10_800,
      scope: "user.metrics,user.activity,user.info",
      csrf_token: expect.any(String),
      token_type: "Bearer",
    },
  ]);
  expect(await works(body.access_token)).toBe(true);
  const late = await codeOf();
  clock.nowMs += 30_000;
  expect(await tokenCall(late)).toEqual({ status: 503, body: {}, error: "Invalid Params: invalid code" });
  lab.switches.userIdAsText = true;
  expect((await tokenCall(await codeOf())).body.userid).toBe(String(body.userid));
});

test("a client proves itself by its secret or by a signature over a nonce that is good once, for half an hour", async () => {
  expect((await tokenCall(await codeOf(), { ...client, client_secret: "wrong" })).status).toBe(342);
  const own = await signed("requesttoken");
  const code = await codeOf();
  expect((await tokenCall(code, own)).status).toBe(0);
  expect((await tokenCall(await codeOf(), own)).status).toBe(342);
  const old = await signed("requesttoken");
  clock.nowMs += 1_800_000;
  expect((await tokenCall(await codeOf(), old)).status).toBe(342);
  expect(await nonce("wrong")).toBe(342);
});

test("a used refresh token works for eight hours, or until the new access token is used", async () => {
  const { refreshToken } = lab.issueTokens(WHO);
  const refresh = { grant_type: "refresh_token", refresh_token: refreshToken! };
  const first = await tokenCall(refresh);
  expect(first.body.refresh_token).not.toBe(refreshToken);
  clock.nowMs += 10_000;
  expect((await tokenCall(refresh)).body.refresh_token).toBe(first.body.refresh_token);
  expect(await works(first.body.access_token)).toBe(true);
  clock.nowMs += 10_000;
  expect(await tokenCall(refresh)).toEqual({ status: 503, body: {}, error: "Invalid Params: invalid refresh_token" });
  const other = lab.issueTokens(WHO);
  expect((await tokenCall({ grant_type: "refresh_token", refresh_token: other.refreshToken! })).status).toBe(0);
  clock.nowMs += 8 * 3_600_000 + 1;
  expect((await tokenCall({ grant_type: "refresh_token", refresh_token: other.refreshToken! })).status).toBe(503);
});

test("an access token lives three hours, a refresh token a year", async () => {
  const { accessToken, refreshToken } = lab.issueTokens(WHO);
  clock.nowMs += 10_800_000;
  expect(await works(accessToken)).toBe(false);
  clock.nowMs += 365 * 86_400_000;
  expect((await tokenCall({ grant_type: "refresh_token", refresh_token: refreshToken! })).status).toBe(503);
});

test("the same call at the token endpoint within ten seconds is refused, signed or not", async () => {
  const refresh = { grant_type: "refresh_token", refresh_token: lab.issueTokens(WHO).refreshToken! };
  expect((await tokenCall(refresh, await signed("requesttoken"))).status).toBe(0);
  clock.nowMs += 2_000;
  const repeated = await tokenCall(refresh, await signed("requesttoken"));
  expect(repeated).toEqual({ status: 601, body: { wait_seconds: 8 }, error: "Same arguments in less than 10 seconds" });
  lab.switches.sameArguments = "none";
  expect((await tokenCall(refresh, await signed("requesttoken"))).status).toBe(0);
});

test("the app ends a grant by a signed call, without any token", async () => {
  const { accessToken, providerUserId: userid } = lab.issueTokens(WHO);
  expect((await call("/v2/oauth2", { ...(await signed("revoke")), userid, signature: "ab" })).status).toBe(342);
  expect((await call("/v2/oauth2", { ...(await signed("revoke")), userid: "1" })).status).toBe(503);
  expect(await call("/v2/oauth2", { ...(await signed("revoke")), userid })).toEqual({ status: 0, body: {} });
  expect(await works(accessToken)).toBe(false);
});

test("a demo person is there for who has no device: at the consent, and by a signed call", async () => {
  const { back } = await consent(`${lab.url}/oauth2_user/authorize2`, {
    client_id: CLIENT.id,
    redirect_uri: BACK,
    state: "s",
    mode: "demo",
    scope: "user.info",
  });
  const code = { grant_type: "authorization_code", redirect_uri: BACK, code: back!.searchParams.get("code")! };
  const { userid } = (await tokenCall(code)).body;
  const demo = await call("/v2/oauth2", { ...(await signed("getdemoaccess")), scope_oauth2: "user.info,user.metrics" });
  expect(demo.body).toMatchObject({ userid, scope: "user.info,user.metrics", expires_in: 10_800 });
  expect(await works(demo.body.access_token)).toBe(true);
});

test("a state is required, and a person can refuse or leave out scopes", async () => {
  const { state: _, ...stateless } = asked;
  expect((await consent(`${lab.url}/oauth2_user/authorize2`, stateless)).status).toBe(400);
  const denied = await consent(`${lab.url}/oauth2_user/authorize2`, { ...asked, auto: "deny" });
  expect(denied.back!.searchParams.get("error")).toBe("access_denied");
  expect((await tokenCall(await codeOf({ drop_scopes: "user.activity" }))).body.scope).toBe("user.metrics");
});

test("the provider is pointed at the lab, and its limits can be lifted", async () => {
  const started = await definition.start({ clock });
  try {
    expect(definition.environment(started)).toMatchObject({
      API_URL: started.url,
      TOKEN_URL: `${started.url}/v2/oauth2`,
    });
    started.setLimit(0);
    definition.liftLimits(started);
    const headers = { authorization: `Bearer ${started.issueTokens(WHO).accessToken}` };
    const { body } = await form(`${started.url}/v2/user`, { action: "getgoals" }, headers);
    expect(body.body.goals.steps).toBe(9_500);
  } finally {
    await started.close();
  }
});
