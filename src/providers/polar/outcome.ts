import { unavailable, usualFailure } from "../kit/failures.js";
import type { ApiRequest, Budget, BudgetState, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, longestPauseMs, waitEnd } from "../waits.js";

/** For the whole app, without what each person adds (20 and 100): every answer tells the real limits. */
export const budgets: readonly Budget[] = [
  { scope: "APP", windowSeconds: 900, limit: 500, window: "first" },
  { scope: "APP", windowSeconds: 86_400, limit: 5_000, window: "first" },
];
const longestLimit = longestLimitMs(budgets);
const longestPause = longestPauseMs(budgets);

const messages = {
  token: "Polar no longer accepts this access token.",
  consents: "Polar gives no data: the person must accept the mandatory consents in Polar Flow.",
  limited: "Polar's limit for this app is used up.",
};

/** The meaning of an answer, by its status: bodies of errors are often empty. */
export function outcome(response: ProviderResponse, { method }: ApiRequest): Outcome {
  const { status, body, receivedAt } = response;
  const told = toBudgets(response);
  const budgetsTold = told.length > 0 && { budgets: told };
  const failed = (failure: Failure): Outcome => ({ kind: "failed", failure, ...budgetsTold });
  // No data: an empty answer, or none for that day or person.
  if (status === 204 || (status === 404 && method === "GET")) return { kind: "ok", isNothing: true, ...budgetsTold };
  if (status >= 200 && status < 300) {
    // Many answers are bare lists.
    if (typeof body !== "object" || body === null) return failed(unavailable("Polar"));
    return { kind: "ok", ...budgetsTold };
  }
  if (status === 401) return failed({ code: "TOKEN_REJECTED", message: messages.token });
  if (status === 403) return failed({ code: "ACTION_REQUIRED", message: messages.consents });
  if (status === 429) {
    const ends = told.filter(({ remaining }) => remaining <= 0).map(({ resetsAt }) => resetsAt);
    const shortest = told.map(({ resetsAt }) => resetsAt).sort((a, b) => a - b)[0];
    const retryAt = ends.length > 0 ? Math.max(...ends) : (shortest ?? receivedAt + budgets[0]!.windowSeconds * 1000);
    return failed({ code: "RATE_LIMITED", message: messages.limited, retryAt });
  }
  return failed(usualFailure("Polar", response, longestPause));
}

/** Each header has two numbers, of the short window and of the long one: "37, 912". Used requests, not remaining ones. */
function toBudgets({ headers, receivedAt }: ProviderResponse): readonly BudgetState[] {
  const [used, limits, resets] = ["ratelimit-usage", "ratelimit-limit", "ratelimit-reset"].map((header) =>
    (headers[header] ?? "").split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : null)),
  );
  return budgets.flatMap(({ scope, windowSeconds }, index): BudgetState[] => {
    const [usage, limit, reset] = [used![index], limits![index], resets![index]];
    if (typeof usage !== "number" || typeof limit !== "number" || typeof reset !== "number") return [];
    const resetsAt = waitEnd(String(reset), receivedAt, longestLimit) ?? receivedAt;
    return [{ scope, windowSeconds, limit, remaining: Math.max(0, limit - usage), resetsAt }];
  });
}
