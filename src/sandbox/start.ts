import { randomUUID } from "node:crypto";
import type { Gateway } from "../gateway.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/provider.js";
import { textRows } from "../store/row.js";
import { type FitbitLab, startFitbitLab } from "./fitbit/index.js";
import { type GoogleHealthLab, startGoogleHealthLab } from "./google-health/index.js";
import { createSyncState, type SyncState, systemClock } from "./kit/index.js";
import type { Lab } from "./lab.js";
import { type MisfitLab, startMisfitLab } from "./misfit/index.js";
import { people } from "./people/index.js";
import type { Person } from "./person.js";

/** What the log must offer; pino fits. */
export interface SandboxLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface SandboxLabs {
  readonly fitbit: FitbitLab;
  readonly misfit: MisfitLab;
  readonly googleHealth: GoogleHealthLab;
}

export interface Sandbox {
  /** What points each provider at its lab; goes over the environment before the configuration is read. */
  readonly env: Readonly<Record<string, string>>;
  readonly labs: SandboxLabs;
  /** One walk reaches every lab. */
  readonly sync: SyncState;
  /**
   * Has a person's wearables hand over what they have: up to an instant, and then no more until this is called again, or
   * (null) up to now, and on by the clock. False for somebody who is not in the lab.
   */
  syncPerson(personId: string, untilMs: number | null): boolean;
  /** Connects the demo people, each as a user of the same name. May be called again: it then finds them connected. */
  seed(gateway: Pick<Gateway, "connections" | "providers" | "store">): Promise<void>;
  /** Has the labs notify this gateway, which must be listening: some ask back at once. */
  notify(publicUrl: string): void;
  /** Where an address of a vendor's is served by a lab; null for all others. */
  resolve(url: string): string | null;
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly clock?: Clock;
  readonly log: SandboxLog;
}

/** Good for nothing but the lab. */
const LAB_ONLY_WEBHOOK_SECRET = "Bearer pulsegate-lab-webhook-secret";
const KEY_SET_PATH = "/googlehealthapi/webhooks/webhooks_public_keyset.json";
const misfitTopics = ["goals", "profiles", "devices", "sessions", "sleeps"] as const;

/** Boxes that this person left unticked: sleep stays theirs. */
const UNTICKED = /sleep/;

