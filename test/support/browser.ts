import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { buildPage } from "../../scripts/build-page.mjs";
import { tokenFor } from "./served.js";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Debian's Chromium. Where it has to be there, a test without it fails; elsewhere it is left out. */
const isThere = existsSync(CHROMIUM);
export const describeInBrowser = isThere || process.env["PULSEGATE_BROWSER"] === "1" ? describe : describe.skip;

/** What the states look like: for people to look at. */
const pictures = process.env["PULSEGATE_SCREENSHOTS"] ?? join(tmpdir(), "pulsegate-screenshots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

export interface VisitOptions {
  /** Signed in as this user, by a token that the tab remembers. */
  readonly user?: string;
  readonly width?: 390 | 1280;
  readonly dark?: boolean;
  readonly language?: "en-GB" | "de-DE";
  /** What the browser takes for now; it goes on from there. */
  readonly now: number;
}

/** A person's window on the page. */
export interface Visit {
  readonly page: Page;
  /** What the browser complained of: nothing else may stop a state from being as it was meant. */
  readonly complaints: string[];
  /** Fails on what hinders people with a screen reader or a keyboard, and keeps a picture. */
  looksRight(name: string): Promise<void>;
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
  const { user, width = 1280, dark = false, language = "en-GB", now } = options;
  const look: BrowserContextOptions = {
    viewport: { width, height: width === 390 ? 844 : 900 },
    colorScheme: dark ? "dark" : "light",
    locale: language,
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
  };
  const context = await browser.newContext(look);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // What a provider's page does is no concern of ours.
    const isOurs = new URL(message.location().url || url, url).origin === new URL(url).origin;
    if (isOurs && (message.type() === "error" || message.type() === "warning")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.clock.setSystemTime(now);
  if (user !== undefined) {
    const token = await tokenFor(user);
    await context.addInitScript(`sessionStorage.setItem("pulsegate.token", ${JSON.stringify(token)})`);
  }
  await page.goto(url);
  return {
    page,
    complaints,
    async looksRight(name) {
      const shade = dark ? "-dark" : "";
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}-${width}${shade}.png`), fullPage: true });
      // By the debugger, whom the page's policy does not bind.
      await page.evaluate(axe);
      const found = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResult;
      const grave = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    },
    close: () => context.close(),
  };
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
