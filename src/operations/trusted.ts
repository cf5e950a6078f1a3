import { hash } from "node:crypto";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  separateOperations,
  visit,
} from "graphql";
import { schema } from "../graphql/schema.js";

/** An operation that the operator knows of: see docs/operations.md. */
export interface TrustedOperation {
  /** Empty for an operation without a name. */
  readonly name: string;
  readonly type: "query" | "mutation" | "subscription";
  /** `sha256:` and the hash of the text in hexadecimal digits. */
  readonly id: string;
  /** The operation with its fragments, as it is run. */
  readonly text: string;
  /** Other ids that manifests give it. */
  readonly aliases: readonly string[];
}

/** The id that a text has by itself, after the appendix on persisted documents of GraphQL over HTTP. */
export const idOf = (text: string): string => `sha256:${hash("sha256", text)}`;

/**
 * The operations of a valid document, each with the fragments that it uses and nothing else. Clients have directives of
 * their own, which no server knows: they are left out.
 */
export function operationsIn(document: DocumentNode): readonly TrustedOperation[] {
  const known = new Set(
    schema()
      .getDirectives()
      .map(({ name }) => name),
  );
  const served: DocumentNode = visit(document, { Directive: ({ name }) => (known.has(name.value) ? undefined : null) });
  const fragments = served.definitions.filter(
    (one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION,
  );
  const operations = served.definitions.filter(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  return operations.map((operation) => {
    const name = operation.name?.value ?? "";
    // One at a time: two apps may give two operations one name.
    const whole = separateOperations({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments] })[name]!;
    const text = print(whole);
    return { name, type: operation.operation, id: idOf(text), text, aliases: [] };
  });
}
