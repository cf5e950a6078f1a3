import { createHash, randomBytes } from "node:crypto";
import { dayOfUuid, dayUuid } from "../kit/day-uuid.js";
import { html, json, type LabHttpRequest, type LabReply, route } from "../kit/index.js";
import {
  type LabList,
  type LabRecord,
  type LabSelection,
  type ListLab,
  type ListLabDescription,
  type ListLabOptions,
  type ListLabParts,
  type ListView,
  startListLab,
  withHeaders,
  withOffset,
} from "../kit/list-lab.js";
import { type Noticing, withNotices } from "../kit/notices.js";
import { isCalendarDate, isInstant } from "../kit/query.js";
import { remembered } from "../kit/remembered.js";
import type { LabDefinition } from "../lab.js";
import { addDays, ageOn, dateAt, instantOf } from "../people/index.js";
import type { Person } from "../person.js";
import * as activity from "./activity.js";
import { type RecordsOf, rounded } from "./document.js";
import * as scores from "./scores.js";
import { periodsOf } from "./sleep.js";
import { createSubscriptions, type OuraEvent, type OuraForgery } from "./subscriptions.js";

/* The lab of Oura's API v2. Written from the vendor's documentation alone: it shares nothing with the adapter. */

export const CLIENT = { id: "oura-lab", secret: "ring-secret-for-the-lab-only" } as const;

export interface OuraSwitches {
  /** People whose membership has lapsed: 403, but for `personal_info`. */
  readonly lapsed: Set<string>;
  /** Refusals without a body, as one client saw them. */
  emptyErrors: boolean;
  /** The newer portal takes no redirect address on 127.0.0.1. */
  refusesLoopback: boolean;
}

/** The older portal's addresses, or those of the newer one. An app belongs to one of them. */
export type OuraFace = "cloud" | "moi";
const FACES = {
  cloud: { authorize: "/oauth/authorize", token: "/oauth/token" },
  moi: {
    authorize: "/oauth/v2/ext/oauth-authorize",
    token: "/oauth/v2/ext/oauth-token",
    revoke: "/oauth/v2/ext/oauth-revoke",
  },
} as const;

const SCOPES = {
  personal: "Age, weight, height and sex",
  email: "E-mail address",
  daily: "Sleep, activity and readiness",
  heartrate: "Heart rate",
  workout: "Workouts",
  session: "Moments",
  tag: "Tags",
  spo2: "Oxygen at night",
  stress: "Resilience",
  heart_health: "Cardiovascular age and VO2 max",
  ring_configuration: "Ring",
};

const BASE = "/v2/usercollection";

