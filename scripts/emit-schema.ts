import { mkdir, readFile, writeFile } from "node:fs/promises";
import { schemaText } from "../src/graphql/schema.js";

/** Writes schema/schema.graphql; with --check, fails where the committed file says something else. */
const file = new URL("../schema/schema.graphql", import.meta.url);
const text = schemaText();

if (process.argv.includes("--check")) {
  const committed = await readFile(file, "utf8").catch(() => "");
  if (committed !== text) {
    console.error("schema/schema.graphql is not what the code says: run `npm run schema` and commit the result.");
    process.exitCode = 1;
  }
} else {
  await mkdir(new URL(".", file), { recursive: true });
  await writeFile(file, text);
}
