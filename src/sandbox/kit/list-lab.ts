import { timingSafeEqual } from "node:crypto";
import type { Lab, LabClock, LabRequest, SyncState } from "../lab.js";
import { offsetMinutes } from "../people/calendar.js";
import { dateAt, datesBetween, MINUTE_MS, people, person as personOf } from "../people/index.js";
import type { Person, PersonDay, Wearable } from "../person.js";
import { consentDecision, consentPage } from "./consent.js";
import {
  createRouter,
  html,
  json,
  type LabHttpRequest,
  type LabReply,
  type LabRoute,
  redirect,
  route,
} from "./http.js";
import { createLimiter, type Limiter, type LimitState } from "./limiter.js";
import { isPkceText } from "./pkce.js";
import { createLabServer, systemClock } from "./server.js";
import { createSyncState } from "./sync.js";
import { createTokenStore, type TokenPair, type TokenStore } from "./tokens.js";

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
  readonly oauth: {
    readonly authorize: string;
    readonly token: string;
    readonly revoke?: string;
    readonly clientAuth: "basic" | "body";
    readonly pkce: boolean;
    readonly separator: " " | ",";
    /** The scopes by name, each with its text on the consent page. */
    readonly scopes: Readonly<Record<string, string>>;
    readonly refresh: "rotating" | "reusable" | "none";
    readonly accessSeconds: number | null;
    /** For this time a used refresh token gives the same answer again. */
    readonly repeatSeconds: number;
    /** Fields that the token endpoint requires in addition to the standard ones. */
    readonly wants?: Readonly<Partial<Record<"exchange" | "refresh", Readonly<Record<string, string>>>>>;
    /** Members of a token answer in addition to the standard ones. */
    tokenFields?(userId: string): object;
    /** Converts a standard answer to the provider's form. */
    words?(status: number, body: object, call: "exchange" | "refresh" | "revoke"): readonly [number, object];
  };
  readonly objects: readonly {
    readonly path: string;
    /** Default: GET. */
    readonly method?: "POST";
    readonly scope?: string;
    answer(view: ListView): object;
  }[];
  readonly lists: readonly {
    readonly path: string;
    readonly scope?: string;
    /** The requested local days, both inclusive. Null for an incomplete query. */
    days(query: URLSearchParams): { readonly from: string; readonly to: string } | null;
    recordsOf(view: ListView, day: PersonDay): readonly object[];
    /** One page, in the provider's form. */
    page(records: readonly object[], next: string | null): object;
    /** Without it, everything is in one answer. */
    readonly paging?: { readonly size: number; readonly cursor: string };
  }[];
  readonly limit: { readonly requests: number; readonly windowSeconds: number; readonly align: "clock" | "first" };
  limitHeaders?(state: LimitState): Readonly<Record<string, string>>;
  /** The body of an answer that is not a success. */
  error(status: number, reason: string): object;
}

/** What has arrived from one person's device. */
interface ListView {
  readonly person: Person;
  readonly userId: string;
  /** Epoch ms up to which the device has synced. */
  readonly syncedUntil: number;
}

export interface ListLab extends Lab {
  setLimit(requests: number): void;
}

