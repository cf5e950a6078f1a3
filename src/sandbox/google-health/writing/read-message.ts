import { RpcError } from "../errors.js";
import { timestamp } from "../time.js";
import { ENUMS, MESSAGES } from "./messages.js";

type Fields = Readonly<Record<string, unknown>>;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A refusal of one field, in the form that every Google API has for it. */
export function badField(field: string, description: string, message = "Request contains an invalid argument.") {
  return new RpcError("INVALID_ARGUMENT", message, {
    more: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description }] }],
  });
}

function malformed(field: string, description: string): RpcError {
  return badField(field, description, `Invalid JSON payload received. ${description}`);
}

/**
 * A message as the service understands it: known members under their names in JSON, numbers as it writes them itself,
 * nothing that only the service sets, nothing that is null. Throws RpcError with the place of the first mistake.
 */
export function readMessage(name: string, json: unknown, at: string): Fields {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw malformed(at, `Invalid value at '${at}', an object was expected.`);
  const fields = MESSAGES[name]!;
  const read: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(json)) {
    // Both spellings of a name bind.
    const member = Object.keys(fields).find((known) => known === given || snake(known) === given);
    if (!member) throw malformed(at, `Unknown name "${given}" at '${at}': Cannot find field.`);
    const type = fields[member]!;
    if (value === null || type.startsWith("output")) continue;
    const known = readField(type, value, `${at}.${snake(member)}`);
    if (known !== undefined) read[member] = known;
  }
  for (const [member, type] of Object.entries(fields))
    if (/!( |$)/.test(type) && read[member] === undefined)
      throw badField(`${at}.${snake(member)}`, `${snake(member)} is required`);
  return read;
}

function readField(type: string, value: unknown, at: string): unknown {
  const [, inner, list, , low, high] = /^(.+?)(\[\])?(!)?(?: (\d+)\.\.(\d+))?$/.exec(type)!;
  if (list) {
    if (!Array.isArray(value)) throw malformed(at, `Invalid value at '${at}', a list was expected.`);
    return value.map((item, index) => readValue(inner!, item, `${at}[${index}]`));
  }
  const known = readValue(inner!, value, at);
  if (low !== undefined && (Number(known) < Number(low) || Number(known) > Number(high)))
    throw badField(at, `must be in the range [${low}, ${high}]`);
  return known;
}

const SECONDS_OF_A_DAY = 86_400;

function readValue(type: string, value: unknown, at: string): unknown {
  const refuse = () => malformed(at, `Invalid value at '${at}' (${type}), ${JSON.stringify(value)}`);
  if (MESSAGES[type]) return readMessage(type, value, at);
  if (type.startsWith("enum ")) {
    if (typeof value !== "string") throw refuse();
    if (value.endsWith("_UNSPECIFIED")) return undefined;
    if (!ENUMS[type.slice(5)]!.has(value)) throw refuse();
    return value;
  }
  switch (type) {
    case "boolean":
      if (typeof value !== "boolean") throw refuse();
      return value;
    case "string":
      if (typeof value !== "string") throw refuse();
      return value;
    case "double": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) throw refuse();
      return number;
    }
    case "int64":
      if (!/^-?\d{1,19}$/.test(String(value)) || !["string", "number"].includes(typeof value)) throw refuse();
      return String(value);
    case "timestamp": {
      const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
      const ms = typeof value === "string" && shape.test(value) ? Date.parse(value) : Number.NaN;
      if (Number.isNaN(ms)) throw refuse();
      return timestamp(ms);
    }
    default: {
      if (typeof value !== "string" || !/^-?\d+(\.\d{1,9})?s$/.test(value)) throw refuse();
      if (at.endsWith("utc_offset") && Math.abs(secondsOf(value)) >= SECONDS_OF_A_DAY)
        throw badField(at, "must be less than a day");
      return value;
    }
  }
}

/** "-18000s" */
export function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1));
}
