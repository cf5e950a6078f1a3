import type { IncomingMessage } from "node:http";
import { GraphQLError } from "graphql";
import { CloseCode, type Server } from "graphql-ws";
import type { WebSocket, WebSocketServer } from "ws";
import type { Log } from "../log.js";

/** What graphql-ws keeps with each connection. */
export interface Peer {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** A peer that has not answered a ping by the next one is cut. */
const PING_MS = 12_000;
/** So graphql-ws calls a message that only a server sends. */
const NOT_A_CLIENTS = /^Unexpected message of type /;

/**
 * Lets graphql-ws speak over the sockets of `ws`. Its own glue writes whatever goes wrong to the console as it was
 * thrown; here it goes through our log, without texts that a peer or a person's figures may be quoted in.
 */
export function speakOver(sockets: WebSocketServer, graphql: Server<Peer>, log: Log, pingMs = PING_MS): void {
  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    // `ws` has ended it by then, and told the peer why. What it says of the error is its code.
    socket.on("error", ({ name, code }: NodeJS.ErrnoException) =>
      log.info({ reason: code ?? name }, "a WebSocket was ended, for its peer broke the protocol or was cut off"),
    );
    const failed = (error: unknown) => {
      // What was still on its way when the socket closed has nobody to reach.
      if (socket.readyState !== socket.OPEN) return;
      if (error instanceof Error && NOT_A_CLIENTS.test(error.message)) {
        socket.close(CloseCode.BadRequest, "Invalid message received");
        return;
      }
      const quotes = error instanceof GraphQLError;
      log.error({ err: quotes ? undefined : error }, "a WebSocket's message could not be dealt with");
      socket.close(CloseCode.InternalServerError, "Internal server error");
    };
    const stopPinging = pingRegularly(socket, pingMs);
    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        send: (text) => sent(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => void socket.on("message", (data) => void handle(String(data)).catch(failed)),
      },
      { socket, request },
    );
    socket.once("close", (code, reason) => {
      stopPinging();
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, "what a WebSocket followed could not be ended"),
      );
    });
  });
}

function sent(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, (error) => (error ? reject(error) : resolve()));
  });
}

function pingRegularly(socket: WebSocket, pingMs: number): () => void {
  let isThere = true;
  socket.on("pong", () => {
    isThere = true;
  });
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
