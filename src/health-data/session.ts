import type { Budgets } from "../budgets/budgets.js";
import type { Connections } from "../connections/connections.js";
import { PulsegateError } from "../errors.js";
import type { Domain } from "../model/records.js";
import { dateIn, eachDay } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import { providerOf } from "../providers/registry.js";
import { traced } from "../tracing.js";
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
import type { ConnectionLoader } from "./connection-loader.js";
import type { ConnectionReader } from "./connection-reader.js";
import { Deadline } from "./deadline.js";
import { CellAges } from "./freshness.js";
import { assemblies } from "./histories/assemblies.js";
import type { Assembly, Demand, Scene, Source } from "./histories/scene.js";
import { endOfDay, lookUpPerson, type Person, type PersonDeps } from "./person.js";
import { resolveRange } from "./range.js";
import { sourceReport } from "./source-report.js";
import { storedReadings } from "./stored-readings.js";
import type { Histories, SourceReport } from "./views.js";
import { mergedWanted, type Wanted } from "./wanted.js";

export interface HealthDataDeps extends PersonDeps {
  readonly connections: Pick<Connections, "forReading" | "sourcePriority" | "noteSuccess">;
  readonly budgets: Pick<Budgets, "known">;
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
  private readonly loaders = new Map<ConnectionReader, ConnectionLoader>();
  /** Gives other work a turn between people, and within the reading of one person. */
  private readonly pace: ReturnType<typeof pacer>;
  /** Of people who wait. A job has times of its own. */
  private readonly deadline: Deadline | null;

  constructor(
    private readonly deps: HealthDataDeps,
    private readonly answers: Answers,
    private readonly request: ReadRequest,
  ) {
    this.pace = pacer(request.owner ?? this);
    const { readDeadlineMs } = deps;
    this.deadline = readDeadlineMs === undefined || request.reserve > 0 ? null : new Deadline(readDeadlineMs);
  }

  load(asks: readonly Ask[]): Promise<readonly (Histories[Domain] | Error)[]> {
    const facts = () => ({
      "pulsegate.people": new Set(asks.map(({ userId }) => userId)).size,
      "pulsegate.domains": [...new Set(asks.map(({ domain }) => domain))],
    });
    return traced("read", facts, () => this.loadAll(asks));
  }