/** Starts every provider's lab in this process, on free loopback ports and with one world behind them. */
export async function startSandbox({ clock = systemClock, log }: SandboxOptions): Promise<Sandbox> {
  const sync = createSyncState(clock);
  const fitbit = await startFitbitLab({ clock, sync });
  const misfit = await startMisfitLab({ clock, sync });
  const googleHealth = await startGoogleHealthLab({ ...(clock === systemClock ? {} : { clock }), sync });
  const labs: SandboxLabs = { fitbit, misfit, googleHealth };
  const byProvider: Readonly<Record<ProviderId, Lab>> = {
    FITBIT: fitbit,
    MISFIT: misfit,
    GOOGLE_HEALTH: googleHealth,
  };
  // By the clock, every quarter of an hour; a test's clock does not run by itself.
  const ticks = clock === systemClock ? setInterval(() => sync.tick(), 15_000) : undefined;
  ticks?.unref();
  /** Tokens die with the labs that gave them: a store that was last seeded by others holds none that work. */
  const instance = randomUUID();

  async function connect(gateway: Parameters<Sandbox["seed"]>[0], person: Person, provider: Provider): Promise<void> {
    const seededBy = gateway.store.collection("sandbox-seeds", textRows);
    const key = `${person.id}/${provider.slug}`;
    const known = (await gateway.connections.list(person.id)).find((one) => one.provider === provider.id);
    if (known?.status === "CONNECTED" && (await seededBy.get(key)) === instance) return;
    const lab = byProvider[provider.id];
    let tokens = lab.issueTokens(person.id);
    if (person.id === "unticked") {
      tokens = lab.issueTokens(person.id, { scopes: tokens.scopes.filter((scope) => !UNTICKED.test(scope)) });
    }
    try {
      await gateway.connections.importConnection({ userId: person.id, provider: provider.id, ...tokens });
      await seededBy.set(key, instance);
    } catch (error) {
      // Somebody may have connected this person's account as their own: the sandbox is still good for the others.
      const reason = error instanceof Error ? error.message : "unknown";
      log.warn({ person: person.id, provider: provider.id, reason }, "a demo person could not be connected");
    }
  }

  return {
    labs,
    sync,
    env: {
      FITBIT_CLIENT_ID: fitbit.clientId,
      FITBIT_CLIENT_SECRET: fitbit.clientSecret,
      FITBIT_API_URL: fitbit.url,
      FITBIT_AUTHORIZE_URL: `${fitbit.url}/oauth2/authorize`,
      FITBIT_TOKEN_URL: `${fitbit.url}/oauth2/token`,
      FITBIT_REVOKE_URL: `${fitbit.url}/oauth2/revoke`,
      FITBIT_SUBSCRIBER_ID: "1",
      FITBIT_VERIFICATION_CODE: fitbit.verifyCode,
      MISFIT_CLIENT_ID: misfit.app.key,
      MISFIT_CLIENT_SECRET: misfit.app.secret,
      MISFIT_API_URL: misfit.url,
      MISFIT_AUTHORIZE_URL: `${misfit.url}/auth/dialog/authorize`,
      MISFIT_TOKEN_URL: `${misfit.url}/auth/tokens/exchange`,
      MISFIT_SNS_TOPICS: misfitTopics.map((type) => misfit.notifications.topicArn(type)).join(","),
      GOOGLE_HEALTH_CLIENT_ID: googleHealth.app.clientId,
      GOOGLE_HEALTH_CLIENT_SECRET: googleHealth.app.clientSecret,
      GOOGLE_HEALTH_API_URL: googleHealth.url,
      GOOGLE_HEALTH_AUTHORIZE_URL: `${googleHealth.url}/o/oauth2/v2/auth`,
      GOOGLE_HEALTH_TOKEN_URL: `${googleHealth.url}/token`,
      GOOGLE_HEALTH_REVOKE_URL: `${googleHealth.url}/revoke`,
      GOOGLE_HEALTH_TOKENINFO_URL: `${googleHealth.url}/tokeninfo`,
      GOOGLE_HEALTH_USERINFO_URL: `${googleHealth.url}/oauth2/v3/userinfo`,
      GOOGLE_HEALTH_WEBHOOK_KEYS_URL: googleHealth.keySetUrl,
      GOOGLE_HEALTH_PROJECT_NUMBER: googleHealth.projectNumber,
      GOOGLE_HEALTH_SERVICE_ACCOUNT: googleHealth.serviceAccountJson,
      GOOGLE_HEALTH_WEBHOOK_SECRET: LAB_ONLY_WEBHOOK_SECRET,
    },
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
          if (worn.has(provider.id)) await connect(gateway, person, provider);
        }
      }
      log.info({ users: [...people.keys()] }, "the demo people are connected");
    },
    notify(publicUrl) {
      const address = (slug: string) => `${publicUrl.replace(/\/$/, "")}/webhooks/${slug}`;
      fitbit.setWebhookUrl(address("fitbit"));
      misfit.setWebhookUrl(address("misfit"));
      googleHealth.setWebhookUrl(address("google-health"));
    },
    resolve(url) {
      const local = misfit.localUrl(url);
      if (local !== url) return local;
      return new URL(url).pathname === KEY_SET_PATH ? googleHealth.keySetUrl : null;
    },
    async close() {
      clearInterval(ticks);
      await Promise.all([fitbit.close(), misfit.close(), googleHealth.close()]);
    },
  };
}

/** Who a visitor is: with one provider, so that what the first answers cost is easy to follow. */
const VISITOR = "demo";

/** Accounts outlive the wearable: who changed brands still has the old one, and who wears nothing may have one too. */
function accountsOf(person: Person, now: number): ReadonlySet<ProviderId> {
  if (person.id === VISITOR) return new Set(["FITBIT"]);
  const today = new Date(now).toISOString().slice(0, 10);
  const worn = [...person.wearablesOn(person.memberSince), ...person.wearablesOn(today)];
  return new Set(worn.length === 0 ? ["FITBIT"] : worn);
}
