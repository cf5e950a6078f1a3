import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { type Field, isDatedDomain } from "../model/fields.js";
import type { LocalDate } from "../model/records.js";
import { addDays, type Clock, dateIn, epochDay, startOfDay } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import { providerOf, standingOf } from "../providers/registry.js";
import type { Question } from "./answers.js";
import type { Ask, ReadRequest } from "./ask.js";
import { ConnectionLoader, withFiner } from "./connection-loader.js";
import type { Blocked } from "./connection-reader.js";
import { joinedDays, UNDATED } from "./days.js";
import type { Deadline } from "./deadline.js";
import type { Fetcher } from "./fetch.js";
import type { Source } from "./histories/scene.js";
import { type History, isTransient, type StoredColumns, type WantedDays } from "./history.js";
import { offerOf } from "./offer.js";
import { resolveRange } from "./range.js";
import type { Retention } from "./retention.js";

export interface PersonDeps {
  readonly connections: Pick<Connections, "noteSuccess">;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  readonly history: History;
  readonly fetcher: Fetcher;
  readonly retention: Pick<Retention, "of">;
  readonly clock: Clock;
  onError(error: unknown): void;
  readonly onLate?: TellLateness;
  /** Left out: people who wait, wait as long as it takes. */
  readonly readDeadlineMs?: number;
}

/**
 * How long after a wearable's sync, or a provider's notification of it, what it brought was stored here. Of syncs that is
 * known where the provider tells of them, and from the second on.
 */
export type TellLateness = (since: "sync" | "notification", provider: ProviderId, seconds: number) => void;

/** What reading needs to know of a person. It is looked up once in each operation. */
export interface Person {
  readonly priority: readonly ProviderId[];
  readonly loaders: ReadonlyMap<ProviderId, ConnectionLoader>;
  /** By priority. Of two joined sources the successor comes first. */
  readonly sources: readonly Source[];
  readonly zone: string | null;
  readonly offsetSeconds: number | null;
  readonly today: LocalDate;
}

/**
 * Finds a person's zone and day, and makes a loader for each connection. What the first asks of the operation may need
 * is read from the store together with the zone.
 */
export async function lookUpPerson(
  deps: PersonDeps,
  request: ReadRequest,
  userId: string,
  { connections, priority }: Pick<Question, "connections" | "priority">,
  asks: readonly Ask[],
  deadline: Deadline | null,
): Promise<Person> {
  const { providers, history, clock } = deps;
  const now = clock.now();
  const known = connections.flatMap((connection) => {
    const provider = providerOf(providers, connection.provider);
    if (!provider) return [];
    const wanted = firstWanted(provider, connection, asks, now);
    return [{ provider, connection, wanted, blocked: blockedBy(deps, provider, connection), seen: new Set<string>() }];
  });
  const stored = await Promise.all(
    known.map(({ connection, wanted, seen }) => history.columns(connection.id, wanted, { seen })),
  );
  const { zone, offsetSeconds } = zoneOf(priority, known, stored);
  const dayOf = (at: number): LocalDate =>
    zone ? dateIn(zone, at) : new Date(at + (offsetSeconds ?? 0) * 1000).toISOString().slice(0, 10);
  const today = dayOf(now);
  const loaders = new Map<ProviderId, ConnectionLoader>();
  for (const [at, { provider, connection, wanted, blocked, seen }] of known.entries()) {
    const { freshness, dryRun, headerTokens, reserve, signal } = request;
    const loader = new ConnectionLoader({
      userId,
      provider,
      connection,
      blocked,
      today,
      connectedOn: dayOf(connection.connectedAt),
      freshness,
      dryRun,
      headerTokens,
      reserve,
      signal,
      history,
      fetcher: deps.fetcher,
      clock,
      deadline,
      kept: deps.retention.of(connection),
      first: { wanted, columns: stored[at]! },
      seen,
      onError: deps.onError,
      onSynced: (syncedAt) => deps.onLate?.("sync", provider.id, Math.max(0, clock.now() - syncedAt) / 1000),
      onData: ({ id }, dataThrough) => {
        // The connection of a header token is not stored.
        if (isTransient(id)) return;
        void deps.connections.noteSuccess(id, { dataThrough }).catch((error) => deps.onError(error));
      },
    });
    loaders.set(provider.id, loader);
  }
  return { priority, loaders, sources: ranked(priority, providers, loaders), zone, offsetSeconds, today };
}

/** Whatever the zone is, today is one of these days. */
const EITHER_SIDE = 1;

