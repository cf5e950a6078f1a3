import type { Provider } from "../../src/providers/provider.js";
import type { Costs } from "./costs.js";

/** What is taken for granted of people, machines and servers: stated in docs/capacity.md, and changed here. */
export const assumed = {
  /** Of a person and day. */
  queries: 6,
  /** Of them: those that a provider has to be asked for. */
  coldShare: 1 / 3,
  notifications: 12,
  connections: 1.5,
  yearsKept: 2,
  /** People who listen at the busiest time, over WebSocket. */
  listening: 0.02,
  /** The busiest minutes, by the mean of the day. */
  peak: 5,
  /** Of a core that a replica is left with. */
  busy: 0.6,
  /** A replica takes one core, and so much memory beside its sockets. */
  replicaMb: 512,
  /** Of a WebSocket at least: what the process tells of its memory is too coarse for less. */
  socketKb: 20,
  /** What one server does before something has to be changed: of ours, by their documentation and our caution. */
  postgresTrips: 20_000,
  postgresGb: 4_000,
  postgresConnections: 500,
  connectionsOfReplica: 10,
  redisCommands: 80_000,
  redisGb: 25,
} as const;

interface Need {
  readonly people: number;
  readonly queriesPerSecond: number;
  readonly notificationsPerSecond: number;
  readonly cores: number;
  readonly replicas: number;
  readonly sockets: number;
  readonly memoryGb: number;
  readonly storeTrips: number;
  readonly storageGb: number;
  readonly redisCommands: number;
  readonly redisGb: number;
  readonly upstreamPerSecond: number;
  /** Use of each server by its limit, the fullest first. */
  readonly gives: readonly (readonly [string, number])[];
}

const DAY = 86_400;

/** Everything at the busiest minutes, but the storage. */
export function needOf(people: number, costs: Costs): Need {
  const a = assumed;
  const perSecond = (ofDay: number) => (people * ofDay * a.peak) / DAY;
  const stored = perSecond(a.queries * (1 - a.coldShare));
  const cold = perSecond(a.queries * a.coldShare);
  const notices = perSecond(a.notifications);
  const of = (what: "cpuMs" | "storeTrips" | "redisCommands" | "upstream") =>
    stored * costs.query[what] + cold * costs.coldQuery[what] + notices * costs.notification[what];
  const cores = of("cpuMs") / 1_000 / a.busy;
  const replicas = Math.max(2, Math.ceil(cores));
  const sockets = Math.round(people * a.listening);
  const storageGb = (people * a.connections * (costs.connectionKb + a.yearsKept * costs.yearKb)) / 1e6;
  const redisGb = (people * costs.redisKbPerPerson) / 1e6;
  const gives: [string, number][] = [
    ["PostgreSQL: round trips", of("storeTrips") / a.postgresTrips],
    ["PostgreSQL: storage", storageGb / a.postgresGb],
    ["PostgreSQL: connections", (replicas * a.connectionsOfReplica) / a.postgresConnections],
    ["Redis: commands", of("redisCommands") / a.redisCommands],
    ["Redis: memory", redisGb / a.redisGb],
  ];
  return {
    people,
    queriesPerSecond: stored + cold,
    notificationsPerSecond: notices,
    ...{ cores, replicas, sockets, storageGb, redisGb },
    memoryGb: (replicas * a.replicaMb) / 1_000 + (sockets * Math.max(a.socketKb, costs.socketKb)) / 1e6,
    storeTrips: of("storeTrips"),
    redisCommands: of("redisCommands"),
    upstreamPerSecond: of("upstream"),
    gives: gives.sort(([, one], [, other]) => other - one),
  };
}

interface Quota {
  readonly provider: string;
  readonly scope: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** Of a limit of the app: how many people it is enough for at the busiest time. Of a person: by how much it is used. */
  readonly people: number | null;
  readonly usedShare: number | null;
}

/** What the limits that each provider declares are enough for, by the requests that a person takes. */
export function quotas(
  costs: Costs,
  providers: readonly Pick<Provider, "name" | "retired" | "budgets">[],
): readonly Quota[] {
  const one = needOf(1_000_000, costs).upstreamPerSecond / 1_000_000;
  return providers
    .filter(({ retired }) => !retired)
    .flatMap(({ name, budgets }) =>
      budgets.map(({ scope, limit, windowSeconds }): Quota => {
        // A day has its quiet hours.
        const used = windowSeconds >= DAY ? (one / assumed.peak) * windowSeconds : one * windowSeconds;
        const isOfApp = scope === "APP";
        const of = { provider: name, scope: isOfApp ? "the app" : "a person", limit, windowSeconds };
        return { ...of, people: isOfApp ? Math.floor(limit / used) : null, usedShare: isOfApp ? null : used / limit };
      }),
    );
}
