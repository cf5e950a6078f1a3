import { fieldsFor, fieldsIn } from "../operations/fields.js";
import { canTell, scopesNeeded } from "../operations/scopes.js";
import type { Provider } from "../providers/index.js";
import { readDocuments } from "./documents.js";
import type { Io } from "./io.js";

/** Files, folders, or standard input (-). Together they are the documents of one app. */
export async function printScopes(io: Io, paths: readonly string[], registry: readonly Provider[]): Promise<void> {
  const asked = fieldsIn((await readDocuments(io, paths)).whole);
  for (const provider of registry) {
    const fields = fieldsFor(provider, asked);
    await io.out(`${provider.name}\n`);
    const needed = scopesNeeded(provider, fields);
    const width = Math.max(0, ...needed.map(({ scope }) => scope.length));
    for (const { scope, fields: served } of needed) {
      await io.out(`  ${scope.padEnd(width)}  ${served.length === 0 ? "(always)" : served.join(", ")}\n`);
    }
    const missing = [...fields].filter((field) => !canTell(provider, field));
    if (missing.length > 0) await io.out(`  not offered: ${missing.join(", ")}\n`);
  }
}
