import type { IncomingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import express, { type Request, type RequestHandler, type Response } from "express";
import { errorBody } from "../../graphql/errors.js";
import type { Services } from "../../graphql/services.js";
import type { WebhookRequest } from "../../providers/provider.js";
import { providerAt } from "../../providers/registry.js";
import { refusingEndless } from "../middleware/endless.js";
import { textsOf } from "../middleware/request.js";

/** Takes what a provider sent. The body has been read, and is not longer than the provider's `maxBytes`. */
export interface WebhookDoor {
  receive(
    slug: string,
    request: WebhookRequest,
    secret?: string,
  ): Promise<{ readonly status: number; readonly body?: string; readonly contentType?: string }>;
}

/** What providers call. */
export function webhookDoor(webhooks: WebhookDoor, providers: Services["providers"]): RequestHandler {
  return async (request: Request, response: Response): Promise<void> => {
    const slug = String(request.params["provider"]);
    const secret = request.params["secret"] === undefined ? undefined : String(request.params["secret"]);
    const door = providerAt(providers, slug)?.webhook;
    const isThere = door !== undefined && (secret === undefined || door.secretInUrl !== undefined);
    const { method } = request;
    if (!isThere || !(method === "GET" || method === "POST" || (method === "HEAD" && door.head))) {
      if (isThere) response.set("allow", door.head ? "GET, HEAD, POST" : "GET, POST");
      response.status(isThere ? 405 : 404).json(errorBody("BAD_REQUEST", "There is nothing here."));
      return;
    }
    await readBytes(door.maxBytes)(request, response);
    const asked: WebhookRequest = {
      method,
      headers: flat(request.headers),
      query: textsOf(request.query),
      body: request.body ?? new Uint8Array(),
    };
    const { status, body: text, contentType = "text/plain" } = await webhooks.receive(slug, asked, secret);
    if (text === undefined) response.status(status).end();
    else response.status(status).type(contentType).send(text);
  };
}

/** Puts the body into `request.body` exactly as sent, since signatures are over its bytes; undefined where there is none. */
const readBytes = (limit: number) =>
  promisify(refusingEndless(limit, express.raw({ type: () => true, inflate: false, limit })));

function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
