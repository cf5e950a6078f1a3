/** GraphiQL, served from here: examples, a query that runs, its provider calls, and the way to it from Apollo's page. */

import { describeInBrowser, openBrowser, type Visit } from "../support/browser.js";
import { clockFrom, type Served, startServed } from "../support/served.js";

const clock = clockFrom("2026-11-20T13:00:00Z");

describeInBrowser("the explorer", () => {
  let served: Served;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let seen: Visit;
  beforeAll(async () => {
    [served, browser] = await Promise.all([startServed({}, { clock }), openBrowser()]);
  });
  beforeEach(async () => {
    seen = await browser.visit(`${served.url}/graphiql`, { now: clock.now() });
  });
  afterEach(async () => {
    await seen.close();
    expect(seen.complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** What the editor holds, and what was answered: the editor shows what is in view alone. */
  const editor = () => seen.page.locator(".graphiql-query-editor .CodeMirror-code");
  const answer = () => seen.page.locator(".result-window .CodeMirror-code");
  const run = () => seen.page.getByRole("button", { name: /^Execute query/ }).click();

  test("an example can be chosen, and runs", async () => {
    const { page } = seen;
    await page.getByLabel("Example").locator("option").nth(2).waitFor({ state: "attached" });
    const options = await page.getByLabel("Example").locator("option").allTextContents();
    expect(options.slice(0, 2)).toEqual(["choose one", "First query"]);
    await page.getByLabel("Example").selectOption({ label: options[2]! });
    await page.waitForURL(/[?]example=/);
    await page.getByLabel("Example").selectOption("first-query");
    await page.waitForURL(/[?]example=first-query/);
    await editor().filter({ hasText: "viewer" }).waitFor();
    await run();
    await answer().filter({ hasText: '"data"' }).waitFor();
    expect(await answer().textContent()).not.toContain('"errors"');
    expect(await answer().textContent()).not.toContain('"plan"');
  });

  test("a document in the address is what it opens with, and its provider calls are shown where they are wanted", async () => {
    const { page } = seen;
    const query = "{ viewer { activity(range: {lastDays: 2}) { days { floors } } } }";
    await page.goto(`${served.url}/graphiql?${new URLSearchParams({ query })}`);
    await editor().filter({ hasText: "floors" }).waitFor();
    await page.getByLabel("Provider calls").selectOption("dry-run");
    await run();
    await answer().filter({ hasText: '"upstreamCalls"' }).waitFor();
    expect(await answer().textContent()).toMatch(/"data": null/);
    await page.goto(`${served.url}/graphiql?${new URLSearchParams({ query, plan: "report" })}`);
    expect(await page.getByLabel("Provider calls").inputValue()).toBe("report");
    await editor().filter({ hasText: "floors" }).waitFor();
    await run();
    await answer().filter({ hasText: '"upstreamCalls"' }).waitFor();
    expect(await answer().textContent()).toMatch(/"floors": \d/);
  });

  test("a made-up example or plan is no fault", async () => {
    const { page } = seen;
    await page.goto(`${served.url}/graphiql?example=%3Cb%3E&plan=everything`);
    await editor().filter({ hasText: "viewer" }).waitFor();
    expect(await page.getByLabel("Example").inputValue()).toBe("");
    expect(await page.getByLabel("Provider calls").inputValue()).toBe("");
  });

  test("where Apollo's script does not load within two seconds, a link leads here with the same query", async () => {
    const { page } = seen;
    await page.clock.install({ time: clock.now() });
    // It is asked for, and never comes.
    await page.route(/apollographql\.com/, () => {});
    const query = "{ viewer { id } }";
    await page.goto(`${served.url}/graphql?${new URLSearchParams({ query })}`, { waitUntil: "commit" });
    const link = page.getByRole("link", { name: /GraphiQL is served from here/ });
    await page.locator("head script").first().waitFor({ state: "attached" });
    expect(await link.count()).toBe(0);
    await page.clock.fastForward(2_000);
    await link.click();
    await page.waitForURL(/\/graphiql[?]query=/);
    await editor().filter({ hasText: "id" }).waitFor();
  });
});
