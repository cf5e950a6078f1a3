import { ApolloServer, type ApolloServerPlugin, type BaseContext } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import type { GraphQLError } from "graphql";
import { PulsegateError } from "../errors.js";
import { ownerOf } from "../graphql/caller.js";
import type { RequestContext } from "../graphql/context.js";
import type { Documents } from "../graphql/documents.js";
import { asGraphQLError, formatError, noteErrors } from "../graphql/errors.js";
import { defaultLimits, type Limits } from "../graphql/limits.js";
import { admit, completed } from "../graphql/operation.js";
import { schema } from "../graphql/schema.js";
import { jsonInParts } from "../graphql/writing/json-parts.js";
import type { Log } from "../log.js";
import { wayOutScript } from "./explorer.js";
import type { Metrics } from "./metrics.js";

/**
 * A request with one of these is none that a foreign page could send without being asked for: Apollo's own names, and
 * those of our credentials. urql reads by GET, with no content type.
 */
const preflighted = ["x-apollo-operation-name", "apollo-require-preflight", "authorization", "x-api-key"];

export interface ApolloOptions {
  readonly introspection: boolean;
  /** What Apollo Sandbox opens with. Null: no explorer. */
  readonly firstQuery: string | null;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly documents: Documents;
  readonly limits?: Limits;
}

export function createApollo({
  introspection,
  firstQuery,
  log,
  metrics,
  documents,
  limits = defaultLimits,
}: ApolloOptions): ApolloServer<RequestContext> {
  /** Data that are JSON already: see `RequestContext.outcome`. */
  const written = new WeakSet<object>();
  return new ApolloServer<RequestContext>({
    schema: schema(),
    introspection,
    csrfPrevention: { requestHeaders: preflighted },
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // The server below is closed by its owner, who also has sockets and jobs to end.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.tokens },
    documentStore: documents.store,
    // Holds persisted queries; anybody may add one, so it has an end.
    cache: "bounded",
    formatError,
    stringifyResult: (result) => (result.data && written.has(result.data) ? "" : `${JSON.stringify(result)}\n`),
    logger: apolloLog(log),
    plugins: [
      // Looks at each field of each answer, for a header that would be wrong here anyway: our answers are private.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      firstQuery === null ? ApolloServerPluginLandingPageDisabled() : apolloSandbox(firstQuery),
      pulsegate({ log, metrics, limits, written }),
    ] as ApolloServerPlugin<BaseContext>[] as never,
  });
}

/** Apollo's own page, with a way out for those who can't reach Apollo's servers. */
function apolloSandbox(document: string): ApolloServerPlugin<BaseContext> {
  const theirs = ApolloServerPluginLandingPageLocalDefault({
    footer: false,
    includeCookies: false,
    document,
    embed: { runTelemetry: false, endpointIsEditable: false },
  });
  return {
    ...theirs,
    async serverWillStart(service) {
      const listener = await theirs.serverWillStart!(service);
      const page = await listener!.renderLandingPage!();
      const text = async () => (typeof page.html === "string" ? page.html : await page.html());
      // First of all: a script of theirs that does not come holds back what stands after it.
      const html = async () => (await text()).replace("<head>", `<head>${wayOutScript}`);
      return { ...listener, renderLandingPage: async () => ({ html }) };
    },
  };
}

const OVER_WEBSOCKET =
  "Subscriptions are answered over WebSocket (graphql-transport-ws) at /graphql, or as server-sent events at /graphql/stream.";

function pulsegate({
  log,
  metrics,
  limits,
  written,
}: {
  log: Log;
  metrics: Metrics;
  limits: Limits;
  written: WeakSet<object>;
}): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema: ours, document, operation, request, contextValue }) {
          if (!operation) return;
          try {
            if (operation.operation === "subscription") throw new PulsegateError("BAD_USER_INPUT", OVER_WEBSOCKET);
            await admit(
              { schema: ours, document, operation, variables: request.variables, extensions: request.extensions },
              contextValue,
              limits,
            );
          } catch (error) {
            throw error instanceof PulsegateError ? asGraphQLError(error) : error;
          }
        },
        async didEncounterErrors({ errors, contextValue }) {
          noteErrors(errors as readonly GraphQLError[], contextValue.requestId, log);
        },
        async willSendResponse({ response, contextValue, operation }) {
          if (response.body.kind !== "single") return;
          const { singleResult } = response.body;
          const outcome = !singleResult.errors ? "ok" : singleResult.data ? "partial" : "failed";
          metrics.operation(operation?.operation ?? "unknown", outcome);
          metrics.planned(contextValue.loaders.report());
          if (outcome === "ok" && contextValue.plan === null) contextValue.outcome.repeatable = contextValue.madeOf();
          contextValue.outcome.points = contextValue.cost.points;
          // Apollo sends the object that it handed over: it is changed in place.
          Object.assign(singleResult, completed(singleResult, contextValue));
          const { errors, data, extensions } = singleResult;
          if (!data) return;
          written.add(data);
          const texts = await jsonInParts({ errors, data, extensions }, ownerOf(contextValue.caller));
          contextValue.outcome.json = [...texts, "\n"];
        },
      };
    },
  };
}

/** Apollo's own messages may quote requests: they are kept out of the ordinary log. */
function apolloLog(log: Log) {
  const say = (level: "warn" | "error") => (message: unknown) => log[level]({ from: "apollo" }, String(message));
  return { debug: () => {}, info: () => {}, warn: say("warn"), error: say("error") };
}
