import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import {
  createLabServer,
  createRouter,
  createSyncState,
  createTokenStore,
  type LabHttpRequest,
  type LabReply,
  type LabServer,
  type SyncState,
  systemClock,
} from "../kit/index.js";
import type { Lab, LabClock, LabDefinition, LabRequest } from "../lab.js";
import { people, person as personOf } from "../people/index.js";
import { createBudget, limitHeaders } from "./budget.js";
import { answer, failure, noSuchRoute } from "./errors.js";
import { misfitUserId } from "./ids.js";
import { changesOfSync, type NotificationAction, type NotificationType } from "./notification-items.js";
import { createNotifications, type MisfitNotifications } from "./notifications.js";
import { type MisfitApp, oauthRoutes } from "./oauth.js";
import { createObjects, type DatedType } from "./objects.js";
import { presentedToken, resourceRoutes } from "./resources.js";
import { createSnsAuthority, PORTAL_HOST, SNS_HOST, type SnsAuthority } from "./sns-authority.js";
import { snsRoutes } from "./sns-routes.js";
import { defaultSwitches, type MisfitSwitches } from "./switches.js";

export { misfitUserId } from "./ids.js";
export type { SignedSnsEnvelope } from "./sns-message.js";

/** The app that the lab knows unless told otherwise. */
const misfitLabApp: MisfitApp = {
  key: "PulsegateLabKey1",
  secret: "PulsegateLabSecretNotForAnyoneEl",
  name: "Pulsegate",
  domain: null,
};

export interface MisfitLabOptions {
  /** With any clock but the system's the lab never waits: neither for changes to gather nor between attempts. */
  readonly clock?: LabClock;
  /** Shared with other labs, so that one sync reaches all. */
  readonly sync?: SyncState;
  /** Ephemeral if left out or 0. */
  readonly port?: number;
  readonly app?: Partial<MisfitApp>;
  readonly switches?: Partial<MisfitSwitches>;
}

export interface MisfitLab extends Lab {
  readonly app: MisfitApp;
  readonly sync: SyncState;
  /** What the sources leave open; change them at any time. */
  readonly switches: MisfitSwitches;
  readonly notifications: MisfitNotifications;
  readonly sns: SnsAuthority;
  /** Where the lab serves an address of Amazon's or of the portal: for the resolver that a receiver is given. */
  localUrl(url: string): string;
  /** Overwrites fields of an object and announces it. */
  changeObject(personId: string, type: DatedType, id: string, fields: Readonly<Record<string, unknown>>): void;
  /** From now on it is unknown by its id and in lists. Announces it. */
  deleteObject(personId: string, type: DatedType, id: string): void;
  /** Announces an object without changing it: `id` is the person's own id for profiles. */
  announce(personId: string, type: NotificationType, id: string, action?: NotificationAction): void;
  /** 150 an hour until told otherwise. */
  setHourlyLimit(limit: number): void;
}

