import { randomUUID } from "node:crypto";
import { prefixOf } from "../config/provider-variables.js";
import type { Gateway } from "../gateway.js";
import type { Clock } from "../model/time.js";
import { type Provider, providers as registry } from "../providers/index.js";
import { textRows } from "../store/row.js";
import { createSyncState, type SyncState, systemClock } from "./kit/index.js";
import type { Lab, LabDefinition } from "./lab.js";
import { labs } from "./labs.js";
import { people } from "./people/index.js";
import type { Person } from "./person.js";

/** The logger; pino fits. */
export interface SandboxLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export type SandboxLabs = { readonly [K in keyof typeof labs]: Awaited<ReturnType<(typeof labs)[K]["start"]>> };

/** A running lab with its definition. */
interface Running {
  readonly lab: Lab;
  readonly definition: LabDefinition;
}

export interface Sandbox {
  /**
   * The variables that point each provider at its lab. They overwrite the environment before the configuration is read.
   */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The same with every consent page behind this address, at `/lab/<provider>/…`: out of a container, a browser reaches
   * nothing else.
   */
  envBehind(publicUrl: string): Readonly<Record<string, string>>;
  /** The consent page for which a path below `/lab` stands; null for all other paths. */
  consentPage(path: string): string | null;
  readonly labs: SandboxLabs;
  /** Who is the viewer without credentials, in words that follow "you are". */
  readonly visitor: string;
  /** One for all labs, so that a walk arrives at each of them. */
  readonly sync: SyncState;
  /**
   * Syncs a person's wearables: up to an instant, and then no more until the next call; or, with null, up to now and
   * then by the clock. False if the person is not in the lab.
   */
  syncPerson(personId: string, untilMs: number | null): boolean;
  /**
   * Connects the demo people, each as a user with the person's id. It may be called again: existing connections stay.
   */
  seed(gateway: Pick<Gateway, "connections" | "providers" | "store">): Promise<void>;
  /** Makes the labs notify this gateway. It must listen already, since some labs send a request at once. */
  notify(publicUrl: string): void;
  /** The lab's address for a vendor's fixed address. Null for all other addresses. */
  resolve(url: string): string | null;
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly clock?: Clock;
  readonly log: SandboxLog;
}

/** Scopes that this person does not grant. */
const UNTICKED = /sleep/;

/** Starts every provider's lab in this process, on free loopback ports. All labs have the same people. */
export async function startSandbox({ clock = systemClock, log }: SandboxOptions): Promise<Sandbox> {
  const sync = createSyncState(clock);
  const running = new Map<string, Running>();
  const started: Record<string, Lab> = {};
  for (const [name, definition] of Object.entries(labs as Readonly<Record<string, LabDefinition>>)) {
    const lab = await definition.start({ clock, sync });
    started[name] = lab;
    running.set(definition.provider, { lab, definition });
  }
  // Every 15 minutes by the real clock. A test's clock does not run by itself.
  const ticks = clock === systemClock ? setInterval(() => sync.tick(), 15_000) : undefined;
  ticks?.unref();
  /** Tokens end with the labs that issued them: in a store that other labs seeded, no token works. */
  const instance = randomUUID();

  const env: Readonly<Record<string, string>> = Object.assign(
    {},
    ...registry.map((provider) => environmentOf(provider, running.get(provider.id))),
  );
  /** By the path that stands for them: the variable, and where the page is. */
  const consents = new Map<string, { readonly name: string; readonly url: string }>(
    registry.flatMap((provider) => {
      const name = `${prefixOf(provider)}AUTHORIZE_URL`;
      const url = env[name];
      return url === undefined ? [] : [[`/${provider.slug}${new URL(url).pathname}`, { name, url }] as const];
    }),
  );

  async function connect(gateway: Parameters<Sandbox["seed"]>[0], person: Person, provider: Provider): Promise<void> {
    const seededBy = gateway.store.collection("sandbox-seeds", textRows);
    const key = `${person.id}/${provider.slug}`;
    const known = (await gateway.connections.list(person.id)).find((one) => one.provider === provider.id);
    if (known?.status === "CONNECTED" && (await seededBy.get(key)) === instance) return;
    const { lab, definition } = running.get(provider.id)!;
    let tokens = lab.issueTokens(person.id);
    const ticked = [...tokens.scopes, ...(definition.writeScopes ?? [])];
    const scopes = person.id === "unticked" ? ticked.filter((scope) => !UNTICKED.test(scope)) : ticked;
    if (scopes.length !== tokens.scopes.length) tokens = lab.issueTokens(person.id, { scopes });
    try {
      await gateway.connections.importConnection({ userId: person.id, provider: provider.id, ...tokens });
      await seededBy.set(key, instance);
    } catch (error) {
      // Another user may have connected this person's account: the other people are still connected.
      const reason = error instanceof Error ? error.message : "unknown";
      log.warn({ person: person.id, provider: provider.id, reason }, "a demo person could not be connected");
    }
  }

  return {
    labs: started as unknown as SandboxLabs,
    envBehind(publicUrl) {
      const behind = [...consents].map(([path, { name }]) => [name, `${publicUrl}/lab${path}`]);
      return { ...env, ...Object.fromEntries(behind) };
    },
    consentPage: (path) => consents.get(path)?.url ?? null,
    visitor: "demo, who lives in Berlin, wears Google Health since 2 November 2026, and had a Fitbit before",
    sync,
    env,
    syncPerson(personId, untilMs) {
      if (!people.has(personId)) return false;
      sync.sync(personId, untilMs ?? clock.now());
      if (untilMs === null) sync.follow(personId);
      return true;
    },
    async seed(gateway) {
      for (const person of people.values()) {
        const worn = accountsOf(person, clock.now());
        for (const provider of gateway.providers) {
          if (worn.has(provider.id) && running.has(provider.id)) await connect(gateway, person, provider);
        }
      }
      log.info({ users: [...people.keys()] }, "the demo people are connected");
    },
    notify(publicUrl) {
      const base = publicUrl.replace(/\/$/, "");
      for (const { id, slug } of registry) running.get(id)?.lab.setWebhookUrl(`${base}/webhooks/${slug}`);
    },
    resolve(url) {
      for (const { lab, definition } of running.values()) {
        const local = definition.resolve?.(lab, url) ?? null;
        if (local !== null) return local;
      }
      return null;
    },
    async close() {
      clearInterval(ticks);
      await Promise.all([...running.values()].map(({ lab }) => lab.close()));
    },
  };
}

/** The variables that point one provider at its lab. None without a lab. */
function environmentOf(provider: Provider, running: Running | undefined): Readonly<Record<string, string>> {
  const values = running ? running.definition.environment(running.lab) : {};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefixOf(provider)}${name}`, value]));
}

/** The default viewer. One is left for them to connect. */
const VISITOR = "demo";

/**
 * An account stays when the wearable changes: a person who changed brands still has the old one, and a person without a
 * wearable may have one.
 */
function accountsOf(person: Person, now: number): ReadonlySet<string> {
  const today = new Date(now).toISOString().slice(0, 10);
  const worn = new Set<string>([...person.wearablesOn(person.memberSince), ...person.wearablesOn(today)]);
  if (person.id === VISITOR) worn.delete("MISFIT");
  return worn.size === 0 ? new Set(["FITBIT"]) : worn;
}
