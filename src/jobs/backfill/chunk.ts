import type { Connection } from "../../connections/connection.js";
import { StoreUnavailable } from "../../errors.js";
import type { Bus } from "../../events/bus.js";
import type { HealthData } from "../../health-data/ask.js";
import type { CellKey, CellReader, History } from "../../health-data/history.js";
import type { DaySpan } from "../../health-data/range.js";
import { isKept, type Retention } from "../../health-data/retention.js";
import { storedZone } from "../../health-data/zone.js";
import { domainOf } from "../../model/fields.js";
import type { Domain, LocalDate } from "../../model/records.js";
import { type Clock, dateIn, eachDay } from "../../model/time.js";
import type { Provider } from "../../providers/index.js";
import { backgroundAsks, backgroundCells, backgroundReserve } from "../fields.js";
import { sourcesIn, type Trouble, troubleOf } from "../prefetch.js";
import type { Kept } from "./record.js";

/** Undated cells have no days. */
const nowhere: DaySpan = { from: "1970-01-02", to: "1970-01-01" };

/** Reads the days of one step of a backfill, and tells which of them it brought. */
export function createChunks({
  healthData,
  history,
  bus,
  retention,
  clock,
}: {
  readonly healthData: HealthData;
  readonly history: Pick<History, "read" | "flush" | "dropRemembered">;
  readonly bus: Pick<Bus, "dataUpdated">;
  readonly retention: Pick<Retention, "of">;
  readonly clock: Clock;
}) {
  /** One chunk, read and committed. `through`: the oldest day from which on all of it is done. */
  const readChunk = async (
    provider: Provider,
    connection: Connection,
    job: Kept,
    chunk: DaySpan | null,
    signal: AbortSignal,
  ): Promise<{ readonly through: LocalDate | null; readonly trouble: Trouble | null }> => {
    const asks = backgroundAsks(provider, connection, job.domains, chunk, !job.undatedDone);
    const session = healthData.session({
      freshness: {
        ...{ maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null },
        // After a wait for the budget, days that may still change are not asked for again.
        fetchedSince: job.createdAt,
      },
      dryRun: false,
      headerTokens: {},
      reserve: backgroundReserve(provider),
      signal: () => signal,
    });
    const trouble = troubleOf(sourcesIn(await session.load(asks)));

    // The watermark follows the store, not what this process remembers of writes that may have failed.
    await history.flush();
    const today = dateIn((await storedZone(history, connection.id)) ?? "UTC", clock.now());
    const kept = retention.of(connection);
    const keys = asks
      .flatMap(({ domain, range }) => backgroundCells(provider, connection, domain, range === null ? nowhere : chunk!))
      .filter(({ field, day }) => isKept(kept, field, day, today));
    const remembered = await history.read(connection.id, keys);
    history.dropRemembered(connection.id);
    const stored = await history.read(connection.id, keys);
    const lost = keys.some(({ field, day }) => isNewer(remembered.get(field, day), stored.get(field, day)));
    if (lost) throw new StoreUnavailable("Fetched days could not be kept.");

    await tell(
      job,
      asks.map(({ domain }) => domain),
      keys,
      stored,
    );
    if (!trouble) return { through: chunk?.from ?? null, trouble };
    return { through: chunk && answeredThrough(chunk, keys, stored), trouble };
  };

  /** Which days of which domains this job brought; after a crash, those that were stored before it too. */
  const tell = async (
    job: Kept,
    domains: readonly Domain[],
    keys: readonly CellKey[],
    stored: CellReader,
  ): Promise<void> => {
    const { userId, provider } = job;
    for (const domain of domains) {
      const fresh = keys.filter(({ field, day }) => {
        const cell = stored.get(field, day);
        return (
          domainOf(field) === domain && cell !== undefined && cell.at >= job.createdAt && holdsSomething(cell.known)
        );
      });
      if (fresh.length === 0) continue;
      const dates = [...new Set(fresh.flatMap(({ day }) => day ?? []))].sort();
      await bus.dataUpdated({ userId, provider, domain, dates, receivedAt: clock.now(), origin: "BACKFILL" });
    }
  };

  return readChunk;
}

/** How far back from the newest day every cell was answered; null where the newest was not. */
function answeredThrough(chunk: DaySpan, keys: readonly CellKey[], stored: CellReader): LocalDate | null {
  const open = new Set(keys.filter(({ field, day }) => day !== null && !stored.get(field, day)).map(({ day }) => day));
  let through: LocalDate | null = null;
  for (const day of [...eachDay(chunk.from, chunk.to)].reverse()) {
    if (open.has(day)) break;
    through = day;
  }
  return through;
}

function isNewer(a: { readonly at: number } | undefined, b: { readonly at: number } | undefined): boolean {
  return a !== undefined && (b === undefined || b.at < a.at);
}

function holdsSomething(known: object): boolean {
  return "value" in known && !(Array.isArray(known.value) && known.value.length === 0);
}
