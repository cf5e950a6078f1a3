import { randomBytes } from "node:crypto";
import { empty, json, type LabHttpRequest, type LabReply, route } from "../kit/index.js";
import {
  type LabList,
  type LabRecord,
  type ListLab,
  type ListLabDescription,
  type ListLabOptions,
  type ListLabParts,
  type ListView,
  startListLab,
} from "../kit/list-lab.js";
import { type Noticing, withNotices } from "../kit/notices.js";
import { isCalendarDate } from "../kit/query.js";
import type { LabDefinition } from "../lab.js";
import { addDays, ageOn, dateAt } from "../people/index.js";
import * as records from "./records.js";
import { createWebhook } from "./webhook.js";

/* The lab of Polar AccessLink v3. Written from the vendor's documentation alone: it shares nothing with the adapter. */

export const CLIENT = { id: "polar-lab", secret: "watch-secret-for-the-lab-only" } as const;
const SCOPE = "accesslink.read_all";
const TOKEN = "/v2/oauth2/token";

export interface PolarSwitches {
  /** People whose mandatory consents are missing: 403 everywhere. */
  readonly consentsMissing: Set<string>;
  /** A pulse every few seconds instead of every five minutes. */
  continuousHeartRate: boolean;
  /** A night is told twice at the same moment. */
  sleepTwice: boolean;
}

export interface PolarLab extends ListLab, Noticing {
  readonly switches: PolarSwitches;
  /** As if the app had registered the person then: nothing that was uploaded before is given. */
  register(personId: string, atMs?: number): void;
  /** Sends an event to the webhook of the app, signed with its key or another one. */
  announce(
    personId: string,
    event: string,
    fields: LabRecord,
    as?: { readonly key?: string; readonly times?: number },
  ): Promise<void>;
}

/** The form of errors that is documented; many are empty. */
const refusal = (status: number, errorType: string, message: string): LabReply =>
  json(status, {
    timestamp: "2026-11-20T15:00:00Z",
    status,
    errorType,
    message,
    corrId: randomBytes(8).toString("hex"),
  });

