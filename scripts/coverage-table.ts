import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { domainOf, type Field, isSamples } from "../src/model/fields.js";
import { domains } from "../src/model/records.js";
import { samplesOf } from "../src/model/series.js";
import { providers } from "../src/providers/index.js";
import { fieldsOf } from "../src/providers/provider.js";

/**
 * Writes the README's table of who offers what between its two markers, from the registry itself. `--check` changes
 * nothing and fails where the table is not what the registry says.
 */
const MARKER = "<!-- coverage -->";

function rowName(field: Field): string {
  if (!isSamples(field)) return field.slice(field.indexOf(".") + 1);
  const { metric } = samplesOf(field);
  return metric === "HEART" ? "samples" : `samples(${metric})`;
}

export function coverageTable(): string {
  const rows = domains.flatMap((domain) => {
    const offered = providers.map((provider) => {
      const own = [...fieldsOf(provider)].filter((field) => domainOf(field) === domain);
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

function main(): void {
  const path = new URL("../README.md", import.meta.url);
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const parts = before.split(MARKER);
  if (parts.length !== 3) {
    console.error(`README.md needs ${MARKER} twice: before and after the table.`);
    process.exitCode = 1;
    return;
  }
  const after = [parts[0], `\n\n${coverageTable()}\n\n`, parts[2]].join(MARKER);
  if (after === before) return;
  if (process.argv.includes("--check")) {
    console.error("The README's coverage table is not what the providers declare: run it again without --check.");
    process.exitCode = 1;
  } else writeFileSync(path, after);
}

main();
