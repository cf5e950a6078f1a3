import { buildPage } from "../../scripts/build-page.mjs";
import { startServer, type TestServer } from "../../test/support/server-bench.js";

let running: TestServer;
beforeAll(async () => {
  await buildPage();
  running = await startServer();
});
afterAll(() => running[Symbol.asyncDispose]());

test("the page for people is the same for everybody, and comes from here alone", async () => {
  const { url } = running;
  const page = await fetch(`${url}/`);
  const text = await page.text();
  expect(page.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(page.headers.get("content-security-policy")).not.toContain("unsafe");
  expect(text.replace('data-home="http://127.0.0.1:4000/"', "")).not.toMatch(/https?:\/\/|style=/);
  expect(text).toContain('data-explorer="graphiql"');
  const made = await fetch(`${url}/?provider=fitbit&error=<b>hi</b>&handle=h`);
  expect(await made.text()).toBe(text);
  await using off = await startServer({ explorer: false, production: true });
  expect(await (await fetch(`${off.url}/`)).text()).not.toContain("graphiql");
});

test("the page for people loads under 200 kB in all, which a browser may keep", async () => {
  const { url } = running;
  const text = await (await fetch(url)).text();
  const assets = [...text.matchAll(/(?:src|href)="(page[^"]+)"/g)].map(([, asset]) => asset!);
  expect(assets).toHaveLength(4);
  let bytes = text.length;
  for (const asset of assets) {
    const { status, headers } = await fetch(`${url}/${asset}`, { headers: { "accept-encoding": "gzip" } });
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    bytes += Number(headers.get("content-length"));
  }
  expect(bytes).toBeLessThan(200_000);
});

test("the page for people is sent in the smallest form that a browser takes", async () => {
  const { url } = running;
  const script = /src="(page\/app[^"]+)"/.exec(await (await fetch(url)).text())![1];
  const sent = async (accepted: string) => {
    const { headers } = await fetch(`${url}/${script}`, { headers: { "accept-encoding": accepted } });
    return headers.get("content-encoding");
  };
  expect([await sent("gzip, br"), await sent("gzip"), await sent("identity")]).toEqual(["br", "gzip", null]);
});

test.each(["..%2fpage.json", "page.json", "app-AAAAAAAA.js", "__proto__", "notice.css.br", "%2e%2e%2fmain.js"])(
  "the page for people has no other file: %s",
  async (name) => {
    const { url } = running;
    expect((await fetch(`${url}/page/${name}`)).status).toBe(404);
  },
);
