import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { CallerHungUp, type ErrorCode, errorTable, PulsegateError, StoreUnavailable, withoutStack } from "../errors.js";
import type { Log } from "../log.js";
import { WRONG_VALUE } from "./scalars.js";

/**
 * Codes of GraphQL over HTTP itself. They are the caller's own mistakes: their messages help, and reveal nothing of
 * ours.
 */
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
/** Operations that GraphQL refused before they ran: these errors come from `new GraphQLError`, not from a resolver. */
const tokenLimit = /^Syntax Error: Document contains more (than|that) \d+ tokens/;

/** The code of an unexpected failure. It says whether another request may help, and nothing else. */
export function unexpectedCode(error: unknown): "SERVICE_UNAVAILABLE" | "INTERNAL_SERVER_ERROR" {
  return error instanceof StoreUnavailable ? "SERVICE_UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
}

/** The HTTP headers of an error. */
export function headersOf({ code, details }: PulsegateError): ReadonlyMap<string, string> {
  const wait = details["retryAfterSeconds"];
  return new Map([
    ...(code === "UNAUTHENTICATED" ? [["www-authenticate", "Bearer"] as const] : []),
    ...(wait === undefined ? [] : [["retry-after", String(wait)] as const]),
  ]);
}

/** An error of ours in GraphQL's form, with the HTTP status if it ends the request. */
export function asGraphQLError(error: PulsegateError): GraphQLError {
  // Apollo ignores an `http` with an undefined part.
  const named = headersOf(error);
  const headers = named.size > 0 && { headers: named };
  const extensions = {
    ...error.details,
    code: error.code,
    http: { status: errorTable[error.code].status, ...headers },
  };
  const made = withoutStack(() => new GraphQLError(error.message, { extensions }));
  // If it were passed to the constructor, its stack would be written out.
  return Object.assign(made, { originalError: error });
}

/** The error that a resolver threw, inside any number of GraphQL's wrappers. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Whether the error is not meant for the caller: then its message is not sent. */
function isUnexpected(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof PulsegateError) return cause.code === "INTERNAL_SERVER_ERROR";
  if (!(cause instanceof GraphQLError)) return true;
  if (ownCodes.has(cause.extensions["code"]) || cause.extensions[WRONG_VALUE] !== undefined) return false;
  // A variable that is null where the schema has none is found in execution only, and its error points at the query.
  // The error of a scalar that refuses to send a value points nowhere and quotes the value: a health figure, and a
  // defect of ours.
  return error instanceof GraphQLError && error.path !== undefined ? cause.nodes === undefined : false;
}

/**
 * Writes the details of masked errors to the log, and only there. For Apollo's `didEncounterErrors`, before formatting.
 */
export function noteErrors(errors: readonly GraphQLError[], requestId: string, log: Log): void {
  for (const error of errors) {
    if (!isUnexpected(error)) continue;
    const cause = causeOf(error);
    if (cause instanceof CallerHungUp) continue;
    // GraphQL's message quotes a value that could not be sent, so only its place is logged.
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

/** What a caller gets of an error: for Apollo's `formatError`, and for WebSockets. */
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

/** A result as its caller gets it. */
export function shown<R extends { errors?: readonly GraphQLError[] }>(result: R) {
  return result.errors
    ? { ...result, errors: result.errors.map((error) => formatError(error.toJSON(), error)) }
    : result;
}

/** The body of an answer that is sent before GraphQL runs. */
export function errorBody(
  code: ErrorCode | "BAD_REQUEST",
  message: string = code === "BAD_REQUEST" ? "The request is not valid." : errorTable[code].sentence,
  details: object = {},
) {
  return { errors: [{ message, extensions: { ...details, code } }] };
}
