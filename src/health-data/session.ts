import type { Budgets } from "../budgets/budgets.js";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { PulsegateError } from "../errors.js";
import type { Field } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays, type Clock, dateIn, eachDay, startOfDay } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { Failure, ProviderSettings } from "../providers/provider.js";
import { providerOf, standingOf } from "../providers/registry.js";
import { pacer } from "../turns.js";
import {
  type Answer,
  type Answers,
  type ConnectionCost,
  createAnswers,
  type Lifetime,
  type Question,
} from "./answers.js";
import type { Ask, CostReport, HealthData, ReadRequest, ReadSession } from "./ask.js";
import { type Blocked, ConnectionReader, type Wanted } from "./connection-reader.js";
import type { Fetcher } from "./fetch.js";
import { assemblies } from "./histories/assemblies.js";
import type { Assembly, Demand, Scene, Source } from "./histories/scene.js";
import { type History, isTransient } from "./history.js";
import { leftOut } from "./left-out.js";
import { resolveRange } from "./range.js";
import type { Histories, SourceReport, SourceStatus } from "./views.js";

export interface HealthDataDeps {
  readonly connections: Pick<Connections, "forReading" | "sourcePriority" | "noteSuccess">;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  readonly history: History;
  readonly fetcher: Fetcher;
  readonly budgets: Pick<Budgets, "known">;
  readonly clock: Clock;
  onError(error: unknown): void;
}

type Sources = Pick<Question, "connections" | "priority">;

/** The asks of one person in an operation. */
interface Visit {
  readonly sources: Promise<Sources>;
  /** The answer that was kept from before, if there is one. */
  recalled: Answer | undefined;
  /** Whether all asks of the operation are in one batch. */
  alone: boolean;
}

/** What reading needs to know of a person. It is looked up once in each operation. */
interface Person {
  readonly priority: readonly ProviderId[];
  readonly readers: ReadonlyMap<ProviderId, ConnectionReader>;
  /** Joined sources have one group. */
  readonly groups: ReadonlyMap<ProviderId, string>;
  readonly zone: string | null;
  readonly offsetSeconds: number | null;
  readonly today: LocalDate;
}

/**
 * Serves every history of the API: chooses connections, reads stored cells, fetches the others, merges, and reports
 * failures.
 */
export function createHealthData(deps: HealthDataDeps): HealthData {
  const answers = createAnswers(deps);
  return { session: (request) => new Session(deps, answers, request) };
}

class Session implements ReadSession {
  private readonly visits = new Map<string, Visit>();
  private readonly people = new Map<string, Promise<Person>>();
  private readonly readers: ConnectionReader[] = [];
  /** Gives other work a turn between people, and within the reading of one person. */
  private readonly pace: ReturnType<typeof pacer>;

  constructor(
    private readonly deps: HealthDataDeps,
    private readonly answers: Answers,
    private readonly request: ReadRequest,
  ) {
    this.pace = pacer(request.owner ?? this);
  }

  async load(asks: readonly Ask[]): Promise<readonly (Histories[Domain] | Error)[]> {
    const byUser = new Map<string, Ask[]>();
    for (const ask of asks) {
      const own = byUser.get(ask.userId);
      if (own) own.push(ask);
      else byUser.set(ask.userId, [ask]);
    }
    const histories = new Map<Ask, Histories[Domain] | Error>();
    await Promise.all(
      [...byUser].map(async ([userId, own]) => {
        const theirs = await this.loadOf(userId, own);
        own.forEach((ask, index) => void histories.set(ask, theirs[index]!));
      }),
    );
    return asks.map((ask) => histories.get(ask)!);
  }

  /** One person's asks of one batch, answered from the kept answer if it still holds. */
  private async loadOf(userId: string, asks: readonly Ask[]): Promise<readonly (Histories[Domain] | Error)[]> {
    const before = this.visits.get(userId);
    if (before) {
      before.alone = false;
      await before.sources;
      const { recalled } = before;
      before.recalled = undefined;
      // Nothing is fetched twice in one operation, so the asks of the kept answer must be in memory as if they had been
      // read.
      if (recalled) await this.read(recalled.asks);
      return await this.answersTo(await this.read(asks));
    }
    const visit: Visit = { sources: this.sourcesOf(userId), recalled: undefined, alone: true };
    this.visits.set(userId, visit);
    const question = { userId, asks, freshness: this.request.freshness, ...(await visit.sources) };
    // A dry run is about what is not stored. What a caller's own token fetched is for that caller only.
    const isOrdinary = !this.request.dryRun && Object.keys(this.request.headerTokens).length === 0;
    if (isOrdinary) visit.recalled = this.answers.find(question);
    if (visit.recalled) return visit.recalled.histories;
    const keep = this.answers.begin(question);
    const readings = await this.read(asks);
    const histories = await this.answersTo(readings);
    const person = await this.person(userId);
    const lifetime = isOrdinary && visit.alone ? lifetimeOf(person, readings) : null;
    if (lifetime) {
      const costs = [...person.readers.values()].map(({ provider, connection, blocked, calls }) => ({
        userId,
        provider,
        connection,
        blocked,
        calls: [...calls],
      }));
      keep({ asks, histories: histories as Histories[Domain][], costs }, lifetime);
    }
    return histories;
  }

