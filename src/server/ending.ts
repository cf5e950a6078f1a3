import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { inTime } from "../under-way.js";

/** How an HTTP server comes to its end without failing a request that it took. */
export interface Ending {
  readonly draining: boolean;
  /** To be called before everything else: knows which requests are being answered. */
  begin(response: ServerResponse): void;
  /** Goes on answering, and has every client come back on another connection. */
  drain(): void;
  /**
   * Takes nothing new and has the sockets closed; what is being answered gets that long; then every connection is cut,
   * whatever its peer does.
   */
  close(graceMs: number, closeSockets: () => Promise<void>): Promise<void>;
}

/** For what was written last to leave this machine. */
const LINGER_MS = 250;

export function createEnding(httpServer: Server): Ending {
  const connections = new Set<Socket>();
  const answering = new Set<ServerResponse>();
  let draining = false;
  let closing = false;
  let quiet = () => {};

  httpServer.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });

  const drain = () => {
    draining = true;
    // What is sent already can't be told any more: those connections are closed when they fall idle.
    for (const response of answering) if (!response.headersSent) response.setHeader("connection", "close");
  };

  return {
    get draining() {
      return draining;
    },
    begin(response) {
      answering.add(response);
      if (draining) response.setHeader("connection", "close");
      response.once("close", () => {
        answering.delete(response);
        if (answering.size === 0) quiet();
        if (closing) setImmediate(() => httpServer.closeIdleConnections());
      });
    },
    drain,
    async close(graceMs, closeSockets) {
      drain();
      closing = true;
      const closed = new Promise<void>((resolve) => httpServer.close(() => resolve()));
      httpServer.closeIdleConnections();
      const answered = new Promise<void>((resolve) => {
        quiet = resolve;
        if (answering.size === 0) resolve();
      });
      await Promise.all([inTime(graceMs, answered), closeSockets()]);
      // Whoever has sent half a request, or does not take the answer, is not waited for.
      if (connections.size > 0) await inTime(LINGER_MS, closed);
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}
