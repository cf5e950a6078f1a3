/** Out of a container a browser reaches one port alone: consent at every lab goes through it. */
import { providers } from "../../src/providers/index.js";
import { labs } from "../../src/sandbox/labs.js";
import { type Anything, credentials, freePort, type Served, startServed, tokenFor } from "../support/served.js";

let served: Served;
beforeAll(async () => {
  // As in the image: production, which the sandbox opens up.
  served = await startServed({
    ...credentials,
    NODE_ENV: "production",
    DRAIN_SECONDS: "0",
    PORT: String(await freePort()),
  });
});
afterAll(() => served.close());

/** Presses a button of the page's form, as a browser does: the fields go to the address of the page itself. */
function pressed(page: string, html: string, decision: string): URL {
  const [, form] = /<form method="get">([\s\S]+)<\/form>/.exec(html)!;
  const text = (value: string) => value.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
  const fields = [...form!.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]+)" value="([^"]*)"/g)];
  const url = new URL(page);
  url.search = "";
  for (const [, name, value] of fields) url.searchParams.append(text(name!), text(value!));
  url.searchParams.append("person", "collector");
  url.searchParams.append("decision", decision);
  return url;
}

const begin = async (provider: string, userId: string) => {
  const { data } = await served.ask(
    `mutation { connect(input: { provider: ${provider}, redirectTo: "${served.url}/" }) { authorizationUrl } }`,
    { headers: { authorization: `Bearer ${await tokenFor(userId)}` } },
  );
  return data.connect.authorizationUrl as string;
};
const go = (url: string | URL) => fetch(url, { redirect: "manual" });

const idsWithLab = new Set<string>(Object.values(labs).map(({ provider }) => provider));
const withLab = providers.filter(({ id }) => idsWithLab.has(id));

test.each(withLab.map(({ id, slug }) => [id, slug] as const))("%s", async (id, slug) => {
  const address = await begin(id, `new-${slug}`);
  expect(address).toMatch(new RegExp(`^${served.url}/lab/${slug}/`));
  const page = await go(address);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
  const html = await page.text();
  const denied = (await go(pressed(address, html, "deny"))).headers.get("location")!;
  expect(denied).toMatch(new RegExp(`^${served.url}/oauth/${slug}/callback\\?.*error=access_denied`));

  const again = await begin(id, `new-${slug}`);
  const back = (await go(pressed(again, await (await go(again)).text(), "allow"))).headers.get("location")!;
  const arrived = new URL((await go(back)).headers.get("location")!);
  // The person may be connected as another user already: that is told here, beyond the consent.
  expect(arrived.searchParams.get("error") ?? arrived.searchParams.get("status")).toMatch(
    /^(connected|awaiting-confirmation|PROVIDER_ACCOUNT_IN_USE)$/,
  );
});

test("nobody is led elsewhere by it", async () => {
  const address = new URL(await begin("FITBIT", "led-astray"));
  address.searchParams.set("redirect_uri", "https://evil.example/oauth/fitbit/callback");
  address.searchParams.set("auto", "allow");
  const answer = await go(address);
  expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
});

test("nothing else of a lab is behind the port", async () => {
  for (const path of [
    "/lab/fitbit/1/user/-/profile.json",
    "/lab/fitbit/oauth2/token",
    "/lab/nobody/oauth2/authorize",
    "/lab/",
  ]) {
    expect([path, (await go(served.url + path)).status]).toEqual([path, 404]);
  }
});

test("the sandbox offers its explorers in production too", async () => {
  expect((await go(`${served.url}/graphiql`)).status).toBe(200);
  const { data } = await served.ask("{ __schema { queryType { name } } }");
  expect((data as Anything).__schema.queryType.name).toBe("Query");
});
