/** What an app runs to be told by webhooks: a server that keeps what it is sent. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { eventually } from "./served.js";

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
  readonly body: any;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How the next requests are answered; a number is a status. */
  answer: number | ((received: Received, response: ServerResponse) => void);
  /** Resolves once so many came in all. */
  count(n: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

export async function startReceiver(port = 0): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const { url: path = "", headers } = request;
      const one = { path, headers, text, id: String(headers["webhook-id"]), body: JSON.parse(text) };
      receiver.received.push(one);
      if (typeof receiver.answer === "number") response.writeHead(receiver.answer).end();
      else receiver.answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    answer: 204,
    count: async (n) => {
      await eventually(60, `${n} messages came`, () => receiver.received.length >= n);
      return receiver.received;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** What the library that apps use says of it: the body, or an error. */
export const verified = (secret: string, { text, headers }: Received) =>
  new Webhook(secret).verify(text, headers as Record<string, string>);

/** The same at the time of the attempt, where a test's clock is not the machine's. */
export function verifiedThen(secret: string, received: Received): unknown {
  const { now } = Date;
  Date.now = () => Number(received.headers["webhook-timestamp"]) * 1_000;
  try {
    return verified(secret, received);
  } finally {
    Date.now = now;
  }
}
