import { prefixOf } from "../../src/config/provider-variables.js";
import { readConfig } from "../../src/config/read-config.js";
import type { Connection } from "../../src/connections/connection.js";
import { createGateway, type Gateway } from "../../src/gateway.js";
import type { Ask, DateRange } from "../../src/health-data/ask.js";
import type { Histories, SourceReport } from "../../src/health-data/views.js";
import { createLogger } from "../../src/log.js";
import { domainOf, type Field, isForCalls } from "../../src/model/fields.js";
import { namesOf } from "../../src/model/figure-tables.js";
import { vitalFigures } from "../../src/model/figures.js";
import { type Domain, domains, type LocalDate } from "../../src/model/records.js";
import { acmeBand } from "../../src/providers/_example/index.js";
import { type Provider, providers } from "../../src/providers/index.js";
import { type ApiRequest, fieldsOf, revokeUrlOf } from "../../src/providers/provider.js";
import { lab as acmeLab } from "../../src/sandbox/_example/index.js";
import type { Lab, LabDefinition, LabRequest } from "../../src/sandbox/lab.js";
import { labs } from "../../src/sandbox/labs.js";
import { addDays, people } from "../../src/sandbox/people/index.js";
import type { Person } from "../../src/sandbox/person.js";
import { patient } from "../support/environment.js";
import { plainRequest, type StillClock, stillClock } from "../support/lab-gateway.js";

/** A Friday evening in Europe and an afternoon in America: today is under way for everybody. */
const NOW = "2026-11-20T20:07:00Z";
/** The last day that was over everywhere. */
export const YESTERDAY = "2026-11-19";
const LONG_CONNECTED_MS = 60 * 86_400_000;

/** The template too: what it shows, and the kit that its lab is made with, must hold like anything else. */
const templates = [acmeBand as unknown as Provider];
const definitions = new Map<string, LabDefinition>(
  [...Object.values(labs), acmeLab].map((each) => [each.provider, each as LabDefinition]),
);

/** The providers whose answers can be held to something: those with a lab, by their name. */
export const withLab = [...providers, ...templates]
  .filter(({ id }) => definitions.has(id))
  .map((provider) => [provider.name, provider] as const);
export const withoutLab = providers.filter(({ id }) => !definitions.has(id));

export interface Bench {
  readonly lab: Lab;
  readonly provider: Provider;
  readonly clock: StillClock;
  /** A gateway with an empty store, and with its own idea of what is left of every budget. */
  open(options?: OpenOptions): Promise<Opened>;
  close(): Promise<void>;
}

