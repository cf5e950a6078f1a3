import type { Gateway } from "../gateway.js";
import { CommandFailed, type Io } from "./io.js";

export interface AuditOptions {
  readonly user?: string;
  /** A day (from its start in UTC) or an instant. */
  readonly since?: string;
}

/**
 * Prints the audit log, oldest line first. People appear under pseudonyms. With `user` only the lines of that user are
 * printed.
 */
export async function printAudit(io: Io, { audit, config }: Pick<Gateway, "audit" | "config">, options: AuditOptions) {
  const since = options.since === undefined ? undefined : instantOf(options.since);
  if (config.auditDays === 0) io.note("AUDIT_DAYS is 0: nothing new is noted.\n");
  for await (const entry of audit.entries({ userId: options.user, since })) {
    if (io.signal.aborted) return;
    await io.out(`${JSON.stringify(entry)}\n`);
  }
}

function instantOf(text: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const at = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new CommandFailed(`"${text}" is no day: write it as 2026-01-31.`);
  return at;
}
