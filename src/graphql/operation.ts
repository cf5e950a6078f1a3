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
import { tellTrace, traced, tracedApart, traceHere } from "../tracing.js";
import { turn } from "../turns.js";
import { ownerOf, requireWriter } from "./caller.js";
import type { RequestContext } from "./context.js";
import { asGraphQLError, noteErrors } from "./errors.js";
import { type Cost, checkLimits, defaultLimits, type Limits } from "./limits.js";
import { planExtension, planOf } from "./plan.js";
import { Writing } from "./writing/written.js";

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions: unknown;
}

/**
 * Operations and events that cost so much begin in a turn of their own, so that many at once don't hold up other work.
 */
const DEAR_POINTS = 10;

type Variables = Readonly<Record<string, unknown>>;

/**
 * The last check of a valid operation before it runs: the plan that it wants, whether it asks for too much, and whether
 * its caller has enough points. It is made, and charged for, once for each context. Answers the variables, or null where
 * GraphQL has to say what is wrong with them. Throws FORBIDDEN, BAD_USER_INPUT, QUERY_TOO_COSTLY or RATE_LIMITED.
 */
export function admit(
  request: Operation,
  context: RequestContext,
  limits = defaultLimits,
  reckon: Reckon = reckonedBy(request),
): Promise<Variables | null> {
  context.admission ??= admitted(request, context, limits, reckon);
  return context.admission;
}

/** What an operation costs with these variables. Throws QUERY_TOO_COSTLY. */
type Reckon = (variables: Variables, now: number, limits: Limits) => Cost;

const reckonedBy =
  ({ schema, document, operation }: Operation): Reckon =>
  (variables, now, limits) =>
    checkLimits(schema, document, operation, variables, now, limits);

async function admitted(
  request: Operation,
  context: RequestContext,
  limits: Limits,
  reckon: Reckon,
): Promise<Variables | null> {
  const { schema, operation } = request;
  if (operation.operation === "mutation") requireWriter(context.caller);
  context.plan = planOf(request.extensions, operation.operation);
  context.writing = new Writing(ownerOf(context.caller));
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  if (!variables.coerced) return null;
  context.limits = limits;
  context.cost = reckon(variables.coerced, context.clock.now(), limits);
  const { points } = context.cost;
  tellTrace(() => ({ "graphql.operation.type": operation.operation, "pulsegate.points": points }));
  await context.spend(context.cost);
  await beginFairly(context);
  return variables.coerced;
}

async function beginFairly({ cost, caller }: RequestContext): Promise<void> {
  if (cost.points >= DEAR_POINTS) await turn(ownerOf(caller));
}

/**
 * Completes an answer: with what was written as JSON, without data in a dry run, and with the cost if the request asked
 * for it.
 */
export function completed<R extends Result>(result: R, context: RequestContext): R {
  if (result.data) context.writing?.complete(result.data);
  if (context.plan === null) return result;
  const plan = planExtension(context.loaders.report(), context.caller);
  return {
    ...result,
    ...(context.plan === "dry-run" && { data: null }),
    extensions: { ...result.extensions, plan },
  };
}

interface Result {
  readonly data?: object | null;
  readonly extensions?: object;
}

type Args = ExecutionArgs & { contextValue: RequestContext };

/** Runs a query or mutation from a WebSocket. Those from HTTP run in Apollo. */
export function answer(args: Args, log: Log): Promise<ExecutionResult> {
  return traced("operation", factsOf(args), () => executed(args, log));
}

async function executed(args: Args, log: Log): Promise<ExecutionResult> {
  const result = (await execute(args)) as ExecutionResult;
  if (result.errors) noteErrors(result.errors, args.contextValue.requestId, log);
  return completed(result, args.contextValue);
}

const factsOf =
  ({ contextValue: { requestId, cost } }: Args) =>
  () => ({ "pulsegate.request.id": requestId, "pulsegate.points": cost.points });

/** What a subscription needs in addition to GraphQL's own arguments. */
export interface Following extends Args {
  /**
   * Answers an event, or returns the answer that an equal subscription of the same caller got. `time` counts how often
   * this listener got one object: each time is an event of its own.
   */
  share(event: object, time: number, make: () => Promise<ExecutionResult>): Promise<ExecutionResult>;
  /** Called if the listener is too far behind, or its source fails: its client must subscribe again. */
  lost(error: unknown): void;
}

/** Each subscription pays for sending its answer. The first one that needs the answer pays for making it. */
const DELIVERY = { ms: 0, points: 1, mutations: 0 };

/**
 * Like GraphQL's own `subscribe`, but each event is answered in a context of its own: loaders remember what they
 * loaded, so the second event would otherwise get the data of the first. If the caller has too few points left, the
 * event is answered with RATE_LIMITED.
 */
export async function follow(
  { share, lost, ...args }: Following,
  log: Log,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const { contextValue: context } = args;
  const cause = traceHere();
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
        const again = { ...args, rootValue: event, contextValue: context.again() };
        return await tracedApart("event", cause, factsOf(again), () => executed(again, log));
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
        // Takes turns, so that a hundred sockets are not written to at once.
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
