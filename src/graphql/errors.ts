import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { CallerHungUp, type ErrorCode, errorTable, PulsegateError, StoreUnavailable } from "../errors.js";
import type { Log } from "../log.js";
import { WRONG_VALUE } from "./scalars.js";

/** Codes of GraphQL over HTTP itself: the caller's own mistakes, whose messages help and tell nothing of ours. */
const ownCodes: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "QUERY_TOO_COSTLY",
]);
/** An operation that GraphQL itself turned down before it ran: these come from `new GraphQLError`, not out of a resolver. */
const tokenLimit = /^Syntax Error: Document contains more (than|that) \d+ tokens/;

/** What a caller is told of a failure that nobody meant for them: whether asking again helps, and nothing more. */
export function unexpectedCode(error: unknown): "SERVICE_UNAVAILABLE" | "INTERNAL_SERVER_ERROR" {
  return error instanceof StoreUnavailable ? "SERVICE_UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
}

/** What HTTP says beside the status. */
export function headersOf({ code, details }: PulsegateError): ReadonlyMap<string, string> {
  const wait = details["retryAfterSeconds"];
  return new Map([
    ...(code === "UNAUTHENTICATED" ? [["www-authenticate", "Bearer"] as const] : []),
    ...(wait === undefined ? [] : [["retry-after", String(wait)] as const]),
  ]);
}

/** A failure of ours as GraphQL shows it, with the HTTP status where it ends the request. */
export function asGraphQLError(error: PulsegateError): GraphQLError {
  // Apollo looks past an `http` of which any part is undefined.
  const named = headersOf(error);
  const headers = named.size > 0 && { headers: named };
  const made = new GraphQLError(error.message, {
    extensions: { ...error.details, code: error.code, http: { status: errorTable[error.code].status, ...headers } },
  });
  // The constructor would write out the stack of an error that it is given: most of what a refusal costs.
  return Object.assign(made, { originalError: error });
}

/** The error that a resolver threw, below however many wrappers GraphQL put around it. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Whether nobody meant the caller to see it: then its message stays with us. */
function isUnexpected(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof PulsegateError) return cause.code === "INTERNAL_SERVER_ERROR";
  if (!(cause instanceof GraphQLError)) return true;
  if (ownCodes.has(cause.extensions["code"]) || cause.extensions[WRONG_VALUE] !== undefined) return false;
  // A variable that is null where the schema has none is found out only in execution, and points at the query. What
  // a scalar refuses to send points nowhere and quotes the value: a figure of health, and a defect of ours.
  return error instanceof GraphQLError && error.path !== undefined ? cause.nodes === undefined : false;
}

/** Puts details of masked errors into the log, and there alone. For Apollo's `didEncounterErrors`, before formatting. */
export function noteErrors(errors: readonly GraphQLError[], requestId: string, log: Log): void {
  for (const error of errors) {
    if (!isUnexpected(error)) continue;
    const cause = causeOf(error);
    if (cause instanceof CallerHungUp) continue;
    // A value that could not be sent is quoted by GraphQL in the message: only where it was is logged.
    const quotesValue = cause instanceof GraphQLError;
    log.error(
      {
        requestId,
        path: error.path?.join("."),
        err: quotesValue ? undefined : cause,
      },
      "a request failed on our side",
    );
    error.extensions["requestId"] = requestId;
  }
}

/** What a caller sees of an error: for Apollo's `formatError`, and for WebSockets. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path, extensions } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const cause = causeOf(error);
  const shown = (message: string, code: string, more: object = {}) => ({
    message,
    ...place,
    extensions: { ...more, code },
  });
  if (isUnexpected(error)) {
    const requestId = extensions?.["requestId"];
    const code = unexpectedCode(cause);
    return shown(errorTable[code].sentence, code, requestId === undefined ? {} : { requestId });
  }
  if (cause instanceof PulsegateError) return shown(cause.message, cause.code, cause.details);
  if (tokenLimit.test(formatted.message)) return shown(errorTable.QUERY_TOO_COSTLY.sentence, "QUERY_TOO_COSTLY");
  if (extensions?.[WRONG_VALUE] !== undefined) return shown(formatted.message, "BAD_USER_INPUT");
  const code = extensions?.["code"];
  return shown(formatted.message, ownCodes.has(code) ? String(code) : "BAD_USER_INPUT");
}

/** A body for answers that are given before GraphQL comes into play. */
export function errorBody(
  code: ErrorCode | "BAD_REQUEST",
  message: string = code === "BAD_REQUEST" ? "The request is not valid." : errorTable[code].sentence,
  details: object = {},
) {
  return { errors: [{ message, extensions: { ...details, code } }] };
}
