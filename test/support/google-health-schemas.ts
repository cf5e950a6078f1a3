import { readFileSync } from "node:fs";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of what can be written. */
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: Schema;
}

const fixture = new URL("../fixtures/google-health.schemas.json", import.meta.url);
export const { schemas } = JSON.parse(readFileSync(fixture, "utf8")) as { schemas: Record<string, Schema> };

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const formats: Record<string, (value: unknown) => boolean> = {
  int64: (value) => typeof value === "string" && /^-?\d+$/.test(value),
  int32: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  double: (value) => (typeof value === "number" && Number.isFinite(value)) || value === "NaN",
  "google-datetime": (value) => typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  "google-duration": (value) => typeof value === "string" && /^-?\d+(\.\d{1,9})?s$/.test(value),
};

/** Everything about a value that the schema does not allow, each with its place. */
export function faults(schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref) return faults(schemas[schema.$ref]!, value, at);
  if (schema.type === "array")
    return Array.isArray(value)
      ? value.flatMap((item, index) => faults(schema.items!, item, `${at}[${index}]`))
      : [`${at} is no list`];
  if (schema.type === "object") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no object`];
    return Object.entries(value).flatMap(([name, member]) => {
      if (schema.additionalProperties) return [];
      const known = schema.properties?.[name];
      return known ? faults(known, member, `${at}.${name}`) : [`${at}.${name} is unknown`];
    });
  }
  if (schema.type === "any") return [];
  if (schema.enum) return schema.enum.includes(value as string) ? [] : [`${at}: ${value} is not in the enum`];
  const right = schema.format
    ? (formats[schema.format]?.(value) ?? false)
    : typeof value === (schema.type === "integer" ? "number" : schema.type);
  return right ? [] : [`${at}: ${JSON.stringify(value)} is no ${schema.format ?? schema.type}`];
}
