import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";

/** What is needed to read selections: parts of `GraphQLResolveInfo`, or of a request before it runs. */
export interface Document {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** A node that may have a selection of its own: an operation or a field. */
export interface Selecting {
  readonly selectionSet?: SelectionSetNode;
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/**
 * The fields that selections make of one object, fragments opened and @skip and @include obeyed. Fields that occur
 * twice come twice: their arguments are equal, their own selections may not be.
 */
export function selectedFields(document: Document, type: GraphQLNamedType, nodes: readonly Selecting[]): FieldNode[] {
  const found: FieldNode[] = [];
  const opened = new Set<string>();
  const open = (set: SelectionSetNode): void => {
    for (const node of set.selections) {
      if (node.directives && node.directives.length > 0) {
        if (getDirectiveValues(GraphQLSkipDirective, node, document.variableValues)?.["if"] === true) continue;
        if (getDirectiveValues(GraphQLIncludeDirective, node, document.variableValues)?.["if"] === false) continue;
      }
      if (node.kind === "Field") {
        found.push(node);
      } else if (node.kind === "InlineFragment") {
        if (applies(document.schema, node.typeCondition?.name.value, type)) open(node.selectionSet);
      } else if (!opened.has(node.name.value)) {
        opened.add(node.name.value);
        const fragment = document.fragments[node.name.value];
        if (fragment && applies(document.schema, fragment.typeCondition.name.value, type)) open(fragment.selectionSet);
      }
    }
  };
  for (const node of nodes) if (node.selectionSet) open(node.selectionSet);
  return found;
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLNamedType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && isObjectType(type) && schema.isSubType(named, type);
}

export function fieldOf(type: GraphQLNamedType, node: FieldNode) {
  return "getFields" in type ? (type as Composite).getFields()[node.name.value] : undefined;
}

/** A field's arguments, defaults filled in. Throws GraphQLError where a variable does not fit. */
export function argumentsOf(document: Document, type: GraphQLNamedType, node: FieldNode): Record<string, unknown> {
  const definition = fieldOf(type, node);
  return definition && definition.args.length > 0 ? getArgumentValues(definition, node, document.variableValues) : {};
}
