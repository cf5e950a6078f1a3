import { type AcmeGateway, type AcmeRequest, Refusal, startAcme } from "./support/acme.js";

/** A provider that wants whoever consented registered under a key of ours, over HTTP from the browser's callback on. */
const registered: { user: string; member: string; status: number }[] = [];
let acme: AcmeGateway;
let next = new Refusal(201);

const answer = ({ pathname }: URL, { method, body }: AcmeRequest) => {
  if (pathname === "/oauth/token") return { access_token: "access", refresh_token: "refresh", expires_in: 3_600 };
  if (pathname === "/v1/me") return { id: "person/1", name: "Ada", zone: "Europe/Berlin" };
  if (method !== "POST" || pathname !== "/v1/members") return undefined;
  registered.push({ ...JSON.parse(body), status: next.status });
  return next;
};

beforeEach(async () => {
  acme = await startAcme(answer, { connected: false });
  registered.length = 0;
  next = new Refusal(201);
});
afterEach(async () => await acme.close());
const statuses = async () => (await acme.gateway.connections.list("ada")).map(({ status }) => status);

it("is refused where the provider refuses, and then nobody is connected", async () => {
  next = new Refusal(500, "<html>");
  expect(await (await acme.connect()).text()).toContain("Acme Band did not answer as it should.");
  expect(await statuses()).toEqual([]);
});

it("follows the step that found out whose account it is, and is as good where it was made before", async () => {
  await acme.connect();
  expect(await statuses()).toEqual(["CONNECTED"]);
  next = new Refusal(409, "<html>rubbish");
  await acme.connect();
  expect(await statuses()).toEqual(["CONNECTED"]);
  const [first, second] = registered;
  expect(first).toEqual({ user: "person/1", member: expect.stringMatching(/^[\w-]{43}$/), status: 201 });
  expect(second).toEqual({ ...first, status: 409 });
});

it("is not made again by an import, nor by what reads the person again", async () => {
  const tokens = { accessToken: "access-2", refreshToken: "refresh-2" };
  const imported = await acme.gateway.connections.importConnection({
    userId: "ada",
    provider: "ACME_BAND" as "FITBIT",
    ...tokens,
  });
  await acme.gateway.connections.readIdentity(imported);
  expect(imported.providerUserId).toBe("person/1");
  expect(registered).toEqual([]);
});
