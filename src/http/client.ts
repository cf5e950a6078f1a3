import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { got, type PlainResponse, type Request, TimeoutError } from "got";
import { version } from "../model/version.js";
import { tracedCall } from "../tracing.js";
import { AddressRefused, addressIn, isPublicAddress, publicLookup } from "./addresses.js";

const DEFAULT_MAX_BYTES = 20 * 1024 * 1024;

interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The most bytes of the decompressed answer. Default: 20 MB. */
  readonly maxBytes?: number;
  /** From the first byte sent to the last byte received. Default: the client's own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Whether sending it twice has the effect of sending it once. Default: whether it is a GET. */
  readonly repeatable?: boolean;
  /** The answer is its status and headers: of its body so little is read that the connection can be used again. */
  readonly bodyUnread?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. Values of a repeated header are joined by ", ". */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** How many times the request was sent. */
  readonly sent: number;
}

export interface HttpClient {
  /**
   * Sends the request and resolves with the answer, whatever its status. Redirects are not followed, since a token must
   * not go to a host that nobody configured. Rejects with `TransportError` if there is no answer, or with the signal's
   * reason if the caller aborts. If the other side closes a kept connection at the moment of its next use, a
   * `repeatable` request is sent again on a new connection. Any other request has a connection of its own: of one that met
   * such an end nobody would know whether it arrived.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends the requests in flight as if their host could not be reached, and sends no more. */
  close(): void;
}

const sentences = {
  timeout: "did not answer in time",
  network: "could not be reached",
  refused: "has an address that is not public",
  "too-large": "answered more than is read",
} as const;

/** No answer arrived. Names only the host and the kind of failure: got's own error contains the request's headers. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  constructor(
    readonly kind: keyof typeof sentences,
    readonly host: string,
  ) {
    super(`${host} ${sentences[kind]}`);
  }
}

/** The other side closed the kept connection on which the request was sent. */
class ClosedMeanwhile extends TransportError {}

function wasClosed(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ECONNRESET" || code === "EPIPE";
}

const ownConnection = { http: false, https: false } as const;

/** How much of a body that nobody reads is worth a connection. */
const UNREAD_BYTES = 16 * 1024;
const UNREAD_MS = 1_000;

export interface HttpClientOptions {
  readonly timeoutMs: number;
  /** For addresses that somebody else chose: connects to the public internet alone, else `TransportError`. */
  readonly publicOnly?: boolean;
  /** Resolves names instead of the system: for tests. */
  readonly lookup?: LookupFunction;
}

/**
 * A client that keeps connections alive, follows no redirects, repeats no failed request and reads a limited number of
 * bytes.
 */
export function createHttpClient({ timeoutMs, publicOnly = false, lookup }: HttpClientOptions): HttpClient {
  const dnsLookup = publicOnly ? publicLookup(lookup) : lookup;
  const agent = {
    http: new HttpAgent({ keepAlive: true, maxFreeSockets: 32 }),
    https: new HttpsAgent({ keepAlive: true, maxFreeSockets: 32 }),
  };

  let closed = false;
  const underWay = new Set<{ destroy(): unknown }>();

  async function once(request: HttpRequest, agents: typeof agent | typeof ownConnection) {
    request.signal?.throwIfAborted();
    const host = hostOf(request.url);
    if (closed) throw new TransportError("network", host);
    const address = publicOnly ? addressIn(request.url) : null;
    // For an address nobody is asked: the lookup would not see it.
    if (address !== null && !isPublicAddress(address)) throw new TransportError("refused", host);
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    const stream = got.stream(request.url, {
      method: request.method,
      // Accept-Language is not set, on purpose: some providers choose units by it.
      headers: { "user-agent": `pulsegate/${version}`, accept: "application/json", ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      agent: agents,
      followRedirect: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
      timeout: { request: request.timeoutMs ?? timeoutMs },
      ...(dnsLookup ? { dnsLookup: dnsLookup as never } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    underWay.add(stream);
    let sent: ClientRequest | undefined;
    stream.once("request", (made: ClientRequest) => {
      sent = made;
    });
    // Nobody asked for another protocol. With such an answer all of got's time limits end, and nothing would follow.
    stream.once("upgrade", (_: unknown, socket: Socket) => {
      socket.destroy();
      stream.destroy(new TransportError("network", host));
    });
    // A POST without a body would otherwise wait for the upload to end.
    if (request.body === undefined && request.method !== "GET") stream.end();
    try {
      if (request.bodyUnread) return await unread(stream);
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new TransportError("too-large", host);
        chunks.push(chunk);
      }
      const response = stream.response!;
      return {
        status: response.statusCode,
        headers: plainHeaders(response.headers),
        text: Buffer.concat(chunks).toString("utf8"),
        sent: 1,
      };
    } catch (error) {
      if (error instanceof TransportError) throw error;
      request.signal?.throwIfAborted();
      if (sent?.reusedSocket && stream.response === undefined && wasClosed(error))
        throw new ClosedMeanwhile("network", host);
      if ((error as { cause?: unknown }).cause instanceof AddressRefused) throw new TransportError("refused", host);
      throw new TransportError(error instanceof TimeoutError ? "timeout" : "network", host);
    } finally {
      underWay.delete(stream);
      stream.destroy();
    }
  }

  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    const { method, repeatable = method === "GET" } = request;
    if (!repeatable) return await once(request, ownConnection);
    try {
      return await once(request, agent);
    } catch (error) {
      if (!(error instanceof ClosedMeanwhile)) throw error;
      return { ...(await once(request, ownConnection)), sent: 2 };
    }
  };

  return {
    // The host alone: a path or query may hold somebody's id. The other side is not told of the trace.
    send: (request) => {
      const { method, url } = request;
      const facts = () => ({ "http.request.method": method, "server.address": hostOf(url) });
      return tracedCall(method, facts, async (tell) => {
        const answer = await send(request);
        const { status, sent } = answer;
        const again = sent > 1 ? { "http.request.resend_count": sent - 1 } : {};
        tell({ "http.response.status_code": status, ...again }, status >= 400);
        return answer;
      });
    },
    close: () => {
      closed = true;
      for (const stream of underWay) stream.destroy();
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

/** The status and headers, as soon as they are there: what the body does changes nothing. */
async function unread(stream: Request): Promise<HttpAnswer> {
  const response = await new Promise<PlainResponse>((resolve, reject) => {
    stream.once("response", resolve).once("error", reject);
  });
  const { statusCode: status } = response;
  const timer = setTimeout(() => stream.destroy(), UNREAD_MS);
  try {
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > UNREAD_BYTES) break;
    }
  } catch {
    // The connection is gone; the answer was given.
  } finally {
    clearTimeout(timer);
  }
  return { status, headers: plainHeaders(response.headers), text: "", sent: 1 };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the address";
}

function plainHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}