export async function startListLab(
  description: ListLabDescription,
  options: { readonly clock?: LabClock; readonly sync?: SyncState } = {},
): Promise<ListLab> {
  const { client, oauth, userId } = description;
  const clock = options.clock ?? systemClock;
  const sync = options.sync ?? createSyncState(clock);
  const { refresh, accessSeconds, repeatSeconds } = oauth;
  const tokens = createTokenStore({ clock, refresh, accessSeconds, repeatSeconds });
  const { requests: limit, windowSeconds, align } = description.limit;
  const limiter = createLimiter({ clock, limit, windowSeconds, align });
  const error = (status: number, reason: string) => json(status, description.error(status, reason));
  const kinds: Readonly<Record<string, LabRequest["kind"]>> = {
    [oauth.authorize]: "authorize",
    [oauth.token]: "token",
    ...(oauth.revoke && { [oauth.revoke]: "revoke" }),
  };
  const server = await createLabServer({
    clock,
    kindOf: (_method, path) => kinds[path] ?? "api",
    onRequest: createRouter(
      [...oauthRoutes(description, tokens), ...dataRoutes({ description, tokens, limiter, clock, sync })],
      (_request, allowed) => (allowed.length > 0 ? error(405, "another method") : error(404, "no such path")),
    ),
    renderError: (status, { kind }) =>
      kind === "api" ? error(status, "trouble on request") : json(status, { error: "server_error" }),
  });
  return {
    ...server,
    sync,
    issueTokens(personId, { scopes = Object.keys(oauth.scopes), expiresInSeconds } = {}) {
      const person = personOf(personId);
      const pair = tokens.issue({ personId, clientId: client.id, scopes }, { expiresInSeconds });
      const { accessToken, refreshToken, expiresAtMs: expiresAt } = pair;
      return { accessToken, refreshToken, expiresAt, scopes, providerUserId: userId(person) };
    },
    revoke: (personId) => void tokens.revokePerson(personId),
    // Notifications differ too much between providers: a provider that has them adds its own.
    setWebhookUrl() {},
    setLimit: limiter.setLimit,
  };
}

/** The consent page, the token endpoint and, if there is one, revocation. */
function oauthRoutes({ name, client, oauth, userId }: ListLabDescription, tokens: TokenStore): readonly LabRoute[] {
  const said = (call: "exchange" | "refresh" | "revoke", status: number, body: object): LabReply => {
    const [asStatus, asBody] = oauth.words?.(status, body, call) ?? [status, body];
    return json(asStatus, asBody);
  };
  const isClient = ({ basic }: LabHttpRequest, form: URLSearchParams) => {
    const [id, secret] =
      oauth.clientAuth === "basic" ? [basic?.id, basic?.secret] : [form.get("client_id"), form.get("client_secret")];
    return id === client.id && isSame(secret ?? "", client.secret);
  };

  function authorize({ query, path }: LabHttpRequest): LabReply {
    const target = query.get("redirect_uri") ?? "";
    const challenge = query.get("code_challenge");
    // A wrong redirect address must not be followed: the person sees the error on a page instead.
    const isRight =
      query.get("client_id") === client.id && query.get("response_type") === "code" && URL.canParse(target);
    if (!isRight || (challenge !== null && !isPkceText(challenge))) return html(400, "<p>Invalid request.</p>");
    const asked = (query.get("scope") ?? "").split(oauth.separator).filter((scope) => scope in oauth.scopes);
    const decision = consentDecision(query, asked);
    if (!decision) {
      const scopes = asked.map((id) => ({ id, label: oauth.scopes[id]! }));
      const names = { providerName: name, clientName: "Pulsegate" };
      return html(200, consentPage({ ...names, people: people.values(), scopes, action: path, query }));
    }
    const state = query.get("state");
    if (!decision.allowed) return redirect(target, { error: "access_denied", state });
    if (!people.has(decision.personId)) return html(400, "<p>Nobody of that name has an account.</p>");
    const pkce = oauth.pkce && challenge !== null ? { challenge, method: "S256" as const } : null;
    const { personId, scopes } = decision;
    const code = tokens.issueCode({ personId, scopes, clientId: client.id, redirectUri: target, pkce });
    return redirect(target, { code, state });
  }

  function token(request: LabHttpRequest): LabReply {
    const form = request.form();
    const call = form.get("grant_type") === "refresh_token" ? "refresh" : "exchange";
    if (!isClient(request, form)) return said(call, 401, { error: "invalid_client" });
    const wanted = Object.entries(oauth.wants?.[call] ?? {});
    if (wanted.some(([field, value]) => form.get(field) !== value))
      return said(call, 400, { error: "invalid_request" });
    const by = { clientId: client.id, redirectUri: form.get("redirect_uri"), verifier: form.get("code_verifier") };
    const redeemed =
      call === "refresh"
        ? tokens.refresh(form.get("refresh_token") ?? "", by)
        : tokens.redeemCode(form.get("code") ?? "", by);
    if (!redeemed.ok) return said(call, 400, { error: "invalid_grant" });
    request.identify(redeemed.tokens.consent.personId);
    return said(call, 200, answerOf(redeemed.tokens));
  }

  function answerOf({ consent, accessToken, refreshToken, expiresInSeconds }: TokenPair): object {
    return {
      access_token: accessToken,
      token_type: "bearer",
      ...(refreshToken !== null && { refresh_token: refreshToken }),
      ...(expiresInSeconds !== null && { expires_in: expiresInSeconds }),
      scope: consent.scopes.join(oauth.separator),
      ...oauth.tokenFields?.(userId(personOf(consent.personId))),
    };
  }

  function revoke(request: LabHttpRequest): LabReply {
    const form = new URLSearchParams([...request.query, ...request.form()]);
    if (!isClient(request, form)) return said("revoke", 401, { error: "invalid_client" });
    const owner = tokens.revokeToken(form.get("token") ?? form.get("access_token") ?? "");
    if (owner) request.identify(owner.personId);
    return said("revoke", 200, {});
  }

  return [
    route("GET", oauth.authorize, authorize),
    route("POST", oauth.token, token),
    ...(oauth.revoke ? [route("POST", oauth.revoke, revoke)] : []),
  ];
}

