import type { Connection } from "../connections/connection.js";
import type { Ask } from "../health-data/ask.js";
import type { CellKey } from "../health-data/history.js";
import type { DaySpan } from "../health-data/range.js";
import { domainOf, type Field, isDated, isDear } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import { eachDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { fieldsOf } from "../providers/provider.js";
import { grantedCalls } from "../providers/registry.js";

/** Share of every budget that background work leaves to people who wait. */
const BACKGROUND_RESERVE = 1 / 3;
/** Requests that may be under way when the reserve is reached: each was sent while there was more. */
const UNDER_WAY = 4;

/** The reserve to ask for so that, with those under way, the promised share is left. */
export function backgroundReserve({ budgets }: Provider): number {
  const overshoot = Math.max(0, ...budgets.map(({ limit }) => UNDER_WAY / limit));
  // A budget of a handful could otherwise never be used at all.
  return Math.min(BACKGROUND_RESERVE + overshoot, 0.6);
}

/** Every domain that a provider has anything of. */
export function domainsOf(provider: Provider): readonly Domain[] {
  return [...new Set([...fieldsOf(provider)].map(domainOf))];
}

/**
 * What background work fetches of a domain: everything but what can take a request for each day, such as samples and the
 * stages that a provider tells night by night.
 */
function backgroundFields(provider: Provider, domain: Domain): ReadonlySet<Field> {
  const isLeftOut = (field: Field) => isDear(field) || isToldDayByDay(provider, field);
  return new Set([...fieldsOf(provider)].filter((field) => domainOf(field) === domain && !isLeftOut(field)));
}

/** Whether every call that yields the field takes a request for each day. */
function isToldDayByDay({ calls }: Provider, field: Field): boolean {
  const yielding = calls.filter(({ yields }) => yields.includes(field));
  return yielding.length > 0 && yielding.every(({ reach }) => reach.kind === "days" && reach.max === 1);
}

/**
 * The cells that background work should find stored when it is done: fields that a call answers, as far as it was
 * granted. What is reckoned from others is never stored.
 */
export function backgroundCells(
  provider: Provider,
  { scopes }: Pick<Connection, "scopes">,
  domain: Domain,
  { from, to }: DaySpan,
): readonly CellKey[] {
  const answered = new Set(grantedCalls(provider, scopes).flatMap((call) => call.yields));
  return [...backgroundFields(provider, domain)]
    .filter((field) => answered.has(field))
    .flatMap((field) => (isDated(field) ? [...eachDay(from, to)] : [null]).map((day) => ({ field, day })));
}

/** One ask for each domain: dated ones over the span (none where it is null), undated ones as they are. */
export function backgroundAsks(
  provider: Provider,
  connection: Pick<Connection, "userId">,
  domains: readonly Domain[],
  span: DaySpan | null,
  undated: boolean,
): readonly Ask[] {
  return domains.flatMap((domain) => {
    const fields = backgroundFields(provider, domain);
    const [first] = fields;
    if (first === undefined) return [];
    const dated = isDated(first);
    if (dated ? span === null : !undated) return [];
    const range = dated && span ? { from: span.from, to: span.to } : null;
    const { userId } = connection;
    return [{ userId, domain, range, fields, providers: [provider.id], alternatives: false, goalProgress: false }];
  });
}
