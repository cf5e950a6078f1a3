import type { ProviderId } from "../providers/index.js";
import type { PlannedCall } from "./ask.js";
import { dayOf, UNDATED } from "./days.js";
import type { PlannedRequest } from "./planner.js";

/** The days that one call answered from the store. */
interface ServedSpan {
  from: number;
  to: number;
}

/** The lines of the cost report about one connection. */
export class CostLines {
  readonly calls: PlannedCall[] = [];

  constructor(
    readonly userId: string,
    private readonly provider: ProviderId,
  ) {}

  request({ call, from, to }: PlannedRequest, requests: number, atLeast: boolean, origin: PlannedCall["origin"]): void {
    this.push(call.name, from, to, requests, atLeast, origin);
  }

  /** One line for each call that fetched stored cells of this answer, with the days that they cover. */
  served(spans: ServedSpans): void {
    for (const [call, { from, to }] of spans.byCall) this.push(call, from, to, 0, false, "STORE");
  }

  private push(
    call: string,
    from: number,
    to: number,
    requests: number,
    atLeast: boolean,
    origin: PlannedCall["origin"],
  ): void {
    const { userId, provider } = this;
    this.calls.push({ userId, provider, call, from: dayOf(from), to: dayOf(to), requests, atLeast, origin });
  }
}

/** Which days each call answered from the store. Days of one field come in their order. */
export class ServedSpans {
  readonly byCall = new Map<string, ServedSpan>();

  note(call: string, day: number): void {
    const span = this.byCall.get(call);
    if (!span) this.byCall.set(call, { from: day, to: day });
    else if (span.from === UNDATED) Object.assign(span, { from: day, to: day });
    else if (day !== UNDATED) {
      if (day < span.from) span.from = day;
      if (day > span.to) span.to = day;
    }
  }
}
