import { number, object, optionalString, string, UnreadableAnswer } from "../../http/json.js";
import { cell, type Have, present } from "../../model/cells.js";
import type {
  DeviceRecord,
  LocalDate,
  NightHypnogram,
  OffsetDateTime,
  ScoreRecord,
  SleepRecord,
  SleepSegment,
  TemperatureRecord,
} from "../../model/records.js";
import {
  eachDay,
  instantOf,
  localDateOf,
  normaliseInstant,
  offsetOf,
  plusSeconds,
  withOffset,
} from "../../model/time.js";
import { envelope, requiredList } from "../kit/envelope.js";
import { figure } from "../kit/figures.js";
import { page, readMembers, readRecords, readRows, StillGoingOn } from "../kit/members.js";
import { requiredDate } from "../kit/times.js";
import { invalidRequestAsDead } from "../kit/token-answers.js";
import type { ApiRequest, Budget, Call, Input, Outcome, Provider, ProviderResponse } from "../provider.js";
import { longestLimitMs, waitEnd } from "../waits.js";
import { webhook } from "./webhook.js";

/*
 * Acme Band, which does not exist: a provider to copy. It is compiled and tested with the others, so that it can't go
 * stale, and is not in the registry. docs/adding-a-provider.md walks through it from top to bottom.
 */

/** Undated: one request answers everything. Other calls need the zone first. */
const profile: Call = {
  name: "profile",
  yields: ["profile.displayName", "profile.timeZone"],
  reach: { kind: "once" },
  request: () => ({ method: "GET", path: "/v1/me" }),
  read: (answer) => {
    // `envelope` throws UnreadableAnswer for anything but an object: such an answer is never "no data".
    const me = envelope(answer, "profile");
    return {
      cells: [
        ...present("profile.displayName", null, optionalString(me["name"])),
        ...present("profile.timeZone", null, optionalString(me["zone"])),
      ],
      covers: null,
    };
  },
};

/** Any span of up to 90 days: the planner makes as few requests as it can. */
const days: Call = {
  name: "days",
  yields: ["activity.steps", "activity.distance", "activity.offsets"],
  reach: { kind: "days", max: 90 },
  scope: "activity",
  request: ({ from, to }) => ({ method: "GET", path: "/v1/days", query: { from, to } }),
  read: (answer, input) =>
    page(
      input,
      // A row that can't be read affects its own day only.
      readRows(requiredList(envelope(answer, "days"), "days"), {
        fields: ["activity.steps", "activity.distance", "activity.offsets"],
        read: (row) => {
          const raw = object(row, "day");
          const date = requiredDate(raw["date"], "day.date");
          const km = figure(raw["km"]);
          const start = normaliseInstant(raw["start"]);
          return [
            // A 0 of theirs is a 0. What they leave out stays out, and becomes NOT_RECORDED because of `covers`.
            ...present("activity.steps", date, figure(raw["steps"])),
            ...present("activity.distance", date, km === null ? null : km * 1000),
            // What comes in UTC from other calls takes the offset of the day.
            ...(start === null
              ? []
              : [cell("activity.offsets", date, [{ id: date, start, end: plusSeconds(start, 86_400) }])]),
          ];
        },
        dayOfUnread: (row) => optionalString(object(row, "day")["date"]),
      }),
    ),
};

/**
 * Pages of 25 over a span without a limit. The fields in `needs` are read first, and both functions get them in `have`.
 */
const sleeps: Call = {
  name: "sleeps",
  yields: ["sleep.sessions"],
  reach: { kind: "pages", size: 25, perDay: 1.2 },
  scope: "sleep",
  needs: ["profile.timeZone"],
  request: ({ from, to }) => ({ method: "GET", path: "/v1/sleeps", query: { from, to } }),
  read: (answer, input) => {
    const whole = envelope(answer, "sleeps");
    const cursor = optionalString(whole["next"]);
    const { from, to } = input;
    const next = { method: "GET", path: "/v1/sleeps", query: { from, to, cursor: cursor ?? "" } } as const;
    const nights = readRecords<SleepRecord>(requiredList(whole, "sleeps"), {
      field: "sleep.sessions",
      span: input,
      read: toSleep,
      // A night belongs to the local day on which it ends.
      dayOf: ({ end }) => localDateOf(end),
      dayOfUnread: (night) => localDateOf(normaliseInstant(object(night, "sleep")["end"]) ?? ""),
    });
    // Only the last page proves that a day without a night has none.
    return page(input, nights, cursor === null ? undefined : next);
  },
};

