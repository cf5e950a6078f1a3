import { once } from "node:events";
import { Redis } from "ioredis";

/** Nobody should wait for a counter. */
const TIMEOUT_MS = 500;
/** After a command that was not answered in time, nothing is sent for so long; then one command tries. */
const REST_MS = 5_000;

/**
 * For every client: how long a socket may take to end. ioredis waits two seconds, also for one that has ended already, and
 * a process whose Redis is away would stay for them.
 */
export const ending = { disconnectTimeout: 100 } as const;

/** Why a command was not sent. */
class RedisResting extends Error {
  override readonly name = "RedisResting";
}

/**
 * A client for what goes on without Redis: a command fails at once while there is no connection, and also for a while
 * after one was not answered in time. A Redis that hangs costs the wait of a few commands, not one of each request.
 */
export class BriskRedis extends Redis {
  private restingUntil = 0;

  constructor(
    url: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    super(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: TIMEOUT_MS, ...ending });
    // The bus tells of the outage; whoever asks here counts by itself meanwhile.
    this.on("error", () => {});
    this.on("ready", () => {
      this.restingUntil = 0;
    });
  }

  override sendCommand(...given: Parameters<Redis["sendCommand"]>): ReturnType<Redis["sendCommand"]> {
    const [command] = given;
    // What a new connection begins with goes out in any case.
    if (this.status !== "ready") return super.sendCommand(...given);
    if (this.now() < this.restingUntil) {
      command.reject(new RedisResting("Redis did not answer in time a moment ago."));
      return command.promise;
    }
    const isTrial = this.restingUntil > 0;
    if (isTrial) this.restingUntil = this.now() + REST_MS;
    const answer = super.sendCommand(...given) as Promise<unknown>;
    answer.then(
      () => {
        if (isTrial) this.restingUntil = 0;
      },
      (error: unknown) => {
        if (isTimeOut(error)) this.restingUntil = this.now() + REST_MS;
        else if (isTrial) this.restingUntil = 0;
      },
    );
    return answer;
  }

  /** Resolves once it is connected. */
  async connected(): Promise<void> {
    if (this.status !== "ready") await once(this, "ready");
  }
}

/** ioredis has no class of its own for it. */
function isTimeOut(error: unknown): boolean {
  return error instanceof Error && error.message === "Command timed out";
}
