import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parse as parseQuery } from "node:querystring";
import type { ExecutionResult } from "graphql";
import { createHandler, type RequestParams } from "graphql-sse";
import { PulsegateError } from "../../errors.js";
import type { Caller } from "../../graphql/caller.js";
import { errorBody } from "../../graphql/errors.js";
import { answer, follow } from "../../graphql/operation.js";
import type { Log } from "../../log.js";
import type { AddressOf } from "../address.js";
import { generousLine, type LineLimits } from "../line.js";
import type { Metrics } from "../metrics.js";
import type { JsonBody } from "../middleware/json-body.js";
import { found } from "../middleware/request.js";
import { type Asked, type Operations, type Prepared, refusalOf, serialised, writtenFor } from "../operations.js";
import type { Places } from "../places.js";
import type { RateLimiter } from "../rate-limit.js";

const STREAM_PATH = "/graphql/stream";
export const isStream = (url: string) => /^(?:https?:\/\/[^/?]*)?\/graphql\/stream(?:\?|$)/.test(url);
/** The longest time that a timer takes; a token that lives longer is looked at again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Opening one costs as much as opening a WebSocket: this, and the point of every request. */
const STREAM_POINTS = 1;

export interface StreamDeps {
  readonly operations: Operations;
  readonly places: Places;
  readonly limiter: RateLimiter;
  readonly addressOf: AddressOf;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Null where the body is not JSON by its type, or empty. */
  body(request: IncomingMessage, response: ServerResponse): Promise<JsonBody | null>;
  readonly line?: Partial<LineLimits>;
}

export interface StreamDoor {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends every subscription in a way that has clients come back. Queries under way come to their end. */
  close(): void;
}

/** GraphQL over server-sent events, in distinct connections: for networks that WebSockets don't pass. */
export function streamDoor({ operations, places, limiter, log, ...deps }: StreamDeps): StreamDoor {
  const { addressOf, metrics, body } = deps;
  const { stalledMs } = { ...generousLine, ...deps.line };
  const open = new Set<Stream>();
  let isClosing = false;

  // The library has the protocol: its events, their order, pings. Who may ask what, and how fast, is ours.
  const handle = createHandler<Stream, null>({
    // No single-connection mode: its reservations would be state of one replica.
    authenticate: () => null,
    onSubscribe: async ({ raw: stream }) => (await begin(stream)) as never,
    execute: (args) => {
      const prepared = args as unknown as Prepared;
      return writtenFor(prepared, () => answer(prepared, log));
    },
    subscribe: async (args) => stoppable(await follow(args as unknown as Prepared, log)) as never,
    // Checked already.
    validate: () => [],
    onNext: async (_context, { raw: stream }, result) => {
      await stream.isClear();
      return stream.enclosed(serialised(result as ExecutionResult).text) as never;
    },
  });

  async function begin(stream: Stream) {
    try {
      const { caller, address, asked, isGet } = stream;
      const begun = await operations.prepare({ caller, address, cut: () => stream.cut() }, asked);
      if (!("operation" in begun)) return once({ errors: begun });
      const { operation } = begun.operation;
      if (isGet && operation === "mutation") throw new PulsegateError("BAD_USER_INPUT", "Send mutations by POST.");
      stream.isFollowing = operation === "subscription";
      return begun;
    } catch (error) {
      // What has a status that says when to come back is told by it.
      if (error instanceof PulsegateError && error.code === "RATE_LIMITED") throw error;
      return once({ errors: refusalOf(error, log) });
    }
  }

  return {
    async answer(request, response) {
      const { caller, refusal } = found(response);
      if (!caller) throw refusal;
      const { method = "", headers } = request;
      if (method !== "GET" && method !== "POST")
        return refuse(response, 405, "Send GET or POST.", { allow: "GET, POST" });
      if (!/text\/event-stream|\*\/\*/i.test(headers.accept ?? "*/*"))
        return refuse(response, 406, "This address answers text/event-stream.");
      const asked = method === "GET" ? askedBy(request) : askedIn(await body(request, response));
      if (!asked) return refuse(response, 400, "Send query (or documentId), variables, operationName as JSON.");
      const address = addressOf(request);
      await limiter.take(caller, address, STREAM_POINTS);
      const leaves = [await places.socket(caller)];
      const leave = () => {
        for (const each of leaves.splice(0)) each();
      };
      response.once("close", leave);
      try {
        leaves.push(await places.operation(caller));
        const stream = new Stream(response, caller, address, asked, method === "GET", stalledMs);
        const [events] = await handle({
          method: "POST",
          url: STREAM_PATH,
          headers: { get: (name) => (name === "accept" ? "text/event-stream" : "application/json") },
          body: { query: "" },
          raw: stream,
          context: null,
        });
        if (events === null || typeof events === "string") throw new Error("graphql-sse refused what was checked");
        if (response.destroyed || (isClosing && stream.isFollowing)) {
          await events.return();
          if (!response.destroyed) throw new PulsegateError("SERVICE_UNAVAILABLE");
          return;
        }
        open.add(stream);
        metrics.subscriptions(1);
        response.once("close", () => {
          open.delete(stream);
          metrics.subscriptions(-1);
        });
        await stream.send(events);
      } finally {
        // It closed while a place was asked for: nobody else would give it back.
        if (response.destroyed || response.writableEnded) leave();
      }
    },
    close() {
      isClosing = true;
      for (const stream of open) if (stream.isFollowing) stream.end();
    },
  };
}

