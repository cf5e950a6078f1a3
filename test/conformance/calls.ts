import type { Connection } from "../../src/connections/connection.js";
import type { Gateway } from "../../src/gateway.js";
import type { Have } from "../../src/model/cells.js";
import { type Field, isDated, isSamples } from "../../src/model/fields.js";
import type { LocalDate, SampleSeries } from "../../src/model/records.js";
import { joinedSeries } from "../../src/model/series.js";
import { addDays, eachDay } from "../../src/model/time.js";
import type { Provider } from "../../src/providers/index.js";
import type { ApiRequest, Call, Input, Reach } from "../../src/providers/provider.js";

/** What one call said: by field and day. Neither a cell nor an entry: the provider said nothing of it. */
export interface Said {
  readonly cells: ReadonlyMap<string, unknown>;
  readonly pages: number;
  readonly covers: boolean;
}

export const cellKey = (field: Field, day: LocalDate | null) => `${field} ${day ?? ""}`.trim();

/**
 * Makes calls one by one, past the planner: which of two calls is asked for a field is the planner's choice, and what a
 * provider promises must hold whichever it takes.
 */
export function createCaller(gateway: Gateway, provider: Provider, connection: Connection, today: LocalDate) {
  const known = new Map<string, unknown>();

  async function make(call: Call, from: LocalDate, to: LocalDate): Promise<Said> {
    for (const need of call.needs ?? []) {
      const days = isDated(need) ? [...eachDay(from, to)] : [null];
      const keys = days.map((day) => cellKey(need, day));
      if (keys.every((key) => known.has(key))) continue;
      const source = provider.calls.find((each) => each.yields.includes(need));
      if (!source) throw new Error(`${call.name} needs ${need}, which no call yields`);
      const { cells } = isDated(need) ? await make(source, from, to) : await make(source, today, today);
      for (const key of keys) known.set(key, cells.get(key));
    }
    const have: Have = { value: (field, day = null) => known.get(cellKey(field, day)) as never };
    const input: Input = { from, to, today, connectedOn: today, providerUserId: connection.providerUserId };
    const cells = new Map<string, unknown>();
    let pages = 0;
    let covers = false;
    let next: ApiRequest | undefined = call.request(input, new Set(call.yields), have);
    while (next) {
      const answer = await gateway.api.send(connection, next);
      if (answer.kind !== "ok") throw new Error(`${call.name}, page ${pages}: ${JSON.stringify(answer.outcome)}`);
      if (answer.outcome.isNothing) return { cells, pages: pages + 1, covers: true };
      const reading = call.read(answer.body, input, have, next);
      for (const { field, day, known: value } of reading.cells) {
        if (!("value" in value)) continue;
        const key = cellKey(field, day);
        cells.set(key, cells.has(key) ? continued(field, cells.get(key), value.value) : value.value);
      }
      covers ||= reading.covers !== null;
      next = reading.next;
      pages++;
    }
    return { cells, pages, covers };
  }
  return make;
}

/** Lists keep what they have twice: a provider that gives a record on two pages should be seen to. */
function continued(field: Field, before: unknown, more: unknown): unknown {
  if (isSamples(field)) return joinedSeries(before as SampleSeries, more as SampleSeries);
  return Array.isArray(before) && Array.isArray(more) ? [...before, ...more] : more;
}

/** The longest span that one request of a call reaches, ending on `to`. Null for undated calls. */
export function longestSpan(
  { reach }: Call,
  to: LocalDate,
): { readonly from: LocalDate; readonly to: LocalDate } | null {
  if (reach.kind === "once") return null;
  const days = { days: () => max(reach), hours: () => 2, trailing: () => max(reach), pages: () => max(reach) };
  const back = "back" in reach ? (reach.back ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return { from: addDays(to, 1 - Math.min(days[reach.kind](), back)), to };
}

function max(reach: Call["reach"]): number {
  if (reach.kind === "days") return reach.max;
  if (reach.kind === "trailing") return reach.days;
  return reach.kind === "pages" ? daysOfPages(reach, 60) : 1;
}

/** Enough days for four pages, no more than `most`: beyond that only the number of pages grows. */
export function daysOfPages(reach: Extract<Reach, { kind: "pages" }>, most: number): number {
  return Math.min(reach.maxDays ?? most, most, Math.ceil((4 * reach.size) / reach.perDay));
}

export function isDatedCall(call: Call): boolean {
  return call.yields.some(isDated);
}
