import { fileURLToPath } from "node:url";
import { parse } from "graphql";
import { type Config, ConfigError } from "../config/config.js";
import { domainOf } from "../model/fields.js";
import { domainsOfKind, type RecordKind } from "../model/recorded.js";
import type { Domain } from "../model/records.js";
import type { StandingOperations } from "../outbound/webhook.js";
import type { Provider } from "../providers/index.js";
import { type Document, documentOf, documentsAt, UnusableDocuments } from "./documents.js";
import { fieldsFor, fieldsIn, recordsIn } from "./fields.js";
import { standingOperations } from "./reads.js";
import { scopesNeeded, scopesToRecord } from "./scopes.js";
import { idOf, operationsIn, type TrustedOperation } from "./trusted.js";

/** The fewest scopes of a provider with which the app's operations can read these domains; null means all domains. */
export type OperationScopes = (provider: Provider, domains: readonly Domain[] | null) => readonly string[];

/** What follows from the operations that an app sends. */
export interface Operations {
  readonly scopes: OperationScopes;
  readonly trusted: readonly TrustedOperation[];
  /** Those that webhooks can name. */
  readonly standing: StandingOperations;
}

/** What comes with us, for assistants: beside the source and beside a build alike. */
const readySet = fileURLToPath(new URL("../../schema/operations/assistant", import.meta.url));

/**
 * What callers may name by an id, and agents call as tools: the operator's operations; where there are none and tools are
 * served, the ready set of docs/assistants.md.
 */
export async function servedOperations({
  config: { operations: paths, mcp },
  operations,
}: {
  readonly config: Pick<Config, "operations" | "mcp">;
  readonly operations: readonly TrustedOperation[];
}): Promise<readonly TrustedOperation[]> {
  return paths === null && mcp ? trustedIn(await documentsAt(readySet)) : operations;
}

/** Reads the documents in OPERATIONS: paths with commas between. Throws `ConfigError` with every fault in them. */
export async function readOperations(paths: string): Promise<Operations> {
  try {
    const each = paths.split(",").map((path) => path.trim());
    const documents = (await Promise.all(each.filter((path) => path !== "").map(documentsAt))).flat();
    const document = documentOf(documents);
    const asked = fieldsIn(document);
    const recorded = recordsIn(document);
    const trusted = trustedIn(documents);
    return {
      scopes: (provider, domains) => {
        const fields = [...fieldsFor(provider, asked)].filter((field) => domains?.includes(domainOf(field)) ?? true);
        const read = scopesNeeded(provider, new Set(fields)).map(({ scope }) => scope);
        const isOfDomains = (kind: RecordKind) =>
          domains === null || domainsOfKind[kind].some((one) => domains.includes(one));
        const kinds = new Set([...recorded].filter(isOfDomains));
        return [...new Set([...read, ...scopesToRecord(provider, kinds)])];
      },
      trusted,
      standing: await standingOperations(trusted),
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