/** One operation and the response that its events go to. */
class Stream {
  isFollowing = false;
  /** Answers that the library has been given a mark for, in its order. */
  private readonly texts: string[] = [];
  private unsent = 0;
  private cleared = () => {};
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly response: ServerResponse,
    readonly caller: Caller,
    readonly address: string,
    readonly asked: Asked,
    readonly isGet: boolean,
    private readonly stalledMs: number,
  ) {}

  /** Node's `writable` goes on being true after the end. */
  private get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /** Resolves once the client has been sent all before: the library itself would take events without end. */
  async isClear(): Promise<void> {
    if (this.unsent === 0 || this.response.destroyed) return;
    await new Promise<void>((resolve) => {
      this.cleared = resolve;
    });
  }

  /** The library writes a payload by `JSON.stringify`: what is JSON already takes the place of a mark. */
  enclosed(text: string): object {
    this.unsent++;
    this.texts.push(text);
    return { toJSON: () => MARK };
  }

  async send(events: AsyncGenerator<string, void, undefined>): Promise<void> {
    const { response } = this;
    const gone = () => {
      clearTimeout(this.expiry);
      this.cleared();
      void events.return();
    };
    response.once("close", gone);
    if (this.caller.kind === "user" && this.caller.expiresAt !== null) this.endAt(this.caller.expiresAt);
    // Proxies that gather answers would hold events back.
    response.setHeader("x-accel-buffering", "no");
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for await (const event of events) {
      if (!this.isOpen) break;
      const text = event.includes(QUOTED_MARK) ? this.texts.shift()! : null;
      await this.write(text === null ? event : event.replace(QUOTED_MARK, () => text));
      if (text === null) continue;
      this.unsent--;
      this.cleared();
    }
    this.end();
  }

  private async write(text: string): Promise<void> {
    const { response } = this;
    const stalled = setTimeout(() => response.destroy(), this.stalledMs).unref();
    await new Promise<void>((resolve) => response.write(text, () => resolve()));
    clearTimeout(stalled);
  }

  /** Without the event `complete`, if that was not sent: clients take it for a reason to come back. */
  end(): void {
    if (this.isOpen) this.response.end();
  }

  cut(): void {
    this.response.destroy();
  }

  private endAt(expiresAt: number): void {
    const left = expiresAt - Date.now();
    const wait = Math.min(Math.max(left, 0), MAX_TIMER_MS);
    this.expiry = setTimeout(() => (left > MAX_TIMER_MS ? this.endAt(expiresAt) : this.end()), wait).unref();
  }
}
/** Nobody can guess it, so nobody's data can hold it. */
const MARK = randomUUID();
const QUOTED_MARK = `"${MARK}"`;

async function* once(result: ExecutionResult) {
  yield result;
}

/** The library returns only what looks like a generator. */
function stoppable<T extends object>(result: T): T {
  if (!(Symbol.asyncIterator in result)) return result;
  const events = result as unknown as AsyncIterableIterator<unknown>;
  const stop = async (error: unknown) => {
    await events.return?.();
    throw error;
  };
  return Object.assign(result, { throw: stop });
}

function askedIn(json: JsonBody | null): Asked | null {
  const { value } = json ?? {};
  return typeof value === "object" && value !== null && !Array.isArray(value) ? checked(value) : null;
}

function askedBy({ url = "" }: IncomingMessage): Asked | null {
  const question = url.indexOf("?");
  const { variables, extensions, ...rest } = parseQuery(question < 0 ? "" : url.slice(question + 1));
  try {
    const parsed = (text: unknown) => (text === undefined || text === "" ? undefined : JSON.parse(String(text)));
    return checked({ ...rest, variables: parsed(variables), extensions: parsed(extensions) });
  } catch {
    return null;
  }
}

/** Null where a part has a wrong form. */
function checked({
  query,
  documentId,
  variables,
  operationName,
  extensions,
}: Partial<Record<keyof RequestParams | "documentId", unknown>>): Asked | null {
  const isAbsent = (value: unknown) => value === undefined || value === null;
  const isRecord = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isText = (value: unknown) => isAbsent(value) || typeof value === "string";
  const isRight =
    isText(query) &&
    isText(operationName) &&
    [variables, extensions].every((value) => isAbsent(value) || isRecord(value)) &&
    !(isAbsent(query) && isAbsent(documentId) && isAbsent(extensions));
  if (!isRight) return null;
  return { query: query ?? "", documentId, variables, operationName, extensions } as Asked;
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(errorBody("BAD_REQUEST", message)));
}
