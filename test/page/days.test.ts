/** What a person sees of their days, in every state that they may be in. */

import { describeInBrowser, openBrowser, type Visit, type VisitOptions } from "../support/browser.js";
import { asUser, clockFrom, credentials, freePort, type Served, startServed } from "../support/served.js";

const clock = clockFrom("2026-11-20T13:00:00Z");

describeInBrowser("days on the page", () => {
  let served: Served;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let open: Visit[] = [];
  let alone: Served[] = [];
  const start = async () => await startServed({ ...credentials, PORT: String(await freePort()) }, { clock });
  /** A gateway of which nobody has asked anything, for the test that changes what is found there. */
  const startAlone = async () => {
    const own = await start();
    alone.push(own);
    return own;
  };
  const visit = async (options: Omit<VisitOptions, "now">, path = "/", { url } = served) => {
    const opened = await browser.visit(`${url}${path}`, { ...options, now: clock.now() });
    open.push(opened);
    return opened;
  };
  const steps = ({ page }: Visit) => page.locator(".ring-card .chart-figure").first();
  const settled = async ({ page }: Visit) => {
    await page.locator(".card-steps .chart-figure").first().waitFor();
    await page.locator(".state-line", { hasText: /As loaded|New data|behind|Stand/ }).waitFor();
  };
  beforeAll(async () => {
    [served, browser] = await Promise.all([start(), openBrowser()]);
  });
  afterEach(async () => {
    const [ended, left] = [open, alone];
    [open, alone] = [[], []];
    await Promise.all(ended.map((one) => one.close()));
    await Promise.all(left.map((one) => one.close()));
    for (const { complaints } of ended) expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("a day with many makers, on a desk and in a hand, by day and by night", async () => {
    const seen = await visit({ user: "collector" });
    await settled(seen);
    for (const [width, dark] of [
      [1280, false],
      [1280, true],
      [390, true],
      [390, false],
    ] as const) {
      await seen.look(width, dark);
      await seen.looksRight("day");
    }
    for (const name of [
      "Activity",
      "Heart",
      "Sleep",
      "Body",
      "Workouts and scores",
      "Sources",
      "How this was answered",
    ])
      await seen.page.getByRole("heading", { name, exact: true, level: 2 }).waitFor();
    // What a maker says of its own figure is beside it.
    expect(await seen.page.locator(".ring-card summary").textContent()).toMatch(
      /^Google Health and other sources\+[3-9]$/,
    );
  });

  test("the first figures take one question, and nothing shifts while the days come in", async () => {
    for (const width of [1280, 390] as const) {
      const cold = await visit({ user: width === 390 ? "both" : "google", width });
      await settled(cold);
      await cold.page.locator(".provider").first().waitFor();
      expect((await cold.seen()).shifted).toBeLessThan(0.02);
      await cold.page.reload();
      await settled(cold);
      const { askedBefore, shifted } = await cold.seen();
      expect(askedBefore).toEqual(["Today"]);
      expect(shifted).toBeLessThan(0.02);
    }
  });

  test("new data arrives by itself, is marked where it changes a figure, and is told politely", async () => {
    const own = await startAlone();
    own.sandbox.syncPerson("demo", Date.parse("2026-11-20T09:00:00Z"));
    const [seen, moving] = await Promise.all([
      visit({ user: "demo" }, "/", own),
      visit({ user: "demo", moves: true }, "/", own),
    ]);
    await Promise.all([settled(seen), settled(moving)]);
    await moving.page.locator(".rail .is-live").waitFor();
    const marks = (one: Visit) =>
      one.page
        .locator(".ring-card .chart-figure .is-changed")
        .evaluateAll((all) =>
          all.map((mark) => [mark.textContent, mark.ownerDocument.defaultView!.getComputedStyle(mark).animationName]),
        );
    expect([await marks(seen), await marks(moving)]).toEqual([[], []]);
    await seen.page.locator(".rail .is-live").waitFor();
    // The page has the provider tell us of what is new.
    await seen.page
      .locator(".provider", { hasText: "Google Health" })
      .getByText("New data arrives by itself.")
      .waitFor();
    const before = await steps(seen).textContent();
    own.sandbox.syncPerson("demo", clock.now());
    await seen.page.locator(".state-line", { hasText: "New data came at" }).waitFor();
    await Promise.all([seen, moving].map((one) => steps(one).filter({ hasNotText: before! }).waitFor()));
    const now = await steps(seen).textContent();
    expect([await marks(seen), await marks(moving)]).toEqual([[[now, "none"]], [[now, "changed"]]]);
    await seen.page.getByRole("status").getByText("New data came", { exact: true }).waitFor({ state: "attached" });
    await seen.looksRight("live-update");
  });

  test("what a provider says in place of what was stored is no change, and is not marked", async () => {
    const seen = await visit({ user: "demo", moves: true });
    await settled(seen);
    const now = (await steps(seen).textContent())!;
    const old = now.replace(/\d/, (digit) => String((Number(digit) + 3) % 9));
    await seen.page.route("**/graphql", async (route) => {
      const response = await route.fetch();
      const isStored = route.request().headers()["cache-control"] === "only-if-cached";
      const body = await response.json();
      const day = isStored ? body.data?.viewer?.activity?.days?.[0] : undefined;
      if (day && /query Today/.test(route.request().postData()!)) day.steps = Number(old.replace(/\D/g, ""));
      await route.fulfill({ response, json: body });
    });
    await seen.page.addInitScript(`
      window.shown = new Set();
      window.marks = [];
      new MutationObserver(() => {
        const figure = document.querySelector(".ring-card .chart-figure");
        if (figure) window.shown.add(figure.textContent);
        for (const mark of document.querySelectorAll(".is-changed")) window.marks.push(mark.textContent);
      }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });`);
    await seen.page.reload();
    await steps(seen).filter({ hasText: now }).waitFor();
    await settled(seen);
    await seen.page.locator(".rail .is-live").waitFor();
    const [shown, marks] = await seen.page.evaluate<[string[], string[]]>("[[...window.shown], window.marks]");
    expect([shown.filter((text) => text === old || text === now), marks]).toEqual([[old, now], []]);
  });

  test("a provider that fails is told of below, and takes no other's figures", async () => {
    // Misfit is left alone for a while, whoever asks.
    const own = await startAlone();
    own.labs.misfit.addFault({ status: 503 });
    const seen = await visit({ user: "napper" }, "/", own);
    await settled(seen);
    await seen.page.locator(".state-line", { hasText: "1 of 3 sources is behind" }).waitFor();
    await seen.looksRight("failing-provider");
    expect(await seen.page.locator(".provider", { hasText: "Misfit" }).textContent()).toMatch(
      /No answer.*did not answer/,
    );
    expect(await seen.page.getByText("Misfit did not answer").count()).toBe(1);
    expect(await seen.page.locator(".card-steps .chart-figure").first().textContent()).toMatch(/steps a day/);
  });

  test("a consent that has ended is the one thing above the day", async () => {
    served.labs.googleHealth.switches.consentsLost.add("switcher");
    const seen = await visit({ user: "switcher" });
    await seen.page.getByText("Google Health needs your consent again.").waitFor();
    await seen.page.getByText("no longer lets this server read your data").waitFor();
    await seen.looksRight("consent-ended");
    await seen.page.getByRole("button", { name: "Consent again", exact: true }).first().click();
    await seen.page.getByLabel("Sign in as").waitFor();
  });

  test("who disconnects and keeps the days still sees them, and may come back", async () => {
    const seen = await visit({ user: "unticked" });
    await settled(seen);
    // What this person did not allow is said where it would be.
    const bedtimes = seen.page.locator(".card-bedtimes", { hasText: "You have not let" });
    await bedtimes.waitFor();
    // Asking again would bring no more.
    expect(await bedtimes.getByRole("button", { name: "Ask now" }).count()).toBe(0);
    await seen.page.getByRole("button", { name: "Disconnect Fitbit" }).click();
    await seen.page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await seen.page.getByText("Fitbit is disconnected.").waitFor();
    const row = seen.page.locator(".provider", { hasText: "Fitbit" });
    await row.getByText("are kept; no new ones arrive.").waitFor();
    await row.getByRole("button", { name: "Delete its days… (Fitbit)" }).waitFor();
    expect(await seen.page.locator(".card-steps .chart-figure").first().textContent()).toMatch(/steps a day/);
    await seen.looksRight("disconnected");

    await row.getByRole("button", { name: "Delete its days… (Fitbit)" }).click();
    await seen.page.getByRole("dialog", { name: "Delete the days of Fitbit?" }).waitFor();
    await seen.page.getByRole("button", { name: "Delete its days", exact: true }).click();
    await seen.page.getByText("The days of Fitbit are deleted.").waitFor();
    await row.getByText("Not connected").waitFor();
    await seen.looksRight("days-deleted");
    const { data } = await served.ask("{ viewer { connections { provider { id } } } }", {
      headers: await asUser("unticked"),
    });
    expect(data.viewer.connections).toEqual([{ provider: { id: "GOOGLE_HEALTH" } }]);
  });

  test("offline, the days stay", async () => {
    const seen = await visit({ user: "both" });
    await settled(seen);
    const before = await steps(seen).textContent();
    await seen.page.context().setOffline(true);
    await seen.page.getByText("You are offline.").waitFor();
    for (const width of [1280, 390] as const) {
      await seen.look(width, width === 390);
      await seen.looksRight("offline");
    }
    expect(await steps(seen).textContent()).toBe(before);
    const disconnect = seen.page.getByRole("button", { name: /^Disconnect Fitbit/ });
    expect(await disconnect.getAttribute("aria-disabled")).toBe("true");
    await seen.page.context().setOffline(false);
    await seen.page.getByText("You are offline.").waitFor({ state: "detached" });
    seen.complaints.length = 0;
  });

  test("where something else answers, the page says so, and comes back by itself", async () => {
    const seen = await visit({ user: "both" }, "/#nowhere");
    await settled(seen);
    await seen.page.route("**/graphql", (route) => route.fulfill({ status: 502, body: "<h1>Bad Gateway</h1>" }));
    await seen.page.reload();
    await seen.page.getByRole("heading", { name: "Pulsegate does not answer" }).waitFor();
    await seen.page.getByText("(502)").waitFor();
    await seen.looksRight("gateway-unreachable");
    await seen.page.unroute("**/graphql");
    await seen.page.getByRole("button", { name: "Try now" }).click();
    await settled(seen);
    seen.complaints.length = 0;
  });

  test("while providers are asked, everything has its place already", async () => {
    const seen = await visit({ user: "both" });
    await settled(seen);
    await seen.page.route("**/graphql", () => {});
    await seen.page.reload();
    await seen.page.locator(".ring-skeleton").waitFor();
    await seen.looksRight("loading");
    seen.complaints.length = 0;
  });

  test("by the keyboard alone: to the day, through a chart, and the order of sources", async () => {
    const seen = await visit({ user: "collector" });
    await settled(seen);
    const { page } = seen;
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    const chart = page.getByRole("slider", { name: "Steps", exact: true });
    await chart.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/steps, Thursday 19 November, Google Health$/);
    await page.keyboard.press("Escape");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/steps a day/);

    await page.getByRole("button", { name: "Move Oura up" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/^Oura, now 1 of \d$/).waitFor({ state: "attached" });
    // The row keeps the focus; at the top, only its other button is of use.
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
    expect(await focused()).toBe("Move Oura down");
    // The row moves at once; the day is the new first source's when the gateway has heard of it.
    await page.locator(".ring-card summary", { hasText: "Oura" }).waitFor();
    const { data } = await served.ask("{ viewer { sourcePriority } }", { headers: await asUser("collector") });
    expect(data.viewer.sourcePriority[0]).toBe("OURA");
    await page.keyboard.press("Enter");
    await page.getByText(/^Oura, now 2 of \d$/).waitFor({ state: "attached" });
    expect(await focused()).toBe("Move Oura down");
  });

  test("the order of sources by a mouse: whose day it is follows at once", async () => {
    const seen = await visit({ user: "collector" });
    await settled(seen);
    const order = seen.page.locator(".order li");
    const names = () => order.evaluateAll((all) => all.map((one) => one.dataset["provider"]!));
    const before = await names();
    const [first, third] = [before[0]!, before[2]!];
    const row = (id: string) => seen.page.locator(`.order [data-provider="${id}"]`);
    await row(third).dragTo(row(first));
    await seen.page.getByText(/^Polar, now 1 of \d$/).waitFor({ state: "attached" });
    expect(await names()).toEqual([third, ...before.filter((id) => id !== third)]);
    await seen.page.locator(".ring-card summary", { hasText: "Polar" }).waitFor();
    // Where it is dropped upon itself, nothing is asked of anybody.
    await row(third).dragTo(row(third));
    await row(third).dragTo(order.nth(2));
    await seen.page.getByText(/^Polar, now 3 of \d$/).waitFor({ state: "attached" });
    await seen.page.locator(".ring-card summary", { hasText: "Google Health" }).waitFor();
    const { data } = await served.ask("{ viewer { sourcePriority } }", { headers: await asUser("collector") });
    expect(data.viewer.sourcePriority.slice(0, before.length)).toEqual(before);
  });

  test("each chart says at each place something of its own, and moves nothing meanwhile", async () => {
    const seen = await visit({ user: "collector", width: 390, language: "de-DE" });
    await settled(seen);
    await seen.page.locator(".chart-score-plot").first().waitFor();
    const [count, faults] = (await seen.page.evaluate(walkThroughCharts)) as readonly [number, readonly string[]];
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(12);
  });

  test("a mouse, a finger and a table read the same days", async () => {
    const seen = await visit({ user: "google" });
    await settled(seen);
    const card = seen.page.locator(".card-steps");
    const chart = card.getByRole("slider");
    const said = () => card.locator(".chart-read").textContent();
    const rest = await said();
    await chart.hover({ position: { x: 4, y: 60 } });
    await card.locator(".chart-pointed", { hasText: "22 October" }).waitFor();
    await seen.page.mouse.move(0, 0);
    expect(await said()).toBe(rest);

    // A finger that is lifted leaves: what it showed stays until something else is touched.
    const touch = { pointerType: "touch", bubbles: true, clientX: (await chart.boundingBox())!.x + 4 };
    await chart.focus();
    await chart.dispatchEvent("pointerdown", touch);
    await chart.dispatchEvent("pointerleave", touch);
    await card.locator(".chart-pointed", { hasText: "22 October" }).waitFor();
    await chart.blur();
    expect(await said()).toBe(rest);

    await card.getByText("As a table").click();
    const rows = card.locator("tbody tr");
    await rows.nth(29).waitFor();
    expect(await rows.count()).toBe(30);
    expect(await rows.first().textContent()).toContain("20 Nov");
    expect(await rows.last().textContent()).toContain("22 Oct");
  });

  test("other sources, readings and calls are told on demand, in words", async () => {
    const asked: string[] = [];
    const seen = await visit({ user: "collector", language: "de-DE" });
    const { page } = seen;
    await settled(seen);
    page.on("request", (request) => {
      const name = /query (\w+)/.exec(request.postData() ?? "")?.[1];
      if (name !== undefined && /OfAll|Readings/.test(name)) asked.push(name);
    });
    for (const [card, figure] of [
      ["steps", /^[\d.]+$/],
      ["rate", /^\d+ bpm · \d+ ms$/],
      ["weight", /^[\d,]+$/],
      ["vitals", /^[\d,]+ %$/],
    ] as const) {
      const more = page.locator(`.card-${card} .chart-table`, { hasText: "Andere Quellen" });
      await more.locator("summary").click();
      const rows = more.locator("tbody tr");
      await rows.first().waitFor();
      const makers = await more.locator("th").allTextContents();
      expect([card, makers.length > 2, new Set(makers).size]).toEqual([card, true, makers.length]);
      const cells = await rows.first().locator("td").allTextContents();
      expect(cells.filter((cell) => figure.test(cell)).length).toBeGreaterThan(0);
    }
    // What was asked for is told at each day, too.
    await page.getByRole("slider", { name: "Schritte", exact: true }).press("End");
    expect(await page.locator(".card-steps .chart-pointed").textContent()).toMatch(/Google Health.*Oura [\d.]+.*Polar/);

    await page.getByRole("button", { name: "Messungen zeigen" }).click();
    await page.locator(".reading-kind", { hasText: "Blutdruck" }).getByText("mmHg").waitFor();
    expect(asked).toEqual(["StepsOfAll", "RatesOfAll", "VitalsOfAll", "Readings"]);
    for (const vital of ["Gefäßalter", "Stress", "Atempausen", "Hauttemperatur, gemessen"])
      await page.locator(".vitals b", { hasText: vital }).first().waitFor();

    const codes = /[A-Z]{2,}_|\b[A-Z]{6,}\b|[a-z]+_[a-z]+/;
    const words = async (place: string) => (await page.locator(place).allTextContents()).join(" ");
    expect(await words(".calls summary")).not.toMatch(codes);
    expect(await words(".calls summary")).toMatch(/Aktivität, Herz, Schlaf/);
    expect(await words(".score")).not.toMatch(codes);
    await page.locator(".calls summary").first().click();
    await seen.looksRight("on-demand");
  });

  test("a glucose sensor's course is shown with the readings, by the day, in the unit that is wanted", async () => {
    const seen = await visit({ user: "napper" });
    const { page } = seen;
    await settled(seen);
    expect(await page.getByRole("slider", { name: "Glucose by a sensor" }).count()).toBe(0);
    await page.getByRole("button", { name: "Show readings" }).click();
    const chart = page.getByRole("slider", { name: "Glucose by a sensor" });
    const figure = page.locator(".glucose .chart-figure").first();
    await chart.waitFor();
    const told = (await figure.textContent())!;
    expect(told).toMatch(/^\d+\.\d–\d+\.\dmmol\/L$/);
    await chart.press("Home");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/^\d+\.\d mmol\/L, \d\d:\d\d$/);
    await chart.press("Escape");
    await page.locator(".glucose").getByText("As a table").click();
    await page.locator(".glucose tbody tr").nth(100).waitFor();
    await seen.looksRight("glucose");

    await page.locator(".glucose").getByRole("button", { name: "Day before" }).click();
    await figure.filter({ hasNotText: told }).waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "US", exact: true }).click();
    await figure.filter({ hasText: /^\d{2,3}–\d{3}mg\/dL$/ }).waitFor();
    await page.getByRole("button", { name: "Metric", exact: true }).click();
    await figure.filter({ hasText: "mmol/L" }).waitFor();
  });

  test("the course of a heart's day and of a night can be read as a table, from its start", async () => {
    const { page } = await visit({ user: "google" });
    for (const [card, first, columns] of [
      ["heart-day", /^0\d:\d\d$/, ["Time", "Rate or reason", "Zone"]],
      ["hypnogram", /^\d\d:\d\d – \d\d:\d\d$/, ["Time", "Stage", "Length"]],
    ] as const) {
      const table = page.locator(`.card-${card} .chart-table`);
      await table.getByText("As a table").click();
      await table.locator("tbody tr").nth(10).waitFor();
      expect(await table.locator("th").allTextContents()).toEqual(columns);
      const times = await table.locator("tbody tr td:first-child").allTextContents();
      expect(times[0]).toMatch(first);
    }
  });

  test("range, units, clock and language show at once, and are remembered", async () => {
    const seen = await visit({ user: "google" });
    const { page } = seen;
    await settled(seen);
    await page.getByRole("button", { name: "90 days" }).click();
    await page.getByText("Last 90 days").waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "US", exact: true }).click();
    await page.getByRole("button", { name: "12 h" }).click();
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByRole("dialog", { name: "Einstellungen" }).waitFor();
    await seen.looksRight("settings");
    await page.getByRole("button", { name: "Fertig" }).click();
    await page.locator(".facts", { hasText: " mi" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("de");
    await page.reload();
    await page.getByText("Letzte 90 Tage").waitFor();
    await page.locator(".facts", { hasText: " mi" }).waitFor();
    await seen.looksRight("german-us");
  });

  test("German fits on a phone", async () => {
    const seen = await visit({ user: "collector", width: 390, language: "de-DE" });
    await settled(seen);
    await seen.looksRight("german");
    await seen.page.getByRole("heading", { name: "Aktivität" }).waitFor();
  });
});

