import { activityOf, CROWD, dashboardOf, daysAgo, heartOf, PERSON } from "./queries.js";

/** A question over stored days, which each request asks in words that no request used before. */
export interface FirstTime {
  readonly what: string;
  readonly query: string;
  /** Days that one request asks for. */
  readonly days: number;
  /** Days that are stored before: enough for each request to ask for others. */
  readonly stored: number;
  /** Days that one request of the filling asks for. */
  readonly filledAtOnce: number;
  /** Requests in one block. */
  readonly count: number;
  /** Days that are stored of each of the others. */
  readonly othersStored: number;
  /** Questions about others before anything counts, until the engine has compiled what answers them. */
  readonly warmUp: number;
  /** The least ratio to each contender. */
  readonly aims: Readonly<Partial<Record<string, number>>>;
}

const month = { days: 30, stored: 1_000, othersStored: 1_000, filledAtOnce: 1_000, count: 40, warmUp: 3_000 };
const week = { days: 7, stored: 400, othersStored: 100, filledAtOnce: 20, count: 24, warmUp: 300 };

export const firstTimes: readonly FirstTime[] = [
  { what: "30 days × 8", query: activityOf, ...month, aims: { apollo: 1 } },
  { what: "dashboard", query: dashboardOf, ...month, aims: { apollo: 1.2 } },
  { what: "a week of heart as columns", query: heartOf("offsets values"), ...week, aims: { apollo: 2, bytes: 0.5 } },
  { what: "a week of heart as points", query: heartOf("points { time value }"), ...week, aims: { apollo: 5 } },
];

/** Whose days a comparison is about: people of its own, so that no other comparison asked for the same. */
export interface Asked {
  readonly person: string;
  readonly others: readonly string[];
}
const OTHERS = 10;
export const askedBy = (comparison: number): Asked => ({
  person: comparison === 0 ? PERSON : CROWD[CROWD.length - comparison]!,
  others: CROWD.slice(comparison * OTHERS, (comparison + 1) * OTHERS),
});

export interface Question {
  readonly query: string;
  readonly variables: object;
}

/** The days of a question, counted back from today. */
export const daysFrom = (first: number, days: number) => ({ from: daysAgo(first), to: daysAgo(first - days + 1) });

function anotherPerson({ query, days, othersStored }: FirstTime, number: number, { others }: Asked): Question {
  const first = othersStored - (Math.floor(number / others.length) % (othersStored - days));
  return { query, variables: { user: others[number % others.length], ...daysFrom(first, days) } };
}

/** Questions that no way asks, since they are about days that it does not reach. */
export const warmingUp = (one: FirstTime, number: number, asked: Asked): Question =>
  anotherPerson(one, ((one.othersStored - one.days) / 2) * asked.others.length + number, asked);

/**
 * In which way the request with this number differs from all before it. Stored cells are all that any of them needs.
 */
export const ways: Readonly<Record<string, (one: FirstTime, number: number, asked: Asked) => Question>> = {
  "other days": ({ query, days, stored }, number, { person }) => ({
    query,
    variables: { user: person, ...daysFrom(stored - (number % (stored - days)), days) },
  }),
  "other words": ({ query, days, stored }, number, { person }) => ({
    query: query.replace(/query (\w+)/, `query $1${number}`),
    variables: { user: person, ...daysFrom(stored, days) },
  }),
  "other names in the answer": ({ query, days, stored }, number, { person }) => ({
    query: query.replace("days {", `days${number}: days {`),
    variables: { user: person, ...daysFrom(stored, days) },
  }),
  "other providers": ({ query, days, stored }, number, { person }) => ({
    query,
    variables: {
      ...{ user: person, ...daysFrom(stored - (Math.floor(number / choices.length) % (stored - days)), days) },
      providers: choices[number % choices.length],
    },
  }),
  "another person": anotherPerson,
};
const choices = [["FITBIT"], ["FITBIT", "OURA"], ["FITBIT", "POLAR"], ["FITBIT", "WHOOP"]];
