import { readFileSync, writeFileSync } from "node:fs";
import { tableOf } from "../src/config/variable.js";
import { allVariables } from "../src/config/variables.js";
import { domainOf, type Field, isForCalls, isSamples } from "../src/model/fields.js";
import { domains } from "../src/model/records.js";
import { samplesOf } from "../src/model/series.js";
import { providers } from "../src/providers/index.js";
import { fieldsOf } from "../src/providers/provider.js";
import { reference, withoutId } from "./reference.js";

/**
 * Writes what of the documentation follows from the code, between its markers: every variable, from the configuration;
 * who there is, who offers what and how notifications are verified, from the registry; every type, from the schema. `--check` changes nothing and fails where a page is
 * not what the code says.
 */
const parts: readonly { readonly page: string; readonly name: string; readonly text: () => string }[] = [
  { page: "docs/configuration.md", name: "variables", text: () => tableOf(allVariables(providers)) },
  { page: "docs/coverage.md", name: "coverage", text: coverageTable },
  { page: "docs/command-line.md", name: "providers", text: slugs },
  { page: "docs/frontend.md", name: "embedded", text: withoutId },
  { page: "docs/reference.md", name: "reference", text: reference },
  { page: "docs/security.md", name: "notifications", text: verificationTable },
];

function rowName(field: Field): string {
  if (!isSamples(field)) return field.slice(field.indexOf(".") + 1);
  const { metric } = samplesOf(field);
  return metric === "HEART" ? "samples" : `samples(${metric})`;
}

function coverageTable(): string {
  const rows = domains.flatMap((domain) => {
    const offered = providers.map((provider) => {
      const own = [...fieldsOf(provider)].filter((field) => domainOf(field) === domain && !isForCalls(field));
      return new Set(own.map(rowName));
    });
    const names = [...new Set(offered.flatMap((names) => [...names]))];
    return names.map((name, index) => {
      const marks = offered.map((has) => (has.has(name) ? "yes" : "–"));
      return `| ${index === 0 ? domain.toLowerCase() : ""} | \`${name}\` | ${marks.join(" | ")} |`;
    });
  });
  const head = `| Domain | Field | ${providers.map(({ name }) => name).join(" | ")} |`;
  return [head, `| --- | --- |${" --- |".repeat(providers.length)}`, ...rows].join("\n");
}

function slugs(): string {
  const names = providers.map(({ slug }) => `\`${slug}\``).sort();
  return `\`P\` is ${names.slice(0, -1).join(", ")} or ${names.at(-1)}.`;
}

function verificationTable(): string {
  const rows = providers.flatMap(({ name, webhook }) => (webhook ? [`| ${name} | ${webhook.verifiedBy} |`] : []));
  return ["| Provider | Verified by |", "| --- | --- |", ...rows].join("\n");
}

for (const { page, name, text } of parts) {
  const path = new URL(`../${page}`, import.meta.url);
  const before = readFileSync(path, "utf8");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [before.indexOf(open), before.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`${page} has no place for "${name}".`);
  const after = `${before.slice(0, start + open.length)}\n${text().trim()}\n${before.slice(end)}`;
  if (!process.argv.includes("--check")) writeFileSync(path, after);
  else if (after !== before) {
    process.stderr.write(`${page} is not what the code says: run npm run readme.\n`);
    process.exitCode = 1;
  }
}
