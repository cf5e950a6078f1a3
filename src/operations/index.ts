import { ConfigError } from "../config/config.js";
import { domainOf } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import type { Provider } from "../providers/index.js";
import { documentOf, documentsAt, UnusableDocuments } from "./documents.js";
import { fieldsFor, fieldsIn } from "./fields.js";
import { scopesNeeded } from "./scopes.js";

/** The fewest scopes of a provider with which the app's operations can read these domains; null means all domains. */
export type OperationScopes = (provider: Provider, domains: readonly Domain[] | null) => readonly string[];

/** Reads the documents in OPERATIONS. Throws `ConfigError` with every fault in them. */
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
