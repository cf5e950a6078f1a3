import type { Lab, LabClock, LabRequest, SyncEvent, SyncState } from "../lab.js";
import { offsetMinutes } from "../people/calendar.js";
import { dateAt, datesBetween, MINUTE_MS, person as personOf } from "../people/index.js";
import type { Person, PersonDay, Wearable } from "../person.js";
import { createRouter, json, type LabHttpRequest, type LabReply, type LabRoute, route } from "./http.js";
import { createLimiter, type Limiter, type LimitState } from "./limiter.js";
import { type OAuthDescription, oauthRoutes } from "./oauth-routes.js";
import { createLabServer, systemClock } from "./server.js";
import { createSyncState } from "./sync.js";
import { createTokenStore, type TokenStore } from "./tokens.js";

type KindOfPath = LabRequest["kind"] | ((form: URLSearchParams) => LabRequest["kind"]);

/**
 * A lab as data: OAuth, single objects, and lists by day with pages. Most wearable clouds have this form. A function of
 * the description replaces what a provider does differently. A provider that does not fit needs a lab of its own.
 */
export interface ListLabDescription {
  readonly name: string;
  /** Whose minutes the lab answers. */
  readonly wearable: Wearable;
  readonly client: { readonly id: string; readonly secret: string };
  /** The provider's own id of a person. */
  userId(person: Person): string;
  readonly oauth: OAuthDescription;
  readonly objects: readonly LabObject[];
  readonly lists: readonly LabList[];
  /** Counted one by one: a request that one of them refuses is counted by the others. */
  readonly limits: readonly {
    readonly per: "person" | "token" | "app";
    readonly requests: number;
    readonly windowSeconds: number;
    readonly align: "clock" | "first";
  }[];
  /** Headers of an answer, by the state of each limit. */
  limitHeaders?(states: readonly LimitState[]): Readonly<Record<string, string>>;
  /** An answer that is not a success. */
  error(status: number, reason: string): LabReply;
  /** The answer to a request without the scope. Default: the error 403. */
  notGranted?(scope: string): LabReply;
  /** Refuses a request with a good token, for a reason of the provider's own. */
  gate?(view: ListView, request: LabHttpRequest): LabReply | null;
  /** Brings a request into the form of the descriptions, or answers it at once. */
  enter?(request: LabHttpRequest): LabHttpRequest | LabReply;
  /** Brings an answer into the provider's form. */
  leave?(reply: LabReply, request: LabHttpRequest): LabReply;
  /** The kinds of requests on paths beside OAuth's own, by their form where a path has several. Default: `api`. */
  readonly kinds?: Readonly<Record<string, KindOfPath>>;
  /** Whether a request on a path with other kinds of requests withdraws a consent. */
  isWithdrawal?(method: string, path: string): boolean;
  /** What is neither an object nor a list. These routes come first. */
  routes?(parts: ListLabParts): readonly LabRoute[];
}

interface LabObject {
  readonly path: string;
  /** Default: GET. */
  readonly method?: "POST";
  readonly scope?: string;
  /** Null: there is no such object. */
  answer(view: ListView, request: LabHttpRequest): object | null;
}

/** As in the answer. */
export type LabRecord = Readonly<Record<string, unknown>>;

export interface LabList {
  readonly path: string;
  readonly scope?: string;
  /** What the query asks for. Null for an incomplete query. */
  select(query: URLSearchParams, view: ListView): LabSelection | LabReply | null;
  recordsOf(view: ListView, day: PersonDay): readonly LabRecord[];
  /** One page, in the provider's form. */
  page(records: readonly LabRecord[], next: string | null, query: URLSearchParams, view: ListView): object;
  /** Tells the records of a day apart. Default: their `id`. */
  idOf?(record: LabRecord): string;
  /** Without it, everything is in one answer. */
  readonly paging?: {
    readonly size: number;
    /** The parameter with the client's own size. */
    readonly sizeFrom?: string;
    readonly cursor: string;
    /** Cursors that hold the whole query, and may be sent alone. Default: the position in the list. */
    readonly opaque?: boolean;
  };
  readonly newestFirst?: boolean;
  /** One record by its `id`, which says the local day whose records hold it. */
  readonly one?: { readonly path: string; dayOf(id: string): string | null };
}

export interface LabSelection {
  /** The local days whose records are looked at, both inclusive. */
  readonly from: string;
  readonly to: string;
  /** Those of them that are answered. Default: all. */
  pick?(records: readonly LabRecord[]): readonly LabRecord[];
}

/** What has arrived from one person's device. */
export interface ListView {
  readonly person: Person;
  readonly userId: string;
  /** Epoch ms up to which the device has synced. */
  readonly syncedUntil: number;
}

/** A record that a sync brought or changed. */
export interface LabChange {
  readonly list: LabList;
  readonly record: LabRecord;
  readonly kind: "create" | "update";
}

