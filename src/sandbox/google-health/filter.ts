import type { DataType } from "./data-types.js";
import { FILTER_REASON, invalid, type RpcError } from "./errors.js";
import type { Point } from "./points/shape.js";
import { DAY_MS } from "./time.js";

type Axis = "physical" | "civil" | "date";
type Anchor = "start" | "end";

interface Member {
  readonly path: string;
  readonly axis: Axis;
  readonly anchor: Anchor;
}

interface Restriction {
  readonly member: Member;
  readonly operator: ">=" | "<";
  /** Epoch ms on the physical axis, local ms on the others. */
  readonly ms: number;
}

/** All groups must hold; in a group one restriction must. Only sleep has groups of more than one. */
export interface Filter {
  readonly groups: readonly (readonly Restriction[])[];
}

export const NO_FILTER: Filter = { groups: [] };

const refuse = (suffix: string, message: string): RpcError => invalid(`${FILTER_REASON}${suffix}`, message);

/** The members by which a type can be filtered, and no others. */
function membersOf(type: DataType): readonly Member[] {
  const member = (path: string, axis: Axis, anchor: Anchor = "start"): Member => ({ path, axis, anchor });
  if (type.id === "sleep")
    return [member("interval.end_time", "physical", "end"), member("interval.civil_end_time", "civil", "end")];
  if (type.id === "electrocardiogram") return [member("interval.start_time", "physical")];
  switch (type.kind) {
    case "sample":
      return [member("sample_time.physical_time", "physical"), member("sample_time.civil_time", "civil")];
    case "daily":
      return [member("date", "date")];
    case "session":
      return [member("interval.civil_start_time", "civil")];
    case "catalogue":
      return [];
    default:
      return [member("interval.start_time", "physical"), member("interval.civil_start_time", "civil")];
  }
}

interface Token {
  readonly kind: "word" | "string" | "operator";
  readonly text: string;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(>=|<=|!=|>|<|=|:)|([A-Za-z0-9_.+-]+))/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    // A single quote, an ampersand that was not encoded, a bracket.
    if (!match) throw refuse("_SYNTAX", `Syntax error in filter near: ${text.slice(at, at + 20)}`);
    const [, string, operator, word] = match;
    if (string !== undefined) tokens.push({ kind: "string", text: string.slice(1, -1) });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else tokens.push({ kind: "word", text: word! });
  }
  return tokens;
}

/** Reads the subset of AIP-160 that the service understands. Throws the refusal that the service gives to each mistake. */
export function parseFilter(type: DataType, text: string): Filter {
  const tokens = tokenize(text);
  if (tokens.length === 0) return NO_FILTER;
  const groups: Restriction[][] = [[]];
  let at = 0;
  for (;;) {
    groups.at(-1)!.push(readRestriction(type, tokens.slice(at, at + 3)));
    at += 3;
    const link = tokens[at];
    if (!link) break;
    if (link.kind !== "word" || (link.text !== "AND" && link.text !== "OR"))
      throw refuse("_UNEXPECTED_TOKEN", `Expected AND, found ${link.text}`);
    if (link.text === "OR" && type.id !== "sleep")
      throw refuse("_EXPRESSION_STRUCTURE", "OR is not supported for this data type");
    // By AIP-160, OR binds closer than AND.
    if (link.text === "AND") groups.push([]);
    at++;
    if (at >= tokens.length) throw refuse("_UNEXPECTED_END_OF_INPUT", `Nothing follows ${link.text}`);
  }
  const axes = new Set(groups.flat().map(({ member }) => member.axis));
  if (axes.size > 1) throw refuse("_DATA_TYPE_RESTRICTION", "Physical and civil time cannot be mixed in one filter");
  return { groups };
}

