import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { buildPage } from "../../scripts/build-page.mjs";
import { tokenFor } from "./served.js";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Debian's Chromium. Where it has to be there, a test without it fails; elsewhere it is left out. */
const isThere = existsSync(CHROMIUM);
export const describeInBrowser = isThere || process.env["PULSEGATE_BROWSER"] === "1" ? describe : describe.skip;

/** A folder for pictures of the states, for people to look at; without it none are taken. */
const pictures = process.env["PULSEGATE_SCREENSHOTS"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** How long a state is waited for: on a machine with other work, a page of charts takes its time. */
const PATIENCE_MS = 60_000;

export interface VisitOptions {
  /** Signed in as this user, by a token that the tab remembers. */
  readonly user?: string;
  readonly width?: 390 | 1280;
  readonly dark?: boolean;
  readonly language?: "en-GB" | "de-DE";
  /** Whether things may move on the page; otherwise this person has asked them not to. */
  readonly moves?: boolean;
  /** What the browser takes for now; it goes on from there. */
  readonly now: number;
}

/** What a page did until now. */
interface Seen {
  /** The questions, by their operations' names, that were asked before today's figures stood. */
  readonly askedBefore: readonly string[] | null;
  /** How far things were shifted that nobody had touched: CLS, as browsers count it. */
  readonly shifted: number;
}

const watching = `{
  const seen = { askedBefore: null, shifted: 0 };
  const asked = [];
  const send = window.fetch;
  window.fetch = (address, options) => {
    asked.push(/(?:query|mutation) (\\w+)/.exec(options?.body ?? "")?.[1] ?? String(address));
    return send(address, options);
  };
  new MutationObserver((_, self) => {
    if (!document.querySelector(".chart-ring-words")) return;
    self.disconnect();
    seen.askedBefore = [...asked];
  }).observe(document, { childList: true, subtree: true });
  const note = (entries) => {
    for (const { value, hadRecentInput } of entries) if (!hadRecentInput) seen.shifted += value;
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  window.seenByTest = () => {
    note(observer.takeRecords());
    return seen;
  };
}`;

/** A person's window on the page. */
export interface Visit {
  readonly page: Page;
  /** What the browser complained of: nothing else may stop a state from being as it was meant. */
  readonly complaints: string[];
  /** Fails on what hinders people with a screen reader or a keyboard, and keeps a picture where one is wanted. */
  looksRight(name: string): Promise<void>;
  /** The same page on another screen, by day or by night. */
  look(width: 390 | 1280, dark: boolean): Promise<void>;
  seen(): Promise<Seen>;
  close(): Promise<void>;
}

/** One Chromium for the tests of a file. */
export async function openBrowser() {
  await buildPage();
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  return {
    visit: (url: string, options: VisitOptions) => visit(browser, url, options),
    close: () => browser.close(),
  };
}

async function visit(browser: Browser, url: string, options: VisitOptions): Promise<Visit> {
  const { user, width = 1280, dark = false, language = "en-GB", moves = false } = options;
  const look: BrowserContextOptions = {
    viewport: sizeOf(width),
    colorScheme: dark ? "dark" : "light",
    locale: language,
    timezoneId: "Europe/Berlin",
    reducedMotion: moves ? "no-preference" : "reduce",
  };
  const context = await browser.newContext(look);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const judged = new Set<string>();
  let now: { readonly width: number; readonly dark: boolean } = { width, dark };
  page.on("console", (message) => {
    // What a provider's page does is no concern of ours.
    const isOurs = new URL(message.location().url || url, url).origin === new URL(url).origin;
    if (isOurs && (message.type() === "error" || message.type() === "warning")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.clock.setSystemTime(options.now);
  if (user !== undefined) {
    const token = await tokenFor(user);
    await context.addInitScript(`sessionStorage.setItem("pulsegate.token", ${JSON.stringify(token)})`);
  }
  await page.addInitScript(watching);
  await page.goto(url);
  return {
    page,
    complaints,
    async looksRight(name) {
      const picture = `${name}-${now.width}${now.dark ? "-dark" : ""}.png`;
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, picture), fullPage: true });
      // By the debugger, whom the page's policy does not bind.
      if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
      const state = `${name}-${now.width}`;
      const found = (await page.evaluate(judge(judged.has(state)))) as AxeResult;
      judged.add(state);
      const grave = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(now.width);
    },
    async look(width, dark) {
      now = { width, dark };
      await page.setViewportSize(sizeOf(width));
      await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    },
    seen: () => page.evaluate<Seen>("seenByTest()"),
    close: () => context.close(),
  };
}

const sizeOf = (width: 390 | 1280) => ({ width, height: width === 390 ? 844 : 900 });

/**
 * WCAG 2 to level AA; where only the colours are others, their contrast alone. Without drawings: they are hidden from
 * screen readers, and most of the page's elements.
 */
function judge(onlyColours: boolean): string {
  const runOnly = onlyColours ? ["color-contrast"] : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const options = { runOnly, resultTypes: ["violations"], preload: false };
  return `axe.run({ exclude: ["svg[aria-hidden]"] }, ${JSON.stringify(options)})`;
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