  private async sourcesOf(userId: string): Promise<Sources> {
    const [connections, priority] = await Promise.all([
      this.deps.connections.forReading(userId, this.request.headerTokens),
      this.deps.connections.sourcePriority(userId),
    ]);
    return { connections, priority };
  }

  /**
   * Works in rounds: in each round, everything that the asks of a person need next is one set of cells for each
   * connection.
   */
  private async read(asks: readonly Ask[]): Promise<readonly (Assembling | Error)[]> {
    const running: (Assembling | Error)[] = [];
    for (const ask of asks) {
      await this.pace();
      running.push(await this.begin(ask));
    }
    let open = running.filter((each): each is Assembling => !(each instanceof Error));
    while (open.length > 0) {
      const demands: Demand[] = [];
      for (const each of open) {
        const step = await this.step(each.assembly);
        if (step.done) each.answer = step.value;
        else {
          demands.push(...step.value);
          each.demanded.push(...step.value);
        }
      }
      await this.fulfil(demands);
      open = open.filter((each) => each.answer === undefined);
    }
    return running;
  }

  /** As far as something is wanted: where nothing is, it may be others' turn. */
  private async step(assembly: Assembly): Promise<ReturnType<Assembly["next"]>> {
    for (;;) {
      await this.pace();
      const step = assembly.next();
      if (step.done || step.value.length > 0) return step;
    }
  }

  private async answersTo(readings: readonly (Assembling | Error)[]): Promise<readonly (Histories[Domain] | Error)[]> {
    const histories: (Histories[Domain] | Error)[] = [];
    for (const each of readings) {
      await this.pace();
      histories.push(this.answerTo(each));
    }
    return histories;
  }

  private answerTo(reading: Assembling | Error): Histories[Domain] | Error {
    if (reading instanceof Error) return reading;
    const { scene, person, answer, demanded } = reading;
    const reports = this.asked(scene.ask, person).map((id) => this.sourceReport(id, scene, person, demanded));
    // A source that was not asked and gave nothing is left out of this answer, unless the caller named it.
    const sources = scene.ask.providers
      ? reports
      : reports.filter(({ status, asOf }) => status !== "OK" || asOf !== null);
    return { ...answer, sources } as unknown as Histories[Domain];
  }

  report(): CostReport {
    const recalled = [...this.visits.values()].flatMap((visit) => visit.recalled?.costs ?? []);
    const costs: readonly ConnectionCost[] = [...this.readers, ...recalled];
    const calls = costs.flatMap((account) => account.calls);
    const upstream = calls.filter(({ origin }) => origin === "UPSTREAM");
    return {
      upstreamCalls: upstream.reduce((sum, { requests }) => sum + requests, 0),
      calls,
      budgets: costs
        .filter((account) => account.blocked === null && account.calls.length > 0)
        .flatMap(({ userId, provider, connection }) =>
          this.deps.budgets.known(provider, connection).map((budget) => ({ userId, provider: provider.id, ...budget })),
        ),
    };
  }

  private async begin(ask: Ask): Promise<Assembling | Error> {
    const person = await this.person(ask.userId);
    try {
      const today = (zone?: string) => (zone ? dateIn(zone, this.deps.clock.now()) : person.today);
      const range = ask.range === null ? null : resolveRange(ask.range, today);
      const days = range === null ? [] : [...eachDay(range.from, range.to)];
      const filter = ask.providers;
      const everyone = this.ranked(person);
      const scene: Scene = {
        ask,
        days,
        today: today(ask.range?.timeZone ?? undefined),
        zone: person.zone,
        everyone,
        sources: everyone.filter(({ reader }) => filter === null || filter.includes(reader.provider.id)),
        others: filter === null ? [] : everyone.filter(({ reader }) => !filter.includes(reader.provider.id)),
      };
      const assembly = assemblies[ask.domain](scene) as Assembly;
      return { scene, person, assembly, demanded: [], answer: undefined };
    } catch (error) {
      if (error instanceof PulsegateError) return error;
      throw error;
    }
  }

