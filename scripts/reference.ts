import {
  type GraphQLArgument,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from "graphql";
import { schema } from "../src/graphql/schema.js";

/** The schema as a page: what can be asked, changed and subscribed to, then every type by its kind. */
export function reference(): string {
  const types = Object.values(schema().getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  const roots = [schema().getQueryType(), schema().getMutationType(), schema().getSubscriptionType()];
  const others = types.filter((type) => !roots.some((root) => root?.name === type.name));
  const kinds: readonly (readonly [string, (type: GraphQLNamedType) => boolean])[] = [
    ["Objects", isObjectType],
    ["Interfaces", isInterfaceType],
    ["Inputs", isInputObjectType],
    ["Enums", isEnumType],
    ["Scalars", isScalarType],
  ];
  return [
    ...roots.map((root) => section(root!, "##")),
    ...kinds.flatMap(([title, isOne]) => [
      `## ${title}`,
      ...others.filter((type) => isOne(type)).map((type) => section(type, "###")),
    ]),
  ].join("\n\n");
}

function section(type: GraphQLNamedType, heading: string): string {
  const implemented = isObjectType(type) ? type.getInterfaces().map(({ name }) => linked(name)) : [];
  const words = [type.description ?? "", implemented.length > 0 ? `Implements ${implemented.join(", ")}.` : ""];
  return [`${heading} ${type.name}`, words.filter(Boolean).join(" "), members(type)].filter(Boolean).join("\n\n");
}

function members(type: GraphQLNamedType): string {
  if (isEnumType(type)) {
    const rows = type.getValues().map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`);
    return ["| Value | |", "| --- | --- |", ...rows].join("\n");
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return "";
  const rows = Object.values(type.getFields()).map((field) => {
    const args = "args" in field ? field.args.map(argument).join("") : "";
    const usual = "defaultValue" in field ? defaultOf(field) : "";
    return `| \`${field.name}\`${args} | ${typeName(field.type)}${usual} | ${cell(field.description)} |`;
  });
  return ["| Field | Type | |", "| --- | --- | --- |", ...rows].join("\n");
}

const argument = (arg: GraphQLArgument) => `<br>${arg.name}: ${typeName(arg.type)}${defaultOf(arg)}`;

function defaultOf({ defaultValue }: { readonly defaultValue?: unknown }): string {
  return defaultValue === undefined ? "" : ` = ${String(defaultValue)}`;
}

/** `[ActivityDay!]`, with the name as a link. */
function typeName(type: GraphQLArgument["type"] | Parameters<typeof getNamedType>[0]): string {
  const { name } = getNamedType(type)!;
  return String(type).replace("[", "\\[").replace("]", "\\]").replace(name, linked(name));
}

const builtIn = new Set(["Boolean", "Float", "ID", "Int", "String"]);
const linked = (name: string) => (builtIn.has(name) ? name : `[${name}](#${name.toLowerCase()})`);
const cell = (text: string | null | undefined) => (text ?? "").replaceAll("|", "\\|").replaceAll("\n", " ");

/** The types without an `id`, for caches that have to be told. */
export function withoutId(): string {
  const types = Object.values(schema().getTypeMap()).filter((type) => isObjectType(type) && !isIntrospectionType(type));
  const roots = new Set(["Query", "Mutation", "Subscription"]);
  const names = types
    .filter((type) => isObjectType(type) && !roots.has(type.name) && !type.getFields()["id"])
    .map(({ name }) => `\`${name}\``);
  return `${names.sort().join(", ")}.`;
}
