import { randomUUID } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import type { Caller } from "../../graphql/caller.js";
import type { Metrics } from "../metrics.js";

/** What the middlewares find out about a request. */
interface Found {
  requestId: string;
  caller?: Caller;
  /** Why there is no caller: told only where one is needed. */
  refusal?: unknown;
  /** The body before it was parsed, where it was JSON. */
  raw?: Buffer;
}
export const found = (response: Response): Found => response.locals as Found;

/** Gives each request its id and headers, and counts it once it is answered. */
export function named(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const begun = process.hrtime.bigint();
    const given = request.headers["x-request-id"];
    const requestId = typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    found(response).requestId = requestId;
    response.set({
      "x-request-id": requestId,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    response.once("close", () => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      metrics.request(routeOf(request.originalUrl), request.method, response.statusCode, seconds);
    });
    next();
  };
}

/** A short list, so that nobody can fill the metrics with addresses of their own. */
const routes = ["graphql", "graphiql", "home", "lab", "oauth", "webhooks", "healthz", "readyz", "metrics"];
function routeOf(url: string): string {
  const first = /^\/([\w-]*)/.exec(url)?.[1] ?? "";
  return first === "" ? "/" : routes.includes(first) ? `/${first}` : "other";
}

/** Of a parameter that is given twice, the first. */
export function textsOf(query: Request["query"]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return [name, typeof first === "string" ? first : undefined];
    }),
  );
}
