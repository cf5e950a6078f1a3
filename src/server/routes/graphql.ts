import type { IncomingMessage, ServerResponse } from "node:http";
import { parse as parseQuery } from "node:querystring";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { LRUCache } from "lru-cache";
import { atMost } from "../../bounded.js";
import { type Caller, ownerOf } from "../../graphql/caller.js";
import type { RequestContext } from "../../graphql/context.js";
import { checkNesting, checkText } from "../../graphql/document-text.js";
import type { Documents } from "../../graphql/documents.js";
import { defaultLimits, type Limits } from "../../graphql/limits.js";
import { turn } from "../../turns.js";
import type { Metrics } from "../metrics.js";
import { type Coding, coded, codingFor } from "../middleware/coding.js";
import type { JsonBody } from "../middleware/json-body.js";
import { found } from "../middleware/request.js";
import { BYTES_READ_PER_POINT, pointsFor, type RateLimiter } from "../rate-limit.js";
import { createRepeats, type Sent } from "../repeats.js";
import type { Meant, Trusted } from "../trusted.js";
import { straightAnswers } from "./straight.js";

/** Longer requests are rare, and each that is remembered takes its own length. */
const MAX_REPEATED_BYTES = 16 * 1024;

/** An answer that is kept as it was sent only has to be looked up and written. */
const BYTES_SENT_PER_POINT = 64 * 1024;

/** Clients of one kind send one `accept`. */
const MAX_ACCEPTED = 100;

export interface GraphQLDoor {
  readonly apollo: ApolloServer<RequestContext>;
  readonly metrics: Metrics;
  readonly limiter: Pick<RateLimiter, "take" | "giveBack">;
  readonly limits?: Limits;
  readonly documents: Documents;
  readonly trusted: Trusted;
  /** Null where the body is not JSON by its type, or empty. */
  body(request: IncomingMessage, response: ServerResponse): Promise<JsonBody | null>;
  /** Throws a GraphQL error where there is no caller. `paid` points were taken for the operation already. */
  context(request: IncomingMessage, response: ServerResponse, paid: number): RequestContext;
}

/** GraphQL over HTTP: Apollo's business, but for queries of histories, and what was asked and answered before. */
export function graphqlDoor({ apollo, metrics, limiter, limits = defaultLimits, ...door }: GraphQLDoor) {
  const { body: read, context, documents, trusted } = door;
  const repeats = createRepeats();
  const straight = straightAnswers({ documents, metrics, limits });
  const contentTypes = new LRUCache<string, string>(atMost(MAX_ACCEPTED));
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { caller } = found(response);
    const json = await read(request, response);
    // Who has no credentials is told so first.
    const meant = caller ? meantBy(request, json, trusted) : null;
    const coding = codingFor(request.headers["accept-encoding"]);
    // Reading a request costs by its length, whatever comes of it. Whoever has no credentials is refused below.
    const length = pointsFor(json?.raw.length ?? request.url!.length, BYTES_READ_PER_POINT) - 1;
    if (caller && length > 0) {
      await limiter.take(caller, "", length);
      // Long documents are each read in a turn of their own.
      await turn(ownerOf(caller));
    }
    const words = wordsOf(request, caller, json, coding);
    // What comes again is paid for before anything is loaded, as if it had to be answered anew.
    const paid = (words === null ? null : repeats.pointsOf(words)) ?? 1;
    if (caller && paid > 1) await limiter.take(caller, "", paid - 1);
    let made: RequestContext | undefined;
    const contextOnce = () => {
      made ??= context(request, response, paid);
      return made;
    };
    const repeated = words === null ? null : await repeats.find(words, () => contextOnce().loaders);
    if (repeated) {
      const sending = pointsFor(repeated.body.length, BYTES_SENT_PER_POINT);
      if (caller && paid > sending) await limiter.giveBack(caller, paid - sending);
      metrics.operation("query", "ok");
      metrics.planned(contextOnce().loaders.report());
      send(response, 200, repeated);
      return;
    }
    // What Apollo makes of a request's `accept`, its answer to the first one tells.
    const accepted = request.headers.accept ?? "";
    const contentType = contentTypes.get(accepted);
    const isPost = request.method === "POST";
    const written = isPost && caller && json && contentType ? await straight(json, meant, contextOnce) : null;
    if (written) {
      const sent = { contentType: contentType!, ...(await coded(written, coding)) };
      send(response, 200, sent);
      const { repeatable, points } = contextOnce().outcome;
      if (words !== null && repeatable) repeats.keep(words, repeatable, sent, points);
      return;
    }
    if (caller) checkRequest(request, json, limits);
    const {
      status = 200,
      headers,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: asApollo(request, json, meant),
      context: async () => contextOnce(),
    });
    if (body.kind !== "complete") throw new Error("this version of GraphQL does not answer in parts");
    for (const [name, value] of headers) if (name !== "content-length") response.setHeader(name, value);
    // Apollo works with a copy of the context: of what it sets there only this reaches us.
    const { repeatable: madeOf = null, points = 1, json: texts = null } = made?.outcome ?? {};
    const sent = {
      contentType: headers.get("content-type") ?? "text/plain",
      ...(await coded(texts ?? [body.string], coding)),
    };
    send(response, status, sent);
    if (isPost && texts && status === 200) contentTypes.set(accepted, sent.contentType);
    if (words !== null && madeOf && status === 200) repeats.keep(words, madeOf, sent, points);
  };
}