/** Goes through the charts by keys. Answers how many there are, and what went wrong. In the page. */
const walkThroughCharts = `(async () => {
  const drawn = () => new Promise((resolve) => setTimeout(resolve));
  const faults = [];
  const charts = document.querySelectorAll("[role=slider]");
  for (const chart of charts) {
    const press = async (key) => {
      chart.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await drawn();
    };
    const says = () => chart.getAttribute("aria-valuetext");
    const card = chart.closest("article");
    const top = (element) => element.getBoundingClientRect().top;
    const place = () => [top(chart) - top(card), card.offsetHeight].join();
    const fault = (what) => faults.push([what, chart.getAttribute("aria-label"), says()].join(": "));
    const [before, rest, last] = [place(), says(), Number(chart.getAttribute("aria-valuemax"))];
    await press("Home");
    for (let at = 0; at <= Math.min(last, 9); at++) {
      if (Number(chart.getAttribute("aria-valuenow")) !== at) fault("not at " + at);
      if (place() !== before) fault("moved");
      if (says() === rest && last > 0) fault("says what it says at rest");
      await press("ArrowRight");
    }
    await press("Escape");
    if (says() !== rest || chart.querySelector(".chart-cursor, .chart-column")) fault("not at rest");
  }
  return [charts.length, faults];
})()`;
