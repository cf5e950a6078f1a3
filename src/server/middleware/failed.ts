import type { ErrorRequestHandler } from "express";
import { errorTable, PulsegateError } from "../../errors.js";
import { errorBody, headersOf, unexpectedCode } from "../../graphql/errors.js";
import type { Log } from "../../log.js";
import { found } from "./request.js";

/** Answers what was thrown on the way to an answer. */
export function failed(log: Pick<Log, "error">): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { requestId } = found(response);
    if (error instanceof PulsegateError) {
      // Written as it is: of what Express would find out about a body, a refusal needs nothing.
      const body = JSON.stringify(errorBody(error.code, error.message, error.details));
      for (const [name, value] of headersOf(error)) response.setHeader(name, value);
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.setHeader("content-length", Buffer.byteLength(body));
      response.statusCode = errorTable[error.code].status;
      response.end(body);
      return;
    }
    // What body-parser and express refuse carries a status; its message may quote the body.
    const status = typeof error?.status === "number" && error.status < 500 ? error.status : 500;
    if (status < 500) {
      // The rest of what is too long is not waited for.
      if (status === 413) response.set("connection", "close");
      response.status(status).json(errorBody("BAD_REQUEST", status === 413 ? "The request is too long." : undefined));
      return;
    }
    log.error({ err: error, requestId }, "a request failed on our side");
    const code = unexpectedCode(error);
    response.status(errorTable[code].status).json(errorBody(code, undefined, { requestId }));
  };
}
