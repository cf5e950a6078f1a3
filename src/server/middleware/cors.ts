import type { RequestHandler } from "express";
import type { Config } from "../../config/config.js";

/** Lets pages of the configured origins ask. */
export function cors({ corsOrigins }: Pick<Config, "corsOrigins">): RequestHandler {
  return (request, response, next) => {
    response.vary("origin");
    const { origin } = request.headers;
    const allowed = origin !== undefined && corsOrigins.includes(origin);
    if (allowed) {
      response.set({
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "retry-after, x-request-id",
        "cross-origin-resource-policy": "cross-origin",
      });
    }
    if (request.method !== "OPTIONS") return next();
    if (allowed) {
      response.set({
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers":
          request.headers["access-control-request-headers"] ?? "content-type, authorization, cache-control",
        "access-control-max-age": "600",
      });
    }
    response.status(204).end();
  };
}