export interface ListLabParts {
  readonly clock: LabClock;
  readonly sync: SyncState;
  readonly tokens: TokenStore;
  /** Checks token, limits and scope in that order. */
  guarded(
    scope: string | undefined,
    answer: (view: ListView, request: LabHttpRequest, params: Readonly<Record<string, string>>) => LabReply,
  ): LabRoute["handle"];
  viewOf(personId: string): ListView;
  daysOf(view: ListView, from: string, to: string): readonly PersonDay[];
  changesOf(event: SyncEvent): readonly LabChange[];
  hasConsent(personId: string): boolean;
}

export interface ListLab extends Lab {
  readonly parts: ListLabParts;
  /** For one of the limits, by its place in the description, or for all. */
  setLimit(requests: number, which?: number): void;
  /** For all lists with pages. */
  setPageSize(records: number): void;
}

export interface ListLabOptions {
  readonly clock?: LabClock;
  readonly sync?: SyncState;
  readonly port?: number;
}

export async function startListLab(
  description: ListLabDescription,
  { clock = systemClock, sync = createSyncState(clock), port }: ListLabOptions = {},
): Promise<ListLab> {
  const { client, oauth, userId, error, leave = (reply: LabReply) => reply } = description;
  const tokens = createTokenStore({ clock, ...oauth });
  const limiters = description.limits.map(({ requests: limit, windowSeconds, align }) =>
    createLimiter({ clock, limit, windowSeconds, align }),
  );
  const size = { override: null as number | null };
  const parts = partsOf(description, { clock, sync, tokens, limiters });
  const kinds: Readonly<Record<string, KindOfPath>> = {
    [oauth.authorize]: "authorize",
    [oauth.token]: "token",
    ...(oauth.revoke && { [oauth.revoke]: "revoke" }),
    ...description.kinds,
  };
  const kindOf = (method: string, path: string, form: () => URLSearchParams) => {
    if (description.isWithdrawal?.(method, path)) return "revoke";
    const kind = kinds[path] ?? "api";
    return typeof kind === "function" ? kind(form()) : kind;
  };
  const router = createRouter(
    [
      ...(description.routes?.(parts) ?? []),
      ...oauthRoutes(description, tokens),
      ...dataRoutes(description, parts, size),
    ],
    (_request, allowed) => (allowed.length > 0 ? error(405, "another method") : error(404, "no such path")),
  );
  const server = await createLabServer({
    clock,
    port,
    kindOf,
    async onRequest(request) {
      const entered = description.enter?.(request) ?? request;
      return leave("path" in entered ? await router(entered) : entered, request);
    },
    renderError: (status, request) =>
      leave(
        request.kind === "api" ? error(status, "trouble on request") : json(status, { error: "server_error" }),
        request,
      ),
  });
  return {
    ...server,
    sync,
    parts,
    issueTokens(personId, { scopes = Object.keys(oauth.scopes), expiresInSeconds } = {}) {
      const person = personOf(personId);
      const pair = tokens.issue({ personId, clientId: client.id, scopes }, { expiresInSeconds });
      const { accessToken, refreshToken, expiresAtMs: expiresAt } = pair;
      return { accessToken, refreshToken, expiresAt, scopes, providerUserId: userId(person) };
    },
    revoke: (personId) => void tokens.revokePerson(personId),
    // Notifications differ too much between providers: a provider that has them adds its own.
    setWebhookUrl() {},
    setLimit(requests, which) {
      for (const [index, limiter] of limiters.entries()) if ((which ?? index) === index) limiter.setLimit(requests);
    },
    setPageSize(records) {
      size.override = records;
    },
  };
}

function partsOf(
  description: ListLabDescription,
  own: Pick<ListLabParts, "clock" | "sync" | "tokens"> & { readonly limiters: readonly Limiter[] },
): ListLabParts {
  const { wearable, userId, limits, limitHeaders, error, gate, client } = description;
  const { clock, sync, tokens, limiters } = own;
  const notGranted = description.notGranted ?? ((scope: string) => error(403, `${scope} was not granted`));
  const viewAt = (personId: string, syncedUntil: number): ListView => {
    const person = personOf(personId);
    return { person, userId: userId(person), syncedUntil };
  };
  const viewOf = (personId: string) => viewAt(personId, Math.min(sync.syncedUntil(personId, wearable), clock.now()));
  const hasConsent = (personId: string) => tokens.grantedScopes(personId, client.id).length > 0;

  function daysOf({ person, syncedUntil }: ListView, from: string, to: string): readonly PersonDay[] {
    const today = dateAt(person, syncedUntil);
    const first = from < person.memberSince ? person.memberSince : from;
    const dates = datesBetween(first, to > today ? today : to);
    return dates.filter((date) => person.wearablesOn(date).includes(wearable)).map((date) => person.day(date));
  }

  return {
    ...{ clock, sync, tokens, viewOf, daysOf, hasConsent },
    guarded: (scope, answer) => (request, params) => {
      const bearer = request.bearer ?? "";
      const access = tokens.check(bearer);
      if (access.state === "unknown") return error(401, "no such token");
      const { personId, scopes } = access.consent;
      request.identify(personId);
      if (access.state !== "valid") return error(401, `the token is ${access.state}`);
      const keys = { app: "app", person: personId, token: bearer };
      const states = limiters.map((limiter, index) => limiter.take(keys[limits[index]!.per]));
      const view = viewOf(personId);
      const full = states.find(({ allowed }) => !allowed);
      const reply = full
        ? withHeaders(error(429, "too many requests"), { "retry-after": String(full.resetSeconds) })
        : scope !== undefined && !scopes.includes(scope)
          ? notGranted(scope)
          : (gate?.(view, request) ?? answer(view, request, params));
      return withHeaders(reply, limitHeaders?.(states) ?? {});
    },
    changesOf({ personId, fromMs, untilMs, dates }) {
      const [before, after] = [viewAt(personId, fromMs), viewAt(personId, untilMs)];
      return description.lists.flatMap((list) => {
        const idOf = list.idOf ?? ((record: LabRecord) => String(record["id"]));
        return daysOf(after, dates[0]!, dates.at(-1)!).flatMap((day) => {
          const known = new Map(list.recordsOf(before, day).map((record) => [idOf(record), JSON.stringify(record)]));
          return list.recordsOf(after, day).flatMap((record): readonly LabChange[] => {
            const earlier = known.get(idOf(record));
            if (earlier === JSON.stringify(record)) return [];
            return [{ list, record, kind: earlier === undefined ? "create" : "update" }];
          });
        });
      });
    },
  };
}

