import { setTimeout as pause } from "node:timers/promises";
import {
  createLabServer,
  createLimiter,
  createSyncState,
  createTokenStore,
  createWebhookSender,
  type LabHttpRequest,
  type LabReply,
  type SyncState,
  systemClock,
} from "../kit/index.js";
import type { Lab, LabClock, LabDefinition, LabRequest } from "../lab.js";
import { person as personOf } from "../people/index.js";
import { DATA_TYPE_BY_ID, DATA_TYPES, type DataType } from "./data-types.js";
import { faultReply, jsonReply, oauthError, RpcError } from "./errors.js";
import { type Change, changeOfSync, deletion, wholeDays, withdrawal } from "./notification-items.js";
import { createNotifications, type GoogleHealthNotifications, type SendOptions } from "./notifications.js";
import {
  ACCESS_SECONDS,
  AUTHORIZE,
  authorize,
  type GoogleHealthApp,
  newAccessToken,
  newRefreshToken,
  type OAuth,
  revoke,
  token,
  tokenInfo,
  userInfo,
} from "./oauth.js";
import { ID_TOKEN_KEYS, idTokenKeys, OIDC_METADATA, oidcMetadata } from "./oidc.js";
import { answerUser, noSuchMethod } from "./routes.js";
import { ALL_READ_SCOPES, ALL_WRITE_SCOPES, accessTo } from "./scopes.js";
import { createServiceAccount } from "./service-account.js";
import { createSigningKeys, type SigningKeys } from "./signature.js";
import { answerProject, type CreatePolicy, type Subscriber } from "./subscribers.js";
import { defaultSwitches, type GoogleHealthSwitches } from "./switches.js";
import { googleHealthUserId } from "./user-id.js";
import { View } from "./view.js";
import { createWrites } from "./writing/writes.js";
import { createWrittenPoints } from "./writing/written-points.js";

export { ALL_READ_SCOPES, ALL_WRITE_SCOPES } from "./scopes.js";
export { captured, tidy } from "./switches.js";
export { googleHealthUserId } from "./user-id.js";

/** The OAuth client that the lab knows unless told otherwise. */
const googleHealthLabApp: GoogleHealthApp = {
  clientId: "104815162342-lab.apps.googleusercontent.com",
  clientSecret: "GOCSPX-pulsegate-lab-secret",
  name: "Pulsegate",
  redirectUris: null,
};

export interface GoogleHealthLabOptions {
  /** With a clock of its own the lab never waits between two attempts at a notification. */
  readonly clock?: LabClock;
  /** Shared with other labs, so that one sync reaches all. */
  readonly sync?: SyncState;
  /** Ephemeral if left out or 0. */
  readonly port?: number;
  readonly app?: Partial<GoogleHealthApp>;
  readonly projectNumber?: string;
  readonly switches?: Partial<GoogleHealthSwitches>;
}

export interface GoogleHealthLab extends Lab {
  readonly app: GoogleHealthApp;
  readonly sync: SyncState;
  /** What the sources leave open, and what goes wrong; change them at any time. */
  readonly switches: GoogleHealthSwitches;
  readonly projectNumber: string;
  /** The key file of a service account that may manage subscribers. Its token endpoint is this lab. */
  readonly serviceAccountJson: string;
  /** `${url}/googlehealthapi/webhooks/webhooks_public_keyset.json` */
  readonly keySetUrl: string;
  readonly keys: SigningKeys;
  readonly notifications: GoogleHealthNotifications;
  readonly subscribers: ReadonlyMap<string, Subscriber>;
  /** As if an operator had registered it: without a service account and without the endpoint's verification. */
  addSubscriber(subscriber: {
    readonly endpointUri: string;
    readonly secret: string;
    readonly id?: string;
    readonly dataTypes?: readonly string[];
    readonly policy?: CreatePolicy;
  }): void;
  /** Carries out the writes that were answered while the switch `writes` was `pending`. Resolves when all is told. */
  finishOperations(): Promise<void>;
  /**
   * Puts a data point there that another app has written, or this one if it names its own client id: what `create` takes
   * as its body. Returns the point's name.
   */
  addPoint(personId: string, dataType: string, body: unknown, clientId?: string): string;
  /** 300 a minute for each person until told otherwise. */
  setMinuteLimit(limit: number): void;
  /** Announces whole days of a type without a sync. Resolves when every attempt is over. */
  announce(personId: string, dataType: string, dates: readonly string[], options?: SendOptions): Promise<void>;
  /** Announces that a record was deleted. It is still there: no adapter believes a notification. */
  announceDeletion(personId: string, dataType: string, date: string, options?: SendOptions): Promise<void>;
}

const NO_LIMIT = 1_000_000;
/** An app that the lab knows nothing of, but what it has written. */
const OTHER_CLIENT_ID = "224466880022-other.apps.googleusercontent.com";
/** Good for nothing but the lab. */
const LAB_ONLY_WEBHOOK_SECRET = "Bearer pulsegate-lab-webhook-secret";
const KEY_SET = "/googlehealthapi/webhooks/webhooks_public_keyset.json";

