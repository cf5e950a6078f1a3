import type { Connection, HeaderTokens } from "../connections/connection.js";
import { UnreadableAnswer } from "../http/json.js";
import type { Have } from "../model/cells.js";
import { isDated } from "../model/fields.js";
import type { LocalDate } from "../model/records.js";
import { type Clock, eachDay, fromEpochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import { refuseErrorInside } from "../providers/kit/envelope.js";
import { isUnreadable } from "../providers/kit/members.js";
import type { ApiRequest, Call, Failure, Input, Outcome, ReadPage } from "../providers/provider.js";
import type { SyncProof } from "./freshness.js";
import type { StoredCellEntry } from "./history.js";
import { watchPages } from "./pages.js";
import type { PlannedRequest } from "./planner.js";
import { whole } from "./whole.js";

/** Sends one authenticated request for a connection. Never throws for the provider's trouble. */
export interface Sender {
  send(
    connection: Connection,
    request: ApiRequest,
    options: {
      readonly headerTokens: HeaderTokens;
      /** Share of each budget that is left to others: nothing leaves where no more is left, and that is RATE_LIMITED. */
      readonly reserve: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<{
    readonly outcome: Outcome;
    readonly body: unknown;
    /** Requests that left for the provider; 0 where none could be sent. Left out: one. */
    readonly requests?: number;
  }>;
}

export interface FetchTarget {
  readonly provider: Provider;
  readonly connection: Connection;
  readonly headerTokens: HeaderTokens;
  readonly today: LocalDate;
  readonly connectedOn: LocalDate;
  readonly have: Have;
  readonly proof: SyncProof;
  /** Share of each budget that must be left over: background work leaves some to interactive queries. */
  readonly reserve: number;
}

export interface Fetched {
  readonly cells: readonly StoredCellEntry[];
  readonly failure: Failure | null;
  /** HTTP requests that this call took: 0 where another's was shared. */
  readonly requests: number;
  readonly shared: boolean;
}

export interface Fetcher {
  fetch(target: FetchTarget, planned: PlannedRequest, signal?: AbortSignal): Promise<Fetched>;
}

const MAX_PENDING_WAIT_MS = 10_000;

export interface FetcherOptions {
  readonly sender: Sender;
  readonly clock: Clock;
  delay(ms: number): Promise<void>;
  onUnreadable?(provider: Provider, call: Call, error: UnreadableAnswer): void;
  /** Told what of an answer was left out, records and figures alike, and how often for each cause. */
  onSkipped?(provider: Provider, call: Call, causes: ReadonlyMap<string, number>): void;
}

export function createFetcher({ sender, clock, delay, onUnreadable, onSkipped }: FetcherOptions): Fetcher {
  const inFlight = new Map<string, Flight>();

  async function answer(
    target: FetchTarget,
    request: ApiRequest,
    signal?: AbortSignal,
  ): Promise<{ body: unknown; isNothing?: boolean; failure: Failure | null; requests: number }> {
    const { connection, headerTokens, reserve } = target;
    let requests = 0;
    for (let waited = 0; ; ) {
      const sent = await sender.send(connection, request, { headerTokens, reserve, signal });
      const { outcome, body } = sent;
      // Repeats after trouble are the provider's doing, not the plan's; what never left cost nothing.
      if (sent.requests !== 0) requests++;
      if (outcome.kind === "ok") return { body, isNothing: outcome.isNothing, failure: null, requests };
      if (outcome.kind === "failed") return { body: null, failure: outcome.failure, requests };
      if (waited + outcome.retryAfterMs > MAX_PENDING_WAIT_MS) {
        return { body: null, failure: { code: "UNAVAILABLE", retryAt: clock.now() + outcome.retryAfterMs }, requests };
      }
      waited += outcome.retryAfterMs;
      await delay(outcome.retryAfterMs);
    }
  }

  async function fetchOnce(target: FetchTarget, planned: PlannedRequest, signal?: AbortSignal): Promise<Fetched> {
    const { call } = planned;
    const undated = !Number.isFinite(planned.from);
    const input: Input = {
      from: undated ? target.today : fromEpochDay(planned.from),
      to: undated ? target.today : fromEpochDay(planned.to),
      today: target.today,
      connectedOn: target.connectedOn,
      providerUserId: target.connection.providerUserId,
    };
    const at = clock.now();
    const failed = (failure: Failure, requests: number): Fetched => ({
      cells: refusedCells(failure, planned, input, at),
      failure,
      requests,
      shared: false,
    });
    const pagesRead: ReadPage[] = [];
    let requests = 0;
    try {
      const pages = watchPages(call);
      const isNeedless = call.isNeedless?.(input, target.have) ?? false;
      if (isNeedless) pagesRead.push({ cells: [], covers: input });
      let next = isNeedless ? undefined : call.request(input, planned.fields, target.have);
      while (next) {
        pages.ask(next);
        const got = await answer(target, next, signal);
        requests += got.requests;
        if (got.failure) return failed(got.failure, requests);
        if (got.isNothing) {
          pagesRead.push({ cells: [], covers: input });
          break;
        }
        refuseErrorInside(got.body);
        const reading: ReadPage = call.read(got.body, input, target.have, next);
        if (reading.next) pages.hear(reading);
        pagesRead.push(reading);
        next = reading.next;
      }
      const { cells, causes } = whole(pagesRead, call, target, input, at);
      if (causes.size > 0) onSkipped?.(target.provider, call, causes);
      return { cells, failure: null, requests, shared: false };
    } catch (error) {
      // A reader that trips over an answer is as good as an unreadable answer; a defect elsewhere is not caught here.
      if (!isUnreadable(error)) throw error;
      onUnreadable?.(target.provider, call, new UnreadableAnswer(error.message));
      return failed({ code: "UNAVAILABLE", message: "The provider's answer could not be read." }, requests);
    }
  }

  return {
    async fetch(target, planned, signal) {
      signal?.throwIfAborted();
      const fields = [...planned.fields].sort().join();
      const key = `${target.connection.id}|${planned.call.name}|${planned.from}|${planned.to}|${fields}`;
      let flight = inFlight.get(key);
      if (!flight) {
        const abort = new AbortController();
        const made: Flight = {
          abort,
          waiting: 0,
          taken: false,
          answer: fetchOnce(target, planned, abort.signal).finally(() => {
            if (inFlight.get(key) === made) inFlight.delete(key);
          }),
        };
        flight = made;
        inFlight.set(key, flight);
      }
      return await join(flight, key, signal);
    },
  };

  /** One caller's giving up is not the others': the request is given up with the last of them. */
  async function join(flight: Flight, key: string, signal?: AbortSignal): Promise<Fetched> {
    flight.waiting++;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
      signal?.addEventListener("abort", leave, { once: true });
    });
    try {
      const fetched = await Promise.race([flight.answer, left]);
      // Whoever is first to have it keeps and counts it.
      const shared = flight.taken;
      flight.taken = true;
      return shared ? { ...fetched, requests: 0, shared } : fetched;
    } finally {
      if (leave) signal?.removeEventListener("abort", leave);
      flight.waiting--;
      if (flight.waiting === 0 && !flight.taken) {
        if (inFlight.get(key) === flight) inFlight.delete(key);
        flight.abort.abort(signal?.reason);
        // Nobody is left to hear of it.
        flight.answer.catch(() => {});
      }
    }
  }
}

interface Flight {
  readonly answer: Promise<Fetched>;
  readonly abort: AbortController;
  waiting: number;
  taken: boolean;
}

/** A refusal that is about this call's data, not about now, is itself an answer: these cells are known nothing. */
function refusedCells(failure: Failure, planned: PlannedRequest, input: Input, at: number): readonly StoredCellEntry[] {
  if (failure.code !== "INSUFFICIENT_SCOPE" && failure.code !== "NOT_PERMITTED_TO_APP") return [];
  const reason = failure.code;
  return [...planned.fields].flatMap((field) =>
    (isDated(field) ? [...eachDay(input.from, input.to)] : [null]).map((day) => ({
      field,
      day,
      known: { nothing: reason },
      at,
      call: planned.call.name,
      settled: false,
    })),
  );
}