function dataRoutes(
  { objects, lists, error }: ListLabDescription,
  { guarded, daysOf }: ListLabParts,
  size: { readonly override: number | null },
): readonly LabRoute[] {
  const missing = () => error(404, "no such document");

  function listed(list: LabList, view: ListView, given: URLSearchParams): LabReply {
    const { recordsOf, paging, newestFirst = false } = list;
    const cursor = readCursor(given, paging);
    const selection = cursor && list.select(cursor.query, view);
    if (!selection) return error(400, "the query is not valid");
    if ("status" in selection) return selection;
    const days = daysOf(view, selection.from, selection.to);
    const oldestFirst = days.flatMap((day) => recordsOf(view, day));
    const all = selection.pick?.(oldestFirst) ?? oldestFirst;
    const ordered = newestFirst ? all.toReversed() : all;
    const own = Number(paging?.sizeFrom && cursor.query.get(paging.sizeFrom)) || paging?.size;
    const end = cursor.start + (own === undefined ? ordered.length : (size.override ?? own));
    const next = end < ordered.length ? writeCursor(end, cursor.query, paging) : null;
    return json(200, list.page(ordered.slice(cursor.start, end), next, cursor.query, view));
  }

  const one = ({ path, dayOf }: NonNullable<LabList["one"]>, { scope, recordsOf }: LabList) =>
    route(
      "GET",
      path,
      guarded(scope, (view, _request, { id = "" }) => {
        const date = dayOf(id);
        const records = date === null ? [] : daysOf(view, date, date).flatMap((day) => recordsOf(view, day));
        const found = records.find((record) => String(record["id"]) === id);
        return found ? json(200, found) : missing();
      }),
    );

  return [
    ...objects.map(({ path, method = "GET", scope, answer }) =>
      route(
        method,
        path,
        guarded(scope, (view, request) => {
          const object = answer(view, request);
          return object ? json(200, object) : missing();
        }),
      ),
    ),
    ...lists.flatMap((list) => [
      route(
        "GET",
        list.path,
        guarded(list.scope, (view, { query }) => listed(list, view, query)),
      ),
      ...(list.one ? [one(list.one, list)] : []),
    ]),
  ];
}

interface Cursor {
  readonly start: number;
  /** Without the cursor itself. */
  readonly query: URLSearchParams;
}

/** Null for a cursor that was never given. */
function readCursor(given: URLSearchParams, paging: LabList["paging"]): Cursor | null {
  const text = paging ? given.get(paging.cursor) : null;
  const query = new URLSearchParams([...given].filter(([name]) => name !== paging?.cursor));
  if (!text) return { start: 0, query };
  const [position = "", ofCursor = ""] = paging?.opaque
    ? Buffer.from(text, "base64url").toString("utf8").split("?")
    : [text];
  if (!/^\d+$/.test(position)) return null;
  return { start: Number(position), query: query.size > 0 ? query : new URLSearchParams(ofCursor) };
}

const writeCursor = (position: number, query: URLSearchParams, paging: LabList["paging"]) =>
  paging?.opaque ? Buffer.from(`${position}?${query}`).toString("base64url") : String(position);

export function withHeaders(reply: LabReply, headers: Readonly<Record<string, string>>): LabReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** An instant with the offset of a zone: 2026-11-19T06:40:00+01:00. */
export function withOffset(instantMs: number, timeZone: string): string {
  const minutes = offsetMinutes(instantMs, timeZone);
  const local = new Date(instantMs + minutes * MINUTE_MS).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}