  private person(userId: string): Promise<Person> {
    const known = this.people.get(userId) ?? this.lookUp(userId);
    this.people.set(userId, known);
    return known;
  }

  private async lookUp(userId: string): Promise<Person> {
    const { connections, providers, history, clock } = this.deps;
    const { connections: list, priority } = await this.visits.get(userId)!.sources;
    const byProvider = new Map(list.map((connection) => [connection.provider, connection]));
    const { zone, offsetSeconds } = await this.zoneOf(priority, byProvider, history);
    const now = clock.now();
    const dayOf = (at: number): LocalDate =>
      zone ? dateIn(zone, at) : new Date(at + (offsetSeconds ?? 0) * 1000).toISOString().slice(0, 10);
    const today = dayOf(now);
    const readers = new Map<ProviderId, ConnectionReader>();
    const groups = new Map<ProviderId, string>();
    for (const [id, connection] of byProvider) {
      const provider = providerOf(providers, id);
      if (!provider) continue;
      const reader = new ConnectionReader({
        userId,
        provider,
        connection,
        blocked: this.blockedBy(provider, connection),
        today,
        connectedOn: dayOf(connection.connectedAt),
        freshness: this.request.freshness,
        dryRun: this.request.dryRun,
        headerTokens: this.request.headerTokens,
        reserve: this.request.reserve,
        history,
        fetcher: this.deps.fetcher,
        clock,
        signal: this.request.signal,
        onError: this.deps.onError,
        onData: ({ id }, dataThrough) => {
          // The connection of a header token is not stored.
          if (isTransient(id)) return;
          void connections.noteSuccess(id, { dataThrough }).catch((error) => this.deps.onError(error));
        },
      });
      readers.set(id, reader);
      groups.set(id, connection.id);
      this.readers.push(reader);
    }
    for (const provider of providers) {
      const [heir, forebear] = [byProvider.get(provider.id), provider.succeeds && byProvider.get(provider.succeeds)];
      // One wearable account at two providers: joined by the id of the older account, which the successor gives.
      if (heir && forebear && heir.legacyUserId !== null && heir.legacyUserId === forebear.providerUserId) {
        groups.set(forebear.provider, heir.id);
      }
    }
    return { priority, readers, groups, zone, offsetSeconds, today };
  }

  /** The first IANA zone by priority, else the newest offset of any source. */
  private async zoneOf(
    priority: readonly ProviderId[],
    connections: ReadonlyMap<ProviderId, Connection>,
    history: History,
  ): Promise<{ zone: string | null; offsetSeconds: number | null }> {
    let newest: { at: number; seconds: number } | null = null;
    const connected = priority.flatMap((id) => connections.get(id) ?? []);
    const canBeAsked = (connection: Connection) => {
      const provider = providerOf(this.deps.providers, connection.provider);
      return provider !== undefined && this.blockedBy(provider, connection) === null;
    };
    // A source that can't be asked any more does not know of a later move of the person.
    const ordered = [...connected.filter(canBeAsked), ...connected.filter((each) => !canBeAsked(each))];
    for (const connection of ordered) {
      const keys = (["profile.timeZone", "profile.utcOffsetSeconds"] as const).map((field) => ({ field, day: null }));
      const stored = await history.read(connection.id, keys);
      const zone = stored.get("profile.timeZone", null)?.known;
      if (zone && "value" in zone) return { zone: zone.value as string, offsetSeconds: null };
      const offset = stored.get("profile.utcOffsetSeconds", null);
      if (offset && "value" in offset.known && (!newest || offset.at > newest.at)) {
        newest = { at: offset.at, seconds: offset.known.value as number };
      }
    }
    return { zone: null, offsetSeconds: newest?.seconds ?? null };
  }

  private blockedBy(provider: Provider, connection: Connection): Blocked | null {
    if (connection.status === "REAUTHORIZATION_REQUIRED") return "REAUTHORIZATION_REQUIRED";
    const isRetired = standingOf(provider, this.deps.settings(provider.id)) === "RETIRED";
    if (connection.status === "RETIRED" || isRetired) return "RETIRED";
    return connection.status === "CONNECTED" ? null : "NOT_CONNECTED";
  }