/** What asks may need of a connection's store: the person's zone, the devices, and the days of the asks. */
function firstWanted(provider: Provider, connection: Connection, asks: readonly Ask[], now: number): WantedDays {
  const { rowFieldOf, sourcesOf } = offerOf(provider, connection.scopes);
  const wanted = new Map<Field, readonly number[]>([
    ["profile.timeZone", [UNDATED]],
    ["profile.utcOffsetSeconds", [UNDATED]],
    ["devices.devices", [UNDATED]],
  ]);
  const utc = new Date(now).toISOString().slice(0, 10);
  for (const { domain, range, fields } of asks) {
    const days = isDatedDomain(domain) && range ? daysAround(range, utc) : [];
    const take = (field: Field) => {
      for (const source of sourcesOf(field)) {
        const more = source.isDated ? days : [UNDATED];
        const before = wanted.get(source.field);
        if (more.length > 0 && before !== more) wanted.set(source.field, joinedDays(before ?? [], more));
      }
    };
    // A domain has one row a month, so that one field of it stands for all but the samples.
    const ofRows = rowFieldOf(domain);
    if (ofRows !== null) take(ofRows);
    for (const field of fields) take(field);
  }
  return withFiner(wanted);
}

/** The days of a range, whatever zone the person is in. None for a range that is wrong: its answer says so. */
function daysAround(range: NonNullable<Ask["range"]>, utc: LocalDate): readonly number[] {
  try {
    const { from, to } = resolveRange(range, () => utc);
    const [first, last] = [epochDay(from) - EITHER_SIDE, epochDay(to) + EITHER_SIDE];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, after) => first + after);
  } catch {
    return [];
  }
}

/** The first IANA zone by priority, else the newest offset of any source. */
function zoneOf(
  priority: readonly ProviderId[],
  known: readonly { readonly connection: Connection; readonly blocked: Blocked | null }[],
  stored: readonly StoredColumns[],
): { zone: string | null; offsetSeconds: number | null } {
  let newest: { at: number; seconds: number } | null = null;
  const places = priority
    .map((id) => known.findIndex(({ connection }) => connection.provider === id))
    .filter((place) => place >= 0);
  // A source that can't be asked any more does not know of a later move of the person.
  const ordered = [
    ...places.filter((place) => !known[place]!.blocked),
    ...places.filter((place) => known[place]!.blocked),
  ];
  for (const place of ordered) {
    const zone = stored[place]!.at("profile.timeZone", UNDATED)?.value(UNDATED);
    if (zone !== undefined) return { zone: zone as string, offsetSeconds: null };
    const offset = stored[place]!.at("profile.utcOffsetSeconds", UNDATED);
    const [seconds, at] = [offset?.value(UNDATED), offset?.provenance(UNDATED)?.at ?? 0];
    if (seconds !== undefined && (!newest || at > newest.at)) newest = { at, seconds: seconds as number };
  }
  return { zone: null, offsetSeconds: newest?.seconds ?? null };
}

function blockedBy(deps: PersonDeps, provider: Provider, connection: Connection): Blocked | null {
  if (connection.status === "REAUTHORIZATION_REQUIRED") return "REAUTHORIZATION_REQUIRED";
  const isRetired = standingOf(provider, deps.settings(provider.id)) === "RETIRED";
  if (connection.status === "RETIRED" || isRetired) return "RETIRED";
  return connection.status === "CONNECTED" ? null : "NOT_CONNECTED";
}

function ranked(
  priority: readonly ProviderId[],
  providers: readonly Provider[],
  loaders: ReadonlyMap<ProviderId, ConnectionLoader>,
): readonly Source[] {
  const ids = [...priority];
  const groups = new Map([...loaders].map(([id, { reader }]) => [id, reader.connection.id]));
  for (const { id, succeeds } of providers) {
    if (!succeeds) continue;
    const [heir, forebear] = [loaders.get(id)?.reader.connection, loaders.get(succeeds)?.reader.connection];
    // One wearable account at two providers: joined by the id of the older account, which the successor gives.
    if (!heir || !forebear || heir.legacyUserId === null || heir.legacyUserId !== forebear.providerUserId) continue;
    groups.set(succeeds, groups.get(id)!);
    if (ids.indexOf(succeeds) > ids.indexOf(id)) continue;
    ids.splice(ids.indexOf(id), 1);
    ids.splice(ids.indexOf(succeeds), 0, id);
  }
  return ids.flatMap((id) => {
    const loader = loaders.get(id);
    return loader ? [{ reader: loader.reader, group: groups.get(id)! }] : [];
  });
}

/** Epoch ms of the last millisecond of a person's local day. */
export function endOfDay(
  day: LocalDate,
  zone: string | null,
  { offsetSeconds }: Pick<Person, "offsetSeconds">,
): number {
  const next = addDays(day, 1);
  return (zone ? startOfDay(next, zone) : Date.parse(next) - (offsetSeconds ?? 0) * 1000) - 1;
}
