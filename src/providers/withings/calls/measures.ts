import { object } from "../../../http/json.js";
import { type Cell, cell, type Have, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate } from "../../../model/records.js";
import { addDays, dateIn, epochDay, localDateOf } from "../../../model/time.js";
import { page, readMembers, readRecords } from "../../kit/members.js";
import type { ApiRequest, Call } from "../../provider.js";
import {
  type Group,
  toBloodPressure,
  toComposition,
  toFatPercentage,
  toGroup,
  toOxygen,
  toPulse,
  toTemperatures,
  toWeight,
  types,
} from "../mappers/measures.js";
import {
  bodyOf,
  byDay,
  epoch,
  firstPossible,
  type Json,
  listIn,
  pageAfter,
  reading,
  requiredZone,
  zoneIn,
} from "../mappers/wire.js";
import { scopes } from "../scopes.js";

const PATH = "/measure";
const DAY_SECONDS = 86_400;

/** Of the whole account, newest first. Only the newest is used, which is on the first page. */
const newest = (type: number) => reading(PATH, "getmeas", { category: "1", meastypes: String(type), lastupdate: "1" });

/** The zone is in every answer with measures. A height is typed in once or twice, so this answer is the smallest. */
export const heightRequest: ApiRequest = newest(types.height);

export function toHeight(answer: unknown): Cell[] {
  const body = bodyOf(answer);
  return [
    ...present("profile.timeZone", null, zoneIn(body["timezone"])),
    ...present("profile.height", null, newestIn(body, "profile.height", types.height)),
  ];
}

/** Lists are newest first as a rule, and not strictly in order. */
function newestIn(body: Json, field: "profile.height" | "profile.weight", type: number): number | null {
  const { found } = readMembers(listIn(body, "measuregrps"), {
    fields: [],
    read: (group) => toGroup(group, zoneIn(body["timezone"]) ?? "UTC"),
  });
  return possibleOf(field, newestFirst(found, type), type);
}

const profileCalls: readonly Call[] = [
  {
    name: "getmeas height",
    yields: ["profile.timeZone", "profile.height"],
    reach: { kind: "once" },
    scope: scopes.metrics,
    request: () => heightRequest,
    read: (answer) => ({ cells: toHeight(answer), covers: null }),
  },
  {
    name: "getmeas weight",
    yields: ["profile.weight"],
    reach: { kind: "once" },
    scope: scopes.metrics,
    request: () => newest(types.weight),
    read: (answer) => ({
      cells: present("profile.weight", null, newestIn(bodyOf(answer), "profile.weight", types.weight)),
      covers: null,
    }),
  },
];

/** Lists of records, one or none for each group, several for temperatures. */
const lists = {
  "body.weight": toWeight,
  "body.fatPercentage": toFatPercentage,
  "body.composition": toComposition,
  "readings.bloodPressures": toBloodPressure,
  "readings.pulses": toPulse,
  "readings.temperatures": toTemperatures,
  "readings.oxygenSaturations": toOxygen,
} satisfies Partial<Record<Field, (group: Group) => readonly { readonly id: string; readonly time: string | null }[]>>;
const listFields = Object.keys(lists) as (keyof typeof lists)[];

/** One figure a day: the last of the day. */
const vitals = {
  "vitals.pulseWaveVelocity": types.pulseWaveVelocity,
  "vitals.vascularAgeYears": types.vascularAge,
  "vitals.vo2Max": types.vo2Max,
} as const;
const vitalFields = Object.keys(vitals) as (keyof typeof vitals)[];

const asked = Object.values(types).filter((type) => type !== types.height);

/**
 * Everything that a scale, a cuff, a thermometer or a watch measured at a moment: one request, whichever part of it is
 * wanted. The span is in instants, so it is a day longer on both sides than the days are in UTC: the answer has the zone.
 */
const measures: Call = {
  name: "getmeas",
  yields: [...listFields, ...vitalFields],
  // How many groups a page holds is not documented.
  reach: { kind: "pages", size: 300, perDay: 2 },
  scope: scopes.metrics,
  request: ({ from, to }) =>
    reading(PATH, "getmeas", {
      category: "1",
      meastypes: asked.join(","),
      startdate: String(epochDay(addDays(from, -1)) * DAY_SECONDS),
      enddate: String(epochDay(addDays(to, 2)) * DAY_SECONDS),
    }),
  read: (answer, input, have, request) => {
    const body = bodyOf(answer);
    const zone = zoneOf(body, have);
    const groups = listIn(body, "measuregrps");
    const dayOfUnread = (group: unknown) => dateIn(zone, epoch(object(group, "measuregrps[]")["date"], "date") * 1000);
    const { found, skipped } = readMembers<Group>(groups, {
      fields: measures.yields,
      read: (group) => toGroup(group, zone),
      dayOfUnread,
    });
    const records = listFields.flatMap((field) => {
      const read = lists[field] as (group: unknown) => readonly { readonly id: string; readonly time: string | null }[];
      return readRecords(found, { field, span: input, read, dayOf: ({ time }) => localDateOf(time ?? "") }).cells;
    });
    const figures = vitalFields.flatMap((field) =>
      [...newestByDay(found, field)].map(([day, value]): Cell => cell(field, day, { value })),
    );
    return page(input, { cells: [...records, ...figures], skipped }, pageAfter(request, body));
  },
};

function newestByDay(groups: readonly Group[], field: keyof typeof vitals): ReadonlyMap<LocalDate, number> {
  const days = byDay(newestFirst(groups, vitals[field]), ({ time }) => localDateOf(time));
  return new Map([...days].map(([day, own]) => [day, possibleOf(field, own, vitals[field])!]));
}

const newestFirst = (groups: readonly Group[], type: number) =>
  groups.filter(({ values }) => values.has(type)).sort((a, b) => b.date - a.date);

function possibleOf(field: Parameters<typeof firstPossible>[0], groups: readonly Group[], type: number) {
  return firstPossible(
    field,
    groups.map(({ values }) => values.get(type) ?? null),
  );
}

/** The person's zone. It stands in every answer; that of the profile is the same, read before. */
function zoneOf(body: Json, have: Have): string {
  return zoneIn(body["timezone"]) ?? requiredZone(have.value("profile.timeZone"), "body.timezone");
}

export const measureCalls: readonly Call[] = [...profileCalls, measures];
