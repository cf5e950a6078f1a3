import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Request, Response } from "express";
import { redirectLocation } from "../../connections/oauth/redirects.js";
import { PulsegateError } from "../../errors.js";
import type { Services } from "../../graphql/services.js";
import type { Log } from "../../log.js";
import { providerAt } from "../../providers/registry.js";
import type { AddressOf } from "../address.js";
import { consentPage } from "../pages.js";
import type { RateLimiter } from "../rate-limit.js";

/**
 * Whether a person opened this page, as far as can be told. A code works once: what a browser fetches ahead, or a mail
 * scanner looks at, must not use it up before the person is there.
 */
export function isOwnVisit({ method, headers }: Pick<IncomingMessage, "method" | "headers">): boolean {
  return method === "GET" && !isAhead(headers);
}

/** https://fetch.spec.whatwg.org/#sec-purpose-header, and what older browsers say instead. */
function isAhead(headers: IncomingHttpHeaders): boolean {
  return ["sec-purpose", "purpose", "x-purpose", "x-moz"].some((name) =>
    /prefetch|prerender|preview/i.test(String(headers[name] ?? "")),
  );
}

export interface CallbackDoor {
  readonly connections: Pick<Services["connections"], "callback">;
  readonly providers: Services["providers"];
  readonly limiter: Pick<RateLimiter, "callback">;
  readonly addressOf: AddressOf;
  readonly log: Log;
}

/** The end of a consent: where the provider sends the person's browser. */
export function callbackDoor({ connections, providers, limiter, addressOf, log }: CallbackDoor) {
  return async (request: Request, response: Response, query: Readonly<Record<string, string | undefined>>) => {
    response.vary("sec-purpose");
    if (!isOwnVisit(request)) {
      const isKnown = request.method === "HEAD" || request.method === "GET";
      if (!isKnown) response.set("allow", "GET, HEAD");
      response.status(request.method === "HEAD" ? 200 : isKnown ? 503 : 405).end();
      return;
    }
    const slug = String(request.params["provider"]);
    const show = (status: number, result: Parameters<typeof consentPage>[0]) => {
      const name = providerAt(providers, slug)?.name ?? "the provider";
      response
        .status(status)
        .type("html")
        .send(consentPage(result, name, "../../"));
    };
    try {
      await limiter.callback(addressOf(request));
      const result = await connections.callback(slug, query);
      const location = redirectLocation(result);
      if (location !== null) response.redirect(302, location);
      else show(!("error" in result) ? 200 : result.error === "unfinished" ? 503 : 400, result);
    } catch (error) {
      if (error instanceof PulsegateError && error.code === "RATE_LIMITED") {
        response.set("retry-after", String(error.details["retryAfterSeconds"]));
        show(429, { provider: slug, redirectTo: null, error: error.code });
        return;
      }
      // A person looks at this, not a program: what they may do about it is said in words.
      log.error({ err: error }, "a consent could not be completed");
      show(503, { provider: slug, redirectTo: null, error: "SERVICE_UNAVAILABLE" });
    }
  };
}