export async function startPolarLab(
  options: ListLabOptions & { readonly switches?: Partial<PolarSwitches> } = {},
): Promise<PolarLab> {
  const switches: PolarSwitches = {
    consentsMissing: new Set(),
    continuousHeartRate: false,
    sleepTwice: true,
    ...options.switches,
  };
  const registered = new Map<string, { readonly memberId: string; readonly atMs: number }>();
  /** The access token that each used code has brought. */
  const redeemed = new Map<string, string>();
  let parts!: ListLabParts;
  const webhook = createWebhook(CLIENT, () => parts.clock);
  const isFlagged = (query: URLSearchParams, name: string) => query.get(name) === "true";
  const today = ({ person, syncedUntil }: ListView) => dateAt(person, syncedUntil);

  /** `from` and `to`, both inclusive: the last 28 days without them. */
  function window(required: boolean): LabList["select"] {
    return (query, view) => {
      const [given, until] = ["from", "to"].map((name) => query.get(name));
      if (required && (!given || !until)) return null;
      const to = until ?? today(view);
      const from = given ?? addDays(to, -27);
      if (
        !isCalendarDate(from) ||
        !isCalendarDate(to) ||
        from > to ||
        addDays(from, 28) <= to ||
        from < addDays(today(view), -365)
      )
        return null;
      return { from, to };
    };
  }
  const lastDays: LabList["select"] = (_query, view) => ({ from: addDays(today(view), -27), to: today(view) });
  const bare: LabList["page"] = (found) => found;

  function withFlags(record: LabRecord, query: URLSearchParams): LabRecord {
    const { samples, ...day } = record;
    const wanted = Object.entries(samples as LabRecord).filter(([name]) => name === "date" || isFlagged(query, name));
    return wanted.length > 1 ? { ...day, samples: Object.fromEntries(wanted) } : day;
  }
  const samplesOf: LabList["recordsOf"] = (view, day) =>
    records.activities(view, day).map(({ samples }) => samples as LabRecord);
  const heartRates: LabList["recordsOf"] = (view, day) => records.heartRates(view, day, switches.continuousHeartRate);
  const asked = (record: LabRecord, query: URLSearchParams): LabRecord => {
    const { heart_rate_zones, samples, ...rest } = record;
    return {
      ...rest,
      ...(isFlagged(query, "zones") && { heart_rate_zones }),
      ...(isFlagged(query, "samples") && { samples }),
      ...(isFlagged(query, "route") && { route: [] }),
    };
  };
  /** Uploaded in the last 30 days, and after the registration. */
  const exercises: LabList["recordsOf"] = (view, day) => {
    const since = Math.max(registered.get(view.person.id)!.atMs, parts.clock.now() - 30 * 86_400_000);
    return records.exercises(view, day).filter(({ upload_time }) => Date.parse(String(upload_time)) >= since);
  };
  const byDate = ({ date }: LabRecord) => String(date);
  const lists: readonly LabList[] = [
    {
      ...{ path: "/v3/users/activities", select: window(false), recordsOf: records.activities },
      page: (found, _next, query) => found.map((record) => withFlags(record, query)),
      idOf: ({ start_time }) => String(start_time).slice(0, 10),
    },
    { path: "/v3/users/activities/samples", select: window(false), recordsOf: samplesOf, page: bare, idOf: byDate },
    {
      path: "/v3/users/continuous-heart-rate",
      select: window(true),
      recordsOf: heartRates,
      page: (heart_rates) => ({ heart_rates }),
      idOf: byDate,
    },
    {
      path: "/v3/users/sleep",
      select: lastDays,
      recordsOf: records.nights,
      page: (nights) => ({ nights }),
      idOf: byDate,
    },
    {
      path: "/v3/users/sleep/available",
      select: lastDays,
      recordsOf: records.available,
      page: (available) => ({ available }),
      idOf: byDate,
    },
    {
      path: "/v3/users/nightly-recharge",
      select: lastDays,
      recordsOf: records.recharges,
      page: (recharges) => ({ recharges }),
      idOf: byDate,
    },
    { path: "/v3/users/cardio-load", select: lastDays, recordsOf: records.cardioLoads, page: bare, idOf: byDate },
    {
      path: "/v3/users/cardio-load/date",
      select: window(true),
      recordsOf: records.cardioLoads,
      page: bare,
      idOf: byDate,
    },
    {
      path: "/v3/users/biosensing/spo2",
      select: window(false),
      recordsOf: records.oxygenTests,
      page: bare,
      idOf: ({ test_time }) => String(test_time),
    },
    {
      path: "/v3/users/biosensing/skintemperature",
      select: window(false),
      recordsOf: records.skinTemperatures,
      page: bare,
      idOf: ({ sleep_date }) => String(sleep_date),
    },
    {
      ...{
        path: "/v3/exercises",
        recordsOf: exercises,
        page: (found, _next, query) => found.map((record) => asked(record, query)),
      },
      select: (_query, view) => ({ from: addDays(today(view), -31), to: today(view) }),
    },
  ];

  const accountOf = ({ person, userId }: ListView) => {
    const { memberId, atMs } = registered.get(person.id)!;
    return {
      "polar-user-id": Number(userId),
      "member-id": memberId,
      "registration-date": new Date(atMs).toISOString(),
      "first-name": person.givenName,
      "last-name": person.familyName,
      birthdate: person.dateOfBirth,
      gender: person.sex.toUpperCase(),
      weight: Math.round(person.day(person.memberSince).weightKg),
      height: person.heightCm,
      "extra-info": null,
    };
  };

  function register(view: ListView, request: LabHttpRequest): LabReply {
    const memberId = (request.json() as Readonly<Record<string, unknown>> | undefined)?.["member-id"];
    if (typeof memberId !== "string" || memberId === "") return refusal(400, "bad_request", "member-id is missing");
    const isTaken = [...registered.values()].some((one) => one.memberId === memberId);
    if (isTaken || registered.has(view.person.id))
      return refusal(409, "conflict", "The user or the member-id is registered");
    registered.set(view.person.id, { memberId, atMs: parts.clock.now() });
    return json(200, accountOf(view));
  }

  function physicalInfo(view: ListView): object {
    const { person } = view;
    const month = `${today(view).slice(0, 7)}-02`;
    return {
      weight: Number(person.day(month).weightKg.toFixed(1)),
      height: person.heightCm,
      created: `${person.memberSince}T18:22:05Z`,
      modified: `${month}T07:15:44Z`,
      birthday: person.dateOfBirth,
      gender: person.sex.toUpperCase(),
      maximum_heart_rate: 220 - ageOn(person, month),
      resting_heart_rate: 52,
      aerobic_threshold: 141,
      anaerobic_threshold: 169,
      vo2_max: 44,
      weight_source: "SOURCE_USER",
      training_background: "REGULAR",
      typical_day: "MOSTLY_SITTING",
      sleep_goal: "PT7H30M",
    };
  }

  const description: ListLabDescription = {
    name: "Polar",
    wearable: "POLAR",
    client: CLIENT,
    userId: (person) => String(records.userIdOf(person)),
    oauth: {
      authorize: "/oauth2/authorization",
      token: TOKEN,
      clientAuth: "basic",
      pkce: false,
      separator: " ",
      scopes: { [SCOPE]: "All data of Polar Flow" },
      allScopesByDefault: true,
      refresh: "none",
      accessSeconds: null,
      repeatSeconds: 0,
      tokenFields: (userId) => ({ x_user_id: Number(userId) }),
      words(status, body) {
        if (status !== 200) return [400, body];
        const { scope: _, ...rest } = body as Readonly<Record<string, unknown>>;
        // It says a year, and does not expire.
        return [200, { ...rest, expires_in: 31_535_999 }];
      },
    },
    isWithdrawal: (method, path) => method === "DELETE" && /^\/v3\/users\/\d+$/.test(path),
    objects: [{ path: "/v3/users/physical-info", answer: physicalInfo }],
    lists,
    limits: [
      [500 + 20, 900],
      [5_000 + 100, 86_400],
    ].map(([requests, windowSeconds]) => ({
      per: "app",
      requests: requests!,
      windowSeconds: windowSeconds!,
      align: "first",
    })),
    limitHeaders(states) {
      const each = (read: (state: (typeof states)[number]) => number) => states.map(read).join(", ");
      return {
        "ratelimit-usage": each(({ limit, remaining }) => limit - remaining),
        "ratelimit-limit": each(({ limit }) => limit),
        "ratelimit-reset": each(({ resetSeconds }) => resetSeconds),
      };
    },
    error: (status, reason) => (status === 401 || status === 429 ? empty(status) : refusal(status, "error", reason)),
    gate({ person }, { path, method }) {
      if (switches.consentsMissing.has(person.id)) return refusal(403, "forbidden", "Mandatory consents are missing");
      const isFree = path === "/v3/users" && method === "POST";
      return isFree || registered.has(person.id) ? null : refusal(403, "forbidden", "The user is not registered");
    },
    enter(request) {
      if (request.path === TOKEN) {
        // A code that is used twice ends the tokens that it has brought.
        const token = redeemed.get(request.form().get("code") ?? "");
        if (token) parts.tokens.revokeToken(token);
      }
      // Numbers stand beside names here: /v3/users/60412377 and /v3/users/sleep.
      return { ...request, path: request.path.replace(/^\/v3\/users\/(\d+)$/, "/v3/user-by-id/$1") };
    },
    leave({ headers = {}, ...reply }, request) {
      const code = request.form().get("code");
      if (request.path === TOKEN && reply.status === 200 && code)
        redeemed.set(code, JSON.parse(String(reply.body)).access_token);
      const { "retry-after": _, "content-type": type, ...own } = headers;
      // Sensors without data answer nothing at all.
      return request.path.includes("/biosensing/") && reply.body === "[]"
        ? empty(204, own)
        : { ...reply, headers: { ...own, ...(type && { "content-type": type }) } };
    },
    routes(own) {
      parts = own;
      const { guarded, daysOf } = own;
      /** The record of one day, and what stands for none. */
      const dated = (
        path: string,
        recordsOf: LabList["recordsOf"],
        none: number,
        change = (record: LabRecord, _query: URLSearchParams) => record,
      ) =>
        route(
          "GET",
          `${path}/:date`,
          guarded(undefined, (view, { query }, { date = "" }) => {
            if (!isCalendarDate(date) || date < addDays(today(view), -365))
              return refusal(400, "bad_request", "The date is not valid");
            const [found] = daysOf(view, date, date).flatMap((day) => recordsOf(view, day));
            return found
              ? json(200, change(found, query))
              : none === 204
                ? empty(204)
                : refusal(none, "not_found", "No data");
          }),
        );
      /** Lists whose paths would be taken for a date. */
      const first = (path: string) => {
        const list = lists.find((each) => each.path === path)!;
        return route(
          "GET",
          path,
          guarded(undefined, (view, { query }) => {
            const span = list.select(query, view);
            if (!span || "status" in span) return refusal(400, "bad_request", "The dates are not valid");
            return json(
              200,
              list.page(
                daysOf(view, span.from, span.to).flatMap((day) => list.recordsOf(view, day)),
                null,
                query,
                view,
              ),
            );
          }),
        );
      };
      const period = (unit: string, days: number, most: number) =>
        route(
          "GET",
          `/v3/users/cardio-load/period/${unit}/:count`,
          guarded(undefined, (view, _request, { count = "" }) => {
            if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > most)
              return refusal(400, "bad_request", "The period is not valid");
            const from = addDays(today(view), 1 - Number(count) * days);
            return json(
              200,
              daysOf(view, from, today(view)).flatMap((day) => records.cardioLoads(view, day)),
            );
          }),
        );
      const nothing = () => empty(204);
      const isOwn = (view: ListView, id: string) => view.userId === id;
      return [
        ...webhook.routes,
        route("POST", "/v3/users", guarded(undefined, register)),
        route(
          "GET",
          "/v3/user-by-id/:id",
          guarded(undefined, (view, _request, { id = "" }) =>
            isOwn(view, id) ? json(200, accountOf(view)) : nothing(),
          ),
        ),
        route(
          "DELETE",
          "/v3/user-by-id/:id",
          guarded(undefined, (view, _request, { id = "" }) => {
            if (!isOwn(view, id)) return refusal(403, "forbidden", "Another user");
            registered.delete(view.person.id);
            own.tokens.revokePerson(view.person.id);
            return nothing();
          }),
        ),
        ...["/v3/users/activities/samples", "/v3/users/sleep/available", "/v3/users/cardio-load/date"].map(first),
        dated("/v3/users/activities", records.activities, 204, withFlags),
        dated("/v3/users/activities/samples", samplesOf, 204),
        dated("/v3/users/continuous-heart-rate", heartRates, 404),
        dated("/v3/users/sleep", records.nights, 404),
        dated("/v3/users/nightly-recharge", records.recharges, 404),
        route(
          "GET",
          "/v3/users/cardio-load/:date",
          guarded(undefined, (view, _request, { date = "" }) =>
            isCalendarDate(date)
              ? json(
                  200,
                  daysOf(view, date, date).flatMap((day) => records.cardioLoads(view, day)),
                )
              : refusal(400, "bad_request", "The date is not valid"),
          ),
        ),
        period("days", 1, 180),
        period("months", 30, 6),
        route(
          "GET",
          "/v3/exercises/:id",
          guarded(undefined, (view, { query }, { id }) => {
            const days = daysOf(view, addDays(today(view), -31), today(view));
            const found = days.flatMap((day) => exercises(view, day)).find((one) => one["id"] === id);
            return found ? json(200, asked(found, query)) : refusal(404, "not_found", "No such exercise");
          }),
        ),
        ...["bodytemperature", "skincontacts", "ecg"].map((name) =>
          route("GET", `/v3/users/biosensing/${name}`, guarded(undefined, nothing)),
        ),
        ...["alertness", "alertness/date", "circadian-bedtime", "circadian-bedtime/date"].map((name) =>
          route("GET", `/v3/users/sleepwise/${name}`, guarded(undefined, nothing)),
        ),
      ];
    },
  };

  const announce: PolarLab["announce"] = (personId, event, fields, as) =>
    webhook.announce(personId, Number(parts.viewOf(personId).userId), event, fields, as);
  const lab = withNotices(
    await startListLab(description, options),
    "POLAR",
    webhook.notices,
    ({ personId }, changes) => {
      for (const { list, record } of registered.has(personId) ? changes() : []) {
        const times = list.path === "/v3/users/sleep" && switches.sleepTwice ? 2 : 1;
        if (list.path === "/v3/users/sleep") void announce(personId, "SLEEP", { date: record["date"] }, { times });
        if (list.path === "/v3/users/activities")
          void announce(personId, "ACTIVITY_SUMMARY", { date: list.idOf!(record) });
        if (list.path === "/v3/exercises") void announce(personId, "EXERCISE", { entity_id: record["id"] });
      }
    },
  );
  return {
    ...lab,
    switches,
    announce,
    register: (personId, atMs = parts.clock.now()) =>
      void registered.set(personId, { memberId: `before-${personId}`, atMs }),
  };
}

export const lab: LabDefinition<PolarLab> = {
  provider: "POLAR",
  start: (options) => startPolarLab(options),
  environment: ({ url }) => ({
    CLIENT_ID: CLIENT.id,
    CLIENT_SECRET: CLIENT.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}/oauth2/authorization`,
    TOKEN_URL: `${url}${TOKEN}`,
  }),
  liftLimits: (started) => started.setLimit(1_000_000_000),
};
