import {
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
} from "graphql";
import { getMetadataStorage } from "type-graphql";
import { declarePlain } from "./writing/plain-fields.js";

type Metadata = ReturnType<typeof getMetadataStorage>["fieldResolvers"][number];
type Resolve = GraphQLFieldResolver<unknown, unknown>;
type Read = (...asked: Parameters<Resolve>) => unknown;

/**
 * Calls field resolvers directly if all their arguments are plain values. type-graphql awaits the validation of each
 * argument, though none is configured: so every distance with a unit was a promise, and so was every day that had one.
 */
export function callDirectly(made: GraphQLSchema): void {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  for (const metadata of fieldResolvers) {
    const owner = objectTypes.find(({ target }) => target === metadata.getObjectType?.());
    const type = made.getType(owner?.name ?? "");
    const field = type instanceof GraphQLObjectType ? type.getFields()[metadata.schemaName] : undefined;
    const reads = field && readsOf(metadata, field);
    if (!reads) continue;
    const call = callOf(metadata);
    field.resolve = (...asked) => call(...reads.map((read) => read(...asked)));
    if (isPlain(metadata)) declarePlain(field, { read: ({ args }) => readWith(call, reads, args) });
  }
}

/** Whether nothing but the object and the arguments decides the value. */
const isPlain = ({ params = [] }: Metadata) => params.every(({ kind }) => kind === "root" || kind === "arg");

/** With the arguments of one place in a document, which are the same for each object there. */
function readWith(call: Call, reads: readonly Read[], args: Readonly<Record<string, unknown>>) {
  const [first, ...others] = reads.map((read) => read(ROOT, args, undefined, undefined as never));
  const second = others[0];
  if (first === ROOT && others.length === 1) return (root: unknown) => call(root, second);
  return (root: unknown) => call(...[first, ...others].map((value) => (value === ROOT ? root : value)));
}
const ROOT = {};

/** How the value of each parameter is read. Null if type-graphql must make one of them. */
function readsOf(
  { params = [], middlewares = [], roles }: Metadata,
  field: GraphQLField<unknown, unknown>,
): readonly Read[] | null {
  if (middlewares.length > 0 || roles) return null;
  const reads: Read[] = [];
  for (const param of params) {
    const read = readOf(param, field);
    if (!read) return null;
    reads[param.index] = read;
  }
  return reads;
}

function readOf(param: NonNullable<Metadata["params"]>[number], { args }: GraphQLField<unknown, unknown>): Read | null {
  switch (param.kind) {
    case "root":
      return (root) => root;
    case "context":
      return (_root, _args, context) => context;
    case "info":
      return (_root, _args, _context, info) => info;
    case "arg": {
      const declared = args.find(({ name }) => name === param.name);
      return declared && isLeafType(getNamedType(declared.type)) ? (_root, given) => given[param.name] : null;
    }
    default:
      return null;
  }
}

type Call = (...values: unknown[]) => unknown;

function callOf({ target, methodName }: Metadata): Call {
  const resolver = new (target as new () => Record<string, Call>)();
  return (...values) => resolver[methodName]!(...values);
}
