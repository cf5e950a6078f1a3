import { Agent, request } from "node:http";

export interface Shot {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Each time with a greatest age of its own: the same cells are wanted, by other words. */
  readonly isNew?: boolean;
  /** Makes a body for each request, instead of `body`. */
  readonly nextBody?: () => string;
}

/** Else today would be fetched again every minute, in the middle of a block. */
const MAX_AGE_SECONDS = 600;
let asked = 0;

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Connections stay open. */
const MOST_CONNECTIONS = 50;
const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, maxFreeSockets: MOST_CONNECTIONS });

/** One POST, answered whole. Nagle is off: it would add 40 ms of waiting to what is measured. */
export function shoot({ url, headers, body: same, nextBody, isNew }: Shot): Promise<Answer> {
  const body = nextBody?.() ?? same;
  const cacheControl = `max-age=${MAX_AGE_SECONDS + (isNew ? ++asked : 0)}`;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        agent,
        headers: { ...headers, "cache-control": cacheControl, "content-length": Buffer.byteLength(body) },
      },
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

/** Sends `count` requests over some connections, each as soon as the one before it is answered. Answers seconds. */
export async function loop(shot: Shot, count: number, connections: number): Promise<number> {
  let left = count;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const { status } = await shoot(shot);
        if (status !== 200) throw new Error(`the server answered ${status}`);
      }
    }),
  );
  return (performance.now() - begun) / 1000;
}

export const closeConnections = () => agent.destroy();
