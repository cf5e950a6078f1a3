import { createLabServer, createSyncState, type SyncState, systemClock, type WebhookDelivery } from "../kit/index.js";
import type { Lab, LabClock, LabDefinition, LabTokens } from "../lab.js";
import { people as everybody } from "../people/index.js";
import type { Person } from "../person.js";
import { Notifier, touchedBy, type VerificationResult } from "./notifications.js";
import { createOAuthServer, type FitbitAppType } from "./oauth.js";
import { allScopes } from "./scopes.js";
import { createFitbitServer } from "./server.js";
import { type Subscription, SubscriptionBook } from "./subscriptions.js";
import { defaultSwitches, type FitbitSwitches } from "./switches.js";
import { fitbitUserId } from "./user-id.js";

export { fitbitSignature } from "./notifications.js";
export { fitbitUserId } from "./user-id.js";

/** Known to everyone, and good for nothing but the lab. */
const LAB_ONLY_CLIENT_ID = "LABFIT";
export const LAB_ONLY_CLIENT_SECRET = "1ab0f17b17000000000000001ab0f17b";
export const LAB_ONLY_VERIFY_CODE = "1ab0f17bc0de1ab0f17bc0de1ab0f17bc0de1ab0f17bc0de1ab0f17bc0de1ab0";

const HOURLY_LIMIT = 150;
const NO_LIMIT = 1_000_000;

export interface FitbitLabOptions {
  /** Ephemeral if left out. */
  readonly port?: number;
  readonly clock?: LabClock;
  readonly people?: ReadonlyMap<string, Person>;
  /** Shared with the labs of other providers; one of its own if left out. */
  readonly sync?: SyncState;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** How the app was registered; "server" if left out. */
  readonly appType?: FitbitAppType;
  /** Whose app it is, where it is a personal one; "demo" if left out. */
  readonly ownerId?: string;
  /** Registered ones; any is accepted if left out. */
  readonly redirectUris?: readonly string[];
  /** Ids of the app's subscribers; the first is the default one. */
  readonly subscribers?: readonly string[];
  readonly verifyCode?: string;
  /** Requests an hour for each client and user. */
  readonly hourlyLimit?: number;
  readonly switches?: Partial<FitbitSwitches>;
}

export interface FitbitLab extends Lab {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly verifyCode: string;
  /** May be changed at any moment. */
  readonly switches: FitbitSwitches;
  readonly sync: SyncState;
  readonly subscriptions: readonly Subscription[];
  readonly deliveries: readonly WebhookDelivery[];
  /** False once it failed its verification, or a hundred deliveries in a row. */
  readonly subscriberEnabled: boolean;
  /** Every user's requests of this hour are forgotten. */
  resetRateLimits(): void;
  /** From now on, an hour. */
  setHourlyLimit(limit: number): void;
  /** The device hands over everything up to that instant, and subscribers are told what it touched. */
  syncPerson(personId: string, untilMs: number): Promise<void>;
  /** Says that a collection changed on a date, whether or not it did. `forged` signs it with a wrong key. */
  notify(
    personId: string,
    collection: "activities" | "body" | "foods" | "sleep",
    date: string,
    options?: { forged?: boolean; times?: number },
  ): Promise<void>;
  /** Keeps notifications back until `releaseNotifications`, which sends them late: reversed or repeated if wanted. */
  holdNotifications(): void;
  releaseNotifications(options?: { reversed?: boolean; times?: number }): Promise<void>;
  /** The account is deleted: subscribers are told, then everything of it is gone. */
  deleteUser(personId: string): Promise<void>;
  /** The two GETs of a subscriber's verification. */
  verifyEndpoint(url: string): Promise<VerificationResult>;
  /** Resolves when no notification is on its way any more. */
  notificationsSettled(): Promise<void>;
}

