import { createHmac, randomUUID } from "node:crypto";
import { dayOfUuid } from "../kit/day-uuid.js";
import { empty, json, type LabReply, route, text } from "../kit/index.js";
import {
  type LabList,
  type LabRecord,
  type ListLab,
  type ListLabDescription,
  type ListLabOptions,
  type ListView,
  startListLab,
} from "../kit/list-lab.js";
import { createNotices, type Noticing, withNotices } from "../kit/notices.js";
import { isInstant } from "../kit/query.js";
import type { LabDefinition } from "../lab.js";
import { addDays, ageOn, dateAt } from "../people/index.js";
import { cycleIdOf, cycles, dayOfCycle, recoveries, sleeps, spanOf, userIdOf, workouts } from "./records.js";

/* The lab of WHOOP's API v2. Written from the vendor's documentation alone: it shares nothing with the adapter. */

export const CLIENT = { id: "whoop-lab", secret: "strap-secret-for-the-lab-only" } as const;
const BASE = "/developer/v2";

const SCOPES = {
  "read:profile": "Name and e-mail address",
  "read:body_measurement": "Height, weight and highest heart rate",
  "read:cycles": "Days and their strain",
  "read:recovery": "Recovery",
  "read:sleep": "Sleep",
  "read:workout": "Workouts",
  offline: "Access while you are away",
};

export interface WhoopSwitches {
  /** How the last page says that it is the last one. */
  lastToken: "absent" | "null" | "empty";
  /** The dashboard takes no plain http address. */
  refusesHttp: boolean;
}

/** Base64 over the timestamp and the body, with the client's secret. */
export const signatureOf = (secret: string, timestamp: string, body: string) =>
  createHmac("sha256", secret).update(`${timestamp}${body}`).digest("base64");

interface WhoopEvent {
  readonly type: string;
  readonly id: string;
}

export interface WhoopLab extends ListLab, Noticing {
  readonly switches: WhoopSwitches;
  /** Sends an event, as often as wanted, and under another secret or timestamp for a forgery. */
  announce(
    personId: string,
    event: WhoopEvent,
    as?: { secret?: string; timestamp?: string; times?: number },
  ): Promise<void>;
}

