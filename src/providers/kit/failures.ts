import type { Failure, Outcome, ProviderResponse } from "../provider.js";
import { waitEnd } from "../waits.js";

export function failed(failure: Failure, retryAt?: number | null): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", failure: { ...failure, ...(retryAt && { retryAt }) } };
}

export function unavailable(name: string): Failure {
  return { code: "UNAVAILABLE", message: `${name} is not answering properly.` };
}

/** The failure that a status is which has no meaning of its own at the provider of this name. */
export function usualFailure(name: string, response: ProviderResponse, longestPauseMs: number): Failure {
  const { status, headers, receivedAt } = response;
  if (status >= 400 && status < 500 && status !== 408)
    return { code: "REJECTED", message: `${name} refused the request.` };
  const retryAt = waitEnd(headers["retry-after"], receivedAt, longestPauseMs);
  return { ...unavailable(name), ...(retryAt !== null && { retryAt }) };
}
