import { optionalNumber, optionalObject } from "../../http/json.js";
import { carriesError } from "../kit/envelope.js";
import type { BudgetState, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, waitEnd } from "../waits.js";

export const hourlyBudget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "first" } as const;

/**
 * The meaning of an answer of Misfit, by its status only: bodies are JSON in two shapes, text or HTML, and a code
 * inside never says more than the status.
 */
export function outcome(response: ProviderResponse): Outcome {
  const budgets = readBudgets(response);
  const failed = (code: Extract<Outcome, { kind: "failed" }>["failure"]["code"], message: string, retryAt?: number) =>
    ({ kind: "failed", failure: { code, message, ...(retryAt === undefined ? {} : { retryAt }) }, budgets }) as const;
  const { status, body } = response;
  if (status >= 200 && status < 300) {
    // An answer that is not a JSON object, or has an error inside, is a failure of the provider: never "no data".
    const whole = optionalObject(body);
    const isError = (optionalNumber(whole?.["code"]) ?? 0) >= 400 || carriesError(body);
    if (!whole || isError) return failed("UNAVAILABLE", "Misfit's answer could not be read.");
    return { kind: "ok", budgets };
  }
  switch (status) {
    case 401:
      return failed("TOKEN_REJECTED", "Misfit no longer accepts this connection.");
    case 400:
    case 403:
    case 404:
      return failed("REJECTED", "Misfit refused the request.");
    case 410:
      return failed("RETIRED", "Misfit's service is switched off.");
    case 429:
      return failed("RATE_LIMITED", "Misfit's hourly budget for this person is used up.", resetsAt(response));
    default:
      return failed("UNAVAILABLE", "Misfit is not answering properly.");
  }
}

/** Epoch ms at which the window ends, documented as seconds since 1970. If it is missing or past: an hour from now. */
function resetsAt({ headers, receivedAt }: ProviderResponse): number {
  const hourMs = longestLimitMs([hourlyBudget]);
  return waitEnd(headers["x-ratelimit-reset"], receivedAt, hourMs) ?? receivedAt + hourMs;
}

function readBudgets(response: ProviderResponse): readonly BudgetState[] | undefined {
  const limit = optionalNumber(response.headers["x-ratelimit-limit"]);
  const remaining = optionalNumber(response.headers["x-ratelimit-remaining"]);
  const { scope, windowSeconds } = hourlyBudget;
  if (response.status === 429) {
    // Some 429 answers claim to have requests left: the status counts.
    return [{ scope, windowSeconds, limit: limit ?? hourlyBudget.limit, remaining: 0, resetsAt: resetsAt(response) }];
  }
  if (limit === null || remaining === null || response.headers["x-ratelimit-reset"] === undefined) return undefined;
  return [{ scope, windowSeconds, limit, remaining: Math.max(0, remaining), resetsAt: resetsAt(response) }];
}
