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
import { PulsegateError } from "../errors.js";
import { endedWith } from "../events/ended-with.js";
import type { Log } from "../log.js";
import { turn } from "../turns.js";
import { ownerOf, requireWriter } from "./caller.js";
import type { RequestContext } from "./context.js";
import { asGraphQLError, noteErrors } from "./errors.js";
import { checkLimits, type Limits } from "./limits.js";
import { planExtension, planOf } from "./plan.js";

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions: unknown;
}

/** Of operations and events that cost this much, each begins in a turn of its own: many at once hold nobody up. */
const DEAR_POINTS = 10;

/**
 * The last look at a valid operation before it runs: what it wants of its plan, whether it asks for too much, and whether
 * its caller has that much left of their minute. Throws FORBIDDEN, BAD_USER_INPUT, QUERY_TOO_COSTLY or RATE_LIMITED.
 */
export async function admit(request: Operation, context: RequestContext, limits?: Limits): Promise<void> {
  const { schema, document, operation } = request;
  if (operation.operation === "mutation") requireWriter(context.caller);
  context.plan = planOf(request.extensions, operation.operation);
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  // Wrong variables are GraphQL's to complain of.
  if (!variables.coerced) return;
  context.cost = checkLimits(schema, document, operation, variables.coerced, context.clock.now(), limits);
  await context.spend(context.cost);
  await beginFairly(context);
}

async function beginFairly({ cost, caller }: RequestContext): Promise<void> {
  if (cost.points >= DEAR_POINTS) await turn(ownerOf(caller));
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

/** What a subscription needs beside GraphQL's own. */
export interface Following extends Args {
  /**
   * Answers an event, or hands over the answer that an equal subscription of the same caller got. `time` tells how often
   * this listener was handed the very same object: each time is an event of its own.
   */
  share(event: object, time: number, make: () => Promise<ExecutionResult>): Promise<ExecutionResult>;
  /** The listener fell too far behind, or its source failed: its client has to begin anew. */
  lost(error: unknown): void;
}

/** Each subscription pays for having its answer sent; who is the first to need it pays for it being made. */
const DELIVERY = { ms: 0, points: 1, mutations: 0 };

/**
 * Like GraphQL's own `subscribe`, but each event is answered in a context of its own: loaders remember what they
 * loaded, and the second event would otherwise be answered with the data of the first. An event that its caller has no
 * points left for is answered with RATE_LIMITED.
 */
export async function follow(
  { share, lost, ...args }: Following,
  log: Log,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const { contextValue: context } = args;
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) {
    if (source.errors) noteErrors(source.errors, context.requestId, log);
    return source;
  }
  const events = source[Symbol.asyncIterator]();
  const times = new WeakMap<object, number>();
  const answerTo = async (event: object): Promise<ExecutionResult> => {
    const time = (times.get(event) ?? 0) + 1;
    times.set(event, time);
    try {
      await context.spend(DELIVERY);
      return await share(event, time, async () => {
        await context.spend({ ...context.cost, points: context.cost.points - DELIVERY.points });
        await beginFairly(context);
        return await answer({ ...args, rootValue: event, contextValue: context.again() }, log);
      });
    } catch (error) {
      if (error instanceof PulsegateError) return { errors: [asGraphQLError(error)] };
      throw error;
    }
  };
  async function* answers() {
    try {
      for await (const event of { [Symbol.asyncIterator]: () => events }) {
        const value = await answerTo(event as object);
        // A hundred sockets are not written to in one go.
        await turn(ownerOf(context.caller));
        yield value;
      }
    } catch (error) {
      lost(error);
      await events.return?.();
    }
  }
  return endedWith(events, answers());
}