  private async loadAll(asks: readonly Ask[]): Promise<readonly (Histories[Domain] | Error)[]> {
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
    const person = await this.person(userId, asks);
    const lifetime = isOrdinary && visit.alone ? lifetimeOf(person, readings) : null;
    if (lifetime) {
      const costs = [...person.loaders.values()].map((loader) => costOf(userId, loader));
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
      running.push(await this.begin(ask, asks));
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
    return withSources(reading.answer!, () => this.sourcesIn(reading));
  }

  private sourcesIn({ scene, person, demanded }: Assembling): readonly SourceReport[] {
    const { providers, settings } = this.deps;
    const reports = this.asked(scene.ask, person).map((id) => {
      const reader = person.loaders.get(id)?.reader;
      const wanted = demanded.flatMap(({ source, wanted }) => (source.reader === reader ? [wanted] : []));
      return sourceReport(scene.ask, id, providerOf(providers, id), settings, reader && { reader, wanted });
    });
    // A source that was not asked and gave nothing is left out of this answer, unless the caller named it, or it has
    // nothing of these days any more.
    if (scene.ask.providers) return reports;
    return reports.filter(({ status, asOf, reachesFrom }) => status !== "OK" || asOf !== null || reachesFrom !== null);
  }

  report(): CostReport {
    const recalled = [...this.visits.values()].flatMap((visit) => visit.recalled?.costs ?? []);
    const read = [...this.loaders.values()].map((loader) => costOf(loader.lines.userId, loader));
    const costs: readonly ConnectionCost[] = [...read, ...recalled];
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

  private async begin(ask: Ask, all: readonly Ask[]): Promise<Assembling | Error> {
    const person = await this.person(ask.userId, all);
    try {
      const today = (zone?: string) => (zone ? dateIn(zone, this.deps.clock.now()) : person.today);
      const range = ask.range === null ? null : resolveRange(ask.range, today);
      const days = range === null ? [] : [...eachDay(range.from, range.to)];
      const filter = ask.providers;
      const everyone = person.sources;
      const scene: Scene = {
        ask,
        days,
        today: today(ask.range?.timeZone ?? undefined),
        zone: person.zone,
        everyone,
        sources: everyone.filter(({ reader }) => filter === null || filter.includes(reader.provider.id)),
        others: filter === null ? [] : everyone.filter(({ reader }) => !filter.includes(reader.provider.id)),
      };
      if (ask.domain === "READINGS") await this.weigh(scene);
      const assembly = assemblies[ask.domain](scene) as Assembly;
      return { scene, person, assembly, demanded: [], answer: undefined };
    } catch (error) {
      if (error instanceof PulsegateError) return error;
      throw error;
    }
  }

  private async weigh(scene: Scene): Promise<void> {
    if (!this.request.weigh) return;
    const { onlyIfCached } = this.request.freshness;
    const isAskable = ({ reader }: Source) => reader.blocked === null && !onlyIfCached;
    await this.request.weigh(scene.ask, await storedReadings(scene, this.deps.history, isAskable));
  }

  private person(userId: string, asks: readonly Ask[]): Promise<Person> {
    const known = this.people.get(userId) ?? this.lookUp(userId, asks);
    this.people.set(userId, known);
    return known;
  }

  private async lookUp(userId: string, asks: readonly Ask[]): Promise<Person> {
    const sources = await this.visits.get(userId)!.sources;
    const person = await lookUpPerson(this.deps, this.request, userId, sources, asks, this.deadline);
    for (const loader of person.loaders.values()) this.loaders.set(loader.reader, loader);
    return person;
  }

  /** Makes one plan for each connection, for everything that is demanded of it now. */
  private async fulfil(demands: readonly Demand[]): Promise<void> {
    const byReader = new Map<ConnectionReader, Wanted[]>();
    for (const { source, wanted } of demands) {
      const own = byReader.get(source.reader);
      if (own) own.push(wanted);
      else byReader.set(source.reader, [wanted]);
    }
    await Promise.all(
      [...byReader].map(async ([reader, own]) => {
        await this.pace();
        await this.loaders.get(reader)!.ensure(mergedWanted(own));
      }),
    );
  }

  private asked(ask: Ask, person: Person): readonly ProviderId[] {
    return ask.providers ? [...new Set(ask.providers)] : person.priority.filter((id) => person.loaders.has(id));
  }
}

interface Assembling {
  readonly scene: Scene;
  readonly person: Person;
  readonly assembly: Assembly;
  readonly demanded: Demand[];
  answer: object | undefined;
}

const finder = Symbol("finds what each source contributed");
interface Findable {
  [finder]: (() => readonly SourceReport[]) | readonly SourceReport[];
}

/** One for all answers: V8 keeps a getter until the next full garbage collection, and all that it holds. */
const foundSources = {
  get(this: Findable) {
    const found = this[finder];
    if (typeof found !== "function") return found;
    const sources = found();
    this[finder] = sources;
    return sources;
  },
  enumerable: true,
};

/** With what each source contributed, which is found out when it is asked for: most answers don't show it. */
function withSources(answer: object, find: () => readonly SourceReport[]): Histories[Domain] {
  Object.defineProperty(answer, finder, { value: find, writable: true });
  return Object.defineProperty(answer, "sources", foundSources) as Histories[Domain];
}

/** How long these asks would be answered without a change. Null if a provider was asked, or could have been. */
function lifetimeOf(person: Person, readings: readonly (Assembling | Error)[]): Lifetime | null {
  let until = endOfDay(person.today, person.zone, person);
  let weight = 0;
  const ages = new CellAges();
  for (const reading of readings) {
    if (reading instanceof Error) return null;
    const { ask, today } = reading.scene;
    until = Math.min(until, endOfDay(today, ask.range?.timeZone ?? person.zone, person));
  }
  for (const loader of person.loaders.values()) {
    const stored = loader.stored();
    if (!stored) return null;
    ages.join(stored.ages);
    weight += stored.weight;
  }
  return { until, ages, weight };
}

function costOf(userId: string, { reader, lines }: ConnectionLoader): ConnectionCost {
  const { provider, connection, blocked } = reader;
  return { userId, provider, connection, blocked, calls: [...lines.calls] };
}
