import { ConfigError } from "../config/config.js";
import { domainOf } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import type { Provider } from "../providers/index.js";
import { documentOf, documentsAt, UnusableDocuments } from "./documents.js";
import { fieldsFor, fieldsIn } from "./fields.js";
import { scopesNeeded } from "./scopes.js";

/** The fewest scopes of a provider for what the app's operations read of these domains; of all where it is null. */
export type OperationScopes = (provider: Provider, domains: readonly Domain[] | null) => readonly string[];

/** Reads the documents that OPERATIONS names. Throws `ConfigError` with every fault of theirs. */
export async function readOperations(path: string): Promise<OperationScopes> {
  try {
    const asked = fieldsIn(documentOf(await documentsAt(path)));
    return (provider, domains) => {
      const fields = [...fieldsFor(provider, asked)].filter((field) => domains?.includes(domainOf(field)) ?? true);
      return scopesNeeded(provider, new Set(fields)).map(({ scope }) => scope);
    };
  } catch (error) {
    if (!(error instanceof UnusableDocuments)) throw error;
    throw new ConfigError(error.faults.map((fault) => `OPERATIONS: ${fault}`));
  }
}