  /** Sources by priority. Of two joined sources the successor comes first. */
  private ranked(person: Person): readonly Source[] {
    const ids = [...person.priority];
    for (const provider of this.deps.providers) {
      const { id, succeeds } = provider;
      if (!succeeds || person.groups.get(id) === undefined || person.groups.get(id) !== person.groups.get(succeeds))
        continue;
      if (ids.indexOf(succeeds) > ids.indexOf(id)) continue;
      ids.splice(ids.indexOf(id), 1);
      ids.splice(ids.indexOf(succeeds), 0, id);
    }
    return ids.flatMap((id) => {
      const reader = person.readers.get(id);
      return reader ? [{ reader, group: person.groups.get(id)! }] : [];
    });
  }

  /** Makes one plan for each connection, for everything that is demanded of it now. */
  private async fulfil(demands: readonly Demand[]): Promise<void> {
    const byReader = new Map<ConnectionReader, Map<Field, Set<LocalDate | null>>>();
    for (const { source, wanted } of demands) {
      const fields = byReader.get(source.reader) ?? new Map<Field, Set<LocalDate | null>>();
      byReader.set(source.reader, fields);
      for (const [field, days] of wanted) {
        const all = fields.get(field) ?? new Set();
        fields.set(field, all);
        for (const day of days) all.add(day);
      }
    }
    await Promise.all(
      [...byReader].map(async ([reader, fields]) => {
        await this.pace();
        await reader.ensure(new Map([...fields].map(([field, days]) => [field, [...days].sort()])));
      }),
    );
  }

  private asked(ask: Ask, person: Person): readonly ProviderId[] {
    return ask.providers ? [...new Set(ask.providers)] : person.priority.filter((id) => person.readers.has(id));
  }

  private sourceReport(id: ProviderId, { ask }: Scene, person: Person, demanded: readonly Demand[]): SourceReport {
    const reader = person.readers.get(id);
    const provider = providerOf(this.deps.providers, id);
    const report = (status: SourceStatus, more: Partial<SourceReport> = {}): SourceReport => ({
      provider: id,
      status,
      message: null,
      retryAt: null,
      asOf: null,
      servedFromStore: false,
      ...more,
    });
    if (!provider || !reader) {
      const settings = this.deps.settings(id);
      const standing = provider ? standingOf(provider, settings) : "NOT_CONFIGURED";
      if (standing === "RETIRED") return report("RETIRED", { message: provider?.retired?.message ?? null });
      if (standing === "NOT_CONFIGURED" && !settings?.overridden)
        return report("NOT_CONFIGURED", { message: sentences.NOT_CONFIGURED });
      return report("NOT_CONNECTED", { message: sentences.NOT_CONNECTED });
    }
    const wanted = mergedWanted(demanded.filter(({ source }) => source.reader === reader).map((each) => each.wanted));
    const { asOf, stoodIn, complete } = reader.provenance(wanted);
    const served = { asOf, servedFromStore: stoodIn };
    if (reader.blocked) {
      return report(reader.blocked, { ...served, message: sentenceFor(reader) });
    }
    const failure = gravest(reader.failuresOf(wanted));
    if (failure) {
      const status = statusOf[failure.code];
      const passing = status === "RATE_LIMITED" || status === "UNAVAILABLE";
      const retryAt = failure.retryAt ?? null;
      const message = failure.message ?? sentences[status as keyof typeof sentences] ?? null;
      if (status === "RETIRED")
        return report(status, { ...served, message: provider.retired?.message ?? sentences.RETIRED });
      if (status) return report(passing && complete && stoodIn ? "STALE" : status, { ...served, retryAt, message });
    }
    const fields = [...ask.fields];
    const supported = fields.filter((field) => reader.supports(field));
    if (fields.length > 0 ? supported.length === 0 : !domainIsOffered(reader, ask)) {
      return report("UNSUPPORTED", { message: sentences.UNSUPPORTED });
    }
    const refused = (field: Field) => reader.isUngranted(field) || reader.wasRefused(field, wanted);
    // A field that was never requested, because its inputs had nothing, was not refused.
    const judged = supported.filter((field) => reader.isUngranted(field) || wanted.has(field));
    if (judged.length > 0 && judged.every(refused)) {
      return report("INSUFFICIENT_SCOPE", { ...served, message: sentences.INSUFFICIENT_SCOPE });
    }
    if (asOf === null) return report("OK", { message: sentences.NOT_ASKED });
    return report("OK", { ...served, message: leftOut(reader, wanted) });
  }
}

