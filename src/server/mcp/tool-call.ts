import { type CallToolResult, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import type { GraphQLError } from "graphql";
import { PulsegateError } from "../../errors.js";
import type { Caller } from "../../graphql/caller.js";
import { formatError } from "../../graphql/errors.js";
import { answer } from "../../graphql/operation.js";
import type { Log } from "../../log.js";
import type { Tool } from "../../operations/tools.js";
import { whenGone } from "../hang-up.js";
import type { Metrics } from "../metrics.js";
import { type Operations, refusalOf, serialised, writtenFor } from "../operations.js";
import { failure } from "./refusal.js";

/** Who asks by an agent. */
export interface Asking {
  readonly caller: Caller;
  readonly address: string;
}

interface ToolCall {
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
  /** The agent's own name, cleaned. */
  readonly agent: string;
  /** Aborted when the agent does not wait any more. */
  readonly signal: AbortSignal;
}

export interface ToolCallDeps {
  readonly tools: readonly Tool[];
  readonly operations: Operations;
  readonly metrics?: Pick<Metrics, "operation" | "planned">;
  readonly log: Log;
}

export type CallTool = (asking: Asking, call: ToolCall) => Promise<CallToolResult>;

/** No model reads more at once, and whatever is longer would hold up others while it is written. */
const MAX_ANSWER_LENGTH = 256 * 1024;
const MAX_QUOTED = 64;

/**
 * Runs the query of a tool, as if the caller had sent its id to /graphql. Whatever refuses it is told in the result, so
 * that the model can do something about it. Rejects with a `ProtocolError` where there is no such tool.
 */
export function toolCaller({ tools, operations, metrics, log }: ToolCallDeps): CallTool {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return async ({ caller, address }, { name, given, agent, signal }) => {
    const tool = byName.get(name);
    if (!tool) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `There is no tool ${JSON.stringify(name.slice(0, MAX_QUOTED))}: tools/list has the names of all.`,
      );
    }
    const refused = (errors: readonly GraphQLError[]) => {
      metrics?.operation("query", "failed");
      return failure(errors.map((error) => formatError(error.toJSON(), error)));
    };
    try {
      checkCall(tool, given, caller);
      const asked = { query: "", documentId: tool.operation.id, variables: given };
      const begun = await operations.prepare({ caller, address, agent, signal: hungUp(signal), cut: () => {} }, asked);
      if (!("operation" in begun)) return refused(begun);
      const result = await writtenFor(begun, () => answer(begun, log));
      metrics?.planned(begun.contextValue.loaders.report());
      if (result.errors) return refused(result.errors);
      const { text: whole } = serialised(result);
      if (whole.length > MAX_ANSWER_LENGTH) {
        throw new PulsegateError("QUERY_TOO_COSTLY", "The answer is too long for an agent.", {
          limit: { characters: MAX_ANSWER_LENGTH },
        });
      }
      metrics?.operation("query", "ok");
      const { data } = JSON.parse(whole) as { readonly data: Record<string, unknown> };
      // For clients that know no structured content.
      return { structuredContent: data, content: [{ type: "text", text: JSON.stringify(data) }] };
    } catch (error) {
      return refused(refusalOf(error, log));
    }
  };
}

/** GraphQL ignores what no variable is named for: a model that names somebody there would take the answer for theirs. */
function checkCall({ inputSchema, needsViewer }: Tool, given: ToolCall["given"], caller: Caller): void {
  const known = Object.keys(inputSchema["properties"] as object);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const takes = known.length === 0 ? "no arguments" : `${known.join(", ")} alone`;
    throw new PulsegateError(
      "BAD_USER_INPUT",
      `There is no argument ${JSON.stringify(unknown.slice(0, MAX_QUOTED))}: this tool takes ${takes}.`,
    );
  }
  if (needsViewer && caller.kind === "app") {
    throw new PulsegateError(
      "BAD_USER_INPUT",
      "This app key speaks for everybody, and this tool is about the person who asks. Use a tool that names the user, or a key that is bound to one person.",
    );
  }
}

/** The agent's signal, with the reason by which nobody is told of what was stopped. */
function hungUp(signal: AbortSignal): () => AbortSignal {
  return whenGone((abort) => {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
