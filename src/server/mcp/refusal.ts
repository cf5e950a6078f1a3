import type { CallToolResult } from "@modelcontextprotocol/server";
import type { GraphQLFormattedError } from "graphql";
import type { ErrorCode } from "../../errors.js";

/** What an agent, or the person who set it up, can do about an error: docs/errors.md in short. */
const remedies: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED:
    "Send a valid user token (Authorization: Bearer …) or app key (X-Api-Key) with every request: set it as a header in the client's configuration, and replace it when it has expired.",
  FORBIDDEN: "These credentials do not reach that. Ask about the person whom they belong to.",
  BAD_USER_INPUT: "Correct the arguments after the tool's input schema. The same call again fails again.",
  OPERATION_NOT_ALLOWED: "Call one of the listed tools: the operator allows these alone.",
  QUERY_TOO_COSTLY: "Ask for fewer days, in several calls if need be.",
  PROVIDER_NOT_CONFIGURED: "Tell the person that the operator has to configure this provider.",
  PROVIDER_RETIRED: "Tell the person to connect the successor that the message names.",
  PROVIDER_NOT_CONNECTED: "Tell the person to connect this provider first.",
  PROVIDER_UNAVAILABLE: "Try again later.",
  PROVIDER_ACCOUNT_IN_USE: "Tell the person to disconnect the account there first.",
  UNSUPPORTED: "Tell the person that this provider does not take such records.",
  INSUFFICIENT_SCOPE: "Tell the person to connect this provider again, and to allow it.",
  RECORD_OUTCOME_UNKNOWN: "Call again with the same key: it is recorded once.",
  RATE_LIMITED: "Wait as many seconds as retryAfterSeconds says, then try once more.",
  SERVICE_UNAVAILABLE: "Try again in a moment.",
  INTERNAL_SERVER_ERROR:
    "Trying again may help. If it does not, tell the person to report it to the operator, with the time.",
};

export function remedyFor(code: unknown): string {
  // What GraphQL refuses has codes of its own: the operator's document is at fault.
  return remedies[code as ErrorCode] ?? "Tell the person that the operator has to look at this operation.";
}

/** GraphQL quotes what was sent, however long it is. */
const MAX_MESSAGE = 300;
const shortened = (text: string) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text);

/** A tool's answer where there is none: what went wrong, by its code, and what to do. */
export function failure(errors: readonly GraphQLFormattedError[]): CallToolResult {
  const told = errors.map(({ message, extensions: { code, ...details } = {} }) => ({
    ...{ code, message: shortened(message), whatToDo: remedyFor(code) },
    ...details,
  }));
  return { isError: true, content: [{ type: "text", text: JSON.stringify({ errors: told }) }] };
}