/** The sentence about a connection that may not be asked. */
function sentenceFor({ blocked, provider, connection }: ConnectionReader): string {
  if (blocked === "RETIRED") return provider.retired?.message ?? sentences.RETIRED;
  if (blocked === "NOT_CONNECTED" && connection.status === "REVOKED") return sentences.REVOKED;
  if (blocked === "NOT_CONNECTED" && connection.status === "AWAITING_CONFIRMATION")
    return sentences.AWAITING_CONFIRMATION;
  return sentences[blocked ?? "NOT_CONNECTED"];
}

interface Assembling {
  readonly scene: Scene;
  readonly person: Person;
  readonly assembly: Assembly;
  readonly demanded: Demand[];
  answer: object | undefined;
}

/** How long these asks would be answered without a change. Null if a provider was asked, or could have been. */
function lifetimeOf(person: Person, readings: readonly (Assembling | Error)[]): Lifetime | null {
  let until = endOfDay(person.today, person.zone, person);
  let weight = 0;
  for (const reading of readings) {
    if (reading instanceof Error) return null;
    const { ask, today } = reading.scene;
    until = Math.min(until, endOfDay(today, ask.range?.timeZone ?? person.zone, person));
  }
  for (const reader of person.readers.values()) {
    const lifetime = reader.lifetime();
    if (!lifetime) return null;
    until = Math.min(until, lifetime.until);
    weight += lifetime.weight;
  }
  return { until, weight };
}

/** Epoch ms of the last millisecond of a local day. */
function endOfDay(day: LocalDate, zone: string | null, { offsetSeconds }: Pick<Person, "offsetSeconds">): number {
  const next = addDays(day, 1);
  return (zone ? startOfDay(next, zone) : Date.parse(next) - (offsetSeconds ?? 0) * 1000) - 1;
}

const sentences = {
  REAUTHORIZATION_REQUIRED: "The person has to connect this provider again.",
  RETIRED: "The vendor switched this service off; what is stored is still served.",
  NOT_CONNECTED: "The person has not connected this provider.",
  REVOKED: "The person disconnected this provider; what is stored is still served.",
  AWAITING_CONFIRMATION: "The person has begun to connect this provider and has not confirmed it yet.",
  NOT_ASKED: "This provider was not asked: no day needed it, or the request allowed stored data only.",
  NOT_CONFIGURED: "The operator has not set this provider's credentials, or the provider refuses them.",
  ACTION_REQUIRED: "The person has something to do at the provider before it answers.",
  RATE_LIMITED: "The provider's rate limit is used up.",
  UNAVAILABLE: "The provider did not answer as it should.",
  INSUFFICIENT_SCOPE: "The person did not grant this data: connect again with its domain.",
  UNSUPPORTED: "This provider does not offer this data.",
} as const;

const statusOf: Readonly<Record<Failure["code"], SourceStatus | null>> = {
  CONSENT_LOST: "REAUTHORIZATION_REQUIRED",
  TOKEN_REJECTED: "REAUTHORIZATION_REQUIRED",
  RETIRED: "RETIRED",
  NOT_CONFIGURED: "NOT_CONFIGURED",
  ACTION_REQUIRED: "ACTION_REQUIRED",
  RATE_LIMITED: "RATE_LIMITED",
  UNAVAILABLE: "UNAVAILABLE",
  REJECTED: "UNAVAILABLE",
  // Failures of single fields: `missing` reports them.
  INSUFFICIENT_SCOPE: null,
  NOT_PERMITTED_TO_APP: null,
};

const gravity: readonly (SourceStatus | null)[] = [
  "REAUTHORIZATION_REQUIRED",
  "RETIRED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
  "RATE_LIMITED",
  "UNAVAILABLE",
];

function gravest(failures: readonly Failure[]): Failure | null {
  const rank = ({ code }: Failure) => gravity.indexOf(statusOf[code]);
  return failures.filter((failure) => rank(failure) >= 0).sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function mergedWanted(all: readonly Wanted[]): Wanted {
  const merged = new Map<Field, readonly (LocalDate | null)[]>();
  for (const wanted of all) {
    for (const [field, days] of wanted) merged.set(field, [...new Set([...(merged.get(field) ?? []), ...days])]);
  }
  return merged;
}

function domainIsOffered(reader: ConnectionReader, ask: Ask): boolean {
  const prefix = `${ask.domain.toLowerCase()}.`;
  return [...reader.offered].some((field) => field.startsWith(prefix));
}