function readRestriction(type: DataType, tokens: readonly Token[]): Restriction {
  const [field, operator, literal] = tokens;
  if (field?.kind !== "word") throw refuse("_UNEXPECTED_TOKEN", `Expected a field, found ${field?.text}`);
  if (!operator) throw refuse("_UNEXPECTED_END_OF_INPUT", `Nothing follows ${field.text}`);
  if (operator.kind !== "operator") throw refuse("_MISSING_TOKEN", `A comparator is missing after ${field.text}`);
  const member = memberOf(type, field.text);
  if (operator.text !== ">=" && operator.text !== "<")
    throw refuse("_RESTRICTION_COMPARATOR", `Comparator ${operator.text} is not supported; use >= or <`);
  if (type.id === "electrocardiogram" && operator.text !== ">=")
    throw refuse("_RESTRICTION_COMPARATOR", "Electrocardiograms are filtered by >= only");
  if (!literal) throw refuse("_UNEXPECTED_END_OF_INPUT", `Nothing follows ${operator.text}`);
  if (literal.kind !== "string") throw refuse("_RESTRICTION_COMPARABLE", "A double-quoted literal is expected");
  return { member, operator: operator.text, ms: readLiteral(member.axis, literal.text) };
}

function memberOf(type: DataType, field: string): Member {
  if (field.includes("-")) throw refuse("", `Unknown field ${field}`);
  const prefix = type.id.replaceAll("-", "_");
  const dot = field.indexOf(".");
  const [named, path] = dot < 0 ? [field, ""] : [field.slice(0, dot), field.slice(dot + 1)];
  if (named !== prefix) throw refuse("_DATA_TYPE_RESTRICTION", `Expected ${prefix}, found ${named}`);
  const member = membersOf(type).find((known) => known.path === path);
  if (!member) throw refuse("_DATA_TYPE_MEMBER", `${prefix} cannot be filtered by ${path}`);
  return member;
}

const FORMATS: Record<Axis, RegExp> = {
  physical: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/,
  civil: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?)?$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
};

function readLiteral(axis: Axis, text: string): number {
  const zoned = axis === "physical" ? text : text.includes("T") ? `${text}Z` : `${text}T00:00:00Z`;
  const ms = FORMATS[axis].test(text) ? Date.parse(zoned) : Number.NaN;
  // Date.parse rolls the 31st of February over into March instead of refusing it.
  const real = axis === "physical" || (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10)));
  if (Number.isNaN(ms) || !real)
    throw refuse(axis === "physical" ? "" : "_CIVIL_DATE_TIME_FORMAT", `Malformed literal "${text}"`);
  return ms;
}

export function matches(filter: Filter, point: Point): boolean {
  return filter.groups.every((group) =>
    group.some(({ member, operator, ms }) => {
      const value = instantOf(member, point);
      return operator === ">=" ? value >= ms : value < ms;
    }),
  );
}

function instantOf({ axis, anchor }: Member, point: Point): number {
  if (axis === "date") return Date.parse(`${point.date}T00:00:00Z`);
  const [ms, offset] = anchor === "start" ? [point.startMs, point.startOffset] : [point.endMs, point.endOffset];
  return axis === "physical" ? ms : ms + offset * 1000;
}

/** The dates outside which nothing can match: two days wider than the filter, for no zone is further from UTC. */
export function dateBounds(filter: Filter): { readonly first: string; readonly last: string } {
  let from = Date.UTC(1970, 0, 1);
  let to = Date.UTC(2199, 0, 1);
  for (const group of filter.groups) {
    if (group.every(({ operator }) => operator === ">=")) from = Math.max(from, Math.min(...group.map(({ ms }) => ms)));
    if (group.every(({ operator }) => operator === "<")) to = Math.min(to, Math.max(...group.map(({ ms }) => ms)));
  }
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { first: dateOf(from - 2 * DAY_MS), last: dateOf(to + 2 * DAY_MS) };
}

/** Whether it goes by wall clocks. */
export function isCivil({ groups }: Filter): boolean {
  return groups.some((group) => group.some(({ member }) => member.axis === "civil"));
}
