import { createClient } from "graphql-ws";
import { Redis } from "ioredis";
import { WebSocket } from "ws";
import { look, quiet } from "./counts.js";
import { tableKb } from "./seed.js";
import { mixed, only, signed } from "./workload.js";
import type { World } from "./world.js";

/** What each kind of work takes by itself, on one replica and without faults: what docs/capacity.md reckons with. */
export interface Costs {
  readonly query: Cost;
  readonly coldQuery: Cost;
  readonly notification: Cost;
  /** A WebSocket that listens to a person's changes. */
  readonly socketKb: number;
  readonly idleMb: number;
  /** A person and a connection, with nothing read, and a year of days of eight figures. */
  readonly connectionKb: number;
  readonly yearKb: number;
  readonly redisKbPerPerson: number;
}
export interface Cost {
  readonly cpuMs: number;
  readonly storeTrips: number;
  readonly redisCommands: number;
  readonly upstream: number;
}

const QUERIES = 400;
const COLD = 60;
const NOTIFICATIONS = 60;
const SOCKETS = 200;
const ACTIVE = 200;
/** Until most of what runs is compiled. */
const WARMTH = 2_000;

/** With everybody in the store, and some of them active. */
export async function measureCosts(all: World, connectionKb: number): Promise<Costs> {
  const world = { ...all, people: all.people.slice(0, ACTIVE) };
  const replicas = await world.replicas(1);
  const redisBefore = await redisMemoryKb(world);
  await mixed(world, replicas, WARMTH);
  await quiet(world);
  const cost = async (kind: "dashboard" | "cold" | "notification", count: number): Promise<Cost> => {
    await world.lab.requests();
    const before = await look(world, replicas);
    await only(world, replicas, kind, count);
    await quiet(world);
    const after = await look(world, replicas);
    const { api } = await world.lab.requests();
    return {
      cpuMs: ((after.cpuSeconds - before.cpuSeconds) * 1_000) / count,
      storeTrips: (after.storeTrips - before.storeTrips) / count,
      redisCommands: (after.redisCommands - before.redisCommands) / count,
      upstream: api / count,
    };
  };
  const query = await cost("dashboard", QUERIES);
  const coldQuery = await cost("cold", COLD);
  const notification = await cost("notification", NOTIFICATIONS);
  const idle = await look(world, replicas);
  const end = await openSockets(world, replicas[0]!.url);
  const listening = await look(world, replicas);
  await end();
  const yearKb = await years(world);
  const redisKb = await redisMemoryKb(world);
  return {
    ...{ query, coldQuery, notification, yearKb },
    socketKb: Math.max(0, ((listening.memoryMb[0]! - idle.memoryMb[0]!) * 1_000) / SOCKETS),
    idleMb: idle.memoryMb[0]!,
    connectionKb,
    redisKbPerPerson: (redisKb - redisBefore) / world.people.length,
  };
}

const YEARS = 10;
/** A year of every daily figure, night, weighing and workout, as a backfill stores it. */
async function years(world: World): Promise<number> {
  const gateway = await world.gateway();
  const before = await tableKb(world);
  try {
    for (const userId of world.people.slice(-YEARS)) {
      const domains = ["ACTIVITY", "HEART", "SLEEP", "BODY", "WORKOUTS"] as const;
      const job = await gateway.backfills.start({ userId, provider: "FITBIT", domains, range: { lastDays: 365 } });
      for (;;) {
        const { status } = (await gateway.backfills.get(job.id))!;
        if (status === "DONE" || status === "FAILED") break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    await world.postgres.query("VACUUM public.pulsegate");
    return ((await tableKb(world)) - before) / YEARS;
  } finally {
    await gateway.close();
  }
}

async function redisMemoryKb(world: World): Promise<number> {
  const redis = new Redis(world.redisPort);
  const used = Number(/used_memory_dataset:(\d+)/.exec(await redis.info("memory"))![1]) / 1_000;
  redis.disconnect();
  return used;
}

async function openSockets(world: World, url: string): Promise<() => Promise<void>> {
  const clients = await Promise.all(
    Array.from({ length: SOCKETS }, async (_, at) => {
      const token = await signed(world.people[at % world.people.length]!);
      const client = createClient({
        url: `${url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        connectionParams: { authorization: `Bearer ${token}` },
        onNonLazyError: () => {},
      });
      const done = { next: () => {}, error: () => {}, complete: () => {} };
      client.subscribe({ query: "subscription { dataUpdated { domain } }" }, done);
      return client;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return async () => {
    for (const client of clients) await client.dispose();
  };
}
