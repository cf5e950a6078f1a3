import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Lab, LabClock, LabFault, LabRequest } from "../lab.js";
import { html, type LabHttpRequest, type LabReply, text } from "./http.js";

export const systemClock: LabClock = { now: () => Date.now() };

export interface LabServerOptions {
  /** For the `Date` header, which clients may compare. */
  readonly clock: LabClock;
  /** Default, and for 0: any free port. */
  readonly port?: number;
  readonly maxBodyBytes?: number;
  /** The kind of a request. It decides which requests a fault without a path affects. */
  kindOf(method: string, path: string, form: () => URLSearchParams): LabRequest["kind"];
  onRequest(request: LabHttpRequest): LabReply | Promise<LabReply>;
  /** The provider's own error body for a status, for faults and for request bodies that are too large. */
  renderError(status: number, request: LabHttpRequest, reason?: string): LabReply;
}

/** The part of a lab that is equal for every provider. The other part is tokens and notifications. */
export type LabServer = Pick<Lab, "url" | "requests" | "forgetRequests" | "addFault" | "clearFaults" | "close">;

/** Listens on 127.0.0.1 only. The caller closes it, which drops connections that hang. */
export async function createLabServer(options: LabServerOptions): Promise<LabServer> {
  const requests: LabRequest[] = [];
  const faults = createFaults();
  const closing = new AbortController();
  // Aborts every request that hangs or waits.
  const waiting = closing.signal;
  // However many wait at once.
  setMaxListeners(0, waiting);

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      if (!waiting.aborted) {
        console.error("A lab could not answer", error);
      }
      outgoing.destroy();
    });
  });
  server.keepAliveTimeout = 2_000;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming, options.maxBodyBytes ?? 1_048_576);
    const { request, personId } = toRequest(incoming, body ?? Buffer.alloc(0), options);
    const log = (status: number) => {
      const path = loggedPath(request);
      requests.push({ method: request.method, path, kind: request.kind, personId: personId(), status });
    };
    const trouble = faults.draw(request);
    // Whatever becomes of the answer, the request has then been carried out.
    const done = trouble.after && body !== null ? await options.onRequest(request) : null;
    if (trouble.latencyMs > 0) {
      await pause(trouble.latencyMs, undefined, { signal: waiting });
    }
    if (trouble.kind === "reset" || trouble.kind === "hang") {
      log(0);
      if (trouble.kind === "reset") {
        incoming.socket.resetAndDestroy();
      }
      return;
    }
    const reply = body === null ? options.renderError(413, request) : await replyTo(request, trouble, done);
    log(reply.status);
    send(outgoing, spoilt(reply, trouble), trouble.kind);
  }

  async function replyTo(request: LabHttpRequest, trouble: Trouble, done: LabReply | null): Promise<LabReply> {
    if (trouble.kind === "html") {
      return html(trouble.status ?? 502, gatewayPage);
    }
    if (trouble.status !== undefined && trouble.kind === undefined) {
      return options.renderError(trouble.status, request, trouble.reason);
    }
    const reply = done ?? (await options.onRequest(request));
    return trouble.kind === "malformed" ? cutInTheMiddle(reply, trouble.status) : reply;
  }

  function send(outgoing: ServerResponse, reply: LabReply, kind: Trouble["kind"]): void {
    if (outgoing.destroyed) {
      return;
    }
    const body = reply.body ?? "";
    const length = String(Buffer.byteLength(body));
    const date = new Date(options.clock.now()).toUTCString();
    // A 204 has no body, and Node refuses a length for it.
    const framing: Record<string, string> = reply.status === 204 ? {} : { "content-length": length };
    outgoing.sendDate = false;
    outgoing.writeHead(reply.status, { date, ...framing, ...reply.headers });
    if (kind !== "cut" && kind !== "stall") {
      outgoing.end(body);
      return;
    }
    const bytes = Buffer.from(body);
    // The first half must be sent before the connection is dropped, or the client never gets it.
    outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
      if (kind === "cut") outgoing.socket?.resetAndDestroy();
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    forgetRequests() {
      requests.length = 0;
    },
    addFault: faults.add,
    clearFaults: faults.clear,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Trouble extends Pick<LabFault, "status" | "kind" | "reason" | "headers" | "rewrite"> {
  readonly latencyMs: number;
  readonly after: boolean;
}

const spoilers = ["status", "kind", "headers", "rewrite"] as const;

/** All matching faults add their latency. Only the first one that changes the answer does so. */
function createFaults() {
  let active: { readonly fault: LabFault; left: number }[] = [];
  return {
    add(fault: LabFault): void {
      active.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear(): void {
      active = [];
    },
    draw(request: LabHttpRequest): Trouble {
      let latencyMs = 0;
      let after = false;
      let spoiling: LabFault | undefined;
      for (const entry of active) {
        const { fault } = entry;
        const { path, method = request.method } = fault;
        const hits =
          method === request.method && (path === undefined ? request.kind === "api" : request.path.includes(path));
        const spoils = spoilers.some((member) => fault[member] !== undefined);
        // A fault that another fault replaced has not been used up.
        if (!hits || (spoils && spoiling)) {
          continue;
        }
        entry.left--;
        latencyMs += fault.latencyMs ?? 0;
        after ||= fault.after ?? false;
        spoiling ??= spoils ? fault : undefined;
      }
      active = active.filter((entry) => entry.left > 0);
      return { ...spoiling, latencyMs, after };
    },
  };
}

function spoilt(reply: LabReply, { headers, rewrite }: Trouble): LabReply {
  if (!headers && !rewrite) {
    return reply;
  }
  const body = rewrite ? rewrite((reply.body ?? "").toString()) : reply.body;
  const replaced = new Set(Object.keys(headers ?? {}).map((name) => name.toLowerCase()));
  const kept = Object.entries(reply.headers ?? {}).filter(([name]) => !replaced.has(name.toLowerCase()));
  // An answer that gets a body is none without content any more.
  const status = reply.status === 204 && body ? 200 : reply.status;
  return { status, headers: { ...Object.fromEntries(kept), ...headers }, body };
}

function cutInTheMiddle(reply: LabReply, status: number | undefined): LabReply {
  const whole = (reply.body ?? "").toString();
  const cut = whole.length > 2 ? whole.slice(0, Math.ceil(whole.length / 2)) : '{"data":[{"val';
  return text(
    status ?? (reply.status === 204 ? 200 : reply.status),
    cut,
    reply.headers?.["content-type"] ?? "application/json",
  );
}

const gatewayPage = `<!DOCTYPE html>
<html lang="en"><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center></body></html>
`;

/** Null if the body is too large. The rest is read and dropped, so that the client can read the answer. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
    }
  }
  return size <= maxBytes ? Buffer.concat(chunks) : null;
}

function toRequest(
  incoming: IncomingMessage,
  body: Buffer,
  options: LabServerOptions,
): { request: LabHttpRequest; personId: () => string | null } {
  const [path = "/", search = ""] = splitOnce(incoming.url ?? "/", "?");
  const method = incoming.method ?? "GET";
  const authorization = incoming.headers.authorization ?? "";
  let personId: string | null = null;
  const form = () => new URLSearchParams(body.toString("utf8"));
  const request: LabHttpRequest = {
    method,
    path,
    query: new URLSearchParams(search),
    headers: incoming.headers,
    body,
    kind: options.kindOf(method, path, form),
    bearer: /^bearer (.+)$/i.exec(authorization)?.[1]?.trim() ?? null,
    basic: basicCredentials(authorization),
    form,
    json() {
      try {
        return JSON.parse(body.toString("utf8"));
      } catch {
        return undefined;
      }
    },
    identify(id) {
      personId = id;
    },
  };
  return { request, personId: () => personId };
}

function basicCredentials(authorization: string): LabHttpRequest["basic"] {
  const encoded = /^basic (.+)$/i.exec(authorization)?.[1];
  if (!encoded) {
    return null;
  }
  const [id = "", secret = ""] = splitOnce(Buffer.from(encoded, "base64").toString("utf8"), ":");
  return { id, secret };
}

function splitOnce(whole: string, separator: string): [string, string?] {
  const at = whole.indexOf(separator);
  return at < 0 ? [whole] : [whole.slice(0, at), whole.slice(at + separator.length)];
}

/** Providers keep secrets out of queries, but a faulty client may send some. */
function loggedPath(request: LabHttpRequest): string {
  const query = new URLSearchParams(request.query);
  for (const name of ["access_token", "refresh_token", "token", "code", "client_secret"]) {
    if (query.has(name)) {
      query.set(name, "hidden");
    }
  }
  return query.size === 0 ? request.path : `${request.path}?${query}`;
}
