import { afterEach, expect, test } from "@jest/globals";
import { consent, form, movableClock, send } from "../../../test/support/list-lab.js";
import { CLIENT, lab as definition, type OuraLab, startOuraLab } from "./index.js";

const BACK = "http://localhost:4000/oauth/oura/callback";
const MOI = "/oauth/v2/ext/oauth-";
const clock = movableClock();
const labs: OuraLab[] = [];
const open = async (options = {}) => {
  const lab = await startOuraLab({ clock, ...options });
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const client = { client_id: CLIENT.id, client_secret: CLIENT.secret };
const asked = { client_id: CLIENT.id, redirect_uri: BACK, state: "s1", person: "collector" };
const info = (lab: OuraLab, token: string) =>
  send(`${lab.url}/v2/usercollection/personal_info`, { headers: { authorization: `Bearer ${token}` } });

test("the newer portal: prefixed scopes, bare ones dropped, rotation, revocation", async () => {
  const lab = await open();
  const { back } = await consent(`${lab.url}${MOI}authorize`, {
    ...asked,
    scope: "extapi:daily heartrate extapi:email extapi:new",
  });
  expect([back!.searchParams.get("scope"), back!.searchParams.get("state")]).toEqual([
    "extapi:daily extapi:email",
    "s1",
  ]);
  const code = back!.searchParams.get("code")!;
  const exchange = { grant_type: "authorization_code", code, redirect_uri: BACK };
  expect((await form(`${lab.url}${MOI}token`, { ...exchange, ...client, client_secret: "wrong" })).status).toBe(401);
  const basic = { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}` };
  const first = await form(`${lab.url}${MOI}token`, exchange, basic);
  expect(first.body).toMatchObject({ token_type: "bearer", expires_in: 86_400, scope: "extapi:daily extapi:email" });
  const refresh = { grant_type: "refresh_token", refresh_token: first.body.refresh_token as string, ...client };
  const second = await form(`${lab.url}${MOI}token`, refresh);
  expect([second.status, second.body.refresh_token === first.body.refresh_token]).toEqual([200, false]);
  expect(await form(`${lab.url}${MOI}token`, refresh)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  expect((await info(lab, second.body.access_token)).status).toBe(200);
  expect((await form(`${lab.url}${MOI}revoke`, { ...client, token: second.body.access_token })).status).toBe(200);
  expect((await info(lab, second.body.access_token)).status).toBe(401);
});

test("without a scope the app gets all that it has, and a refusal comes back as one", async () => {
  const lab = await open();
  const { back } = await consent(`${lab.url}${MOI}authorize`, asked);
  expect(back!.searchParams.get("scope")!.split(" ")).toHaveLength(11);
  const denied = await consent(`${lab.url}${MOI}authorize`, { ...asked, auto: "deny" });
  expect(denied.back!.searchParams.get("error")).toBe("access_denied");
});

test("a code lives for ten minutes", async () => {
  const lab = await open();
  const { back } = await consent(`${lab.url}${MOI}authorize`, asked);
  clock.nowMs += 600_000;
  const exchange = { grant_type: "authorization_code", code: back!.searchParams.get("code")!, redirect_uri: BACK };
  expect(await form(`${lab.url}${MOI}token`, { ...exchange, ...client })).toMatchObject({ status: 400 });
});

test.each(["http://127.0.0.1:4000/callback", "http://gateway.example/callback"])(
  "%s is refused as a redirect address",
  async (uri) => {
    const lab = await open();
    const { status, back } = await consent(`${lab.url}${MOI}authorize`, { ...asked, redirect_uri: uri });
    expect([status, back]).toEqual([400, null]);
    lab.switches.refusesLoopback = false;
    expect((await consent(`${lab.url}${MOI}authorize`, { ...asked, redirect_uri: uri })).status).toBe(302);
  },
);

test("the older portal: bare scopes, another revocation", async () => {
  const lab = await open({ face: "cloud" });
  const { back } = await consent(`${lab.url}/oauth/authorize`, {
    ...asked,
    redirect_uri: "http://127.0.0.1:4000/x",
    scope: "daily extapi:email",
  });
  expect(back!.searchParams.get("scope")).toBe("daily");
  const { accessToken, refreshToken } = lab.issueTokens("collector");
  expect((await send(`${lab.url}/oauth/revoke?access_token=${accessToken}`, { method: "POST" })).status).toBe(200);
  expect((await info(lab, accessToken)).status).toBe(401);
  const bearer = { headers: { authorization: `bearer ${refreshToken}` }, method: "POST" };
  expect((await send(`${lab.url}/oauth/revoke`, bearer)).status).toBe(200);
  expect((await send(`${lab.url}/oauth/revoke?access_token=nobody`)).status).toBe(401);
});

test("an app belongs to one portal: the other refuses its codes and refresh tokens", async () => {
  const lab = await open();
  const { refreshToken } = lab.issueTokens("collector");
  const { back } = await consent(`${lab.url}${MOI}authorize`, asked);
  const exchange = { grant_type: "authorization_code", code: back!.searchParams.get("code")!, redirect_uri: BACK };
  expect((await form(`${lab.url}/oauth/token`, { ...exchange, ...client })).status).toBe(401);
  const refresh = { grant_type: "refresh_token", refresh_token: refreshToken!, ...client };
  expect(await form(`${lab.url}/oauth/token`, refresh)).toMatchObject({
    status: 400,
    body: { error: "invalid_request" },
  });
  expect((await consent(`${lab.url}/oauth/authorize`, asked)).status).toBe(400);
});

test("the provider is pointed at the newer portal, and the limits can be lifted", async () => {
  const lab = await definition.start({ clock });
  labs.push(lab);
  const { AUTHORIZE_URL, API_URL } = definition.environment(lab);
  expect((await consent(AUTHORIZE_URL!, asked)).status).toBe(302);
  lab.setLimit(0);
  const { accessToken } = lab.issueTokens("collector");
  const statuses = [(await info(lab, accessToken)).status];
  definition.liftLimits(lab);
  statuses.push((await info(lab, accessToken)).status);
  expect([API_URL, ...statuses]).toEqual([lab.url, 429, 200]);
});
