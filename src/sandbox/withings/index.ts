import { createHmac, randomBytes } from "node:crypto";
import { html, json, type LabHttpRequest, type LabReply, route } from "../kit/index.js";
import {
  type LabChange,
  type LabList,
  type LabRecord,
  type LabSelection,
  type ListLab,
  type ListLabDescription,
  type ListLabOptions,
  type ListLabParts,
  type ListView,
  startListLab,
} from "../kit/list-lab.js";
import { type Noticing, withNotices } from "../kit/notices.js";
import { isSame } from "../kit/oauth-routes.js";
import { isCalendarDate, isInstant } from "../kit/query.js";
import type { LabDefinition } from "../lab.js";
import { addDays, dateAt, people } from "../people/index.js";
import { devicesOf, isOwner, numberOf, userIdOf } from "./devices.js";
import * as measures from "./measures.js";
import { createNotifications } from "./notify.js";
import { nightsOf, segmentsOf, summariesOf, USUAL_FIELDS } from "./sleep.js";

/* The lab of Withings' public API. Written from the vendor's documentation alone: it shares nothing with the adapter. */

export const CLIENT = { id: "withings-lab", secret: "scale-secret-for-the-lab-only" } as const;
const AUTHORIZE = "/oauth2_user/authorize2";

export interface WithingsSwitches {
  /** What is asked for twice within ten seconds is refused: at the token endpoint, everywhere, or nowhere. */
  sameArguments: "token" | "all" | "none";
  /** Without a paid plan there is no variability, automatic oxygen, pulse wave velocity and VO2 max. */
  paid: boolean;
  /** The status for a scope that was not granted. */
  missingScope: number;
  /** Whether scopes are looked at. */
  enforcesScopes: boolean;
  /** Addresses for notices need https, a name and a usual port. */
  strictCallbacks: boolean;
  /** The most that one call for the stages of nights answers. */
  sleepSpanHours: number;
  /** The user id of a token answer as text. */
  userIdAsText: boolean;
}

const SCOPES = {
  "user.info": "Devices and goals",
  "user.metrics": "Weight, blood pressure and other measures",
  "user.activity": "Activity, workouts and sleep",
  "user.sleepevents": "Getting in and out of bed",
};

/** The outcome stands in the body, and HTTP says 200. A body that has a `status` is complete. */
const COMPLETE = '{"status":';
const done = (body: object = {}): LabReply => json(200, { status: 0, body });
const fail = (status: number, error: string, body: object = {}): LabReply => json(200, { status, body, error });

export const sign = (secret: string, ...values: readonly string[]) =>
  createHmac("sha256", secret).update(values.join(",")).digest("hex");

/** `data_fields`, or what comes without it. */
const fieldsOf = (query: URLSearchParams) => query.get("data_fields")?.split(",") ?? null;
const only = (record: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));

const ACTIVITY_ALWAYS = "date timezone deviceid hash_deviceid brand is_tracker modified model modelid".split(" ");

/** Days as `startdateymd` and `enddateymd`, or everything that changed since `lastupdate`. */
function byDay(query: URLSearchParams, { person, syncedUntil }: ListView): LabSelection | null {
  const [from, to, since] = ["startdateymd", "enddateymd", "lastupdate"].map((name) => query.get(name));
  if (since) return changedSince(since, person, syncedUntil);
  return isCalendarDate(from) && isCalendarDate(to) ? { from, to } : null;
}

function changedSince(since: string, person: ListView["person"], syncedUntil: number): LabSelection | null {
  const from = Number(since) * 1_000;
  if (!/^\d+$/.test(since) || !isInstant(from)) return null;
  return {
    // What was measured some days before may have arrived since.
    from: from <= 0 ? person.memberSince : addDays(dateAt(person, from), -4),
    to: dateAt(person, syncedUntil),
    pick: (records) => records.filter(({ modified }) => (modified as number) >= Number(since)),
  };
}

/** Epoch seconds, as `startdate` and `enddate`. */
function byEpoch(query: URLSearchParams): readonly [number, number] | null {
  const [from, until] = ["startdate", "enddate"].map((name) => Number(query.get(name) ?? Number.NaN) * 1_000);
  return isInstant(from!) && isInstant(until!) && from! <= until! ? [from!, until!] : null;
}

export interface WithingsLab extends ListLab, Noticing {
  readonly switches: WithingsSwitches;
  /** Sends a notice of this category to its subscribers. */
  announce(personId: string, appli: number, fields: Readonly<Record<string, string | number>>): Promise<void>;
}