interface OpenOptions {
  /** What stands between the gateway and the lab; the lab itself unless given. */
  readonly origin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Opened {
  readonly gateway: Gateway;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** Every token that the lab gave out through `connect`. */
  readonly secrets: readonly string[];
  connect(
    personId: string,
    tokens?: { readonly scopes?: readonly string[]; readonly expiresInSeconds?: number },
  ): Promise<Connection>;
  /** Reads in one operation, and throws what an ask on its own did wrong. */
  read<D extends Domain>(...asks: readonly Ask<D>[]): Promise<readonly Histories[D][]>;
  close(): Promise<void>;
}

/** One lab for a whole file, and as many gateways over it as there are tests. */
async function startBench(provider: Provider): Promise<Bench> {
  const clock = stillClock(NOW);
  const definition = definitions.get(provider.id)!;
  const lab = await definition.start({ clock, sparse: true });
  definition.liftLimits(lab);
  const opened = new Set<Opened>();

  async function open({ origin = lab.url, env = {} }: OpenOptions = {}): Promise<Opened> {
    const logged: string[] = [];
    const secrets: string[] = [];
    const gateway = await createGateway({
      config: readConfig(
        { ...environment(provider, origin, definition.environment(lab)), ...env },
        { providers: [provider] },
      ),
      providers: [provider],
      log: createLogger({ level: "debug", destination: { write: (line: string) => void logged.push(line) } }),
      clock,
      // Waiting is for the real world. The clock stays: a test's today must not depend on what was repeated before it.
      delay: async () => {},
    });
    const own: Opened = {
      gateway,
      logged,
      secrets,
      async connect(personId, options) {
        const tokens = lab.issueTokens(personId, options);
        secrets.push(tokens.accessToken, ...(tokens.refreshToken ? [tokens.refreshToken] : []));
        // Some give nothing from before the connection: everybody has been connected for longer than they tell.
        const before = provider.calls.some(({ sinceConnection }) => sinceConnection) ? LONG_CONNECTED_MS : 0;
        clock.advance(-before);
        const made = await gateway.connections.importConnection({ userId: personId, provider: provider.id, ...tokens });
        clock.advance(before);
        return made;
      },
      async read(...asks) {
        const answers = await gateway.healthData.session(plainRequest).load(asks);
        const mistake = answers.find((answer) => answer instanceof Error);
        if (mistake) throw mistake;
        return answers as never;
      },
      async close() {
        opened.delete(own);
        await gateway.close();
      },
    };
    opened.add(own);
    return own;
  }

  return {
    lab,
    provider,
    clock,
    open,
    async close() {
      for (const each of opened) await each.close();
      await lab.close();
    },
  };
}

/** Hooks of a suite: one lab for all of it, and for each test an empty gateway, which `use` is given with the lab. */
export function withBench(provider: Provider, use: (bench: Bench, opened: Opened) => void): void {
  let bench: Bench;
  let opened: Opened;
  beforeAll(async () => {
    bench = await startBench(provider);
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    // Whatever a test before it let pass: what is in reach depends on the time.
    bench.clock.set(NOW);
    opened = await bench.open();
    bench.lab.forgetRequests();
    use(bench, opened);
  });
  afterEach(async () => {
    bench.lab.clearFaults();
    await opened.close();
  });
}

/** The provider's own addresses with another origin: what an operator sets to use a stand-in. */
function environment(provider: Provider, origin: string, variables: Readonly<Record<string, string>>) {
  const name = prefixOf(provider);
  const moved = (url: string) => origin + new URL(url).pathname.replace(/^\/$/, "");
  const { authorizeUrl, tokenUrl } = provider.oauth;
  const revokeUrl = revokeUrlOf(provider);
  const urls = { AUTHORIZE: authorizeUrl, TOKEN: tokenUrl, ...(revokeUrl && { REVOKE: revokeUrl }) };
  const others = Object.entries({ ...urls, ...provider.otherUrls });
  return {
    STORE_URL: "memory:",
    // Some take no redirect to an address in numbers.
    PUBLIC_URL: "https://localhost:4000",
    ...patient,
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    [`${name}CLIENT_ID`]: variables["CLIENT_ID"],
    [`${name}CLIENT_SECRET`]: variables["CLIENT_SECRET"],
    // As the lab's own limits, which are lifted.
    ...Object.fromEntries(
      provider.budgets.flatMap(({ limitSetting }) => (limitSetting ? [[`${name}${limitSetting}`, "9999"]] : [])),
    ),
    [`${name}API_URL`]: origin,
    ...Object.fromEntries(others.map(([key, url]) => [`${name}${key}_URL`, moved(url)])),
  };
}

/** Whether a provider's device was worn on a day. */
export function wears(person: Person, day: string, provider: string): boolean {
  return (person.wearablesOn(day) as readonly string[]).includes(definitions.get(provider)?.wearable ?? provider);
}

/** Everybody who has worn this provider's device for the last year, those whose clocks change first. */
export function wearersOf({ id }: Provider): readonly Person[] {
  const days = [0, 60, 120, 180, 240, 300].map((back) => addDays(YESTERDAY, -back));
  const changes = (person: Person) => clockChanges(person).length > 0;
  return [...people.values()]
    .filter((person) => days.every((day) => wears(person, day, id)))
    .sort((a, b) => Number(changes(b)) - Number(changes(a)));
}

/** Days of this year on which clocks were changed where somebody lives. */
export function clockChanges(person: Person): readonly string[] {
  const sundays = Array.from({ length: 46 }, (_, week) => addDays("2026-01-04", 7 * week));
  return sundays.filter((date) => {
    const { startMs, endMs } = person.day(date);
    // A day of travel may be longer or shorter too.
    const isAtHome = person.zoneOn(date) === person.zoneOn(addDays(date, 1));
    return isAtHome && endMs - startMs !== 24 * 3_600_000;
  });
}

const undated: ReadonlySet<Domain> = new Set(["PROFILE", "DEVICES", "GOALS"]);

export function ask<D extends Domain>(
  userId: string,
  domain: D,
  fields: Iterable<Field>,
  range: DateRange | null = null,
): Ask<D> {
  return {
    userId,
    domain,
    range: undated.has(domain) ? null : range,
    fields: new Set(fields),
    providers: null,
    alternatives: false,
    goalProgress: false,
  };
}

export function offeredIn(provider: Provider, domain: Domain): readonly Field[] {
  return [...fieldsOf(provider)].filter((field) => domainOf(field) === domain && !isForCalls(field));
}

/** The domains of which a provider offers anything. */
export function domainsOf(provider: Provider): readonly Domain[] {
  return domains.filter((domain) => offeredIn(provider, domain).length > 0);
}

/** A selection of everything that a provider offers. */
export function everything(provider: Provider, userId: string, range: DateRange): readonly Ask[] {
  return domainsOf(provider).map((domain) => ask(userId, domain, offeredIn(provider, domain), range));
}

/** What an answer holds besides its sources: days, sessions, devices and so on. Null where nobody could answer. */
export function listOf(history: Histories[Domain]): readonly object[] | null | undefined {
  if ("entries" in history) return whole([history.days, history.entries]);
  if ("days" in history) return history.days;
  if ("sessions" in history) return history.sessions;
  if ("measurements" in history) return history.measurements;
  if ("workouts" in history) return history.workouts;
  if ("devices" in history) return history.devices;
  if ("goals" in history) return history.goals;
  if ("scores" in history) return history.scores;
  // Vitals and readings are several lists each.
  if ("vo2Max" in history) return whole(namesOf(vitalFigures).map((name) => history[name]));
  if ("pulses" in history) {
    const { absent: _absent, sources: _sources, ...lists } = history;
    return whole(Object.values(lists));
  }
  return undefined;
}

function whole(lists: readonly (readonly object[] | null)[]): readonly object[] | null {
  return lists.every((list) => list === null) ? null : lists.flatMap((list) => list ?? []);
}

/** The first day that any call can be asked for a field, however long the range. */
export function firstInReach(provider: Provider, field: Field): LocalDate {
  const today = addDays(YESTERDAY, 1);
  const days = provider.calls
    .filter(({ yields }) => yields.includes(field))
    .map(({ reach }) => (reach.kind === "trailing" ? reach.days : "back" in reach ? (reach.back ?? 10_000) : 10_000));
  return addDays(today, 1 - Math.max(...days));
}

export function statusesOf(histories: readonly { readonly sources: readonly SourceReport[] }[]) {
  return histories.flatMap(({ sources }) => sources.map(({ status }) => status));
}

/**
 * Requests that the provider found wrong. Reads within their declared reach never make one. A status that only says that
 * there is no such record is none.
 */
export function refusedRequests({ lab, provider }: Bench): readonly string[] {
  const isRefusal = ({ status, path, method }: LabRequest) => {
    const answer = { status, headers: {}, body: undefined, receivedAt: 0 };
    const request = { method: method as ApiRequest["method"], path: path.split("?")[0]! };
    return provider.outcome(answer, request).kind === "failed";
  };
  return lab.requests
    .filter(({ status, kind }) => kind === "api" && [400, 404, 413, 422].includes(status))
    .filter(isRefusal)
    .map(({ status, path }) => `${status} ${path}`);
}
