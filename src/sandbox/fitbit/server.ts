import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import {
  type Consent,
  createLimiter,
  createRouter,
  empty,
  type LabHandler,
  type LabHttpRequest,
  type LabReply,
  type LimitState,
  route,
  type SyncState,
} from "../kit/index.js";
import type { LabClock, LabRequest } from "../lab.js";
import type { Person } from "../person.js";
import { apiRoutes } from "./api.js";
import type { ApiCall, ApiRoute } from "./call.js";
import { bodyForStatus, FitbitError, fail, GONE, googleStyle403, tooManyPoints } from "./errors.js";
import { writeJson } from "./json.js";
import type { OAuthServer } from "./oauth.js";
import { readCollection, type SubscriptionBook } from "./subscriptions.js";
import type { FitbitSwitches } from "./switches.js";
import { unitSystem } from "./units.js";
import { fitbitUserId } from "./user-id.js";
import { View } from "./view.js";
import { type WriteRoute, writeRoutes } from "./writes.js";
import { noLogs, type WrittenLogs } from "./written.js";

const HOUR_SECONDS = 3600;
const VIEW_CACHE = 16;

export interface FitbitServerParts {
  readonly clock: LabClock;
  readonly people: ReadonlyMap<string, Person>;
  readonly sync: SyncState;
  readonly switches: FitbitSwitches;
  readonly oauth: OAuthServer;
  readonly book: SubscriptionBook;
  readonly hourlyLimit: number;
  /** Whose personal app this is, and so whose minutes it may read; undefined for an app of another type. */
  readonly ownerId: string | undefined;
  origin(): string;
  /** The person has withdrawn their consent through the API. */
  onRevoked(consent: Consent): void;
  /** The app has written something about the person. */
  onWritten(personId: string, collection: WriteRoute["collection"], date: string): void;
}

