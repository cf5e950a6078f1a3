import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Connection } from "../connections/connection.js";
import type { Log } from "../log.js";
import { ending } from "../store/brisk-redis.js";
import { type After, afterTimeout, createGatherer } from "./gather.js";
import { EVERY_CONNECTION, EVERY_DATA, HISTORY, isOfData, readMessage, topicOf } from "./messages.js";
import type { BackfillJob, DataUpdate, Updates } from "./updates.js";

/** An iterator that hears everything published after `ready`. It may miss what was published before. */
interface Listening<T> extends AsyncIterableIterator<T> {
  readonly ready: Promise<void>;
}

/**
 * Publishes what happens, in this process and, with Redis, in every other one. Messages name people, days and jobs,
 * never a health figure. Publishing is best effort and never throws: what must last is in the store before it is
 * published.
 */
export interface Bus extends Updates {
  dataUpdated(update: DataUpdate): Promise<void>;
  /** Fits `ConnectionsDeps.events`. */
  connectionChanged(connection: Connection): Promise<void>;
  jobChanged(job: BackfillJob): Promise<void>;
  /** Fits `HistoryOptions.onChanged`. */
  historyChanged(connectionId: string): void;

  data(userId: string | null): Listening<DataUpdate>;
  connections(userId: string | null): Listening<Connection>;
  job(jobId: string): Listening<BackfillJob>;
  /** Called for what *other* processes changed; `History.dropRemembered` fits. Returns a function that stops it. */
  onHistoryChanged(listener: (connectionId: string) => void): () => void;
  /** Whether anybody listens for this user's data, or for everybody's, in any process. */
  isListenedTo(userId: string): Promise<boolean>;
  /**
   * Rejects if Redis does not answer, or takes no writes (it is full, or a replica of another server). Nothing works
   * then.
   */
  ping(): Promise<void>;
  /** Ends every iterator. */
  close(): Promise<void>;
}

export interface BusOptions {
  /** Null: events stay in this process. */
  readonly redisUrl: string | null;
  readonly log: Pick<Log, "warn">;
  /** Start of the name of every channel. It separates two installations on one server. */
  readonly space?: string;
  /** How updates of data are gathered; tests replace it. */
  readonly after?: After;
}

type Push = (message: unknown) => void;

