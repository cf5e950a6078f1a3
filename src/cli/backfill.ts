import type { BackfillJob } from "../events/updates.js";
import type { Gateway } from "../gateway.js";
import { auditedServices } from "../graphql/audited-services.js";
import { isLocalDate } from "../model/time.js";
import { CommandFailed, type Io } from "./io.js";
import { providerCalled, userOf } from "./session.js";

export interface BackfillOptions {
  readonly provider: string;
  readonly from: string;
  readonly to?: string;
  readonly user?: string;
}

/** Fetches a span of history and waits for the end. Days that are stored stay stored if the command is interrupted. */
export async function backfill(io: Io, gateway: Gateway, options: BackfillOptions): Promise<void> {
  const provider = providerCalled(options.provider, gateway.providers);
  const userId = userOf(gateway.config, options.user);
  for (const day of [options.from, options.to ?? options.from]) {
    if (!isLocalDate(day)) throw new CommandFailed(`"${day}" is no day: write it as 2026-01-31.`);
  }
  const range = { from: options.from, to: options.to ?? new Date(gateway.clock.now()).toISOString().slice(0, 10) };
  const job = await auditedServices(gateway, gateway.audit, "cli").backfills.start({
    userId,
    provider: provider.id,
    domains: null,
    range,
  });
  await gateway.startWork();
  const watching = gateway.backfills.watch(job.id);
  const stop = () => void watching.return?.();
  io.signal.addEventListener("abort", stop, { once: true });
  let last = job;
  try {
    for await (const state of watching) {
      last = state;
      if (io.terminal) io.note(`\r${progress(state)}`);
    }
  } finally {
    io.signal.removeEventListener("abort", stop);
    if (io.terminal) io.note("\n");
  }
  if (last.status === "FAILED") throw new CommandFailed(`The backfill failed after ${last.daysDone} days.`);
  if (last.status !== "DONE") throw new CommandFailed(`Interrupted after ${last.daysDone} of ${last.daysTotal} days.`);
  await io.out(`${last.daysDone} days of ${provider.name} are stored.\n`);
}

const WIDTH = 30;

/** Every line has the full width, so that it covers the line before it. */
function progress({ status, daysDone, daysTotal, resumesAt }: BackfillJob): string {
  const share = daysTotal === 0 ? 1 : daysDone / daysTotal;
  const filled = Math.round(share * WIDTH);
  const bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
  const waits = status === "WAITING" && resumesAt !== null;
  const said = waits ? `waits for the rate limit until ${new Date(resumesAt).toISOString().slice(11, 16)}Z` : "";
  return `[${bar}] ${`${daysDone}/${daysTotal} days`.padEnd(16)} ${said.padEnd(42)}`;
}