/**
 * One request for each night, so the call yields a field of its own: a query for minutes asleep never pays for it. The
 * nights of the same day are read first, and the call gets them in `have`. Stages exist for the last 90 days only.
 */
const hypnograms: Call = {
  name: "stages",
  yields: ["sleep.hypnograms"],
  reach: { kind: "days", max: 1, back: 90 },
  scope: "sleep",
  needs: ["sleep.sessions"],
  // A day without a night costs no request.
  isNeedless: ({ from }, have) => have.value("sleep.sessions", from)?.length === 0,
  request: ({ from }) => ({ method: "GET", path: "/v1/stages", query: { day: from } }),
  read: (answer, input, have) => {
    const nights = have.value("sleep.sessions", input.from) ?? [];
    const told = requiredList(envelope(answer, "stages"), "stages");
    // Stages are joined to a night by its id. Stages of an unknown night are left out.
    const stages = readRecords<NightHypnogram>(told, {
      field: "sleep.hypnograms",
      span: input,
      read: toHypnogram,
      dayOf: ({ id }) => localDateOf(nights.find((night) => night.id === id)?.end ?? ""),
      dayOfUnread: () => input.from,
    });
    return page(input, stages);
  },
};

/** Undated, and needed by the call of the devices only: a call for each. */
const battery: Call = {
  name: "battery",
  yields: ["devices.batteries"],
  reach: { kind: "once" },
  request: () => ({ method: "GET", path: "/v1/battery" }),
  read: (answer) => {
    const raw = envelope(answer, "battery");
    const level = {
      id: string(raw["band"], "battery.band"),
      time: normaliseInstant(raw["at"]),
      percent: figure(raw["percent"]),
      isCharging: null,
    };
    return { cells: [cell("devices.batteries", null, [level])], covers: null };
  },
};

const bands: Call = {
  name: "bands",
  yields: ["devices.devices"],
  reach: { kind: "once" },
  needs: ["devices.batteries"],
  request: () => ({ method: "GET", path: "/v1/bands" }),
  read: (answer, _input, have) => {
    const batteries = have.value("devices.batteries") ?? [];
    const { found, skipped } = readMembers<DeviceRecord>(requiredList(envelope(answer, "bands"), "bands"), {
      fields: ["devices.devices"],
      read: (each) => {
        const raw = object(each, "band");
        const id = string(raw["id"], "band.id");
        const batteryPercent = batteries.find((one) => one.id === id)?.percent ?? null;
        const unknown = { kind: null, firmware: null, lastSyncAt: null };
        return { id, model: optionalString(raw["model"]), batteryPercent, ...unknown };
      },
    });
    return { cells: [cell("devices.devices", null, found)], skipped, covers: null };
  },
};

/** What is measured in the night: each vital is a field of its own, and a cell holds it with its extremes. */
const nights: Call = {
  name: "nights",
  yields: ["vitals.oxygenSaturation"],
  reach: { kind: "days", max: 30 },
  scope: "health",
  request: ({ from, to }) => ({ method: "GET", path: "/v1/nights", query: { from, to } }),
  read: (answer, input) =>
    page(
      input,
      readRows(requiredList(envelope(answer, "nights"), "nights"), {
        fields: ["vitals.oxygenSaturation"],
        read: (row) => {
          const raw = object(row, "night");
          const [date, value] = [string(raw["date"], "night.date"), figure(raw["oxygen"])];
          if (value === null) return [];
          const ends = { low: figure(raw["oxygen_low"]), high: figure(raw["oxygen_high"]) };
          return [cell("vitals.oxygenSaturation", date, { value, ...ends, method: "MEASURED" })];
        },
        dayOfUnread: (row) => optionalString(object(row, "night")["date"]),
      }),
    ),
};

