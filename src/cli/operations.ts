import { GraphQLError, parse } from "graphql";
import { systemClock } from "../model/time.js";
import { costs } from "../operations/cost.js";
import { fieldsFor, fieldsIn, recordsIn } from "../operations/fields.js";
import { trustedIn } from "../operations/index.js";
import { scopesNeeded, scopesToRecord } from "../operations/scopes.js";
import { toolsOf } from "../operations/tools.js";
import type { TrustedOperation } from "../operations/trusted.js";
import type { Provider } from "../providers/index.js";
import { readDocuments } from "./documents.js";
import type { Io } from "./io.js";

export interface OperationsOptions {
  /** Apollo's manifest of persisted queries instead of a list. */
  readonly manifest?: boolean;
}

/** The operations in files, folders, manifests or standard input (-), and what follows from each. */
export async function printOperations(
  io: Io,
  paths: readonly string[],
  { manifest }: OperationsOptions,
  registry: readonly Provider[],
): Promise<void> {
  const operations = trustedIn((await readDocuments(io, paths)).documents);
  if (manifest) {
    const listed = operations.map(({ id, name, type, text: body }) => ({ id, name, type, body }));
    const whole = { format: "apollo-persisted-query-manifest", version: 1, operations: listed };
    return await io.out(`${JSON.stringify(whole, null, 2)}\n`);
  }
  const living = registry.filter(({ retired }) => !retired);
  const tools = toolsOf(operations);
  const costOf = await costs(registry, systemClock);
  for (const operation of operations) {
    await io.out(`${operation.type} ${operation.name || "(without a name)"}\n`);
    for (const id of [operation.id, ...operation.aliases]) await io.out(`  id      ${id}\n`);
    const tool = tools.find(({ operation: { id } }) => id === operation.id);
    if (tool) await io.out(`  tool    ${tool.name}\n`);
    for (const line of needs(operation, living)) await io.out(`  ${line}\n`);
    if (operation.type !== "query") continue;
    const two = living.slice(0, 2);
    const names = two.map(({ name }) => name).join(" and ");
    try {
      await io.out(`  calls   ${await costOf(operation, two)} for a person with ${names}, nothing stored\n`);
      await io.out(`  calls   ${await costOf(operation, living)} with every provider connected\n`);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      await io.out(`  calls   not known: ${error.message}\n`);
    }
  }
}

function needs({ text }: TrustedOperation, providers: readonly Provider[]): readonly string[] {
  const asked = fieldsIn(parse(text));
  const fields = [...new Set(providers.flatMap((provider) => [...fieldsFor(provider, asked)]))].sort();
  const recorded = recordsIn(parse(text));
  if (fields.length === 0 && recorded.size === 0) return [];
  const scopes = providers.map((provider) => {
    const read = scopesNeeded(provider, fieldsFor(provider, asked)).map(({ scope }) => scope);
    const needed = [...read, ...scopesToRecord(provider, recorded)];
    return `scopes  ${provider.name}: ${needed.join(" ") || "none"}`;
  });
  return [...(fields.length > 0 ? [`fields  ${fields.join(", ")}`] : []), ...scopes];
}
