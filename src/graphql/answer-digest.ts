import { createHash } from "node:crypto";
import { type DocumentNode, type FragmentDefinitionNode, getOperationAST, Kind, type SelectionSetNode } from "graphql";

/** Fields that tell when something was asked, not what was answered. */
const isOfAsking = (field: string) =>
  field === "asOf" || field === "retryAt" || field === "servedFromStore" || /^last[A-Z]\w*At$/.test(field);

/** What of an answer doesn't count, by the names that it has there. */
interface Mask {
  readonly without: ReadonlySet<string>;
  readonly inside: ReadonlyMap<string, Mask>;
}

/**
 * A digest of an operation's answers that is equal for two that say the same, whenever each was made: fields that tell
 * when something was asked don't count, under whatever alias.
 */
export function digesterOf(document: DocumentNode): (data: unknown, errors: readonly object[]) => string {
  const mask = maskOf(document);
  return (data, errors) => {
    const said = errors.map(({ message, path, extensions: { code } = {} }: Told) => [message, path, code]);
    return createHash("sha256")
      .update(JSON.stringify([masked(data, mask), said]))
      .digest("base64url");
  };
}

interface Told {
  readonly message?: string;
  readonly path?: unknown;
  readonly extensions?: { readonly code?: unknown };
}

function maskOf(document: DocumentNode): Mask {
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const read = (sets: readonly SelectionSetNode[]): Mask => {
    const without = new Set<string>();
    const inside = new Map<string, SelectionSetNode[]>();
    const open = [...sets];
    for (let set = open.pop(); set; set = open.pop()) {
      for (const one of set.selections) {
        if (one.kind === Kind.INLINE_FRAGMENT) open.push(one.selectionSet);
        else if (one.kind === Kind.FRAGMENT_SPREAD) open.push(fragments.get(one.name.value)!.selectionSet);
        else {
          const name = one.alias?.value ?? one.name.value;
          if (isOfAsking(one.name.value)) without.add(name);
          else if (one.selectionSet) inside.set(name, [...(inside.get(name) ?? []), one.selectionSet]);
        }
      }
    }
    return { without, inside: new Map([...inside].map(([name, all]) => [name, read(all)])) };
  };
  return read([getOperationAST(document)!.selectionSet]);
}

function masked(value: unknown, mask: Mask | undefined): unknown {
  if (mask === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => masked(one, mask));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !mask.without.has(name))
      .map(([name, inner]) => [name, masked(inner, mask.inside.get(name))]),
  );
}
