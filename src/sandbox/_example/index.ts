import { json } from "../kit/index.js";
import { type ListLab, type ListLabDescription, startListLab, withOffset } from "../kit/list-lab.js";
import type { LabDefinition } from "../lab.js";
import { dayTotals } from "../people/index.js";
import type { PersonDay, PersonSleep } from "../person.js";

/*
 * The lab of Acme Band, which does not exist: one to copy. It is compiled, and the conformance suite runs over it, so
 * that it can't go stale. Written from Acme's documentation alone: it shares nothing with the adapter.
 */

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
const sleepsOf = (day: PersonDay, until: number) => day.sleeps.filter(({ endMs }) => endMs <= until);
const minutesAsleep = ({ segments }: PersonSleep) =>
  Math.round(segments.reduce((sum, { stage, seconds }) => (stage === "awake" ? sum : sum + seconds), 0) / 60);
const mainSleep = (day: PersonDay, until: number) => sleepsOf(day, until).filter(({ main }) => main && day.worn);
/** A whole number below `below`, the same whenever it is asked for: the digits of an id are spread well enough. */
const spread = (id: string, below: number) => Number(BigInt(id) % BigInt(below));
const span = (query: URLSearchParams) => {
  const [from, to] = [query.get("from"), query.get("to")];
  return from && to ? { from, to } : null;
};

const description: ListLabDescription = {
  name: "Acme Band",
  // No people were made for Acme, so the lab uses everybody with this wearable.
  wearable: "FITBIT",
  client: { id: "acme-lab", secret: "good-for-nothing-but-the-lab" },
  userId: ({ id }) => `acme-${id}`,
  oauth: {
    authorize: "/oauth/authorize",
    token: "/oauth/token",
    revoke: "/oauth/revoke",
    clientAuth: "body",
    pkce: true,
    separator: " ",
    scopes: {
      "acme:profile": "Name and zone",
      "acme:activity": "Steps",
      "acme:sleep": "Nights",
      "acme:health": "Oxygen, readiness",
    },
    refresh: "rotating",
    accessSeconds: 3_600,
    repeatSeconds: 0,
    wants: { refresh: { scope: "offline" } },
    // At a refresh, a dead token is reported by the error of a faulty request.
    words: (status, body, call) =>
      call === "refresh" && status === 400 ? [400, { error: "invalid_request" }] : [status, body],
  },
  objects: [
    {
      path: "/v1/me",
      answer: ({ person, userId }) => ({ id: userId, name: person.givenName, zone: person.timeZone }),
    },
    { path: "/v1/bands", answer: ({ userId }) => ({ bands: [{ id: `band-of-${userId}`, model: "Band 2" }] }) },
    {
      path: "/v1/battery",
      answer: ({ userId, syncedUntil }) => ({
        band: `band-of-${userId}`,
        at: new Date(syncedUntil).toISOString(),
        percent: 71,
      }),
    },
    { path: "/v1/members", method: "POST", answer: ({ userId }) => ({ registered: userId }) },
  ],
  lists: [
    {
      path: "/v1/days",
      scope: "acme:activity",
      select: span,
      recordsOf({ person, syncedUntil }, day) {
        if (!day.worn || day.startMs >= syncedUntil) return [];
        const { steps, distanceMeters } = dayTotals(person, day, Math.min(syncedUntil, day.endMs));
        const start = withOffset(day.startMs, day.timeZone);
        return [{ date: day.date, start, steps, km: rounded(distanceMeters / 1_000, 3) }];
      },
      page: (days) => ({ days }),
    },
    {
      path: "/v1/sleeps",
      scope: "acme:sleep",
      select: span,
      recordsOf: ({ syncedUntil }, day) =>
        sleepsOf(day, syncedUntil).map((sleep) => ({
          id: sleep.id,
          start: withOffset(sleep.startMs, day.timeZone),
          end: withOffset(sleep.endMs, day.timeZone),
          asleep_minutes: minutesAsleep(sleep),
        })),
      page: (sleeps, next) => ({ sleeps, ...(next !== null && { next }) }),
      paging: { size: 25, cursor: "cursor" },
    },
    {
      path: "/v1/stages",
      scope: "acme:sleep",
      select(query) {
        const day = query.get("day");
        return day ? { from: day, to: day } : null;
      },
      recordsOf: ({ syncedUntil }, day) =>
        sleepsOf(day, syncedUntil)
          .filter(({ staged }) => staged)
          .map(({ id, segments }) => ({
            sleep_id: id,
            segments: segments.map(({ stage, startMs, seconds }) => ({
              stage,
              start: withOffset(startMs, day.timeZone),
              seconds,
            })),
          })),
      page: (stages) => ({ stages }),
    },
    {
      path: "/v1/nights",
      scope: "acme:health",
      select: span,
      recordsOf: ({ syncedUntil }, day) =>
        mainSleep(day, syncedUntil).map(({ id }) => {
          const oxygen = 94 + spread(id, 30) / 10;
          return {
            date: day.date,
            oxygen,
            oxygen_low: rounded(oxygen - 3.4, 1),
            oxygen_high: rounded(oxygen + 1.2, 1),
          };
        }),
      page: (nights) => ({ nights }),
    },
    {
      path: "/v1/readiness",
      scope: "acme:health",
      select: span,
      recordsOf: ({ syncedUntil }, day) =>
        mainSleep(day, syncedUntil).map(({ id }) => {
          const score = 55 + spread(id, 41);
          return { date: day.date, score, level: score < 70 ? "low" : "good", sleep: 60 + spread(id, 37) };
        }),
      page: (readiness) => ({ readiness }),
    },
    {
      // Taken in the morning, when the night was over, every third day.
      path: "/v1/temperatures",
      scope: "acme:health",
      select: span,
      recordsOf: ({ syncedUntil }, day) =>
        mainSleep(day, syncedUntil)
          .filter(({ id }) => spread(id, 3) === 0)
          .map(({ id, endMs }) => ({
            at: Math.round(endMs / 1000) + 600,
            celsius: rounded(36.2 + spread(id, 9) / 10, 1),
          })),
      page: (temperatures) => ({ temperatures }),
    },
  ],
  limits: [{ per: "person", requests: 600, windowSeconds: 60, align: "first" }],
  error: (status, reason) => json(status, { error: { status, reason } }),
};

export const lab: LabDefinition<ListLab> = {
  provider: "ACME_BAND",
  wearable: description.wearable,
  start: (options) => startListLab(description, options),
  environment: ({ url }) => ({
    CLIENT_ID: description.client.id,
    CLIENT_SECRET: description.client.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}${description.oauth.authorize}`,
    TOKEN_URL: `${url}${description.oauth.token}`,
    REVOKE_URL: `${url}${description.oauth.revoke}`,
  }),
  liftLimits: (started) => started.setLimit(1_000_000),
};