interface Data {
  readonly description: ListLabDescription;
  readonly tokens: TokenStore;
  readonly limiter: Limiter;
  readonly clock: LabClock;
  readonly sync: SyncState;
}

/** Checks token, limit and scope in that order, then answers what the description says. */
function dataRoutes({ description, tokens, limiter, clock, sync }: Data): readonly LabRoute[] {
  const { wearable, userId, limitHeaders, error } = description;

  const guarded =
    (scope: string | undefined, answer: (view: ListView, request: LabHttpRequest) => LabReply) =>
    (request: LabHttpRequest): LabReply => {
      const access = tokens.check(request.bearer ?? "");
      if (access.state === "unknown") return json(401, error(401, "no such token"));
      const { personId, scopes } = access.consent;
      request.identify(personId);
      if (access.state !== "valid") return json(401, error(401, `the token is ${access.state}`));
      const state = limiter.take(personId);
      const headers = limitHeaders?.(state) ?? {};
      if (!state.allowed) {
        return json(429, error(429, "too many requests"), { ...headers, "retry-after": String(state.resetSeconds) });
      }
      if (scope !== undefined && !scopes.includes(scope))
        return json(403, error(403, `${scope} was not granted`), headers);
      const person = personOf(personId);
      const syncedUntil = Math.min(sync.syncedUntil(personId, wearable), clock.now());
      const reply = answer({ person, userId: userId(person), syncedUntil }, request);
      return { ...reply, headers: { ...reply.headers, ...headers } };
    };

  function listed(
    { days, recordsOf, page, paging }: ListLabDescription["lists"][number],
    view: ListView,
    query: URLSearchParams,
  ) {
    const span = days(query);
    const cursor = paging ? query.get(paging.cursor) : null;
    const start = cursor ? Number(cursor) : 0;
    if (!span || span.from > span.to || !Number.isSafeInteger(start))
      return json(400, error(400, "the days are not valid"));
    const { memberSince } = view.person;
    const today = dateAt(view.person, view.syncedUntil);
    const [, from] = [span.from, memberSince].sort() as [string, string];
    const [to] = [span.to, today].sort() as [string, string];
    const worn = datesBetween(from, to).filter((date) => view.person.wearablesOn(date).includes(wearable));
    const all = worn.flatMap((date) => recordsOf(view, view.person.day(date)));
    const end = paging ? start + paging.size : all.length;
    return json(200, page(all.slice(start, end), end < all.length ? String(end) : null));
  }

  return [
    ...description.objects.map(({ path, method = "GET", scope, answer }) =>
      route(
        method,
        path,
        guarded(scope, (view) => json(200, answer(view))),
      ),
    ),
    ...description.lists.map((list) =>
      route(
        "GET",
        list.path,
        guarded(list.scope, (view, { query }) => listed(list, view, query)),
      ),
    ),
  ];
}

/** An instant with the offset of a zone: 2026-11-19T06:40:00+01:00. */
export function withOffset(instantMs: number, timeZone: string): string {
  const minutes = offsetMinutes(instantMs, timeZone);
  const local = new Date(instantMs + minutes * MINUTE_MS).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
