import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../../config/config.js";

/** Lets pages of the configured origins ask. Answers their browsers' preflights, and true where it did. */
export function cors({ corsOrigins }: Pick<Config, "corsOrigins">) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    response.setHeader("vary", "origin, accept-encoding");
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && corsOrigins.includes(origin);
    if (isAllowed) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", "retry-after, x-request-id");
      response.setHeader("cross-origin-resource-policy", "cross-origin");
    }
    if (request.method !== "OPTIONS") return false;
    if (isAllowed) {
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.setHeader(
        "access-control-allow-headers",
        request.headers["access-control-request-headers"] ?? "content-type, authorization, cache-control",
      );
      response.setHeader("access-control-max-age", "600");
    }
    response.writeHead(204).end();
    return true;
  };
}
