import {
  type FragmentDefinitionNode,
  type GraphQLInputType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parse,
  typeFromAST,
  valueFromASTUntyped,
} from "graphql";
import { schema } from "../graphql/schema.js";
import { answerOf, inputOf, type JsonSchema, objectOf } from "./json-schema.js";
import type { TrustedOperation } from "./trusted.js";

/** A query as agents meet it: a tool of the Model Context Protocol. */
export interface Tool {
  /** Letters, digits and `_`, at most 128 of them; each tool has its own. */
  readonly name: string;
  readonly description: string;
  /** What the arguments may be: the query's variables. */
  readonly inputSchema: JsonSchema;
  /** What `data` of an answer without errors is: the query's selection. */
  readonly outputSchema: JsonSchema;
  readonly operation: TrustedOperation;
  /** Whether it answers nothing to a caller who is no person: it asks for `viewer`, and names nobody. */
  readonly needsViewer: boolean;
}

const MAX_NAME = 128;

/** One tool for each query, in the order of their names. Mutations and subscriptions are none. */
export function toolsOf(operations: readonly TrustedOperation[]): readonly Tool[] {
  const queries = operations.filter(({ type }) => type === "query");
  const tools = queries.map((operation) => toolOf(operation, nameOf(operation, queries)));
  return tools.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The query's own name. One that is missing, too long or another query's too is told apart by the query's id. */
function nameOf({ name, id }: TrustedOperation, all: readonly TrustedOperation[]): string {
  if (name !== "" && name.length <= MAX_NAME && all.filter((one) => one.name === name).length === 1) return name;
  const mark = id.slice("sha256:".length).slice(0, 12);
  return `${name.slice(0, MAX_NAME - mark.length - 1) || "query"}_${mark}`;
}

function toolOf(operation: TrustedOperation, name: string): Tool {
  const { definitions } = parse(operation.text);
  const query = definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)!;
  const fragments = new Map(
    definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const outputSchema = answerOf(schema().getQueryType()!, [query], fragments);
  return {
    name,
    description: operation.description || `Answers the query ${operation.name || "without a name"}.`,
    inputSchema: argumentsOf(query, operation.variables),
    outputSchema,
    operation,
    needsViewer: needsViewer(query, fragments),
  };
}

function argumentsOf({ variableDefinitions = [] }: OperationDefinitionNode, said: TrustedOperation["variables"]) {
  return objectOf(
    variableDefinitions.map(({ variable, type, defaultValue }) => {
      const name = variable.name.value;
      const given = typeFromAST(schema(), type as never) as GraphQLInputType;
      const usual = defaultValue && (valueFromASTUntyped(defaultValue) as unknown);
      return {
        name,
        schema: inputOf(given, { description: said[name], usual }),
        isRequired: isNonNullType(given) && usual === undefined,
      };
    }),
  );
}

function needsViewer(query: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
  const fields = new Set<string>();
  const open = (set: OperationDefinitionNode["selectionSet"]): void => {
    for (const one of set.selections) {
      if (one.kind === Kind.FIELD) fields.add(one.name.value);
      else open(one.kind === Kind.INLINE_FRAGMENT ? one.selectionSet : fragments.get(one.name.value)!.selectionSet);
    }
  };
  open(query.selectionSet);
  return fields.has("viewer") && !fields.has("user");
}
