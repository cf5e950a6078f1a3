import { readFileSync } from "node:fs";

/** The part of JSON Schema that vendors' descriptions use, with references by name alone. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** For objects whose members have names that nobody knows before. */
  readonly additionalProperties?: Schema;
}

/** An extract of a vendor's description in `test/fixtures`: its schemas, and which path answers which of them. */
export interface Extract {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly answers: Readonly<Record<string, string>>;
}

export function readExtract(name: string): Extract {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")) as Extract;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number" && Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Formats that are not listed here only tell how a number is kept. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Everything about a value that the schema does not allow, each with its place. A member it does not name is one. */
export function schemaFaults(schemas: Extract["schemas"], schema: Schema, value: unknown, at = ""): string[] {
  if (schema.$ref) return schemaFaults(schemas, schemas[schema.$ref]!, value, at);
  if (schema.anyOf) {
    const each = schema.anyOf.map((one) => schemaFaults(schemas, one, value, at));
    return each.reduce((least, faults) => (faults.length < least.length ? faults : least));
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at}: ${value} is not in the enum`];
  if (schema.type && !TYPES[schema.type]!(value)) return [`${at}: ${JSON.stringify(value)} is no ${schema.type}`];
  const form = schema.pattern ? new RegExp(schema.pattern) : FORMATS[schema.format ?? ""];
  if (form && !form.test(String(value))) return [`${at}: ${value} has another form`];
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (typeof value === "number" && (value < minimum || value > maximum)) return [`${at}: ${value} is out of range`];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => schemaFaults(schemas, schema.items ?? {}, item, `${at}[${index}]`));
  }
  if (!schema.properties && !schema.additionalProperties) return [];
  const members = value as Readonly<Record<string, unknown>>;
  const missing = (schema.required ?? [])
    .filter((name) => !(name in members))
    .map((name) => `${at}.${name} is missing`);
  return [
    ...missing,
    ...Object.entries(members).flatMap(([name, member]) => {
      const known = schema.properties?.[name] ?? schema.additionalProperties;
      return known ? schemaFaults(schemas, known, member, `${at}.${name}`) : [`${at}.${name} is unknown`];
    }),
  ];
}