export async function startWithingsLab(
  options: ListLabOptions & { readonly switches?: Partial<WithingsSwitches> } = {},
): Promise<WithingsLab> {
  const switches: WithingsSwitches = {
    ...{ sameArguments: "token", paid: true, missingScope: 401, enforcesScopes: true },
    ...{ strictCallbacks: false, sleepSpanHours: 24, userIdAsText: false },
    ...options.switches,
  };
  const nonces = new Map<string, number>();
  const seen = new Map<string, number>();
  let parts!: ListLabParts;
  const now = () => parts.clock.now();
  const notices = createNotifications(
    () => parts.clock,
    () => switches.strictCallbacks,
    { done, fail },
  );

  /** The action is part of the path, and all parameters are one query, wherever they came from. */
  function enter(request: LabHttpRequest): LabHttpRequest | LabReply {
    const query = new URLSearchParams([...request.query, ...request.form()]);
    if (request.path === AUTHORIZE) {
      // The demo person of the vendor has all its devices.
      if (query.get("mode") === "demo" && !query.has("person")) query.set("person", "collector");
      return { ...request, query };
    }
    const action = query.get("action") ?? "";
    const path = `${request.path}/${action}`;
    const bearer = request.bearer ?? query.get("access_token");
    const method = path === "/v2/oauth2/requesttoken" ? "POST" : "GET";
    const repeated = { all: true, none: false, token: path === "/v2/oauth2/requesttoken" }[switches.sameArguments];
    if (repeated && path !== "/v2/signature/getnonce") {
      // A nonce is new in every call.
      const own = [...query].filter(([name]) => name !== "nonce" && name !== "signature");
      const key = JSON.stringify([path, bearer, own.toSorted()]);
      const waitMs = (seen.get(key) ?? Number.NEGATIVE_INFINITY) + 10_000 - now();
      if (waitMs > 0)
        return fail(601, "Same arguments in less than 10 seconds", { wait_seconds: Math.ceil(waitMs / 1_000) });
      seen.set(key, now());
    }
    return { ...request, path, method, bearer, query, form: () => query };
  }

  function leave(reply: LabReply, { path }: LabHttpRequest): LabReply {
    if (path === AUTHORIZE || reply.status >= 500) return reply;
    const body = String(reply.body ?? "{}");
    if (body.startsWith(COMPLETE)) return { ...json(200, {}), body };
    return reply.status === 200
      ? { ...json(200, {}), body: `{"status":0,"body":${body}}` }
      : fail(reply.status, "An error occurred");
  }

  /** Only the values are signed, in the order of their names. A nonce is good once, for 30 minutes. */
  function isSigned(query: URLSearchParams): boolean | undefined {
    const [signature, nonce] = [query.get("signature"), query.get("nonce") ?? ""];
    if (signature === null) return undefined;
    const expiresAt = nonces.get(nonce) ?? 0;
    nonces.delete(nonce);
    const values = [query.get("action") ?? "", query.get("client_id") ?? "", nonce];
    return expiresAt > now() && values[1] === CLIENT.id && isSame(signature, sign(CLIENT.secret, ...values));
  }

  function giveNonce({ query }: LabHttpRequest): LabReply {
    const [action = "", id = "", timestamp = ""] = ["action", "client_id", "timestamp"].map(
      (name) => query.get(name) ?? "",
    );
    const fresh = Math.abs(Number(timestamp) - now() / 1_000) < 1_800;
    const signed = isSame(query.get("signature") ?? "", sign(CLIENT.secret, action, id, timestamp));
    if (id !== CLIENT.id || !fresh || !signed)
      return fail(342, "The signature (using HMAC-SHA256) algorithm is invalid");
    const nonce = randomBytes(20).toString("hex");
    nonces.set(nonce, now() + 1_800_000);
    return done({ nonce });
  }

  const tokenBody = (userId: string, body: object) => ({
    ...body,
    userid: switches.userIdAsText ? userId : Number(userId),
    csrf_token: randomBytes(8).toString("hex"),
    token_type: "Bearer",
  });

  function demoAccess(request: LabHttpRequest): LabReply {
    if (isSigned(request.query) !== true) return fail(342, "The signature (using HMAC-SHA256) algorithm is invalid");
    const scopes = (request.query.get("scope_oauth2") ?? "").split(",").filter((scope) => scope in SCOPES);
    const pair = parts.tokens.issue({ personId: "collector", clientId: CLIENT.id, scopes });
    const { accessToken: access_token, refreshToken: refresh_token, expiresInSeconds: expires_in } = pair;
    const { userId } = parts.viewOf("collector");
    return done(tokenBody(userId, { access_token, refresh_token, expires_in, scope: scopes.join(",") }));
  }

  /** In the name of the app: signed, and by the person's id. Ends tokens and notices. */
  function revokeByApp(request: LabHttpRequest): LabReply {
    if (isSigned(request.query) !== true) return fail(342, "The signature (using HMAC-SHA256) algorithm is invalid");
    const owner = [...people.keys()].find((id) => parts.viewOf(id).userId === request.query.get("userid"));
    if (owner === undefined) return fail(503, "Invalid Params: invalid userid");
    request.identify(owner);
    parts.tokens.revokePerson(owner);
    notices.forget(owner);
    return done();
  }

  const paged = (
    key: "activities" | "series",
    page: (record: LabRecord, fields: readonly string[] | null) => LabRecord,
  ) => ({
    page: (records: readonly LabRecord[], next: string | null, query: URLSearchParams) => ({
      [key]: records.map((record) => page(record, fieldsOf(query))),
      more: next !== null,
      offset: Number(next ?? 0),
    }),
  });
  const byData = (record: LabRecord, fields: readonly string[] | null) =>
    fields ? { ...record, data: only(record["data"] as object, fields) } : record;

  const lists: readonly LabList[] = [
    {
      path: "/measure/getmeas",
      scope: "user.metrics",
      select(query, { person, syncedUntil }) {
        const types = (query.get("meastypes") ?? query.get("meastype"))?.split(",").map(Number);
        const span = byEpoch(query);
        const since = query.get("lastupdate") ?? (span ? null : "0");
        const days =
          since === null
            ? { from: dateAt(person, span![0]), to: dateAt(person, span![1]) }
            : changedSince(since, person, syncedUntil);
        if (!days || query.has("startdate") !== query.has("enddate") || (query.has("startdate") && !span)) return null;
        const inSpan = ({ date }: LabRecord) =>
          span === null || ((date as number) * 1_000 >= span[0] && (date as number) * 1_000 <= span[1]);
        const pick = (records: readonly LabRecord[]) =>
          ("pick" in days ? days.pick!(records) : records).filter(inSpan).flatMap((group) => {
            const all = group["measures"] as readonly { readonly type: number }[];
            const wanted = all.filter(({ type }) => !types || types.includes(type));
            return wanted.length === 0 || query.get("category") === "2" ? [] : [{ ...group, measures: wanted }];
          });
        return { ...days, pick };
      },
      recordsOf: (view, day) => measures.groupsOf(view, day, switches.paid),
      page: (measuregrps, next, _query, { person, syncedUntil }) => ({
        updatetime: Math.floor(now() / 1_000),
        timezone: person.zoneOn(dateAt(person, syncedUntil)),
        measuregrps,
        ...(next !== null && { more: 1, offset: Number(next) }),
      }),
      paging: { size: 300, cursor: "offset" },
      newestFirst: true,
      idOf: ({ grpid }) => String(grpid),
    },
    {
      path: "/v2/measure/getactivity",
      scope: "user.activity",
      select: byDay,
      recordsOf: measures.activitiesOf,
      ...paged("activities", (record, fields) => (fields ? only(record, [...ACTIVITY_ALWAYS, ...fields]) : record)),
      paging: { size: 200, cursor: "offset" },
      idOf: ({ date, is_tracker }) => `${date} ${is_tracker}`,
    },
    {
      path: "/v2/measure/getworkouts",
      scope: "user.activity",
      select: byDay,
      recordsOf: measures.workoutsOf,
      ...paged("series", byData),
      paging: { size: 200, cursor: "offset" },
    },
    {
      path: "/v2/sleep/getsummary",
      scope: "user.activity",
      select(query, view) {
        const days = byDay(query, view);
        // Newest first, and not quite in order.
        const shuffled = (records: readonly LabRecord[]) => records.toSorted((left, right) => rank(left) - rank(right));
        const rank = ({ startdate, id }: LabRecord) => (startdate as number) + ((id as number) % 9) * 9_000;
        return days && { ...days, pick: (records) => shuffled(days.pick?.(records) ?? records) };
      },
      recordsOf: (view, day) => summariesOf(view, day, switches.paid),
      ...paged("series", (record, fields) => byData(record, fields ?? USUAL_FIELDS)),
      paging: { size: 300, cursor: "offset" },
      newestFirst: true,
    },
    {
      path: "/v2/heart/list",
      scope: "user.metrics",
      select(query, { person, syncedUntil }) {
        const span = byEpoch(query);
        if (!span && (query.has("startdate") || query.has("enddate"))) return null;
        const [from, until] = span ?? [0, syncedUntil];
        const pick: LabSelection["pick"] = (records) =>
          records.filter(
            ({ timestamp }) => (timestamp as number) * 1_000 >= from && (timestamp as number) * 1_000 <= until,
          );
        return { from: from <= 0 ? person.memberSince : dateAt(person, from), to: dateAt(person, until), pick };
      },
      recordsOf: measures.heartRecords,
      ...paged("series", (record) => record),
      paging: { size: 100, cursor: "offset" },
      newestFirst: true,
      idOf: ({ timestamp }) => String(timestamp),
    },
  ];
  const scoped = (scope: string) => (switches.enforcesScopes ? scope : undefined);

  /** The nights whose time in bed touches a span. */
  function nightsIn(view: ListView, from: number, until: number) {
    const days = parts.daysOf(view, dateAt(view.person, from), addDays(dateAt(view.person, until), 1));
    return days.flatMap((day) => nightsOf(view, day)).filter(({ startMs, endMs }) => startMs < until && endMs > from);
  }

  const description: ListLabDescription = {
    name: "Withings",
    wearable: "WITHINGS",
    client: CLIENT,
    userId: (person) => String(userIdOf(person)),
    oauth: {
      authorize: AUTHORIZE,
      token: "/v2/oauth2/requesttoken",
      clientAuth: "body",
      pkce: false,
      separator: ",",
      scopes: SCOPES,
      refresh: "rotating",
      accessSeconds: 10_800,
      refreshSeconds: 365 * 86_400,
      codeSeconds: 30,
      repeatSeconds: 8 * 3_600,
      repeatUntilUsed: true,
      isSigned,
      refuses: (query) => (query.get("state") ? null : { page: "<p>The state is missing.</p>" }),
      tokenFields: (userId) => ({ userid: userId }),
      words(status, body, call) {
        if (status === 200) return [200, { status: 0, body: tokenBody((body as { userid: string }).userid, body) }];
        const what = { exchange: "code", refresh: "refresh_token", revoke: "token" }[call];
        return status === 401
          ? [200, { status: 342, body: {}, error: "The client's secret or signature is invalid" }]
          : [200, { status: 503, body: {}, error: `Invalid Params: invalid ${what}` }];
      },
    },
    kinds: {
      "/v2/oauth2": (form) => (form.get("action") === "revoke" ? "revoke" : "token"),
      "/v2/signature": "other",
      "/notify": "subscription",
    },
    objects: [
      { path: "/v2/user/getdevice", scope: scoped("user.info"), answer: (view) => ({ devices: devicesOf(view) }) },
      {
        path: "/v2/user/getgoals",
        scope: scoped("user.info"),
        // An empty object is an empty list.
        answer: ({ person }) => ({
          goals: isOwner(person) ? { steps: 9_500, sleep: 27_000, weight: { value: 652, unit: -1 } } : [],
        }),
      },
    ],
    lists: lists.map((list) => ({ ...list, scope: scoped(list.scope!) })),
    limits: [{ per: "app", requests: 120, windowSeconds: 60, align: "first" }],
    error(status, reason) {
      if (status >= 500) return html(status, "<html><body><h1>Bad gateway</h1></body></html>");
      if (status === 401) return fail(401, `XRequestID: Not provided invalid_token: ${reason}`);
      if (status === 429) return fail(601, "Too Many Requests");
      return status === 404 || status === 405 ? fail(2_554, "Not implemented") : fail(503, `Invalid Params: ${reason}`);
    },
    notGranted: (scope) => fail(switches.missingScope, `insufficient_scope: ${scope}`),
    enter,
    leave,
    routes(own) {
      parts = own;
      return [
        ...notices.routesOf(own),
        route("GET", "/v2/signature/getnonce", giveNonce),
        route("GET", "/v2/oauth2/getdemoaccess", demoAccess),
        route("GET", "/v2/oauth2/revoke", revokeByApp),
        route(
          "GET",
          "/v2/measure/getintradayactivity",
          own.guarded(scoped("user.activity"), (view, { query }) => {
            const newest =
              query.has("startdate") || query.has("enddate")
                ? null
                : ([view.syncedUntil - 86_400_000, view.syncedUntil] as const);
            const span = newest ?? byEpoch(query);
            if (!span) return fail(503, "Invalid Params: invalid dates");
            // Only the first 24 hours come, and nothing says so.
            const all = isOwner(view.person)
              ? measures.intradayOf(view, span[0], Math.min(span[1], span[0] + 86_400_000), switches.paid)
              : {};
            const always = ["deviceid", "model", "model_id"];
            const fields = fieldsOf(query);
            const rows = Object.entries(all).map(
              ([at, row]) => [at, fields ? only(row, [...always, ...fields]) : row] as const,
            );
            const filled = rows.filter(([, row]) => Object.keys(row).length > always.length);
            return done({ series: filled.length === 0 ? [] : Object.fromEntries(filled) });
          }),
        ),
        route(
          "GET",
          "/v2/sleep/get",
          own.guarded(scoped("user.activity"), (view, { query }) => {
            const span = byEpoch(query);
            if (!span) return fail(503, "Invalid Params: invalid dates");
            const until = Math.min(span[1], span[0] + switches.sleepSpanHours * 3_600_000);
            const segments = segmentsOf(view, nightsIn(view, span[0], until), fieldsOf(query) ?? [], switches.paid);
            const inside = segments.filter(
              ({ startdate, enddate }) => startdate * 1_000 < until && enddate * 1_000 > span[0],
            );
            return done({ series: inside, model: 32 });
          }),
        ),
        route(
          "GET",
          "/v2/heart/get",
          own.guarded(scoped("user.metrics"), (_view, { query }) => {
            const id = Number(query.get("signalid"));
            if (!Number.isSafeInteger(id) || id <= 0) return fail(503, "Invalid Params: invalid signalid");
            const signal = Array.from(
              { length: 900 },
              (_, at) => (numberOf(id, at) % 60) - 30 + (at % 300 < 12 ? 900 : 0),
            );
            return done({ signal, sampling_frequency: 300, wearposition: 1 });
          }),
        ),
      ];
    },
  };

  /** Which category a change belongs to, and the fields of its notice. */
  function noticesOf({ list, record }: LabChange): readonly (readonly [number, Record<string, string | number>])[] {
    const span = (from: unknown, until: unknown) => ({ startdate: Number(from), enddate: Number(until) });
    if (list.path.endsWith("getmeas")) {
      const types = (record["measures"] as readonly { readonly type: number }[]).map(({ type }) => type);
      const appli = types.some((type) => [71, 12, 73].includes(type))
        ? 2
        : types.some((type) => [9, 10, 11, 54].includes(type))
          ? 4
          : 1;
      return [[appli, span(record["date"], (record["date"] as number) + 1)]];
    }
    if (list.path.endsWith("getsummary")) return [[44, span(record["startdate"], record["enddate"])]];
    if (list.path.endsWith("/list")) return [[54, span(record["timestamp"], record["timestamp"])]];
    return [[16, { date: String(record["date"]) }]];
  }

  const announce: WithingsLab["announce"] = (personId, appli, fields) =>
    notices.announce(personId, parts.viewOf(personId).userId, appli, fields);
  const lab = withNotices(await startListLab(description, options), "WITHINGS", notices.notices, (event, changes) => {
    // Several groups of one moment are one notice.
    const told = new Map(
      changes()
        .flatMap(noticesOf)
        .map((notice) => [JSON.stringify(notice), notice]),
    );
    for (const [appli, fields] of told.values()) void announce(event.personId, appli, fields);
  });
  return {
    ...lab,
    switches,
    announce,
    revoke(personId) {
      // The person's own decision is told to the app, which can do nothing about it.
      void announce(personId, 46, { action: "unlink" });
      notices.forget(personId);
      lab.revoke(personId);
    },
  };
}

export const lab: LabDefinition<WithingsLab> = {
  provider: "WITHINGS",
  start: (options) => startWithingsLab(options),
  environment: ({ url }) => ({
    CLIENT_ID: CLIENT.id,
    CLIENT_SECRET: CLIENT.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}${AUTHORIZE}`,
    TOKEN_URL: `${url}/v2/oauth2`,
    REVOKE_URL: `${url}/v2/oauth2`,
  }),
  liftLimits(started) {
    started.setLimit(1_000_000_000);
    started.switches.sameArguments = "none";
  },
};
