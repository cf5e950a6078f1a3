import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  concatAST,
  type DocumentNode,
  GraphQLError,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Kind,
  KnownDirectivesRule,
  LoneAnonymousOperationRule,
  NoUnusedFragmentsRule,
  parse,
  print,
  Source,
  specifiedRules,
  UniqueOperationNamesRule,
  type ValidationRule,
  validate,
} from "graphql";
import { schema } from "../graphql/schema.js";
import { listedIn } from "./manifests.js";

/** One file of GraphQL, or one operation of a manifest. */
export interface Document {
  /** The name in messages about a fault. */
  readonly name: string;
  readonly text: string;
  /** The id that a manifest gives it. */
  readonly id?: string;
}

/** The app's documents can't be used. `faults` names every fault, with its file and place. */
export class UnusableDocuments extends Error {
  override readonly name = "UnusableDocuments";
  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

/**
 * Reads a file, or every .graphql and .gql file of a folder and its subfolders, and the manifests of persisted operations
 * among its .json files. Throws `UnusableDocuments`.
 */
export async function documentsAt(path: string): Promise<readonly Document[]> {
  try {
    if (!(await stat(path)).isDirectory()) {
      const found = documentsIn(path, await readFile(path, "utf8"));
      if (found.length === 0) throw new UnusableDocuments([`${path} is no manifest of operations`]);
      return found;
    }
    const names = (await readdir(path, { recursive: true }))
      .filter((name) => /\.(graphql|gql|json)$/.test(name))
      .sort();
    const files = names.map((name) => join(path, name));
    const documents = await Promise.all(files.map(async (name) => documentsIn(name, await readFile(name, "utf8"))));
    if (documents.flat().length === 0) throw new UnusableDocuments([`${path} has no .graphql file in it`]);
    return documents.flat();
  } catch (error) {
    if (error instanceof UnusableDocuments) throw error;
    const { code = "unknown", path: where = path } = error as NodeJS.ErrnoException;
    throw new UnusableDocuments([`${where} could not be read (${code})`]);
  }
}

function documentsIn(name: string, text: string): readonly Document[] {
  if (!name.endsWith(".json")) return [{ name, text }];
  return (listedIn(text) ?? []).map(({ id, text: body }) => ({ name: `${name} (${id})`, text: body, id }));
}

/**
 * Rules that matter only to a server that gets the documents together: two apps may use one name for two operations,
 * and clients have directives of their own, which they remove before they send a document.
 */
const ofNoConcern = new Set<ValidationRule>([
  KnownDirectivesRule,
  LoneAnonymousOperationRule,
  UniqueOperationNamesRule,
  NoUnusedFragmentsRule,
]);
const rules = specifiedRules.filter((rule) => !ofNoConcern.has(rule));

/** Joins the documents into one: a fragment may be in another file than its operation. Throws `UnusableDocuments`. */
export function documentOf(documents: readonly Document[]): DocumentNode {
  const faults: string[] = [];
  const parsed = documents.flatMap(({ name, text }) => {
    try {
      return [parse(new Source(text, name))];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      faults.push(sentenceOf(error, name));
      return [];
    }
  });
  // A copy of a schema is often in the same folder.
  const isSchema = ({ definitions }: DocumentNode) =>
    definitions.every((one) => isTypeSystemDefinitionNode(one) || isTypeSystemExtensionNode(one));
  const whole = withoutRepeats(concatAST(parsed.filter((document) => !isSchema(document))));
  // If a part is missing, the other parts would get faults that they don't have.
  if (faults.length === 0) {
    for (const error of validate(schema(), whole, rules)) faults.push(sentenceOf(error, error.source?.name ?? "?"));
    if (faults.length === 0 && !whole.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
      faults.push(`${documents.map(({ name }) => name).join(", ")} holds no operation`);
    }
  }
  if (faults.length > 0) throw new UnusableDocuments(faults);
  return whole;
}

/**
 * A fragment that stands in several files, so that each of them can be sent as it is, is one. Two of one name that differ
 * stay two: validation says so.
 */
function withoutRepeats(document: DocumentNode): DocumentNode {
  const seen = new Set<string>();
  const definitions = document.definitions.filter((definition) => {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) return true;
    const text = print(definition);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
  return { ...document, definitions };
}

/** An error with its place, in the form that compilers use. */
export function sentenceOf(error: GraphQLError, file: string): string {
  const at = error.locations?.[0];
  return `${file}${at ? `:${at.line}:${at.column}` : ""}: ${error.message}`;
}
