import { randomUUID } from "node:crypto";
import type { Store } from "../store/store.js";

/** What has to be so before this replica can serve. Rejects where it is not. */
export type Check = () => Promise<void>;
export type CheckResult = "ok" | "unreachable" | "not writable";

/** It answers, but keeps nothing: full, read-only, or a replica of the server that was meant. */
export class NotWritable extends Error {
  override readonly name = "NotWritable";
}

/** Balancers ask every second and take silence for death: what has not answered by then counts as unreachable. */
const PATIENCE_MS = 900;
const MARK_TTL_MS = 60_000;

/** Looks at everything at once. Who asks while a look is under way gets its result: asking costs the backends little. */
export function createReadiness(checks: Readonly<Record<string, Check>>, patienceMs = PATIENCE_MS) {
  let looking: Promise<Readonly<Record<string, CheckResult>>> | null = null;
  const look = async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await resultOf(check, patienceMs)] as const),
    );
    return Object.fromEntries(results);
  };
  return (): Promise<Readonly<Record<string, CheckResult>>> => {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  };
}

/** That the store answers, and keeps what it is given: a full disk answers questions for a long time. */
export function storeCheck(store: Pick<Store, "ping" | "collection">): Check {
  const marks = store.collection<true>("ready");
  const me = randomUUID();
  return async () => {
    await store.ping();
    try {
      await marks.set(me, true, MARK_TTL_MS);
    } catch (cause) {
      throw new NotWritable("The store can't be written to.", { cause });
    }
  };
}

async function resultOf(check: Check, patienceMs: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve("unreachable"), patienceMs);
  });
  const looked = Promise.resolve()
    .then(check)
    .then(
      (): CheckResult => "ok",
      (error: unknown): CheckResult => (error instanceof NotWritable ? "not writable" : "unreachable"),
    );
  return await Promise.race([looked, late]).finally(() => clearTimeout(timer));
}
