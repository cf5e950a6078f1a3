/** A person connects, denies, comes too late and disconnects: in words, back at "/", and nothing to paste twice. */

import { describeInBrowser, openBrowser, type Visit, type VisitOptions } from "../support/browser.js";
import { asUser, clockFrom, type Served, startClosed } from "../support/served.js";

/** A day on which the lab's people were out and about, after Fitbit was switched off. */
const clock = clockFrom("2026-11-20T13:00:00Z");

describeInBrowser("consents on the page", () => {
  let served: Served;
  let own: Served | undefined;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let open: Visit[] = [];
  const visit = async (options: Omit<VisitOptions, "now">, path = "/", { url } = served) => {
    const opened = await browser.visit(`${url}${path}`, { ...options, now: clock.now() });
    open.push(opened);
    return opened;
  };
  /** Connects the account of one of the lab's people, of whom each belongs to one test. */
  const connect = async (
    provider: "FITBIT" | "GOOGLE_HEALTH",
    userId: string,
    person: string,
    { serving, labs } = served,
  ) => {
    const lab = provider === "FITBIT" ? labs.fitbit : labs.googleHealth;
    await serving.gateway.connections.importConnection({ userId, provider, ...lab.issueTokens(person) });
  };
  beforeAll(async () => {
    [served, browser] = await Promise.all([startClosed({}, { clock }), openBrowser()]);
  });
  afterEach(async () => {
    const ended = open;
    open = [];
    await Promise.all(ended.map((one) => one.close()));
    await own?.close();
    own = undefined;
    for (const { complaints } of ended) expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  /** From "/" to the provider's own page, there a decision, and back. */
  async function decide({ page }: Visit, provider: string, decision: "Allow" | "Deny", person: string) {
    await page.getByRole("button", { name: `Connect ${provider}`, exact: true }).click();
    await page.getByLabel("Sign in as").selectOption(person);
    await page.getByRole("button", { name: decision }).click();
    await page.waitForURL((url) => url.origin === served.url);
    await page.waitForURL(`${served.url}/`);
  }

  test("a first visit offers the ways in", async () => {
    const first = await visit({ user: "newcomer" });
    await first.page.getByRole("heading", { name: "See your days in one place" }).waitFor();
    await first.page.getByRole("button", { name: "Connect Google Health" }).waitFor();
    for (const width of [1280, 390] as const) {
      await first.look(width, width === 390);
      await first.looksRight("first-visit");
    }
  });

  test("who connects confirms it and sees their days; the handle is nowhere any more", async () => {
    const { page, looksRight } = await visit({ user: "walker" });
    await decide(open[0]!, "Google Health", "Allow", "google");
    await page.getByRole("heading", { name: "Add this Google Health account to your days?" }).waitFor();
    await looksRight("confirm");
    await page.getByRole("button", { name: "Yes, add it" }).click();
    await page.getByText("Google Health is connected.").waitFor();
    await page.locator(".ring-card .chart-figure").waitFor();
    await looksRight("connected");
    expect(page.url()).toBe(`${served.url}/`);
    await page.reload();
    await page.locator(".ring-card .chart-figure").waitFor();
    expect(await page.getByText("Add this").count()).toBe(0);
  });

  test("an account that somebody else has is not taken from them, and another may be chosen", async () => {
    await connect("GOOGLE_HEALTH", "first", "napper");
    const { page, looksRight } = await visit({ user: "second" });
    await decide(open[0]!, "Google Health", "Allow", "napper");
    // Whose account it is is found out when it is confirmed, or before.
    const isAsked = page.getByRole("button", { name: "Yes, add it" });
    const taken = page.getByText("belongs to somebody else here");
    await isAsked.or(taken).first().waitFor();
    if (await isAsked.isVisible()) await isAsked.click();
    await taken.waitFor();
    await looksRight("account-in-use");
  });

  test("who denies is told that nothing was read, and may try again", async () => {
    const { page, looksRight } = await visit({ user: "doubter" });
    await decide(open[0]!, "Oura", "Deny", "demo");
    await page.getByText("Oura was not connected.").waitFor();
    await looksRight("denied");
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByText("was not connected").count()).toBe(0);
    expect(page.url()).toBe(`${served.url}/`);
  });

  test("who discards what came back keeps nothing of it", async () => {
    const { page } = await visit({ user: "careful" });
    await decide(open[0]!, "Fitbit", "Allow", "both");
    await page.getByRole("button", { name: "No, discard it" }).click();
    await page.getByText("Discarded. Nothing was connected.").waitFor();
    await page.getByRole("heading", { name: "See your days in one place" }).waitFor();
    const { data } = await served.ask("{ viewer { connections { status } } }", { headers: await asUser("careful") });
    expect(data.viewer.connections.map(({ status }: { status: string }) => status)).not.toContain("CONNECTED");
  });

  test("who comes back too late starts again", async () => {
    const { page, looksRight } = await visit({ user: "slow" }, "/?provider=oura&error=invalid_state");
    await page.getByText("That took too long.").waitFor();
    await page.getByRole("button", { name: "Start again" }).waitFor();
    expect(page.url()).toBe(`${served.url}/`);
    await looksRight("too-late");
  });

  test("an address that somebody made up connects nothing, and claims nothing", async () => {
    await connect("GOOGLE_HEALTH", "fooled", "demo");
    const { page } = await visit({ user: "fooled" }, "/?provider=whoop&status=connected");
    await page.locator(".ring-card .chart-figure").waitFor();
    await page.getByText("WHOOP is connected.").waitFor({ state: "detached" });
    await page.goto(`${served.url}/?provider=oura&status=awaiting-confirmation&handle=made-up`);
    await page.getByRole("button", { name: "Yes, add it" }).click();
    await page.getByText("That took too long.").waitFor();
    await page.goto(`${served.url}/?provider=google-health&status=awaiting-confirmation&handle=made-up`);
    await page.getByRole("button", { name: "No, discard it" }).click();
    await page.getByText("Discarded. Nothing was connected.").waitFor();
    const { data } = await served.ask("{ viewer { connections { status } } }", { headers: await asUser("fooled") });
    expect(data.viewer.connections).toEqual([{ status: "CONNECTED" }]);
  });

  test("who disconnects chooses what becomes of the days, by the keyboard alone", async () => {
    await connect("GOOGLE_HEALTH", "leaver", "collector");
    const { page, looksRight } = await visit({ user: "leaver" });
    const button = page.getByRole("button", { name: "Disconnect Google Health" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Disconnect Google Health?" }).waitFor();
    await looksRight("disconnect");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await button.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByLabel("Delete its days too").check();
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await page.getByText("Google Health is disconnected.").waitFor();
    const { data } = await served.ask("{ viewer { activity(range: { lastDays: 3 }) { days { steps } } } }", {
      headers: await asUser("leaver"),
    });
    expect(data.viewer.activity.days).toBeNull();
  });

  test("whose Fitbit was switched off is led to Google Health, and every day goes on", async () => {
    // Where it was switched off, it is so for everybody.
    own = await startClosed({}, { clock });
    const { fitbit } = own.labs;
    await connect("FITBIT", "mover", "switcher", own);
    const moved = await visit({ user: "mover" }, "/", own);
    const { page, looksRight } = moved;
    const strip = page.locator(".chart-steps .chart-label");
    await strip.filter({ hasText: "Fitbit" }).waitFor();
    fitbit.switches.sunset = true;
    // Days that nobody has asked for yet: what is stored is fresh still, and would not be asked for.
    const older = `{ viewer { activity(range: { from: "2026-06-01", to: "2026-06-03" }) { sources { status } } } }`;
    const { data } = await own.ask(older, { headers: await asUser("mover") });
    expect(data.viewer.activity.sources).toEqual([{ status: "RETIRED" }]);
    await page.reload();
    const row = page.locator(".provider", { hasText: "Fitbit" }).filter({ hasText: "Switched off" });
    await row.getByText("Its maker switched it off on 2 Nov 2026. Your days up to then are kept.").waitFor();
    await looksRight("retired");
    await row.getByRole("button", { name: "Connect Google Health" }).click();
    await page.getByLabel("Sign in as").selectOption("switcher");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("button", { name: "Yes, add it" }).click();
    await page.getByText("Google Health is connected.").waitFor();
    await row.getByText("and go on under Google Health.").waitFor();
    expect(await row.getByRole("button").allTextContents()).toEqual(["Delete its days…"]);
    // One wearable still: each day is counted once, and Fitbit is no other source of it.
    await strip.filter({ hasText: "Google Health" }).waitFor();
    await page
      .locator(".ring-card .source")
      .filter({ hasText: /^Google Health$/ })
      .waitFor();
    await looksRight("moved");
  });

  test("who signed out signs in with a token, and a wrong one is refused in words", async () => {
    const { page, complaints, looksRight } = await visit({});
    await page.getByRole("heading", { name: "Sign in to see your days" }).waitFor();
    await looksRight("signed-out");
    await page.getByLabel("Access token").fill("nonsense");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not accepted.").waitFor();
    const { authorization } = await asUser("stranger");
    await page.getByLabel("Access token").fill(authorization.slice("Bearer ".length));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "See your days in one place" }).waitFor();
    // The browser itself writes down each refusal.
    expect(complaints.filter((one) => !one.includes("401"))).toEqual([]);
    complaints.length = 0;
  });
});
