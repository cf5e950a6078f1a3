import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { providers } from "../src/providers/index.js";

/** Where a provider may be named, and why. `line` narrows a file to the lines that hold this text. */
const allowed: readonly { readonly path: RegExp; readonly line?: string; readonly because: string }[] = [
  { path: new RegExp(`^providers/(${providers.map(({ slug }) => slug).join("|")})/`), because: "its own folder" },
  { path: /^sandbox\//, because: "the lab, which stands in for each provider" },
  { path: /\.test\.tsx?$/, because: "tests" },
  { path: /^providers\/index\.ts$/, because: "the registry: a provider is a folder and a line here" },
  { path: /^page\/generated\//, because: "made of the public schema" },
  { path: /^page\/facts\.ts$/, because: "which services were switched off, and when" },
  {
    path: /^graphql\/types\//,
    line: "Fitbit's Out of Range, Fat Burn",
    because: "the public schema explains the zones",
  },
  {
    path: /^graphql\/resolvers\//,
    line: "Google's Testing mode",
    because: "the public schema explains when a consent ends",
  },
];

const source = join(import.meta.dirname, "../src");
const names = providers.map(({ slug }) => slug.split("-")[0]!);

/** The first word of a provider's slug, written as in any identifier or sentence, but not as a part of a longer word. */
const spellings = new RegExp(names.map(spelt).join("|"));

function spelt(name: string): string {
  const capital = name[0]!.toUpperCase() + name.slice(1);
  return `(?<![a-zA-Z])${name}(?![a-z])|${capital}(?![a-z])|(?<![A-Z])${name.toUpperCase()}(?![A-Z])`;
}

test("no code that all providers share names one of them, in comments and sentences either", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const used = new Set<(typeof allowed)[number]>();
  const found = files.flatMap((file) =>
    readFileSync(join(source, file), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        if (!spellings.test(line)) return [];
        const rule = allowed.find((each) => each.path.test(file) && line.includes(each.line ?? ""));
        if (rule) used.add(rule);
        return rule ? [] : [`src/${file}:${index + 1}: ${line.trim()}`];
      }),
  );
  expect(found).toEqual([]);
  // What is allowed and no longer there would let the next one pass unseen.
  expect(allowed.filter((rule) => !used.has(rule))).toEqual([]);
});

test.each(["googleHealth", "GoogleHealth", "GOOGLE_HEALTH", "google-health", "google_health", "Google's", "isGoogle"])(
  "sees %s as a name",
  (text) => expect(text).toMatch(spellings),
);

test.each([
  "fitbitLab",
  "Fitbit",
  "FITBIT_CLIENT_ID",
  '"fitbit"',
  "MISFIT",
  "toMisfit",
  "misfit.ts",
  "ouraLab",
  "toWhoop",
])("sees %s as a name", (text) => expect(text).toMatch(spellings));

test.each(["fit", "bit", "health", "googled", "misfits", "your account", "whooping"])(
  "does not take %s for a name",
  (text) => expect(text).not.toMatch(spellings),
);
