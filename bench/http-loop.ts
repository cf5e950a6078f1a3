import { Agent, request } from "node:http";

export interface Shot {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Ten people at once, each with a connection that stays open. */
const CONNECTIONS = 10;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS });

/** One POST, answered whole. Nagle is off: it would add 40 ms of waiting to what is measured. */
export function shoot({ url, headers, body }: Shot): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        response.on("error", reject);
      },
    );
    sent.setNoDelay(true);
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends `count` requests over ten connections, each as soon as the one before it is answered. Answers seconds. */
export async function loop(shot: Shot, count: number): Promise<number> {
  let left = count;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) {
        const { status } = await shoot(shot);
        if (status !== 200) throw new Error(`the server answered ${status}`);
      }
    }),
  );
  return (performance.now() - begun) / 1000;
}

export const closeConnections = () => agent.destroy();
