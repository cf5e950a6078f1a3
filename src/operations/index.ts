import { parse } from "graphql";
import { ConfigError } from "../config/config.js";
import { domainOf } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import type { Provider } from "../providers/index.js";
import { type Document, documentOf, documentsAt, UnusableDocuments } from "./documents.js";
import { fieldsFor, fieldsIn } from "./fields.js";
import { scopesNeeded } from "./scopes.js";
import { idOf, operationsIn, type TrustedOperation } from "./trusted.js";

/** The fewest scopes of a provider with which the app's operations can read these domains; null means all domains. */
export type OperationScopes = (provider: Provider, domains: readonly Domain[] | null) => readonly string[];

/** What follows from the operations that an app sends. */
export interface Operations {
  readonly scopes: OperationScopes;
  readonly trusted: readonly TrustedOperation[];
}

/** Reads the documents in OPERATIONS. Throws `ConfigError` with every fault in them. */
export async function readOperations(path: string): Promise<Operations> {
  try {
    const documents = await documentsAt(path);
    const asked = fieldsIn(documentOf(documents));
    return {
      scopes: (provider, domains) => {
        const fields = [...fieldsFor(provider, asked)].filter((field) => domains?.includes(domainOf(field)) ?? true);
        return scopesNeeded(provider, new Set(fields)).map(({ scope }) => scope);
      },
      trusted: trustedIn(documents),
    };
  } catch (error) {
    if (!(error instanceof UnusableDocuments)) throw error;
    throw new ConfigError(error.faults.map((fault) => `OPERATIONS: ${fault}`));
  }
}

/** The operations of valid documents, each once, with the ids that manifests give them. */
export function trustedIn(documents: readonly Document[]): readonly TrustedOperation[] {
  const byId = new Map<string, TrustedOperation>();
  const add = (operation: TrustedOperation, aliases: readonly string[]) => {
    const known = byId.get(operation.id) ?? operation;
    byId.set(operation.id, { ...known, aliases: [...new Set([...known.aliases, ...aliases])] });
  };
  const files = documents.filter(({ id }) => id === undefined);
  if (files.length > 0) for (const operation of operationsIn(documentOf(files))) add(operation, []);
  for (const { id, text } of documents) {
    // A client may send the id of its own form of the text, too.
    if (id !== undefined) for (const operation of operationsIn(parse(text))) add(operation, [id, idOf(text)]);
  }
  return [...byId.values()];
}
