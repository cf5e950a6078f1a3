import type { Log } from "./log.js";

export interface RegularWork {
  readonly everyMs: number;
  /** At the start, which waits for it or not; or when the time is over for the first time. */
  readonly firstRound: "awaited" | "begun" | "later";
  /** What the log says where a round fails. */
  readonly failure: string;
  run(): Promise<unknown>;
}

export interface Schedule {
  /** Resolves once the rounds that it waits for are over, whether they succeeded or not. */
  start(): Promise<void>;
  /** Begins no further round, and says nothing of those that fail from now on. */
  stop(): void;
}

/** Work that comes again and again. A round that takes longer than its time is not joined by the next. */
export function createSchedule(all: readonly RegularWork[], log: Pick<Log, "warn">): Schedule {
  const timers: NodeJS.Timeout[] = [];
  let ending = false;

  const rounds = ({ run, failure }: RegularWork) => {
    let running: Promise<unknown> | null = null;
    return async (): Promise<void> => {
      running ??= run()
        .catch((error: unknown) => {
          if (!ending) log.warn({ err: error }, failure);
        })
        .finally(() => {
          running = null;
        });
      await running;
    };
  };

  return {
    start: async () => {
      const first = all.map((work) => {
        const round = rounds(work);
        timers.push(setInterval(round, work.everyMs).unref());
        if (work.firstRound === "later") return null;
        const done = round();
        return work.firstRound === "awaited" ? done : null;
      });
      await Promise.all(first);
    },
    stop: () => {
      ending = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}