function userIdOf({ id }: Person): string {
  const hex = createHash("sha256").update(`oura ${id}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A date or a date-time. Digits alone are epoch seconds; what is neither is null. */
function readMoment(text: string): { readonly date: string; readonly ms: number | null } | null {
  const seconds = /^\d+$/.test(text) ? Number(text) * 1000 : null;
  if (seconds !== null && !isInstant(seconds)) return null;
  const asDate = seconds === null ? text : new Date(seconds).toISOString();
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(asDate);
  if (!found || !isCalendarDate(found[1])) return null;
  const ms = asDate.length === 10 ? null : Date.parse(found[2] ? asDate : `${asDate}Z`);
  return ms === null || isInstant(ms) ? { date: found[1], ms } : null;
}

const invalid = (name: string, input: string) =>
  json(422, {
    detail: [
      {
        type: "date_from_datetime_parsing",
        loc: ["query", name],
        msg: "Input should be a valid date or datetime",
        input,
      },
    ],
  });

interface Range {
  readonly start: NonNullable<ReturnType<typeof readMoment>>;
  readonly end: NonNullable<ReturnType<typeof readMoment>>;
}

/** The two ends of a query, with the vendor's defaults. A reply if they are wrong. */
function rangeOf(query: URLSearchParams, names: readonly [string, string], defaults: readonly [string, string]) {
  const texts = names.map((name, at) => query.get(name) || defaults[at]!);
  const [start, end] = texts.map(readMoment);
  if (!start) return invalid(names[0], texts[0]!);
  if (!end) return invalid(names[1], texts[1]!);
  if (start.date > end.date || (start.ms !== null && end.ms !== null && start.ms > end.ms))
    return json(400, { detail: "Start date is greater than end date" });
  return { start, end };
}

const isReply = (range: Range | LabReply): range is LabReply => "status" in range;

/** Which documents a range of days returns: both ends, unless the collection differs. */
type RangeRule = (range: Range, view: ListView) => LabSelection;

const inclusive: RangeRule = ({ start, end }) => ({ from: start.date, to: end.date });

/** A record stands at 04:00, and a bare date is midnight, so the end day is left out. */
const byInstant: RangeRule = ({ start, end }, { person }) => {
  const at = ({ date, ms }: Range["start"]) => ms ?? instantOf(`${date}T00:00`, person.zoneOn(date));
  const [from, until] = [at(start), at(end)];
  const isWithin = (ms: number) => ms >= from && ms < until;
  return {
    from: addDays(start.date, -1),
    to: addDays(end.date, 1),
    pick: (records) => records.filter((record) => isWithin(Date.parse(String(record["timestamp"])))),
  };
};

/** By the local date of the beginning, without the end day. A night is kept with the day on which it ends. */
const byBedtime: RangeRule = ({ start, end }) => ({
  from: start.date,
  to: addDays(end.date, 1),
  pick: (records) =>
    records.filter((record) => {
      const began = String(record["bedtime_start"]).slice(0, 10);
      return began >= start.date && began < end.date;
    }),
});

/** `fields` chooses members beside those that are always there. */
const ALWAYS = ["id", "day", "timestamp"];
function chosen(records: readonly LabRecord[], query: URLSearchParams): readonly LabRecord[] {
  const fields = query.get("fields");
  if (!fields) return records;
  const wanted = new Set([...ALWAYS, ...fields.split(",").map((field) => field.trim())]);
  return records.map((record) => Object.fromEntries(Object.entries(record).filter(([name]) => wanted.has(name))));
}

const paged = {
  page: (records: readonly LabRecord[], next: string | null, query: URLSearchParams) => ({
    data: chosen(records, query),
    next_token: next,
  }),
  paging: { size: 1_000, cursor: "next_token", opaque: true },
};

function documents(name: string, scope: string, recordsOf: RecordsOf, rule = inclusive): LabList {
  const path = `${BASE}/${name}`;
  return {
    ...{ path, scope, recordsOf: remembered(recordsOf), ...paged },
    select(query, view) {
      const today = dateAt(view.person, view.syncedUntil);
      const range = rangeOf(query, ["start_date", "end_date"], [addDays(today, -1), today]);
      return isReply(range) ? range : rule(range, view);
    },
    one: { path: `${path}/:id`, dayOf: dayOfUuid },
  };
}

/** Samples by instant, the last 24 hours without one. */
function samples(name: string, scope: string, recordsOf: LabList["recordsOf"], maxDays: number): LabList {
  return {
    ...{ path: `${BASE}/${name}`, scope, recordsOf, ...paged },
    select(query, { person, syncedUntil }) {
      if (query.get("latest") === "true") {
        const today = dateAt(person, syncedUntil);
        return { from: addDays(today, -2), to: today, pick: (records) => records.slice(-1) };
      }
      const defaults = [syncedUntil - 86_400_000, syncedUntil + 1_000].map((ms) => new Date(ms).toISOString());
      const range = rangeOf(query, ["start_datetime", "end_datetime"], [defaults[0]!, defaults[1]!]);
      if (isReply(range)) return range;
      const [from, until] = [range.start, range.end].map(({ date, ms }) => ms ?? Date.parse(date)) as [number, number];
      if (until - from > maxDays * 86_400_000) return json(400, { detail: `The range is longer than ${maxDays} days` });
      const pick: LabSelection["pick"] = (records) =>
        records.filter(({ timestamp_unix: ms }) => (ms as number) >= from && (ms as number) < until);
      return { from: dateAt(person, from), to: dateAt(person, until), pick };
    },
  };
}

const LISTS: readonly LabList[] = [
  documents("daily_activity", "daily", activity.dailyActivity, byInstant),
  documents("daily_readiness", "daily", scores.dailyReadiness),
  documents("daily_sleep", "daily", scores.dailySleep),
  documents("daily_spo2", "spo2", scores.dailySpo2),
  documents("daily_stress", "daily", scores.dailyStress),
  documents("daily_resilience", "stress", scores.dailyResilience),
  documents("daily_cardiovascular_age", "heart_health", scores.cardiovascularAge),
  documents("vO2_max", "heart_health", scores.vo2Max),
  documents("sleep", "daily", periodsOf, byBedtime),
  documents("sleep_time", "daily", scores.sleepTime),
  documents("session", "session", activity.sessions),
  documents("workout", "workout", activity.workouts),
  documents("enhanced_tag", "tag", activity.tags),
  documents("tag", "tag", activity.oldTags),
  documents("rest_mode_period", "daily", activity.restModes),
  samples("heartrate", "heartrate", activity.heartRates, 30),
  samples("ring_battery_level", "ring_configuration", activity.batteryLevels, 3_650),
];

/** The rings of a person: the current one, and one from before anybody wrote down when it was set up. */
function rings({ person }: ListView): readonly LabRecord[] {
  const worn = person.wearablesOn(person.memberSince).includes("OURA");
  const ring = (index: number, rest: LabRecord) => ({
    id: dayUuid(person, "ring", person.memberSince, index),
    ...rest,
  });
  const common = { design: "heritage", size: 8 };
  const since = { set_up_at: withOffset(instantOf(`${person.memberSince}T17:45`, person.timeZone), "UTC") };
  return worn
    ? [
        ring(0, {
          ...common,
          color: "silver",
          firmware_version: null,
          hardware_type: "gen2",
          set_up_at: "1970-01-01T00:00:00+00:00",
        }),
        ring(1, { ...common, color: "titanium", firmware_version: "2.11.4", hardware_type: "gen4", ...since }),
      ]
    : [];
}

export interface OuraLab extends ListLab, Noticing {
  readonly switches: OuraSwitches;
  /** Sends a notification of this kind to its subscribers. */
  announce(personId: string, event: Omit<OuraEvent, "user_id">, forgery?: OuraForgery): Promise<void>;
}

export async function startOuraLab(
  options: ListLabOptions & { readonly face?: OuraFace; readonly switches?: Partial<OuraSwitches> } = {},
): Promise<OuraLab> {
  const { face = "moi" } = options;
  const switches: OuraSwitches = { lapsed: new Set(), emptyErrors: false, refusesLoopback: true, ...options.switches };
  const other = FACES[face === "moi" ? "cloud" : "moi"];
  let parts!: ListLabParts;
  const hooks = createSubscriptions(CLIENT, () => parts.clock);
  const refused = (status: number, detail: string) =>
    switches.emptyErrors && status < 500 ? { status } : json(status, { detail });

  function personalInfo({ person, userId, syncedUntil }: ListView, { bearer }: LabHttpRequest): object {
    const access = parts.tokens.check(bearer!);
    const granted = (scope: string) => access.state !== "unknown" && access.consent.scopes.includes(scope);
    const today = dateAt(person, syncedUntil);
    return {
      id: userId,
      age: granted("personal") ? ageOn(person, today) : null,
      weight: granted("personal") ? rounded(person.day(today).weightKg, 1) : null,
      height: granted("personal") ? person.heightCm / 100 : null,
      biological_sex: granted("personal") ? person.sex : null,
      email: granted("email") ? person.email : null,
    };
  }

  function revokeAtCloud({ query, bearer, form }: LabHttpRequest): LabReply {
    const token = query.get("access_token") ?? form().get("access_token") ?? bearer ?? "";
    return parts.tokens.revokeToken(token) ? json(200, {}) : refused(401, "Unknown token.");
  }

  const description: ListLabDescription = {
    name: "Oura",
    wearable: "OURA",
    client: CLIENT,
    userId: userIdOf,
    oauth: {
      ...FACES[face],
      clientAuth: "either",
      pkce: true,
      separator: " ",
      scopes: SCOPES,
      scopePrefix: face === "moi" ? "extapi:" : "",
      allScopesByDefault: true,
      refresh: "rotating",
      accessSeconds: 86_400,
      repeatSeconds: 0,
      refuses: (query) =>
        face === "moi" && switches.refusesLoopback && /^http:\/\/(?!localhost[:/])/.test(query.get("redirect_uri")!)
          ? { page: "<p>invalid_request: the redirect address is not allowed.</p>" }
          : null,
      redirectFields: (scope) => ({ scope }),
    },
    objects: [{ path: `${BASE}/personal_info`, answer: personalInfo }],
    lists: LISTS,
    limits: (["token", "app"] as const).map((per) => ({ per, requests: 5_000, windowSeconds: 300, align: "first" })),
    limitHeaders(states): Record<string, string> {
      const full = states.findIndex(({ allowed }) => !allowed);
      if (full < 0) return {};
      const { limit, resetAtMs } = states[full]!;
      return {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-window": "300",
        "x-ratelimit-reset": String(Math.ceil(resetAtMs / 1000)),
        "x-ratelimit-tier": full === 0 ? "token" : "app",
      };
    },
    error: (status, reason) => refused(status, status === 404 ? "Document not found." : reason),
    notGranted: (scope) => refused(401, `Token is not authorized access ${scope} scope.`),
    gate: ({ person }, { path }) =>
      switches.lapsed.has(person.id) && !path.endsWith("/personal_info")
        ? refused(403, "The membership of this user has lapsed.")
        : null,
    leave: (reply) => withHeaders(reply, { "x-trace-id": randomBytes(16).toString("hex") }),
    routes(own) {
      parts = own;
      const ringsAt = `${BASE}/ring_configuration`;
      return [
        ...hooks.routes,
        route("GET", other.authorize, () => html(400, "<p>invalid_client: the app belongs to another portal.</p>")),
        route("POST", other.token, (request) =>
          request.form().get("grant_type") === "refresh_token"
            ? json(400, { error: "invalid_request" })
            : json(401, { error: "invalid_client" }),
        ),
        ...(face === "cloud" ? ["GET", "POST"].map((method) => route(method, "/oauth/revoke", revokeAtCloud)) : []),
        route(
          "GET",
          ringsAt,
          own.guarded("ring_configuration", (view, { query }) => json(200, paged.page(rings(view), null, query))),
        ),
        route(
          "GET",
          `${ringsAt}/:id`,
          own.guarded("ring_configuration", (view, _request, { id }) => {
            const found = rings(view).find((ring) => ring["id"] === id);
            return found ? json(200, found) : refused(404, "Document not found.");
          }),
        ),
      ];
    },
  };
  const lab = withNotices(await startListLab(description, options), "OURA", hooks.notices, hooks.tell);
  return {
    ...lab,
    switches,
    announce: (personId, event, forgery) =>
      hooks.announce({ ...event, user_id: parts.viewOf(personId).userId }, personId, forgery),
  };
}

export const lab: LabDefinition<OuraLab> = {
  provider: "OURA",
  // People walk through it from a gateway on a loopback address.
  start: (options) => startOuraLab({ ...options, switches: { refusesLoopback: false } }),
  environment: ({ url }) => ({
    CLIENT_ID: CLIENT.id,
    CLIENT_SECRET: CLIENT.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}${FACES.moi.authorize}`,
    TOKEN_URL: `${url}${FACES.moi.token}`,
    REVOKE_URL: `${url}${FACES.moi.revoke}`,
  }),
  liftLimits: (started) => started.setLimit(1_000_000_000),
};
