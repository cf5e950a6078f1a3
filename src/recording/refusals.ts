import type { ProviderAnswer } from "../connections/provider-api.js";
import { type ErrorCode, PulsegateError } from "../errors.js";
import type { Provider } from "../providers/index.js";
import type { FailureCode } from "../providers/provider.js";

/** Nothing tells whether the provider has the record. */
export function outcomeUnknown(sentence = "The provider's answer was lost.", when?: "in a minute"): PulsegateError {
  const what = `ask again${when ? ` ${when}` : ""} with the same key.`;
  return new PulsegateError("RECORD_OUTCOME_UNKNOWN", `${sentence} Whether it was recorded is not known: ${what}`);
}

const codes: Readonly<Record<FailureCode, ErrorCode>> = {
  TOKEN_REJECTED: "PROVIDER_NOT_CONNECTED",
  CONSENT_LOST: "PROVIDER_NOT_CONNECTED",
  INSUFFICIENT_SCOPE: "INSUFFICIENT_SCOPE",
  NOT_PERMITTED_TO_APP: "UNSUPPORTED",
  RATE_LIMITED: "PROVIDER_UNAVAILABLE",
  RETIRED: "PROVIDER_RETIRED",
  UNAVAILABLE: "PROVIDER_UNAVAILABLE",
  REJECTED: "BAD_USER_INPUT",
  ACTION_REQUIRED: "PROVIDER_UNAVAILABLE",
  NOT_CONFIGURED: "PROVIDER_NOT_CONFIGURED",
};

const sentences: Readonly<Partial<Record<FailureCode, (name: string) => string>>> = {
  CONSENT_LOST: (name) => `The user has to connect ${name} again.`,
  TOKEN_REJECTED: (name) => `The user has to connect ${name} again.`,
  RATE_LIMITED: (name) => `The rate limit of ${name} is used up; try again later.`,
  REJECTED: (name) => `${name} refused the record. Nothing was recorded.`,
};

/** What the caller is told of an answer by which nothing was recorded or deleted. Null: one that can't be read. */
export function refusalOf({ name }: Provider, answer: ProviderAnswer | null): PulsegateError {
  if (answer?.kind !== "failed") return new PulsegateError("PROVIDER_UNAVAILABLE", `${name} could not carry this out.`);
  const { code, message } = answer.outcome.failure;
  return new PulsegateError(codes[code], sentences[code]?.(name) ?? message);
}
