import { type ApolloServer, HeaderMap } from "@apollo/server";
import type { Request, RequestHandler, Response } from "express";
import { type Caller, ownerOf } from "../../graphql/caller.js";
import type { RequestContext } from "../../graphql/context.js";
import { checkNesting, checkText } from "../../graphql/document-text.js";
import { defaultLimits, type Limits } from "../../graphql/limits.js";
import { turn } from "../../turns.js";
import type { Metrics } from "../metrics.js";
import { BYTES_READ_PER_POINT, pointsFor, type RateLimiter } from "../rate-limit.js";
import { createRepeats } from "../repeats.js";

/** Longer requests are rare, and each that is remembered takes its own length. */
const MAX_REPEATED_BYTES = 16 * 1024;

/** An answer that is kept as it was sent only has to be looked up and written. */
const BYTES_SENT_PER_POINT = 64 * 1024;

/** What was found out of a request before it comes here. */
interface Asked {
  readonly caller?: Caller;
  /** The body before it was parsed, where it was JSON. */
  readonly raw?: Buffer;
}

export interface GraphQLDoor {
  readonly apollo: ApolloServer<RequestContext>;
  readonly metrics: Metrics;
  readonly limiter: Pick<RateLimiter, "take" | "giveBack">;
  readonly limits?: Limits;
  asked(response: Response): Asked;
  /** Throws a GraphQL error where there is no caller. `paid` points were taken for the operation already. */
  context(request: Request, response: Response, paid: number): RequestContext;
}

/** GraphQL over HTTP: Apollo's business, but for what was asked and answered before. */
export function graphqlDoor({
  apollo,
  metrics,
  limiter,
  limits = defaultLimits,
  asked,
  context,
}: GraphQLDoor): RequestHandler {
  const repeats = createRepeats();
  return async (request, response) => {
    const { caller, raw } = asked(response);
    // Reading a request costs by its length, whatever comes of it. Whoever has no credentials is refused below.
    const length = pointsFor(raw?.length ?? request.url.length, BYTES_READ_PER_POINT) - 1;
    if (caller && length > 0) {
      await limiter.take(caller, "", length);
      // Long documents are each read in a turn of their own.
      await turn(ownerOf(caller));
    }
    const words = wordsOf(request, asked(response));
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
      response.setHeader("content-type", repeated.contentType);
      response.setHeader("content-length", repeated.body.length);
      response.end(repeated.body);
      return;
    }
    if (caller) checkRequest(request, limits);
    const {
      status = 200,
      headers,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: asApollo(request),
      context: async () => contextOnce(),
    });
    if (body.kind !== "complete") throw new Error("this version of GraphQL does not answer in parts");
    for (const [name, value] of headers) response.setHeader(name, value);
    response.status(status).send(body.string);
    // Apollo works with a copy of the context: of what it sets there only this reaches us.
    const { repeatable: madeOf, points } = made?.outcome ?? { repeatable: null, points: 1 };
    const contentType = response.get("content-type");
    if (words !== null && madeOf && status === 200 && contentType)
      repeats.keep(words, madeOf, { contentType, body: Buffer.from(body.string) }, points);
  };
}

/** What would end the parser's stack, or keep validation busy, never gets there. Wrong types are Apollo's to tell of. */
function checkRequest({ body, query }: Request, limits: Limits): void {
  const sent: Readonly<Record<string, unknown>> = isObject(body) ? body : query;
  const { query: document, variables, extensions } = sent;
  if (typeof document === "string") checkText(document, limits);
  for (const values of [variables, extensions]) {
    if (typeof values === "string") checkText(values, limits);
    else checkNesting(values, limits);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All of a request that Apollo's answer to it depends on; null where that is not worth remembering. */
function wordsOf({ method, headers }: Request, { caller, raw }: Asked): string | null {
  if (method !== "POST" || !caller || !raw || raw.length > MAX_REPEATED_BYTES) return null;
  const who = caller.kind === "app" ? ["app", caller.name] : ["user", caller.userId];
  return JSON.stringify([...who, headers.accept, headers["content-type"], raw.toString("latin1")]);
}

function asApollo({ method, headers, url, body }: Request) {
  const all = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const question = url.indexOf("?");
  return { method, headers: all, search: question < 0 ? "" : url.slice(question), body: body as unknown };
}
