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

/** Which days each call answered from the store. */
export class ServedSpans {
  readonly byCall = new Map<string, ServedSpan>();

  /** Days of one field, in their order, both ends included. */
  note({ call, from, to }: ServedSpan & { readonly call: string }): void {
    const span = this.byCall.get(call);
    if (!span || span.from === UNDATED) this.byCall.set(call, { from, to });
    else if (from !== UNDATED) {
      span.from = Math.min(span.from, from);
      span.to = Math.max(span.to, to);
    }
  }
}
