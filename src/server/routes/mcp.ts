import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Config } from "../../config/config.js";
import { errorTable, PulsegateError } from "../../errors.js";
import { type Caller, ownerOf } from "../../graphql/caller.js";
import { checkNesting } from "../../graphql/document-text.js";
import { headersOf } from "../../graphql/errors.js";
import { defaultLimits, type Limits } from "../../graphql/limits.js";
import type { Log } from "../../log.js";
import { turn } from "../../turns.js";
import type { AddressOf } from "../address.js";
import { guardOrigin } from "../guard.js";
import { remedyFor } from "../mcp/refusal.js";
import type { Asking } from "../mcp/tool-call.js";
import type { ToolServer } from "../mcp/tool-server.js";
import { cors } from "../middleware/cors.js";
import type { JsonBody } from "../middleware/json-body.js";
import { found } from "../middleware/request.js";
import { BYTES_READ_PER_POINT, pointsFor, type RateLimiter } from "../rate-limit.js";

export interface McpDeps {
  readonly config: Config;
  readonly toolServer: ToolServer;
  readonly limiter: Pick<RateLimiter, "take">;
  readonly limits?: Limits;
  readonly addressOf: AddressOf;
  readonly log: Log;
  /** Finds out who asks: see `middleware/person.ts`. */
  who(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Null where the body is not JSON by its type, or empty. */
  body(request: IncomingMessage, response: ServerResponse): Promise<JsonBody | null>;
}

export interface McpDoor {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Cuts what is still being answered. */
  close(): Promise<void>;
}

/** JSON-RPC's code for what a server refuses for reasons of its own; `data.code` says which. */
const SERVER_ERROR = -32_000;
const INVALID_REQUEST = -32_600;

/**
 * The Model Context Protocol over HTTP: each request by itself, with no session, in the revisions 2026-07-28 and
 * 2025-11-25. The library has the protocol; who may ask, what, and how fast is as at /graphql.
 */
export function mcpDoor({ config, toolServer, limiter, limits = defaultLimits, log, who, ...deps }: McpDeps): McpDoor {
  const { addressOf, body } = deps;
  const isPreflight = cors(config);
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { asking, agent } = authInfo!.extra as unknown as { asking: Asking; agent: string | null };
      return toolServer(asking, agent);
    },
    {
      // Tools are what they are until the next start: there is nothing to listen for.
      maxSubscriptions: 0,
      // Its message may quote the request.
      onerror: ({ name }) => log.info({ reason: name }, "an agent's message was refused"),
    },
  );

  async function messageOf(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<unknown> {
    const json = await body(request, response);
    if (!json) throw refusal(415, "Send one JSON-RPC message as application/json.");
    const { value, raw } = json;
    if (Array.isArray(value)) throw refusal(400, "Send one message at a time.", INVALID_REQUEST);
    const length = pointsFor(raw.length, BYTES_READ_PER_POINT) - 1;
    if (length > 0) await limiter.take(caller, "", length);
    await turn(ownerOf(caller));
    checkNesting(value, limits);
    return value;
  }

  async function answered(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await who(request, response);
    guardOrigin(request.headers, config);
    const { caller, refusal: why } = found(response);
    if (!caller) throw why;
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      throw refusal(405, "Send messages by POST: there are no sessions here.");
    }
    const parsedBody = await messageOf(request, response, caller);
    const aborter = new AbortController();
    response.once("close", () => aborter.abort());
    const { method, headers } = request;
    const asked = new Request(new URL("mcp", config.publicUrl.replace(/\/?$/, "/")), {
      ...{ method, signal: aborter.signal },
      // Credentials are ours to read, and go no further.
      headers: Object.entries(headers).flatMap(([name, value]) =>
        /^(accept|content-type|mcp-[\w-]+)$/.test(name) ? [[name, String(value)] as [string, string]] : [],
      ),
    });
    const asking: Asking = { caller, address: addressOf(request) };
    // Messages of the older revision don't say who sends them.
    const extra = { asking, agent: headers["user-agent"]?.split(/[\s/]/)[0] ?? null };
    const authInfo = { token: "", clientId: ownerOf(caller), scopes: [], extra };
    await send(response, await handler.fetch(asked, { parsedBody, authInfo }));
  }

  return {
    async answer(request, response) {
      if (isPreflight(request, response)) return;
      try {
        await answered(request, response);
      } catch (error) {
        if (response.headersSent || !refuse(response, error)) throw error;
      }
    },
    close: () => handler.close(),
  };
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  if (response.destroyed) return;
  for (const [name, value] of answer.headers) if (name !== "cache-control") response.setHeader(name, value);
  // Proxies that gather answers would hold events back.
  if (answer.headers.get("content-type")?.includes("event-stream")) response.setHeader("x-accel-buffering", "no");
  response.writeHead(answer.status);
  if (!answer.body) return void response.end();
  // A client that went away is no failure.
  await pipeline(Readable.fromWeb(answer.body as never), response).catch((error: unknown) => {
    if (!response.destroyed) throw error;
  });
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}
const refusal = (status: number, message: string, code = SERVER_ERROR) => new Refusal(status, message, code);

/** Tells of what ends a request before the protocol's library gets it, in the protocol's form. False for what is no refusal. */
function refuse(response: ServerResponse, error: unknown): boolean {
  const send = (status: number, code: number, message: string, data?: object) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message, data } }));
    return true;
  };
  if (error instanceof Refusal) return send(error.status, error.code, error.message);
  if (error instanceof PulsegateError) {
    for (const [name, value] of headersOf(error)) response.setHeader(name, value);
    const { code, message, details } = error;
    const whatToDo = remedyFor(code);
    return send(errorTable[code].status, SERVER_ERROR, `${message} ${whatToDo}`, { ...details, code, whatToDo });
  }
  const { status } = (error ?? {}) as { readonly status?: unknown };
  if (typeof status !== "number" || status >= 500) return false;
  // The rest of what is too long is not waited for.
  if (status === 413) response.setHeader("connection", "close");
  const message = status === 413 ? "The message is too long." : "The body is no JSON-RPC message.";
  return send(status, INVALID_REQUEST, message);
}
