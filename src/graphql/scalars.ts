import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import type { LocalDate, OffsetDateTime } from "../model/records.js";
import { isLocalDate, normaliseInstant } from "../model/time.js";

/** The extension by which `errors.ts` knows that a value was wrong, and not the form of the query. */
export const WRONG_VALUE = "wrongValue";

function reject(scalar: string, expected: string): never {
  throw new GraphQLError(`${scalar} takes ${expected}.`, { extensions: { [WRONG_VALUE]: scalar } });
}

/** A scalar that callers write as a string. `read` answers null for an invalid one. */
function textScalar<I>(
  name: string,
  description: string,
  expected: string,
  read: (text: string) => I | null,
  write: (value: unknown) => string,
) {
  const parse = (value: unknown): I => (typeof value === "string" ? read(value) : null) ?? reject(name, expected);
  return new GraphQLScalarType<I, string>({
    name,
    description,
    serialize: write,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
  });
}

/** What is sent was checked when it was received: only the type is checked again. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("a text scalar got a value that is not a text");
}

export const LocalDateScalar = textScalar<LocalDate>(
  "LocalDate",
  "A calendar day in the user's own time zone, as YYYY-MM-DD.",
  'a calendar date such as "2026-03-29"',
  (text) => (isLocalDate(text) ? text : null),
  asText,
);

/** A string has the user's offset and is sent unchanged. A number is epoch ms of the gateway's own and is sent in Z. */
export const DateTimeScalar = textScalar<OffsetDateTime | number>(
  "DateTime",
  "An instant as RFC 3339, carrying the user's UTC offset at that instant (2026-03-29T01:59:00+01:00).",
  'an RFC 3339 instant with an offset, such as "2026-03-29T01:59:00+01:00"',
  // A day that no month has would else be one of the next month.
  (text) => (rfc3339.test(text) && isLocalDate(text.slice(0, 10)) ? normaliseInstant(text) : null),
  (value) => (typeof value === "number" ? new Date(value).toISOString() : asText(value)),
);
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

export const UrlScalar = textScalar<string>(
  "URL",
  "An absolute http or https URL.",
  'an absolute http or https URL, such as "https://app.example/connected"',
  (text) => (/^https?:\/\//i.test(text) && URL.canParse(text) ? text : null),
  asText,
);

function column(name: string, description: string) {
  const outputOnly = () => reject(name, "no input");
  return new GraphQLScalarType<readonly number[], readonly number[]>({
    name,
    description,
    // Sent whole, without a check of each number: this makes a column many times cheaper than a list.
    serialize: (value) => {
      if (!Array.isArray(value)) throw new TypeError(`${name} got a value that is not a list`);
      return value;
    },
    parseValue: outputOnly,
    parseLiteral: outputOnly,
  });
}

export const IntColumn = column(
  "IntColumn",
  "A JSON array of integers, sent whole: [0, 60, 120]. In typed clients: number[].",
);
export const FloatColumn = column(
  "FloatColumn",
  "A JSON array of numbers, sent whole: [61, 62.5]. In typed clients: number[].",
);