function send(response: ServerResponse, status: number, { contentType, coding, body }: Sent): void {
  response.setHeader("content-type", contentType);
  if (coding !== "identity") response.setHeader("content-encoding", coding);
  response.setHeader("content-length", body.length);
  response.writeHead(status).end(body);
}

/** What would end the parser's stack, or keep validation busy, never gets there. Wrong types are Apollo's to tell of. */
function checkRequest({ url = "" }: IncomingMessage, json: JsonBody | null, limits: Limits): void {
  const value = json?.value;
  const sent: Readonly<Record<string, unknown>> = isObject(value) ? value : parseQuery(searchOf(url).slice(1));
  const { query: document, variables, extensions } = sent;
  if (typeof document === "string") checkText(document, limits);
  for (const values of [variables, extensions]) {
    if (typeof values === "string") checkText(values, limits);
    else checkNesting(values, limits);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All of a request that the answer's bytes depend on; null where that is not worth remembering. */
function wordsOf(
  { method, headers }: IncomingMessage,
  caller: Caller | undefined,
  json: JsonBody | null,
  coding: Coding,
): string | null {
  if (method !== "POST" || !caller || !json || json.raw.length > MAX_REPEATED_BYTES) return null;
  const who = caller.kind === "app" ? ["app", caller.name] : ["user", caller.userId];
  return JSON.stringify([...who, headers.accept, headers["content-type"], coding, json.raw.toString("latin1")]);
}

function meantBy({ url = "" }: IncomingMessage, json: JsonBody | null, trusted: Trusted): Meant | null {
  if (json) return isObject(json.value) ? trusted.meant(json.value) : null;
  const { query, documentId, extensions } = parseQuery(searchOf(url).slice(1));
  return trusted.meant({ query, documentId, extensions: parsedOr(extensions) });
}

/** What is no JSON is Apollo's to tell of. */
function parsedOr(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** With the operation's text where the request names it by its id. */
function asApollo({ method = "", headers, url = "" }: IncomingMessage, json: JsonBody | null, meant: Meant | null) {
  const all = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const search = searchOf(url);
  if (!meant) return { method, headers: all, search, body: json?.value };
  const { text: query, extensions } = meant;
  if (json) {
    const { documentId: _, ...asked } = json.value as Readonly<Record<string, unknown>>;
    return { method, headers: all, search, body: { ...asked, query, ...(isObject(extensions) && { extensions }) } };
  }
  const asked = new URLSearchParams(search);
  asked.delete("documentId");
  asked.set("query", query);
  if (extensions === undefined || extensions === null) asked.delete("extensions");
  else asked.set("extensions", JSON.stringify(extensions));
  return { method, headers: all, search: `?${asked}`, body: undefined };
}

/** From the question mark on. */
function searchOf(url: string): string {
  const question = url.indexOf("?");
  return question < 0 ? "" : url.slice(question);
}
