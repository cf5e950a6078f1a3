import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../../config/config.js";
import { PulsegateError } from "../../errors.js";
import type { Caller } from "../../graphql/caller.js";
import { createContext, freshnessOf, headerTokensOf, type RequestContext } from "../../graphql/context.js";
import { asGraphQLError, unexpectedCode } from "../../graphql/errors.js";
import type { providerViews } from "../../graphql/provider-view.js";
import type { Services } from "../../graphql/services.js";
import type { Log } from "../../log.js";
import { whenGone } from "../hang-up.js";
import { found } from "../middleware/request.js";
import { type RateLimiter, spending } from "../rate-limit.js";

interface ContextDeps {
  readonly config: Config;
  readonly services: Services;
  readonly providers: ReturnType<typeof providerViews>;
  readonly limiter: RateLimiter;
  readonly log: Log;
  servicesFor(caller: Caller): Services;
}

/** What a resolver is given of an HTTP request. Throws a GraphQL error where there is no caller. */
export function contextOf({ config, services, servicesFor, providers, limiter, log }: ContextDeps) {
  return (request: IncomingMessage, response: ServerResponse, paid: number): RequestContext => {
    const { caller, refusal, requestId } = found(response);
    if (!caller) throw refusalOf(refusal, requestId, log);
    return createContext({
      caller,
      services: servicesFor(caller),
      providers,
      requestId,
      freshness: freshnessOf(request.headers),
      headerTokens: config.tokenResolvers.includes("header") ? headerTokensOf(request.headers, services.providers) : {},
      signal: hangUp(response),
      spend: spending(limiter, caller, paid),
    });
  };
}

function refusalOf(refusal: unknown, requestId: string, log: Log): Error {
  if (refusal instanceof PulsegateError) return asGraphQLError(refusal);
  log.error({ err: refusal, requestId }, "a caller could not be identified");
  return asGraphQLError(new PulsegateError(unexpectedCode(refusal)));
}

function hangUp(response: ServerResponse): () => AbortSignal {
  return whenGone((abort) => {
    const gone = () => {
      if (!response.writableEnded) abort();
    };
    if (response.destroyed) gone();
    else response.once("close", gone);
  });
}