/** Everything between the socket and the answers: who asks, whether they may, and how it is written. */
export function createFitbitServer(parts: FitbitServerParts) {
  const { clock, people, sync, switches, oauth, book } = parts;
  const limiter = createLimiter({ clock, limit: parts.hourlyLimit, windowSeconds: HOUR_SECONDS, align: "clock" });
  const views = new LRUCache<string, View>({ max: VIEW_CACHE });
  const written = new Map<string, WrittenLogs>();
  let answers = 0;
  let writes = 0;

  function writtenBy(personId: string): WrittenLogs {
    const logs = written.get(personId) ?? noLogs();
    written.set(personId, logs);
    return logs;
  }

  /** A view is good for a minute, as nothing that it tells is finer. */
  function viewOf(person: Person): View {
    const syncedMs = Math.min(sync.syncedUntil(person.id, "FITBIT"), clock.now());
    const minute = Math.floor(clock.now() / 60_000);
    const key = `${person.id} ${syncedMs} ${minute}`;
    let view = views.get(key);
    if (!view) {
      view = new View(person, syncedMs, clock.now(), writtenBy(person.id));
      views.set(key, view);
    }
    return view;
  }

  function write(status: number, value: unknown, headers: Record<string, string> = {}): LabReply {
    const body = writeJson(value, switches.shuffledKeys ? ++answers : undefined);
    return { status, headers: { "content-type": "application/json;charset=UTF-8", ...headers }, body };
  }

  function limitHeaders({ limit, remaining, resetSeconds }: LimitState): Record<string, string> {
    return {
      "Fitbit-Rate-Limit-Limit": String(limit),
      "Fitbit-Rate-Limit-Remaining": String(remaining),
      "Fitbit-Rate-Limit-Reset": String(resetSeconds),
    };
  }

  function retryAfter(state: LimitState): Record<string, string> {
    return switches.retryAfter ? { "Retry-After": String(state.resetSeconds) } : {};
  }

  const limitKey = (consent: Consent) => `${consent.clientId} ${consent.personId}`;

  /** Whose token it is; throws a 401 for everything but a valid one. */
  function authenticate(request: LabHttpRequest): Consent {
    if (!request.bearer) throw fail(401, "invalid_request", "Authorization header required.");
    const checked = oauth.tokens.check(request.bearer);
    if (checked.state === "unknown") throw fail(401, "invalid_token", `Access token invalid: ${request.bearer}`);
    request.identify(checked.consent.personId);
    if (checked.state === "revoked") throw fail(401, "invalid_token", `Access token invalid: ${request.bearer}`);
    if (checked.state === "expired") {
      throw fail(401, "expired_token", `Access token expired: ${request.bearer}. Visit https://example.invalid/oauth2`);
    }
    return checked.consent;
  }

  /** For every path of the API: token, quota and user; the three headers go out with whatever comes of it. */
  function guarded(answer: (request: LabHttpRequest, consent: Consent, params: Params) => LabReply): LabHandler {
    return (request, params) =>
      caught(() => {
        const consent = authenticate(request);
        const state = limiter.take(limitKey(consent));
        const headers = limitHeaders(state);
        if (!state.allowed) return write(429, bodyForStatus(429, ""), { ...headers, ...retryAfter(state) });
        const reply = caught(() => {
          const user = params["user"] ?? "-";
          if (user !== "-" && user !== fitbitUserId(consent.personId)) {
            throw fail(403, "insufficient_permissions", "The token belongs to another user.");
          }
          return answer(request, consent, params);
        });
        return { ...reply, headers: { ...reply.headers, ...headers } };
      });
  }

  function caught(answer: () => LabReply): LabReply {
    try {
      return answer();
    } catch (error) {
      if (error instanceof FitbitError) return write(error.status, error.body, error.headers);
      throw error;
    }
  }

  function demand(entry: Pick<ApiRoute, "scopes" | "intraday">, request: LabHttpRequest, consent: Consent): void {
    if (switches.forbiddenPath !== null && request.path.includes(switches.forbiddenPath)) throw googleStyle403();
    const lacking = entry.scopes.find((scope) => !consent.scopes.includes(scope));
    if (lacking !== undefined) {
      if (switches.googleStyle403) throw googleStyle403();
      const message = `This application does not have permission to access ${lacking} data. Ask the user for it again.`;
      throw fail(403, "insufficient_scope", message);
    }
    const granted = parts.ownerId === undefined ? switches.intraday : parts.ownerId === consent.personId;
    if (entry.intraday && !granted) {
      throw fail(403, "insufficient_permissions", "This application has no right to intraday data.");
    }
  }

  function callOf(request: LabHttpRequest, consent: Consent, params: Params): ApiCall {
    return {
      view: viewOf(people.get(consent.personId)!),
      userId: fitbitUserId(consent.personId),
      clientId: consent.clientId,
      params,
      query: request.query,
      units: unitSystem(request.headers["accept-language"]),
      scopes: new Set(consent.scopes),
      switches,
      origin: parts.origin(),
    };
  }

  function writing(entry: WriteRoute): LabHandler {
    return guarded((request, consent, params) => {
      if (switches.readOnly) throw fail(403, "insufficient_permissions", "This application is read-only.");
      demand({ scopes: [entry.scope] }, request, consent);
      const { status, date, body } = entry.answer({
        ...callOf(request, consent, params),
        given: new Map([...request.query, ...request.form()]),
        // Past every id that a person's own logs have.
        newId: () => `9${String(clock.now()).padStart(14, "0")}${String(++writes).padStart(4, "0")}`,
      });
      parts.onWritten(consent.personId, entry.collection, date);
      return body ? write(status, body) : empty(status);
    });
  }

  function reading(entry: ApiRoute): LabHandler {
    return guarded((request, consent, params) => {
      demand(entry, request, consent);
      const answer = entry.answer(callOf(request, consent, params));
      if (entry.contentType) {
        return { status: 200, headers: { "content-type": entry.contentType }, body: String(answer) };
      }
      return write(200, answer);
    });
  }

  const subscribe = guarded((request, consent, params) => {
    const by = {
      subscriberId: request.headers["x-fitbit-subscriber-id"]?.toString(),
      scopes: new Set(consent.scopes),
    };
    const collection = readCollection(params["collection"]);
    const { status, body } = book.create(fitbitUserId(consent.personId), collection, params["id"] ?? "", by);
    return write(status, body);
  });

  const unsubscribe = guarded((_request, consent, params) => {
    book.remove(fitbitUserId(consent.personId), readCollection(params["collection"]), params["id"] ?? "");
    return empty(204);
  });

  const subscriptions = guarded((_request, consent, params) => {
    const collection = readCollection(params["collection"]);
    return write(200, { apiSubscriptions: book.list(fitbitUserId(consent.personId), collection) });
  });

  const subscriptionPaths = ["/1/user/:user", "/1/user/:user/:collection"];
  const router = createRouter(
    [
      route("GET", "/oauth2/authorize", (request) => oauth.authorize(request)),
      route("POST", "/oauth2/token", (request) => caught(() => write(200, oauth.token(request)))),
      route("POST", "/1.1/oauth2/introspect", (request) => caught(() => write(200, oauth.introspect(request)))),
      route("POST", "/oauth2/revoke", (request) =>
        caught(() => {
          parts.onRevoked(oauth.revoke(request));
          return empty(200);
        }),
      ),
      ...subscriptionPaths.flatMap((path) => [
        route("GET", `${path}/apiSubscriptions.json`, subscriptions),
        route("POST", `${path}/apiSubscriptions/:id.json`, subscribe),
        route("DELETE", `${path}/apiSubscriptions/:id.json`, unsubscribe),
      ]),
      ...apiRoutes.map((entry) => route("GET", entry.path, reading(entry))),
      ...writeRoutes.map((entry) => route(entry.method, entry.path, writing(entry))),
    ],
    otherwise,
  );

  /** Other writes are for apps of another registration; and an unknown path is a 400, not a 404. */
  function otherwise(request: LabHttpRequest): LabReply | Promise<LabReply> {
    const answer = guarded(() => {
      if (request.method !== "GET") {
        throw fail(403, "insufficient_permissions", "This application is read-only.");
      }
      throw fail(400, "request", `The API you are requesting could not be found: ${request.path}`, "n/a");
    });
    if (kindOf(request.method, request.path) === "api") return answer(request, {});
    return write(404, bodyForStatus(404, ""));
  }

  function onRequest(request: LabHttpRequest): LabReply | Promise<LabReply> {
    if (switches.sunset) return write(410, GONE);
    const unmeasured = request.headers["content-length"] === undefined;
    if (switches.lengthRequired && unmeasured && request.method !== "GET" && request.method !== "HEAD") {
      return write(411, bodyForStatus(411, ""));
    }
    return router({ ...request, path: canonicalPath(request.path) });
  }

  /** For faults. A 429 that is forced on a client tells it when to come back, as a real one does. */
  function renderError(status: number, request: LabHttpRequest): LabReply {
    const owner = request.bearer ? oauth.tokens.ownerOf(request.bearer) : null;
    if (owner) request.identify(owner.personId);
    const state = owner ? limiter.peek(limitKey(owner)) : null;
    const headers = state ? limitHeaders(state) : {};
    if (state && status === 429) {
      Object.assign(headers, { "Fitbit-Rate-Limit-Remaining": "0" }, retryAfter(state));
    }
    if (status === 422) return write(422, tooManyPoints().body, headers);
    return write(status, bodyForStatus(status, randomBytes(6).toString("hex")), headers);
  }

  return { kindOf, onRequest, renderError, limiter, viewOf };
}

type Params = Readonly<Record<string, string>>;

/**
 * Clients call everything under every version, and all three answer alike: but for the sleep of a date, which tells stages
 * under 1.2 alone. What 1 never had, lists and ranges of sleep and its goal, it takes from 1.2.
 */
function canonicalPath(path: string): string {
  const match = /^\/(1|1\.1|1\.2)(\/user\/[^/]+)(\/.*)$/.exec(path);
  if (!match) return path;
  const [, version, user, rest] = match as unknown as [string, string, string, string];
  const ofDate = /^\/sleep\/date\/[^/]+$/.test(rest);
  const since12 = /^\/sleep\/(list\.json|goal\.json|date\/[^/]+\/[^/]+)$/.test(rest);
  return `/${since12 || (ofDate && version === "1.2") ? "1.2" : "1"}${user}${rest}`;
}

function kindOf(_method: string, path: string): LabRequest["kind"] {
  if (path === "/oauth2/authorize") return "authorize";
  if (path === "/oauth2/token") return "token";
  if (path === "/oauth2/revoke") return "revoke";
  if (path.includes("/apiSubscriptions")) return "subscription";
  return /^\/1(\.\d)?\/(?!oauth2)/.test(path) ? "api" : "other";
}
