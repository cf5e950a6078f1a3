import { constants } from "node:os";
import { ConfigError } from "./config/config.js";
import { createLogger } from "./log.js";
import { type ServeOptions, type Serving, serve } from "./serve.js";
import { sendTraces } from "./tracing.js";
import { inTime } from "./under-way.js";

/** After draining: ten seconds for what runs, and some for what it leans on. No peer keeps the process longer. */
const LAST_MS = 15_000;
/** For what the operator's SDK has recorded and not sent. */
const TRACES_MS = 2_000;

/**
 * Pulsegate as a process: serves until SIGTERM or SIGINT, then ends in order with exit code 0. A second signal, or a
 * peer that does not let it end, ends it at once. A start that comes to nothing says why and ends with 1.
 */
export async function run(env: NodeJS.ProcessEnv, options: ServeOptions = {}): Promise<void> {
  let serving: Serving | null = null;
  let ending = false;
  const stop = (signal: NodeJS.Signals) => {
    // Said outright: a process with number 1, as in a container, has no default action for signals.
    const atOnce = () => process.exit(128 + constants.signals[signal]);
    if (serving === null || ending) return atOnce();
    ending = true;
    const { gateway } = serving;
    gateway.log.info({ signal, drainSeconds: gateway.config.drainSeconds }, "stopping");
    setTimeout(
      () => {
        gateway.log.error({}, "work did not finish in time: the process stops without it");
        process.exit(1);
      },
      gateway.config.drainSeconds * 1_000 + LAST_MS,
    ).unref();
    const end = serving.close().then(() => inTime(TRACES_MS, sendTraces()));
    end.then(
      () => process.exit(0),
      (error: unknown) => {
        gateway.log.error({ err: error }, "the process ended before everything was closed");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    serving = await serve(env, { terminal: process.stdout, ...options });
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence !== null) process.stderr.write(`${sentence}\n`);
    else createLogger({ level: "fatal" }).fatal({ err: error }, "Pulsegate could not start");
    // What a start that failed half-way has open must not keep the process.
    process.exit(1);
  }
}

/** What the person who starts it can mend, in words; null for what they can't. */
function sentenceOf(error: unknown): string | null {
  if (error instanceof ConfigError) return error.message;
  const { syscall, code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (syscall !== "listen") return null;
  if (code === "EADDRINUSE") {
    return `Port ${port} of ${address} is taken: stop what listens there, or set PORT to another.`;
  }
  if (code === "EACCES") return `Port ${port} of ${address} is not open to this user: set PORT to one above 1023.`;
  return code === "EADDRNOTAVAIL" ? `${address} is no address of this machine: set HOST to one that is.` : null;
}
