import { readFileSync, writeFileSync } from "node:fs";
import { tableOf } from "../src/config/variable.js";
import { allVariables } from "../src/config/variables.js";
import { domainOf, type Field, isForCalls, isSamples } from "../src/model/fields.js";
import { domains } from "../src/model/records.js";
import { samplesOf } from "../src/model/series.js";
import { providers } from "../src/providers/index.js";
import { fieldsOf } from "../src/providers/provider.js";

/**
 * Writes the README's tables between their markers: who offers what, from the registry, and every variable, from the
 * configuration. `--check` changes nothing and fails where a table is not what the code says.
 */
const tables: Readonly<Record<string, () => string>> = {
  coverage: coverageTable,
  variables: () => tableOf(allVariables(providers)),
};

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

const path = new URL("../README.md", import.meta.url);
const before = readFileSync(path, "utf8");
let after = before;
for (const [name, table] of Object.entries(tables)) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [after.indexOf(open), after.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`README.md has no place for the table "${name}".`);
  after = `${after.slice(0, start + open.length)}\n${table().trim()}\n${after.slice(end)}`;
}
if (!process.argv.includes("--check")) writeFileSync(path, after);
else if (after !== before) {
  process.stderr.write("README.md's tables are not what the code says: run npm run readme.\n");
  process.exitCode = 1;
}