const NO_LIMIT = 1_000_000;
const TOPICS: readonly NotificationType[] = ["goals", "profiles", "devices", "sessions", "sleeps"];
const SCOPES = ["public", "birthday", "email"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A stand-in for the Misfit Cloud API, its developer portal's hook, and the notification service behind it. */
export async function startMisfitLab(options: MisfitLabOptions = {}): Promise<MisfitLab> {
  const clock = options.clock ?? systemClock;
  const app = { ...misfitLabApp, ...options.app };
  const switches = { ...defaultSwitches(), ...options.switches };
  const sync = options.sync ?? createSyncState(clock);
  const tokens = createTokenStore({ clock, refresh: "none", accessSeconds: null, newAccessToken });
  const budget = createBudget(clock, switches);
  const objects = createObjects(sync, switches);
  const sns = await createSnsAuthority(clock.now());
  const closing = new AbortController();

  const hasAuthorised = (personId: string) => tokens.grantedScopes(personId, app.key).length > 0;
  const notifications = createNotifications({
    clock,
    authority: sns,
    appKey: app.key,
    ownerIds: () => [...people.keys()].filter(hasAuthorised).map(misfitUserId),
    ...(clock === systemClock ? { wait: (delayMs: number) => unhurried(delayMs, closing.signal) } : {}),
  });

  const route = createRouter(
    [
      ...oauthRoutes({ app, tokens, switches }),
      ...resourceRoutes({ tokens, budget, objects, sync, switches }),
      ...snsRoutes(sns, notifications),
    ],
    (request) => noSuchRoute(request.method, request.path),
  );

  function renderError(status: number, request: LabHttpRequest): LabReply {
    if (request.kind === "token") {
      return status === 401 ? { status } : answer(status, { error: "server_error" });
    }
    const access = tokens.check(presentedToken(request) ?? "");
    const limited = status === 429 && access.state !== "unknown";
    return failure(status, switches.errorShape, limited ? limitHeaders(budget.peek(access.consent.personId)) : {});
  }

  const server: LabServer = await createLabServer({
    clock,
    port: options.port,
    kindOf,
    // A slash at the end never made a difference, except in the words of a 404.
    onRequest: (request) => {
      const path = request.path.length > 1 ? request.path.replace(/\/$/, "") : request.path;
      return path === request.path ? route(request) : trimmed(request, path);
    },
    renderError,
  });

  async function trimmed(request: LabHttpRequest, path: string): Promise<LabReply> {
    const reply = await route({ ...request, path });
    return reply.status === 404 ? noSuchRoute(request.method, request.path) : reply;
  }

  function announce(
    personId: string,
    type: NotificationType,
    id: string,
    action: NotificationAction = "updated",
  ): void {
    if (hasAuthorised(personOf(personId).id)) {
      notifications.notify([{ type, action, id, ownerId: misfitUserId(personId) }]);
    }
  }

  const stopListening = sync.onSync((event) => {
    if (event.provider === "MISFIT" && hasAuthorised(event.personId)) {
      notifications.notify(changesOfSync(event, objects, switches));
    }
  });

  return {
    ...server,
    app,
    sync,
    switches,
    notifications,
    sns,
    issueTokens(personId, { scopes = SCOPES, expiresInSeconds } = {}) {
      const consent = { personId: personOf(personId).id, clientId: app.key, scopes };
      const { accessToken, expiresAtMs } = tokens.issue(consent, { expiresInSeconds });
      const providerUserId = misfitUserId(personId);
      return { accessToken, refreshToken: null, expiresAt: expiresAtMs, scopes, providerUserId };
    },
    revoke(personId) {
      tokens.revokePerson(personId);
    },
    setWebhookUrl: notifications.setUrl,
    localUrl(url) {
      const { host, pathname, search } = new URL(url);
      return host === SNS_HOST || host === PORTAL_HOST ? `${server.url}${pathname}${search}` : url;
    },
    changeObject(personId, type, id, fields) {
      objects.change(id, fields);
      announce(personId, type, id);
    },
    deleteObject(personId, type, id) {
      objects.remove(id);
      announce(personId, type, id, "deleted");
    },
    announce,
    setHourlyLimit: budget.setLimit,
    async close() {
      stopListening();
      closing.abort();
      await notifications.close();
      await server.close();
    },
  };
}

function kindOf(method: string, path: string): LabRequest["kind"] {
  if (path.startsWith("/move/")) {
    return "api";
  }
  if (path.startsWith("/auth/tokens/")) {
    return "token";
  }
  if (path.startsWith("/auth/dialog/")) {
    return "authorize";
  }
  return method === "GET" && path === "/" ? "subscription" : "other";
}

function newAccessToken(): string {
  return Array.from(randomBytes(255), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** Ends at once when the lab closes, and keeps no process alive. */
async function unhurried(delayMs: number, signal: AbortSignal): Promise<void> {
  await pause(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
}

export const lab: LabDefinition<MisfitLab> = {
  provider: "MISFIT",
  start: ({ clock, sync }) => startMisfitLab({ clock, sync }),
  environment: ({ app, url, notifications }) => ({
    CLIENT_ID: app.key,
    CLIENT_SECRET: app.secret,
    API_URL: url,
    AUTHORIZE_URL: `${url}/auth/dialog/authorize`,
    TOKEN_URL: `${url}/auth/tokens/exchange`,
    SNS_TOPICS: TOPICS.map((type) => notifications.topicArn(type)).join(","),
  }),
  liftLimits: (started) => started.setHourlyLimit(NO_LIMIT),
  resolve(started, url) {
    const local = started.localUrl(url);
    return local === url ? null : local;
  },
};