/** A Fitbit Web API on an origin of its own. Close it when done. */
export async function startFitbitLab(options: FitbitLabOptions = {}): Promise<FitbitLab> {
  const clock = options.clock ?? systemClock;
  const people = options.people ?? everybody;
  const sync = options.sync ?? createSyncState(clock);
  const clientId = options.clientId ?? LAB_ONLY_CLIENT_ID;
  const clientSecret = options.clientSecret ?? LAB_ONLY_CLIENT_SECRET;
  const verifyCode = options.verifyCode ?? LAB_ONLY_VERIFY_CODE;
  const switches: FitbitSwitches = { ...defaultSwitches(), ...options.switches };
  const book = new SubscriptionBook(options.subscribers ?? ["1"]);
  const notifier = new Notifier(book, clientSecret, verifyCode, clock);
  const appType = options.appType ?? "server";
  const client = { id: clientId, secret: clientSecret, type: appType, redirectUris: options.redirectUris ?? null };
  const oauth = createOAuthServer({ client, clock, people, switches });
  let origin = "";
  const server = createFitbitServer({
    clock,
    people,
    sync,
    switches,
    oauth,
    book,
    hourlyLimit: options.hourlyLimit ?? HOURLY_LIMIT,
    ownerId: appType === "personal" ? (options.ownerId ?? "demo") : undefined,
    origin: () => origin,
    onWritten: (personId, collection, date) => void notifier.tell(fitbitUserId(personId), [{ collection, date }]),
    onRevoked: ({ personId }) => void farewell(personId, "userRevokedAccess"),
  });
  const http = await createLabServer({
    clock,
    port: options.port,
    kindOf: server.kindOf,
    onRequest: server.onRequest,
    renderError: server.renderError,
  });
  origin = http.url;

  /** The last word about somebody; their subscriptions deliver nothing after it. */
  async function farewell(personId: string, collection: "userRevokedAccess" | "deleteUser"): Promise<void> {
    const ownerId = fitbitUserId(personId);
    // An account's end is told to whoever follows the consent.
    const telling = notifier.tell(ownerId, [{ collection }], { heardAs: "userRevokedAccess" });
    book.forget(ownerId);
    await telling;
  }

  function known(personId: string): Person {
    const person = people.get(personId);
    if (!person) throw new Error(`Nobody in the lab is called "${personId}"`);
    return person;
  }

  let announcing: Promise<void> = Promise.resolve();
  const stopListening = sync.onSync((event) => {
    const person = people.get(event.personId);
    if (event.provider !== "FITBIT" || !person) return;
    announcing = notifier.tell(fitbitUserId(person.id), touchedBy(server.viewOf(person), event));
  });

  return {
    // Not spread: what it counts must be read where it is counted.
    get url() {
      return http.url;
    },
    get requests() {
      return http.requests;
    },
    forgetRequests: http.forgetRequests,
    addFault: http.addFault,
    clearFaults: http.clearFaults,
    clientId,
    clientSecret,
    verifyCode,
    switches,
    sync,
    get subscriptions() {
      return book.all;
    },
    get deliveries() {
      return notifier.deliveries;
    },
    get subscriberEnabled() {
      return notifier.enabled;
    },
    issueTokens(personId, { scopes = allScopes, expiresInSeconds } = {}): LabTokens {
      const consent = { personId: known(personId).id, clientId, scopes };
      const pair = oauth.tokens.issue(consent, { expiresInSeconds });
      return {
        accessToken: pair.accessToken,
        refreshToken: pair.refreshToken,
        expiresAt: pair.expiresAtMs,
        scopes,
        providerUserId: fitbitUserId(personId),
      };
    },
    revoke(personId) {
      oauth.tokens.revokePerson(known(personId).id);
      void farewell(personId, "userRevokedAccess");
    },
    setWebhookUrl: (url) => notifier.setUrl(url),
    resetRateLimits: () => server.limiter.reset(),
    setHourlyLimit: (limit) => server.limiter.setLimit(limit),
    async syncPerson(personId, untilMs) {
      sync.sync(known(personId).id, untilMs, "FITBIT");
      await announcing;
    },
    notify: (personId, collection, date, how) =>
      notifier.tell(fitbitUserId(known(personId).id), [{ collection, date }], how),
    holdNotifications: () => notifier.hold(),
    releaseNotifications: (how) => notifier.release(how),
    async deleteUser(personId) {
      oauth.tokens.revokePerson(known(personId).id);
      await farewell(personId, "deleteUser");
    },
    verifyEndpoint: (url) => notifier.verify(url),
    notificationsSettled: () => notifier.idle(),
    async close() {
      stopListening();
      await notifier.close();
      await http.close();
    },
  };
}

export const lab: LabDefinition<FitbitLab> = {
  provider: "FITBIT",
  start: ({ clock, sync }) => startFitbitLab({ clock, sync }),
  environment: ({ clientId, clientSecret, url, verifyCode }) => ({
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    API_URL: url,
    AUTHORIZE_URL: `${url}/oauth2/authorize`,
    TOKEN_URL: `${url}/oauth2/token`,
    REVOKE_URL: `${url}/oauth2/revoke`,
    SUBSCRIBER_ID: "1",
    VERIFICATION_CODE: verifyCode,
  }),
  liftLimits: (started) => started.setHourlyLimit(NO_LIMIT),
};
