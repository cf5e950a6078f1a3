/**
 * Every error a caller can meet, one row each: its code, the sentence they see unless a better one is given, and the
 * HTTP status where it ends a request of its own. What to do about each is told in docs/errors.md.
 */
export const errorTable = {
  UNAUTHENTICATED: { sentence: "No valid credentials were given.", status: 401 },
  FORBIDDEN: { sentence: "These credentials may not do that.", status: 403 },
  BAD_USER_INPUT: { sentence: "An argument is not valid.", status: 400 },
  OPERATION_NOT_ALLOWED: { sentence: "This gateway answers known operations only, by their documentId.", status: 403 },
  QUERY_TOO_COSTLY: { sentence: "The query asks for more than one request may.", status: 400 },
  PROVIDER_NOT_CONFIGURED: { sentence: "The operator has not configured this provider.", status: 409 },
  PROVIDER_RETIRED: { sentence: "The vendor switched this provider off.", status: 409 },
  PROVIDER_NOT_CONNECTED: { sentence: "The user has no connection to this provider.", status: 409 },
  PROVIDER_UNAVAILABLE: { sentence: "The provider did not answer; try again later.", status: 503 },
  PROVIDER_ACCOUNT_IN_USE: { sentence: "This provider account is connected to another user.", status: 409 },
  UNSUPPORTED: { sentence: "The provider does not take this kind of record.", status: 409 },
  INSUFFICIENT_SCOPE: { sentence: "The user did not grant this; connect again with the scope.", status: 409 },
  RECORD_OUTCOME_UNKNOWN: {
    sentence: "Whether it was recorded is not known: ask again with the same key.",
    status: 503,
  },
  RATE_LIMITED: { sentence: "Too many requests; slow down.", status: 429 },
  SERVICE_UNAVAILABLE: { sentence: "The gateway can't answer for now; try again in a moment.", status: 503 },
  INTERNAL_SERVER_ERROR: { sentence: "Something went wrong on our side.", status: 500 },
} as const;
export type ErrorCode = keyof typeof errorTable;

/**
 * A failure whose code and message are meant for the caller. `details` become extensions; they hold no secret. It says
 * all itself, so it has no stack: to find out where one was made is most of what a refusal costs.
 */
export class PulsegateError extends Error {
  override readonly name = "PulsegateError";
  constructor(
    readonly code: ErrorCode,
    message: string = errorTable[code].sentence,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The same for errors of a library's own class. */
export function withoutStack<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Whoever asked has gone: work for them alone ends with this, and nobody is told. */
export class CallerHungUp extends Error {
  override readonly name = "CallerHungUp";
}

/** The store or Redis can't answer. Callers see SERVICE_UNAVAILABLE; the message names the backend, never its URL. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
