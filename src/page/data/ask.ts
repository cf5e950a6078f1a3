import type { Domain, TypedDocumentString } from "../generated/operations.js";

/** One call that an answer took: see docs/freshness-and-cost.md. */
export interface PlannedCall {
  readonly provider: string;
  readonly call: string;
  readonly domains: readonly Domain[];
  readonly from: string | null;
  readonly to: string | null;
  readonly requests: number;
  readonly origin: "UPSTREAM" | "STORE" | "SHARED";
}

/** What is left of a provider's requests. */
export interface Budget {
  readonly provider: string;
  readonly windowSeconds: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: string;
}

/** How the gateway came to an answer. */
export interface Plan {
  readonly upstreamCalls: number;
  readonly calls: readonly PlannedCall[];
  readonly budgets: readonly Budget[];
}

export interface Answer<T> {
  readonly data: T;
  readonly plan: Plan | null;
}

/**
 * Why there is no answer. `silent`: nobody, or somebody on the way in the gateway's place; `status` is theirs, null where
 * there was none. `refused`: the gateway itself, with one of the codes of docs/errors.md.
 */
export type Trouble =
  | { readonly kind: "offline" }
  | { readonly kind: "silent"; readonly status: number | null }
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly afterSeconds: number | null };

class AskError extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.kind);
  }
}

export const troubleOf = (error: unknown): Trouble =>
  error instanceof AskError ? error.trouble : { kind: "refused", code: "", message: "", afterSeconds: null };

export interface How {
  /** Answer what is stored, and call no provider. */
  readonly storedOnly?: boolean;
  /** Ask the providers, even for what is stored and fresh. */
  readonly anew?: boolean;
}

export type Ask = <T, V>(document: TypedDocumentString<T, V>, variables: V, how?: How) => Promise<Answer<T>>;

/** Asks the gateway that this page came from. Every failure is an `AskError`. */
export function createAsk(at: string, token: () => string | null): Ask {
  return async (document, variables, { storedOnly, anew } = {}) => {
    const bearer = token();
    const freshness = storedOnly ? "only-if-cached" : anew ? "no-cache" : null;
    const response = await fetch(at, {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json, application/json",
        "content-type": "application/json",
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(freshness !== null && { "cache-control": freshness }),
      },
      body: JSON.stringify({ query: document.toString(), variables, extensions: { plan: "report" } }),
    }).catch(() => {
      throw new AskError(navigator.onLine ? { kind: "silent", status: null } : { kind: "offline" });
    });
    const answer = await response.json().catch(() => null);
    if (typeof answer !== "object" || answer === null || !("data" in answer || "errors" in answer))
      throw new AskError({ kind: "silent", status: response.status });
    // Some of it is better than nothing: a history that failed is null, and its section says so.
    if (answer.data === null || answer.data === undefined) throw new AskError(refusal(answer.errors?.[0]));
    return { data: answer.data, plan: answer.extensions?.plan ?? null };
  };
}

interface Refused {
  readonly message?: string;
  readonly extensions?: { readonly code?: string; readonly retryAfterSeconds?: number };
}
const refusal = (error: Refused = {}): Trouble => ({
  kind: "refused",
  code: error.extensions?.code ?? "",
  message: error.message ?? "",
  afterSeconds: error.extensions?.retryAfterSeconds ?? null,
});
