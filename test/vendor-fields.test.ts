import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Every member of an answer that a vendor documents is either read, or named in the provider's README with the reason.
 * Members below one that is not read are not asked about.
 */

const root = new URL("..", import.meta.url).pathname;

/** The members of an object, each with its own; `owners` are the names by which the README may tell them apart. */
interface Shape {
  /** Equal for what is looked at once. */
  readonly key: string;
  readonly owners: readonly string[];
  readonly members: ReadonlyMap<string, () => Shape>;
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}
interface Described {
  readonly answers?: Readonly<Record<string, string>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const load = (file: string): unknown => JSON.parse(readFileSync(join(root, "test/fixtures", file), "utf8"));

/** The shapes of all answers, by the name of the call. */
function described(file: string, answers?: readonly string[]): ReadonlyMap<string, Shape> {
  const { schemas, answers: named } = load(file) as Described;
  const shapeOf = (schema: Schema, owners: readonly string[]): Shape => {
    const { $ref, items, anyOf = [], properties = {}, additionalProperties } = schema;
    if ($ref !== undefined) return shapeOf(schemas[$ref]!, [$ref, ...owners]);
    const members = new Map<string, () => Shape>();
    for (const [name, member] of Object.entries(properties)) members.set(name, () => shapeOf(member, [name]));
    const parts = [items, ...anyOf, typeof additionalProperties === "object" ? additionalProperties : undefined];
    const names = [...owners];
    for (const part of parts) {
      if (!part) continue;
      const inner = shapeOf(part, []);
      for (const [name, member] of inner.members) members.set(name, member);
      names.push(...inner.owners);
    }
    return { key: names.join(" "), owners: names, members };
  };
  const roots = answers ? answers.map((name) => [name, name] as const) : Object.entries(named!);
  return new Map(roots.map(([path, name]) => [nameOf(path), shapeOf({ $ref: name }, [])]));
}

/** `/v2/usercollection/session/{document_id}` is `session`, and `/v2/heart get` is `heart get`. */
const nameOf = (path: string) => path.split("/{")[0]!.split("/").at(-1)!;

type Tree = { readonly [name: string]: Tree | null };
function listed(file: string): ReadonlyMap<string, Shape> {
  const shapeOf = (tree: Tree | null, owner: string, path = owner): Shape => ({
    owners: [owner],
    key: path,
    members: new Map(
      Object.entries(tree ?? {}).map(([name, inner]) => [name, () => shapeOf(inner, name, `${path} ${name}`)]),
    ),
  });
  const { answers } = load(file) as { answers: Tree };
  return new Map(Object.entries(answers).map(([path, tree]) => [path, shapeOf(tree, path)]));
}

const vendors: Readonly<Record<string, ReadonlyMap<string, Shape>>> = {
  "google-health": described("google-health.schemas.json", [
    ...["ListDataPointsResponse", "ReconcileDataPointsResponse", "DailyRollUpDataPointsResponse"],
    ...["RollUpDataPointsResponse", "ListPairedDevicesResponse", "Profile", "Settings", "Identity", "IrnProfile"],
  ]),
  fitbit: listed("fitbit.fields.json"),
  oura: described("oura.schemas.json"),
  withings: described("withings.schemas.json"),
};

/** The code of a provider without its comments and tests. */
function codeOf(slug: string): string {
  const folder = join(root, "src/providers", slug);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  return files
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n")
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

interface Row {
  readonly names: readonly string[];
  readonly why: string;
}
function rowsOf(slug: string): readonly Row[] {
  const readme = readFileSync(join(root, "src/providers", slug, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((part) => part.startsWith("Fields that are not read")) ?? "";
  return [...section.matchAll(/^\| (`.+?) \| (.*) \|$/gm)].map(([, names, why]) => ({
    names: [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    why: why!.trim(),
  }));
}

describe.each(Object.keys(vendors))("%s", (slug) => {
  const code = codeOf(slug);
  const isRead = (name: string) => new RegExp(`(?<!\\w)${name.replaceAll(/\W/g, "\\$&")}(?!\\w)`).test(code);
  const rows = rowsOf(slug);
  const named = new Set(rows.flatMap(({ names }) => names));
  const all = new Set<string>();
  const unexplained = new Set<string>();
  const seen = new Set<string>();
  const walk = ({ key, owners, members }: Shape) => {
    if (members.size === 0 || seen.has(key)) return;
    seen.add(key);
    for (const [name, shape] of members) {
      const full = [name, ...owners.map((owner) => `${owner}.${name}`)];
      for (const each of full) all.add(each);
      const inner = shape();
      if (full.some((each) => named.has(each))) continue;
      if (isRead(name)) walk(inner);
      else unexplained.add(full.at(1) ?? name);
    }
  };
  for (const [call, shape] of vendors[slug]!) {
    all.add(call);
    if (!named.has(call)) walk(shape);
  }

  it("reads each member that the vendor documents, or says why not", () => {
    expect(seen.size).toBeGreaterThan(10);
    expect([...unexplained]).toEqual([]);
  });

  it("has a reason for each member that it does not read, and names none that it reads or that does not exist", () => {
    expect(rows.filter(({ why }) => why.length < 10)).toEqual([]);
    const wrong = [...named].filter((name) => !all.has(name) || (/^\w+$/.test(name) && isRead(name)));
    expect(wrong).toEqual([]);
  });
});