/** Acme's own score, by day. Its name, scale and parts are kept as Acme has them. */
const readiness: Call = {
  name: "readiness",
  yields: ["scores.READINESS"],
  reach: { kind: "days", max: 30 },
  scope: "health",
  request: ({ from, to }) => ({ method: "GET", path: "/v1/readiness", query: { from, to } }),
  read: (answer, input) =>
    page(
      input,
      readRecords<DatedScore>(requiredList(envelope(answer, "readiness"), "readiness"), {
        field: "scores.READINESS",
        span: input,
        read: toReadiness,
        dayOf: ({ date }) => date,
        dayOfUnread: (row) => optionalString(object(row, "readiness")["date"]),
      }),
    ),
};

type DatedScore = ScoreRecord & { readonly date: LocalDate };

function toReadiness(answer: unknown): DatedScore {
  const raw = object(answer, "readiness");
  const date = string(raw["date"], "readiness.date");
  const scale = { scaleMin: 1, scaleMax: 100 };
  return {
    id: date,
    date,
    name: "Readiness",
    value: figure(raw["score"]),
    ...scale,
    level: optionalString(raw["level"]),
    contributors: [{ name: "Sleep", value: figure(raw["sleep"]), ...scale }],
  };
}

/** Single readings, as a person took them. Acme has their times in UTC: the days are read first, for their offsets. */
const temperatures: Call = {
  name: "temperatures",
  yields: ["readings.temperatures"],
  reach: { kind: "days", max: 30 },
  // Acme gives none from before the connection.
  sinceConnection: true,
  scope: "health",
  needs: ["activity.offsets"],
  request: ({ from, to }) => ({ method: "GET", path: "/v1/temperatures", query: { from, to } }),
  read: (answer, input, have) =>
    page(
      input,
      readRecords<TemperatureRecord>(requiredList(envelope(answer, "temperatures"), "temperatures"), {
        field: "readings.temperatures",
        span: input,
        read: (row) => {
          const raw = object(row, "temperature");
          const time = localTime(number(raw["at"], "temperature.at") * 1000, input, have);
          const value = figure(raw["celsius"]);
          return value === null ? [] : { id: time, time, value, site: "CORE" };
        },
        dayOf: ({ time }) => localDateOf(time),
      }),
    ),
};

/** A time in the offset of the day that holds it. */
function localTime(at: number, { from, to }: Input, have: Have): OffsetDateTime {
  const days = [...eachDay(from, to)].flatMap((day) => have.value("activity.offsets", day) ?? []);
  const day = days.findLast(({ start }) => instantOf(start) <= at);
  return withOffset(at, offsetOf(day?.start ?? "Z") ?? 0);
}

function toHypnogram(answer: unknown): NightHypnogram {
  const raw = object(answer, "stages");
  const id = optionalString(raw["sleep_id"]);
  if (id === null) throw new UnreadableAnswer("stages are of no sleep");
  const segments = requiredList(raw, "segments").map((each): SleepSegment => {
    const { stage, start, seconds } = object(each, "segment");
    const known = (["AWAKE", "LIGHT", "DEEP", "REM"] as const).find((name) => name.toLowerCase() === stage);
    const [from, length] = [normaliseInstant(start), figure(seconds)];
    if (!known || from === null || length === null) throw new UnreadableAnswer("a segment is without its parts");
    return { stage: known, start: from, seconds: length };
  });
  return { id, hypnogram: segments };
}

/** One pure function for each record. In a real provider it has a file under mappers/. */
export function toSleep(answer: unknown): SleepRecord {
  const raw = object(answer, "sleep");
  // The night began and has no end: it is not synced yet.
  if (raw["start"] !== undefined && raw["end"] === undefined) throw new StillGoingOn("a sleep", null);
  const [id, start, end] = [optionalString(raw["id"]), normaliseInstant(raw["start"]), normaliseInstant(raw["end"])];
  if (id === null || start === null || end === null) throw new UnreadableAnswer("a sleep has no id, start or end");
  return {
    id,
    start,
    end,
    isMainSleep: null,
    minutesInBed: Math.round((instantOf(end) - instantOf(start)) / 60_000),
    minutesAsleep: figure(raw["asleep_minutes"]),
    minutesAwake: null,
    minutesToFallAsleep: null,
    efficiency: null,
    stages: null,
    hypnogram: null,
    pending: false,
  };
}

const budgets: readonly Budget[] = [{ scope: "CONNECTION", windowSeconds: 60, limit: 600, window: "first" }];