/** A stand-in for the Google Health API, for Google's OAuth, and for the sender of its notifications, on one origin. */
export async function startGoogleHealthLab(options: GoogleHealthLabOptions = {}): Promise<GoogleHealthLab> {
  const clock = options.clock ?? systemClock;
  const app = { ...googleHealthLabApp, ...options.app };
  const switches = { ...defaultSwitches(), ...options.switches };
  const sync = options.sync ?? createSyncState(clock);
  const projectNumber = options.projectNumber ?? "104815162342";
  const closing = new AbortController();
  const tokens = createTokenStore({
    clock,
    refresh: "reusable",
    accessSeconds: ACCESS_SECONDS,
    get refreshSeconds() {
      return switches.refreshTokenExpiresInSeconds;
    },
    newAccessToken,
    newRefreshToken,
  });
  const limiter = createLimiter({ clock, limit: 300, windowSeconds: 60, align: "first" });
  const serviceAccount = await createServiceAccount(clock, projectNumber);
  const keys = createSigningKeys();
  const subscribers = new Map<string, Subscriber>();
  const wait = (ms: number) => pause(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
  const notifications = createNotifications({
    clock,
    projectNumber,
    subscribers,
    keys,
    ...(options.clock ? {} : { wait }),
  });
  const verifier = createWebhookSender({ clock, retries: 0 });
  const nonces = new Map<string, string>();
  const oauth: OAuth = { app, tokens, switches, serviceAccount, clock, nonces, labUrl: () => server.url, onRevoked };
  const project = {
    clock,
    projectNumber,
    subscribers,
    serviceAccount,
    switches,
    verifier,
    addressOf: (endpointUri: string) => notifications.addressOf(endpointUri) ?? endpointUri,
    isUserToken: (bearer: string) => tokens.check(bearer).state === "valid",
  };

  const written = createWrittenPoints();
  const viewOf = (personId: string) =>
    new View(personOf(personId), sync.syncedUntil(personId, "GOOGLE_HEALTH"), switches, written.of(personId));
  const onWritten = (personId: string, changes: readonly Change[]) => {
    const heard = heardTypes(personId).map(({ id }) => id);
    void notifications.send(
      personId,
      changes.filter(({ dataType }) => heard.includes(dataType)),
    );
  };
  const writes = createWrites({ clock, clientId: app.clientId, switches, written, onWritten });

  function onRevoked(personId: string, scopes: readonly string[]): void {
    const view = viewOf(personId);
    const gone = DATA_TYPES.filter((type) => type.notifies && accessTo(type, scopes) === "full");
    void notifications.send(
      personId,
      gone.map((type) => withdrawal(view, type)),
    );
  }

  async function onRequest(request: LabHttpRequest): Promise<LabReply> {
    try {
      if (request.path.startsWith("/v4/users/"))
        return answerUser({ tokens, limiter, switches, writes, viewOf }, request);
      if (request.path.startsWith("/v4/projects/")) return await answerProject(project, request);
      switch (`${request.method} ${request.path}`) {
        case `GET ${AUTHORIZE}`:
          return authorize(oauth, request);
        case "POST /token":
          return await token(oauth, request);
        case "POST /revoke":
          return revoke(oauth, request);
        case "GET /oauth2/v3/userinfo":
        case "GET /v1/userinfo":
          return userInfo(oauth, request);
        case "GET /tokeninfo":
        case "POST /tokeninfo":
          return tokenInfo(oauth, request);
        case `GET ${OIDC_METADATA}`:
          return oidcMetadata(server.url, AUTHORIZE);
        case `GET ${ID_TOKEN_KEYS}`:
          return await idTokenKeys();
        case `GET ${KEY_SET}`:
          return jsonReply(200, keys.keySet(), { "cache-control": "public, max-age=86400" });
        default:
          throw noSuchMethod();
      }
    } catch (error) {
      if (error instanceof RpcError) return error.reply(switches.capturedErrors);
      throw error;
    }
  }

  const server = await createLabServer({
    clock,
    port: options.port,
    kindOf,
    onRequest,
    renderError: (status, { kind }, reason) =>
      kind === "token" || kind === "revoke"
        ? oauthError(
            status,
            reason ?? (status === 400 ? "invalid_grant" : "internal_failure"),
            "On request of the lab.",
          )
        : faultReply(status, reason),
  });

  const stopListening = sync.onSync(({ personId, provider, fromMs, untilMs }) => {
    if (provider !== "GOOGLE_HEALTH") return;
    const view = viewOf(personId);
    void notifications.send(
      personId,
      heardTypes(personId)
        .map((type) => changeOfSync(view, type, fromMs, untilMs))
        .filter((change): change is Change => change !== null),
    );
  });

  /** What somebody subscribed to and the person has consented to. */
  function heardTypes(personId: string): DataType[] {
    const wanted = new Set(
      [...subscribers.values()].flatMap(({ configs }) => configs.flatMap(({ dataTypes }) => dataTypes)),
    );
    const granted = tokens.grantedScopes(personId, app.clientId);
    return DATA_TYPES.filter((type) => wanted.has(type.id) && accessTo(type, granted) === "full");
  }

  return {
    ...server,
    app,
    sync,
    switches,
    projectNumber,
    serviceAccountJson: serviceAccount.json(server.url),
    keySetUrl: `${server.url}${KEY_SET}`,
    keys,
    notifications,
    subscribers,
    addSubscriber({ endpointUri, secret, id = "lab-subscriber", dataTypes, policy = "AUTOMATIC" }) {
      const all = DATA_TYPES.filter((type) => type.notifies).map((type) => type.id);
      const configs = [{ dataTypes: dataTypes ?? all, subscriptionCreatePolicy: policy }];
      const [createdMs, updatedMs] = [clock.now(), clock.now()];
      const subscriptions = new Map();
      subscribers.set(id, { id, createdMs, updatedMs, endpointUri, secret, configs, active: true, subscriptions });
    },
    finishOperations() {
      writes.finish();
      return notifications.idle();
    },
    addPoint: (personId, dataType, body, clientId = OTHER_CLIENT_ID) =>
      writes.add(viewOf(personId), typeCalled(dataType), body, clientId),
    setMinuteLimit: limiter.setLimit,
    announce: (personId, dataType, dates, how) =>
      notifications.send(personOf(personId).id, [wholeDays(typeCalled(dataType), dates)], how),
    announceDeletion(personId, dataType, date, how) {
      const [view, type] = [viewOf(personId), typeCalled(dataType)];
      const point = type.pointsOn(view, view.person.day(date)).at(0);
      if (!point) throw new Error(`${personId} has no ${dataType} on ${date} that could be deleted`);
      return notifications.send(personId, [deletion(view, type, point)], how);
    },
    issueTokens(personId, { scopes = ALL_READ_SCOPES, expiresInSeconds } = {}) {
      const consent = { personId: personOf(personId).id, clientId: app.clientId, scopes };
      const { accessToken, refreshToken, expiresAtMs } = tokens.issue(consent, { expiresInSeconds });
      const providerUserId = googleHealthUserId(personId);
      return { accessToken, refreshToken, expiresAt: expiresAtMs, scopes, providerUserId };
    },
    revoke(personId) {
      const scopes = tokens.grantedScopes(personOf(personId).id, app.clientId);
      if (tokens.revokePerson(personId)) onRevoked(personId, scopes);
    },
    setWebhookUrl: notifications.setUrl,
    async close() {
      stopListening();
      closing.abort();
      await notifications.close();
      await verifier.close();
      await server.close();
    },
  };
}

function typeCalled(id: string): DataType {
  const type = DATA_TYPE_BY_ID.get(id);
  if (!type) throw new Error(`There is no data type "${id}"`);
  return type;
}

function kindOf(_method: string, path: string): LabRequest["kind"] {
  if (path.startsWith("/v4/users/")) return "api";
  if (path.startsWith("/v4/projects/")) return "subscription";
  if (path === "/token") return "token";
  if (path === "/revoke") return "revoke";
  return path === AUTHORIZE ? "authorize" : "other";
}

export const lab: LabDefinition<GoogleHealthLab> = {
  provider: "GOOGLE_HEALTH",
  writeScopes: ALL_WRITE_SCOPES,
  start: ({ clock, sync, sparse }) =>
    startGoogleHealthLab({
      // With a clock of its own it never waits; the system's is what it has without one.
      ...(clock && clock !== systemClock && { clock }),
      sync,
      switches: sparse ? { denseHeartRate: false } : {},
    }),
  environment: ({ app, url, keySetUrl, projectNumber, serviceAccountJson }) => ({
    CLIENT_ID: app.clientId,
    CLIENT_SECRET: app.clientSecret,
    API_URL: url,
    AUTHORIZE_URL: `${url}${AUTHORIZE}`,
    TOKEN_URL: `${url}/token`,
    REVOKE_URL: `${url}/revoke`,
    TOKENINFO_URL: `${url}/tokeninfo`,
    USERINFO_URL: `${url}/oauth2/v3/userinfo`,
    WEBHOOK_KEYS_URL: keySetUrl,
    PROJECT_NUMBER: projectNumber,
    SERVICE_ACCOUNT: serviceAccountJson,
    WEBHOOK_SECRET: LAB_ONLY_WEBHOOK_SECRET,
  }),
  liftLimits: (started) => started.setMinuteLimit(NO_LIMIT),
  resolve: ({ keySetUrl }, url) => (new URL(url).pathname === KEY_SET ? keySetUrl : null),
};
