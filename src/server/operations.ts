import { randomUUID } from "node:crypto";
import { type ExecutionResult, GraphQLError, getOperationAST, type OperationDefinitionNode } from "graphql";
import { PulsegateError } from "../errors.js";
import { type Caller, ownerOf } from "../graphql/caller.js";
import { createContext, type RequestContext } from "../graphql/context.js";
import { checkNesting } from "../graphql/document-text.js";
import type { Documents } from "../graphql/documents.js";
import { asGraphQLError, shown, unexpectedCode } from "../graphql/errors.js";
import { defaultLimits, type Limits } from "../graphql/limits.js";
import { admit, type Following } from "../graphql/operation.js";
import type { ProviderView } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import { jsonInParts } from "../graphql/writing/json-parts.js";
import type { Log } from "../log.js";
import type { ProviderId } from "../providers/index.js";
import { turn } from "../turns.js";
import { Serialised } from "./line.js";
import { BYTES_READ_PER_POINT, keyOf, pointsFor, type RateLimiter, spending } from "./rate-limit.js";
import { createShares } from "./shares.js";
import type { Trusted } from "./trusted.js";

/** Operations that don't come as plain requests: what WebSockets, event streams and agents have in common. */
export interface Operations {
  /**
   * Charges, reads, checks and admits an operation; answers what to run it with, or why GraphQL refuses it. Throws what
   * has a code of ours. `cut` has to end the connection, so that the client comes back: its subscription fell behind.
   */
  prepare(asking: Asking, asked: Asked): Promise<Prepared | readonly GraphQLError[]>;
}

interface Asking {
  readonly caller: Caller;
  readonly address: string;
  /** The program that asks in the caller's name, where it gives one: an assistant. */
  readonly agent?: string;
  /** Aborted when nobody waits for the answer any more. */
  signal?(): AbortSignal;
  cut(): void;
}

export interface Asked {
  readonly query: string;
  readonly documentId?: unknown;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
  readonly extensions?: unknown;
}

export interface Prepared extends Following {
  readonly operation: OperationDefinitionNode;
}

export interface OperationsDeps {
  servicesFor(caller: Caller, agent?: string): Services;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly limiter: RateLimiter;
  readonly documents: Documents;
  readonly trusted: Trusted;
  readonly limits?: Limits;
  readonly log: Log;
}

export function createOperations(deps: OperationsDeps): Operations {
  const { servicesFor, providers, limiter, documents, trusted, limits = defaultLimits, log } = deps;
  const shares = createShares<ExecutionResult>((result) => serialised(result).text.length);
  return {
    async prepare({ caller, address, agent, signal, cut }, asked) {
      const { query, variables, operationName, extensions } = asked;
      const meant = trusted.meant(asked);
      await limiter.take(caller, address, pointsFor(query.length, BYTES_READ_PER_POINT));
      await turn(ownerOf(caller));
      checkNesting([variables, extensions], limits);
      const text = meant?.text ?? query;
      const document = documents.read(text);
      if (Array.isArray(document)) return document.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED"));
      const operation = getOperationAST(document, operationName);
      if (!operation) return [coded(new GraphQLError("Which operation is meant?"), "OPERATION_RESOLUTION_FAILURE")];
      const context = createContext({
        caller,
        services: servicesFor(caller, agent),
        providers,
        requestId: randomUUID(),
        signal,
        spend: spending(limiter, caller),
      });
      await admit(
        { schema: schema(), document, operation, variables, extensions: meant ? meant.extensions : extensions },
        context,
        limits,
      );
      const same = JSON.stringify([keyOf(caller), text, operationName, variables, extensions]);
      return {
        schema: schema(),
        document,
        operation,
        operationName,
        variableValues: variables,
        contextValue: context,
        share: (event, time, make) =>
          shares.answer(same, event, time, () => writtenFor({ contextValue: context }, make)),
        lost: (error) => {
          log.warn({ err: error }, "a subscription was ended");
          cut();
        },
      };
    },
  };
}

/** What is told of an operation that could not be begun. */
export function refusalOf(error: unknown, log: Log): readonly GraphQLError[] {
  if (error instanceof PulsegateError) return [asGraphQLError(error)];
  if (error instanceof GraphQLError) return [coded(error, "GRAPHQL_PARSE_FAILED")];
  log.error({ err: error }, "an operation could not be started");
  return [asGraphQLError(new PulsegateError(unexpectedCode(error)))];
}

/** Formatted and written once, however many get it. */
const written = new WeakMap<ExecutionResult, Serialised>();

/** Answers, and writes the answer while others have their turn. */
export async function writtenFor(
  { contextValue }: { readonly contextValue: RequestContext },
  make: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  const result = await make();
  const texts = await jsonInParts(shown(result), ownerOf(contextValue.caller));
  written.set(result, new Serialised(texts.join("")));
  return result;
}

export function serialised(result: ExecutionResult): Serialised {
  return written.get(result) ?? new Serialised(JSON.stringify(shown(result)));
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { ...error.extensions, code } });
}