export async function startWhoopLab(
  options: ListLabOptions & { readonly switches?: Partial<WhoopSwitches> } = {},
): Promise<WhoopLab> {
  const switches: WhoopSwitches = { lastToken: "absent", refusesHttp: true, ...options.switches };
  const refused = (status: number) => (status === 401 ? text(401, "Authorization was not valid") : empty(status));
  const missing = () => refused(404);

  /** What was within a span: the start is included, the end is not. */
  function within(query: URLSearchParams, { person, syncedUntil }: ListView): ReturnType<LabList["select"]> {
    const [start, end] = ["start", "end"].map((name) => query.get(name));
    const [from, until] = [start ? Date.parse(start) : 0, end ? Date.parse(end) : syncedUntil + 1];
    const limit = Number(query.get("limit") ?? 10);
    if (!isInstant(from) || !isInstant(until) || !Number.isInteger(limit) || limit < 1 || limit > 25)
      return refused(400);
    return {
      from: start ? addDays(dateAt(person, from), -1) : person.memberSince,
      to: addDays(dateAt(person, until), 1),
      pick(records) {
        const inside = records.filter((record) => {
          const { startMs, endMs } = spanOf(record);
          return startMs < until && (endMs === null || endMs >= from);
        });
        return inside.toSorted((left, right) => spanOf(left).startMs - spanOf(right).startMs);
      },
    };
  }

  const list = (path: string, scope: string, recordsOf: LabList["recordsOf"], one?: LabList["one"]): LabList => ({
    ...{ path: `${BASE}${path}`, scope, recordsOf, select: within, newestFirst: true },
    page: (records, next) => ({ records, ...(next === null ? last[switches.lastToken] : { next_token: next }) }),
    paging: { size: 10, sizeFrom: "limit", cursor: "nextToken", opaque: true },
    ...(one && { one }),
  });
  const last = { absent: {}, null: { next_token: null }, empty: { next_token: "" } };
  const byUuid = (path: string) => ({ path: `${BASE}${path}/:id`, dayOf: dayOfUuid });

  const description: ListLabDescription = {
    name: "WHOOP",
    wearable: "WHOOP",
    client: CLIENT,
    userId: (person) => String(userIdOf(person)),
    oauth: {
      authorize: "/oauth/oauth2/auth",
      token: "/oauth/oauth2/token",
      clientAuth: "body",
      pkce: false,
      separator: " ",
      scopes: SCOPES,
      offlineScope: "offline",
      refresh: "rotating",
      accessSeconds: 3_600,
      repeatSeconds: 0,
      refreshEndsAccess: true,
      refuses(query) {
        const plain = query.get("redirect_uri")!.startsWith("http:");
        if (plain && switches.refusesHttp)
          return { page: "<p>request_forbidden: the redirect address is not allowed.</p>" };
        return (query.get("state") ?? "").length < 8 ? { error: "invalid_state" } : null;
      },
    },
    objects: [
      {
        path: `${BASE}/user/profile/basic`,
        scope: "read:profile",
        answer: ({ person, userId }) => ({
          user_id: Number(userId),
          email: person.email,
          first_name: person.givenName,
          last_name: person.familyName,
        }),
      },
      {
        path: `${BASE}/user/measurement/body`,
        scope: "read:body_measurement",
        answer({ person, syncedUntil }) {
          const today = dateAt(person, syncedUntil);
          const weight_kilogram = Number(person.day(today).weightKg.toFixed(1));
          const known = {
            height_meter: person.heightCm / 100,
            weight_kilogram,
            max_heart_rate: 220 - ageOn(person, today),
          };
          return person.wearablesOn(today).includes("WHOOP") ? known : null;
        },
      },
    ],
    lists: [
      list("/cycle", "read:cycles", cycles, { path: `${BASE}/cycle/:id`, dayOf: dayOfCycle }),
      { ...list("/recovery", "read:recovery", recoveries), idOf: ({ sleep_id }) => String(sleep_id) },
      list("/activity/sleep", "read:sleep", sleeps, byUuid("/activity/sleep")),
      list("/activity/workout", "read:workout", workouts, byUuid("/activity/workout")),
    ],
    // The person is gone with it.
    kinds: { [`${BASE}/user/access`]: "revoke" },
    limits: [
      [100, 60],
      [10_000, 86_400],
    ].map(([requests, windowSeconds]) => ({
      per: "app",
      requests: requests!,
      windowSeconds: windowSeconds!,
      align: "first",
    })),
    limitHeaders(states) {
      // The bucket that is nearest to its end stands first.
      const [nearest] = states.toSorted((left, right) => left.remaining / left.limit - right.remaining / right.limit);
      const [minute, day] = states.map(({ limit }) => limit);
      return {
        "x-ratelimit-limit": `${nearest!.limit}, ${minute};window=60, ${day};window=86400`,
        "x-ratelimit-remaining": String(nearest!.remaining),
        "x-ratelimit-reset": String(nearest!.resetSeconds),
      };
    },
    error: refused,
    notGranted: () => refused(401),
    leave({ headers = {}, ...reply }) {
      const { "retry-after": _, ...own } = headers;
      return { ...reply, headers: own };
    },
    routes(own) {
      /** A sleep or a recovery by its cycle. */
      const ofCycle = (name: string, scope: string, find: (view: ListView, id: string) => LabRecord | undefined) =>
        route(
          "GET",
          `${BASE}/cycle/:id/${name}`,
          own.guarded(scope, (view, _request, { id = "" }) => {
            const found = dayOfCycle(id) === null ? undefined : find(view, id);
            return found ? json(200, found) : missing();
          }),
        );
      const dayOf = (view: ListView, id: string) => own.daysOf(view, dayOfCycle(id)!, dayOfCycle(id)!);
      const isOf = (view: ListView, id: string) => String(cycleIdOf(view.person, dayOfCycle(id)!)) === id;
      const answer = (status: number): LabReply => empty(status);
      return [
        ofCycle("sleep", "read:sleep", (view, id) =>
          isOf(view, id)
            ? dayOf(view, id)
                .flatMap((day) => sleeps(view, day))
                .find(({ nap }) => nap === false)
            : undefined,
        ),
        ofCycle("recovery", "read:recovery", (view, id) =>
          isOf(view, id) ? dayOf(view, id).flatMap((day) => recoveries(view, day))[0] : undefined,
        ),
        route(
          "GET",
          `${BASE}/activity/sleep/:id/stream`,
          own.guarded("read:sleep", () => json(403, { error: "deactivated_user" })),
        ),
        route("GET", "/developer/v1/activity-mapping/:id", own.guarded(undefined, missing)),
        route(
          "DELETE",
          `${BASE}/user/access`,
          own.guarded(undefined, ({ person }) => {
            own.tokens.revokePerson(person.id);
            return answer(204);
          }),
        ),
      ];
    },
  };

  const notices = createNotices(() => parts.clock, { retries: 5, timeoutMs: 10_000 });
  // The address stands in the vendor's dashboard alone.
  let address: string | null = null;
  const setReceiver = (url: string | null) => {
    address = url;
  };
  const send: WhoopLab["announce"] = async (personId, event, { secret = CLIENT.secret, timestamp, times = 1 } = {}) => {
    const { userId } = parts.viewOf(personId);
    const body = JSON.stringify({ user_id: Number(userId), id: event.id, type: event.type, trace_id: randomUUID() });
    const at = timestamp ?? String(parts.clock.now());
    const headers = {
      "content-type": "application/json",
      "X-WHOOP-Signature": signatureOf(secret, at, body),
      "X-WHOOP-Signature-Timestamp": at,
    };
    for (let time = 0; time < times && address !== null; time++) {
      await notices.sender.send({ url: address, body, headers, personId });
    }
  };
  const TYPES: readonly (readonly [string, string, string])[] = [
    ["/activity/sleep", "sleep.updated", "id"],
    // A recovery goes by the id of its sleep.
    ["/recovery", "recovery.updated", "sleep_id"],
    ["/activity/workout", "workout.updated", "id"],
  ];
  const started = await startListLab(description, options);
  const { parts } = started;
  const lab = withNotices(started, "WHOOP", { sender: notices.sender, setReceiver }, async ({ personId }, changes) => {
    const found = address === null ? [] : changes();
    for (const [path, type, id] of TYPES) {
      for (const { list: from, record } of found) {
        if (from.path === `${BASE}${path}`) void send(personId, { type, id: String(record[id]) });
      }
    }
  });
  return { ...lab, switches, announce: send };
}

export const lab: LabDefinition<WhoopLab> = {
  provider: "WHOOP",
  // The sandbox is served over plain http.
  start: (options) => startWhoopLab({ ...options, switches: { refusesHttp: false } }),
  environment: ({ url }) => ({
    CLIENT_ID: CLIENT.id,
    CLIENT_SECRET: CLIENT.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}/oauth/oauth2/auth`,
    TOKEN_URL: `${url}/oauth/oauth2/token`,
  }),
  liftLimits: (started) => started.setLimit(1_000_000_000),
};
