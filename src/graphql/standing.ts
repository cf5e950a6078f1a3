import { randomUUID } from "node:crypto";
import { type DocumentNode, type ExecutionResult, getOperationAST, type OperationDefinitionNode, parse } from "graphql";
import { PulsegateError } from "../errors.js";
import type { Log } from "../log.js";
import type { AnswerStanding } from "../outbound/runs.js";
import type { StandingOperation } from "../outbound/webhook.js";
import type { ProviderId } from "../providers/index.js";
import { digesterOf } from "./answer-digest.js";
import { ownerOf } from "./caller.js";
import { createContext, type RequestContext } from "./context.js";
import { asGraphQLError, shown } from "./errors.js";
import { admit, answer } from "./operation.js";
import type { ProviderView } from "./provider-view.js";
import { schema } from "./schema.js";
import type { Services } from "./services.js";
import { jsonInParts } from "./writing/json-parts.js";

interface Read {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly digest: ReturnType<typeof digesterOf>;
}

/** More would not fit into a row of the store, once it is encrypted. */
const MOST_BYTES = 4_000_000;
const TOO_LONG = `The answer has more than ${MOST_BYTES / 1e6} MB: ask for fewer days or fields.`;
/** When a provider that was away is asked again. */
const AWAY_MS = 5 * 60_000;
const isLacking = new Set(["STALE", "RATE_LIMITED", "UNAVAILABLE"]);

/**
 * Runs operations for people as if each had sent theirs to `POST /graphql`, with the same limits; nobody is charged. Throws
 * where the gateway itself could not answer.
 */
export function createStandingAnswers(deps: {
  readonly services: Services;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly log: Log;
}): AnswerStanding {
  const known = new WeakMap<StandingOperation, Read>();
  const readOnce = (standing: StandingOperation): Read => {
    const before = known.get(standing);
    if (before) return before;
    const document = parse(standing.text);
    const read = { document, operation: getOperationAST(document)!, digest: digesterOf(document) };
    known.set(standing, read);
    return read;
  };

  const run = async ({ document, operation }: Read, context: RequestContext): Promise<ExecutionResult> => {
    try {
      const asked = { schema: schema(), document, operation, variables: {}, extensions: undefined };
      await admit(asked, context);
      return await answer({ schema: schema(), document, contextValue: context }, deps.log);
    } catch (error) {
      if (error instanceof PulsegateError) return { errors: [asGraphQLError(error)] };
      throw error;
    }
  };

  return async (standing, userId, signal) => {
    const read = readOnce(standing);
    const context = createContext({
      caller: { kind: "user", userId, expiresAt: null },
      ...deps,
      requestId: randomUUID(),
      signal: () => signal,
    });
    const { data, errors = [] } = shown(await run(read, context));
    for (const { extensions } of errors as readonly { extensions?: { code?: unknown } }[]) {
      const ours = extensions?.code === "SERVICE_UNAVAILABLE" || extensions?.code === "INTERNAL_SERVER_ERROR";
      if (ours) throw new Error(`an operation could not be answered (${String(extensions.code)})`);
    }
    const owner = ownerOf(context.caller);
    const text = (await jsonInParts(data ?? null, owner)).join("");
    const { clock } = deps.services;
    const lacking = context.loaders.sources().filter(({ status }) => isLacking.has(status));
    const againAt = lacking.map(({ retryAt }) => Math.max(retryAt ?? 0, clock.now() + (retryAt ? 1_000 : AWAY_MS)));
    const told = { againAt: againAt.length === 0 ? null : Math.max(...againAt) };
    if (Buffer.byteLength(text) > MOST_BYTES) {
      const long = [{ message: TOO_LONG, extensions: { code: "QUERY_TOO_COSTLY" } }];
      return { ...told, data: "null", errors: JSON.stringify(long), digest: read.digest(null, long) };
    }
    return {
      ...told,
      data: text,
      errors: errors.length === 0 ? null : JSON.stringify(errors),
      digest: read.digest(JSON.parse(text), errors),
    };
  };
}
