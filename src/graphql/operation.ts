import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from "graphql";
import type { Log } from "../log.js";
import { requireWriter } from "./caller.js";
import type { RequestContext } from "./context.js";
import { noteErrors } from "./errors.js";
import { checkLimits, type Limits } from "./limits.js";
import { planExtension, planOf } from "./plan.js";

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions: unknown;
}

/** The last look at a valid operation before it runs: what it wants of its plan, and whether it asks for too much. */
export function admit(request: Operation, context: RequestContext, limits?: Limits): void {
  const { schema, document, operation } = request;
  if (operation.operation === "mutation") requireWriter(context.caller);
  context.plan = planOf(request.extensions, operation.operation);
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  // Wrong variables are GraphQL's to complain of.
  if (variables.coerced) checkLimits(schema, document, operation, variables.coerced, context.clock.now(), limits);
}

/** What is added to an answer once it is there: nothing of the data in a dry run, and the cost where it was asked for. */
export function withPlan<R extends { data?: unknown; extensions?: object }>(result: R, context: RequestContext): R {
  if (context.plan === null) return result;
  const plan = planExtension(context.loaders.report(), context.caller);
  return {
    ...result,
    ...(context.plan === "dry-run" && { data: null }),
    extensions: { ...result.extensions, plan },
  };
}

type Args = ExecutionArgs & { contextValue: RequestContext };

/** Runs a query or mutation that came over a WebSocket; HTTP's go through Apollo. */
export async function answer(args: Args, log: Log): Promise<ExecutionResult> {
  const result = (await execute(args)) as ExecutionResult;
  if (result.errors) noteErrors(result.errors, args.contextValue.requestId, log);
  return withPlan(result, args.contextValue);
}

/**
 * Like GraphQL's own `subscribe`, but each event is answered in a context of its own: loaders remember what they
 * loaded, and the second event would otherwise be answered with the data of the first.
 */
export async function follow(args: Args, log: Log): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) {
    if (source.errors) noteErrors(source.errors, args.contextValue.requestId, log);
    return source;
  }
  const events = source[Symbol.asyncIterator]();
  const answers: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const step = await events.next();
      if (step.done) return { done: true, value: undefined };
      const value = await answer({ ...args, rootValue: step.value, contextValue: args.contextValue.again() }, log);
      return { done: false, value };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return answers;
    },
  };
  return answers;
}
