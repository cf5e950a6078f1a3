import { hash } from "node:crypto";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  separateOperations,
  TokenKind,
  type VariableDefinitionNode,
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
  /** What the document says of the operation: its description, else the comment directly above it. May be empty. */
  readonly description: string;
  /** The same of each of its variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The id that a text has by itself, after the appendix on persisted documents of GraphQL over HTTP. */
export const idOf = (text: string): string => `sha256:${hash("sha256", text)}`;

/** The description of a definition, else the comment directly above it, without what loaders of files read there. */
function saidOf({ description, loc }: OperationDefinitionNode | VariableDefinitionNode): string {
  if (description) return description.value.trim();
  const lines: string[] = [];
  let { line = 0, prev: token = null } = loc?.startToken ?? {};
  while (token?.kind === TokenKind.COMMENT && token.line === line - 1 && token.prev?.line !== token.line) {
    lines.unshift(token.value.trim());
    ({ line, prev: token } = token);
  }
  return lines.filter((text) => !/^import\s/.test(text)).join(" ");
}

const wordless = { enter: <N extends object>(node: N): N => ({ ...node, description: undefined }) };

/**
 * The operations of a valid document, each with the fragments that it uses and nothing else. Clients have directives of
 * their own, which no server knows: they are left out. So are descriptions: other words make no other operation.
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
    const text = print(
      visit(whole, { OperationDefinition: wordless, VariableDefinition: wordless, FragmentDefinition: wordless }),
    );
    const variables = (operation.variableDefinitions ?? []).map(
      (one) => [one.variable.name.value, saidOf(one)] as const,
    );
    return {
      ...{ name, type: operation.operation, id: idOf(text), text, aliases: [] },
      ...{ description: saidOf(operation), variables: Object.fromEntries(variables) },
    };
  });
}
