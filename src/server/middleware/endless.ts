import type { RequestHandler } from "express";

/**
 * A body parser that refuses what is too long as soon as it is. body-parser waits for the end of what it refuses, and a
 * chunked body may have none.
 */
export function refusingEndless(limit: number, parse: RequestHandler): RequestHandler {
  return (request, response, next) => {
    let length = 0;
    let isOver = false;
    const over = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      request.off("data", count);
      next(error);
    };
    const count = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) over(Object.assign(new Error("The body is too long."), { status: 413 }));
    };
    parse(request, response, over);
    if (!isOver) request.on("data", count);
  };
}
