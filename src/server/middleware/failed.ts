import type { IncomingMessage, ServerResponse } from "node:http";
import { errorTable, PulsegateError } from "../../errors.js";
import { errorBody, headersOf, unexpectedCode } from "../../graphql/errors.js";
import type { Log } from "../../log.js";
import { found } from "./request.js";

/** Answers what was thrown on the way to an answer. */
export function failed(log: Pick<Log, "error">) {
  return (error: unknown, request: IncomingMessage, response: ServerResponse): void => {
    // Half an answer can't become another: its reader is to see that it broke off.
    if (response.headersSent) return void request.destroy();
    const { requestId } = found(response);
    if (error instanceof PulsegateError) {
      for (const [name, value] of headersOf(error)) response.setHeader(name, value);
      sendJson(response, errorTable[error.code].status, errorBody(error.code, error.message, error.details));
      return;
    }
    // What body parsers and Express refuse carries a status; its message may quote the body.
    const { status } = (error ?? {}) as { readonly status?: unknown };
    if (typeof status === "number" && status < 500) {
      // The rest of what is too long is not waited for.
      if (status === 413) response.setHeader("connection", "close");
      sendJson(response, status, errorBody("BAD_REQUEST", status === 413 ? "The request is too long." : undefined));
      return;
    }
    log.error({ err: error, requestId }, "a request failed on our side");
    const code = unexpectedCode(error);
    sendJson(response, errorTable[code].status, errorBody(code, undefined, { requestId }));
  };
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("content-length", body.length);
  response.writeHead(status).end(body);
}