/** Carries messages to other processes. A process does not get its own messages back. */
interface Relay {
  publish(topic: string, message: unknown): Promise<void>;
  /** Resolves when everything published from then on is heard. */
  listen(topic: string): Promise<void>;
  unlisten(topic: string): void;
  /** On any of these topics. */
  listeners(topics: readonly string[]): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The longest wait for a Redis that does not answer but keeps its connections open. */
const COMMAND_MS = 1_000;
const READY_TTL_MS = 60_000;
/** A listener with so many unread events has stopped reading. It is ended, so that its client starts again. */
const MAX_BEHIND = 1_000;
/** The same for a listener to all users. Events are shared by all who listen. */
const MAX_BEHIND_ALL = 10_000;
/** The notifications of one sync come within moments. An event should not come long after them. */
const GATHER_MS = 500;

export function createBus({ redisUrl, log, space = "pulsegate", after = afterTimeout }: BusOptions): Bus {
  const listeners = new Map<string, Set<Push>>();
  const open = new Set<() => void>();
  const historyListeners = new Set<(connectionId: string) => void>();

  const tell = (topic: string, message: unknown) => {
    for (const push of [...(listeners.get(topic) ?? [])]) push(message);
  };
  // Events are gathered where they are heard, not where they are published: the notifications of one sync may arrive at
  // several replicas.
  const gatherer = createGatherer({ ms: GATHER_MS, after, deliver: tell });
  const hear = (topic: string, message: unknown) => {
    if (!listeners.has(topic)) return;
    const isLive = isOfData(topic) && (message as DataUpdate).origin === "LIVE";
    if (isLive) gatherer.add(topic, message as DataUpdate);
    else tell(topic, message);
  };
  const relay = redisUrl === null ? null : redisRelay(redisUrl, space, log, hear);

  const publish = async (topics: readonly string[], message: unknown) => {
    // Listeners of this process don't depend on Redis.
    for (const topic of topics) hear(topic, message);
    try {
      await Promise.all(topics.map((topic) => relay?.publish(topic, message)));
    } catch (error) {
      log.warn({ err: error }, "the change could not be published to other replicas");
    }
  };

  const listen = (topic: string, push: Push): { readonly ready: Promise<void>; stop(): void } => {
    const all = listeners.get(topic) ?? new Set<Push>();
    listeners.set(topic, all);
    all.add(push);
    const ready = (relay?.listen(topic) ?? Promise.resolve()).catch((error: unknown) => {
      // ioredis remembers the channel and subscribes again when Redis is back.
      log.warn({ err: error }, "events of other replicas cannot be received yet");
    });
    return {
      ready,
      stop: () => {
        all.delete(push);
        if (all.size > 0 || listeners.get(topic) !== all) return;
        listeners.delete(topic);
        relay?.unlisten(topic);
      },
    };
  };

  const iterate = <T>(topic: string, mostBehind = MAX_BEHIND): Listening<T> => {
    let queue!: ReadableStreamDefaultController<T>;
    const start = (controller: typeof queue) => {
      queue = controller;
    };
    const iterator = new ReadableStream<T>({ start }, { highWaterMark: mostBehind }).values();
    const { ready, stop } = listen(topic, (message) => {
      if (queue.desiredSize! > 0) return queue.enqueue(message as T);
      leave();
      queue.error(new Error("This listener fell too far behind."));
    });
    const leave = () => {
      open.delete(end);
      stop();
    };
    const end = () => {
      if (!open.has(end)) return;
      leave();
      // Closing the queue also ends pending reads. The iterator's own `return` would wait for them.
      queue.close();
    };
    open.add(end);
    return {
      ready,
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => iterator.next(),
      return: () => {
        end();
        return iterator.return!();
      },
    };
  };

  // A fetch changes one connection many times in a row. Other processes are told once in each turn of the event loop.
  const changed = new Set<string>();
  const tellChanged = () => {
    const ids = [...changed];
    changed.clear();
    void relay?.publish(HISTORY, ids).catch((error: unknown) => {
      log.warn({ err: error }, "the change could not be published to other replicas");
    });
  };
  if (relay) {
    listen(HISTORY, (ids) => {
      for (const id of ids as readonly string[]) for (const listener of historyListeners) listener(id);
    });
  }

  return {
    dataUpdated: (update) => publish([topicOf.data(update.userId), EVERY_DATA], update),
    connectionChanged: (connection) => publish([topicOf.connection(connection.userId), EVERY_CONNECTION], connection),
    jobChanged: (job) => publish([topicOf.job(job.id)], job),
    historyChanged: (connectionId) => {
      if (!relay) return;
      if (changed.size === 0) setImmediate(tellChanged);
      changed.add(connectionId);
    },

    data: (userId) => (userId === null ? iterate(EVERY_DATA, MAX_BEHIND_ALL) : iterate(topicOf.data(userId))),
    connections: (userId) =>
      userId === null ? iterate(EVERY_CONNECTION, MAX_BEHIND_ALL) : iterate(topicOf.connection(userId)),
    job: (jobId) => iterate(topicOf.job(jobId)),
    onHistoryChanged: (listener) => {
      historyListeners.add(listener);
      return () => void historyListeners.delete(listener);
    },
    isListenedTo: async (userId) => {
      const topics = [topicOf.data(userId), EVERY_DATA];
      if (topics.some((topic) => listeners.has(topic))) return true;
      try {
        return ((await relay?.listeners(topics)) ?? 0) > 0;
      } catch {
        // If Redis can't say, assume a listener: a fetch without a listener costs one call, but without the fetch a
        // listener gets no event.
        return true;
      }
    },
    ping: async () => await relay?.ping(),
    close: async () => {
      gatherer.close();
      for (const end of [...open]) end();
      await relay?.close();
    },
  };
}

function redisRelay(
  url: string,
  space: string,
  log: Pick<Log, "warn">,
  hear: (topic: string, message: unknown) => void,
): Relay {
  const me = randomUUID();
  const prefix = `${space}:events:`;
  // Redis needs a connection of its own for each listener. Publishing fails at once, so that messages don't queue while
  // Redis is away.
  const sender = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS, ...ending });
  const listener = new Redis(url, { maxRetriesPerRequest: null, ...ending });
  let troubled = false;
  for (const client of [sender, listener]) {
    client.on("error", (error: NodeJS.ErrnoException) => {
      // One line for each outage. The error's text may contain the address, and with it a password.
      if (!troubled) log.warn({ reason: error.code ?? error.name }, "Redis does not answer");
      troubled = true;
    });
    client.on("ready", () => {
      troubled = false;
    });
  }
  let isNoted = false;
  listener.on("message", (channel: string, text: string) => {
    const topic = channel.slice(prefix.length);
    const read = readMessage(topic, text);
    if (read && read.from !== me) hear(topic, read.message);
    if (read || isNoted) return;
    isNoted = true;
    log.warn(
      { kind: topic.split("/", 1)[0] },
      "ignored a message on Redis that this release does not understand; later ones are ignored without a log line",
    );
  });
  return {
    publish: async (topic, message) => {
      await sender.publish(prefix + topic, JSON.stringify({ from: me, message }));
    },
    listen: async (topic) => {
      await listener.subscribe(prefix + topic);
    },
    unlisten: (topic) => {
      listener.unsubscribe(prefix + topic).catch(() => {});
    },
    listeners: async (topics) => {
      const counts = (await sender.pubsub("NUMSUB", ...topics.map((topic) => prefix + topic))) as (string | number)[];
      return counts.reduce<number>((sum, count, index) => (index % 2 === 0 ? sum : sum + Number(count)), 0);
    },
    ping: async () => {
      await sender.set(`${space}:ready:${me}`, "1", "PX", READY_TTL_MS);
    },
    close: async () => {
      sender.disconnect();
      listener.disconnect();
    },
  };
}