/** Decides by status, never by the provider's words: the words change, and may contain a token. */
function outcome({ status, headers, receivedAt }: ProviderResponse, { path }: ApiRequest): Outcome {
  // A night without stages.
  if (status === 404 && path === "/v1/stages") return { kind: "ok", isNothing: true };
  if (status >= 200 && status < 300) return { kind: "ok" };
  if (status === 401) return { kind: "failed", failure: { code: "TOKEN_REJECTED" } };
  if (status === 403) return { kind: "failed", failure: { code: "INSUFFICIENT_SCOPE" } };
  if (status === 410) return { kind: "failed", failure: { code: "RETIRED" } };
  if (status === 429) {
    const retryAt = waitEnd(headers["retry-after"], receivedAt, longestLimitMs(budgets)) ?? receivedAt + 60_000;
    return { kind: "failed", failure: { code: "RATE_LIMITED", retryAt } };
  }
  return { kind: "failed", failure: { code: status < 500 ? "REJECTED" : "UNAVAILABLE" } };
}

export const acmeBand: Provider<"ACME_BAND", never> = {
  id: "ACME_BAND",
  slug: "acme-band",
  name: "Acme Band",
  apiUrl: "https://api.acme.example",
  oauth: {
    authorizeUrl: "https://acme.example/oauth/authorize",
    tokenUrl: "https://api.acme.example/oauth/token",
    revocation: { kind: "token", url: "https://api.acme.example/oauth/revoke", in: "form" },
    clientAuth: "body",
    pkce: true,
    scopeSeparator: " ",
    // Requested as "acme:profile". Everywhere else in this file the scope is "profile".
    scopePrefix: "acme:",
    baseScopes: ["profile"],
    scopesAreEnforced: true,
    redirect: [
      { pattern: /^(https:|http:\/\/localhost[:/])/, sentence: "begins with https, or with http://localhost" },
      { pattern: /^[^?#]*$/, sentence: "has no query" },
    ],
    refresh: "rotating",
    refreshRepeatSeconds: 0,
    // Without this field a refresh gives no new refresh token.
    tokenParams: { refresh: { scope: "offline" } },
    asStandard: invalidRequestAsDead,
    // Apps that were made before 2024 belong to another portal: ACME_BAND_PORTAL=classic.
    portals: {
      setting: "PORTAL",
      others: {
        classic: { authorizeUrl: "https://classic.acme.example/authorize", scopePrefix: "", pkce: false },
      },
    },
  },
  settings: [
    {
      name: "PORTAL",
      description: "Where your app was made: `new`, or `classic` if that was before 2024.",
      default: "new",
      shape: { pattern: /^(new|classic)$/, sentence: "new or classic" },
    },
    {
      name: "CONSENT_LANGUAGE",
      description: "The language of Acme's consent page, such as fi. Left out: that of the browser.",
      optional: true,
      consentParam: "lang",
      shape: { pattern: /^[a-z]{2}$/, sentence: "two lower-case letters" },
    },
    {
      name: "WEBHOOK_SECRET",
      description: "The last part of the address that Acme notifies; left out, it is made of the client secret.",
      secret: true,
      optional: true,
      shape: { pattern: /^[\w-]{22,128}$/, sentence: "22 to 128 letters, digits, _ or -, and not to be guessed" },
    },
  ],
  afterConsent: [
    {
      name: "profile",
      required: true,
      identifies: true,
      request: () => ({ method: "GET", path: "/v1/me" }),
      read: (answer) => {
        const id = optionalString(object(answer, "profile")["id"]);
        if (id === null) throw new UnreadableAnswer("the profile has no id");
        return { providerUserId: id };
      },
    },
    {
      // Who has just consented is registered with Acme under a key of ours. 409: they were, by an earlier consent.
      name: "registration",
      required: true,
      when: "consent",
      acceptedStatuses: [409],
      request: ({ providerUserId, memberId }) => ({
        method: "POST",
        path: "/v1/members",
        json: { user: providerUserId, member: memberId },
      }),
      read: () => ({}),
    },
  ],
  budgets,
  revision: { days: 3, freshSeconds: 900 },
  calls: [profile, battery, bands, days, sleeps, hypnograms, nights, readiness, temperatures],
  // As Acme documents it; it says nothing of hearts.
  methods: { distance: "MEASURED" },
  outcome,
  webhook,
};
