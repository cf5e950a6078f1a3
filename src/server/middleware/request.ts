import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Request } from "express";
import type { Caller } from "../../graphql/caller.js";
import { tracedRequest } from "../../tracing.js";
import type { Metrics } from "../metrics.js";

/** What is found out about a request before it is answered. */
interface Found {
  readonly requestId: string;
  caller?: Caller;
  /** Why there is no caller: told only where one is needed. */
  refusal?: unknown;
}
const everyFound = new WeakMap<ServerResponse, Found>();
export const found = (response: ServerResponse): Found => everyFound.get(response)!;

/** Whoever has to do with a request hears once of its end. They are a few more than the ten at which Node warns. */
const LISTENERS_OF_A_RESPONSE = 20;

/** Gives each request its id and headers, and counts it once it is answered. */
export function named(metrics: Metrics) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const begun = process.hrtime.bigint();
    const { url = "", method = "" } = request;
    const given = request.headers["x-request-id"];
    const requestId = typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    everyFound.set(response, { requestId });
    response.setMaxListeners(LISTENERS_OF_A_RESPONSE);
    response.setHeader("x-request-id", requestId);
    response.setHeader("cache-control", "private, no-store");
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("x-frame-options", "DENY");
    response.setHeader("referrer-policy", "no-referrer");
    response.setHeader("cross-origin-resource-policy", "same-origin");
    response.once("close", () => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      metrics.request(routeOf(url), method, response.statusCode, seconds);
    });
  };
}

/** Operators' machines ask these all the time, and nobody asks why they take long. */
const untold: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);

/** Answers a request, which has its id, as a span of a trace. */
export function asSpan(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
  const { url = "", method = "", headers } = request;
  const route = routeOf(url);
  if (untold.has(route)) {
    answer();
    return;
  }
  const facts = () => ({
    "http.request.method": method,
    "http.route": route,
    "pulsegate.request.id": found(response).requestId,
  });
  tracedRequest(`${method} ${route}`, headers, facts, (done) => {
    response.once("close", () => {
      const { statusCode } = response;
      done({ "http.response.status_code": statusCode }, statusCode >= 500);
    });
    answer();
  });
}

/** A short list, so that nobody can fill the metrics with addresses of their own. */
const routes = ["graphql", "graphiql", "page", "lab", "oauth", "webhooks", "mcp", "healthz", "readyz", "metrics"];
export function routeOf(url: string): string {
  const first = /^(?:https?:\/\/[^/?]*)?\/([\w-]*)/i.exec(url)?.[1] ?? "";
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
