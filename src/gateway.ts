import { type AuditLog, createAuditLog } from "./audit/log.js";
import { type Budgets, createBudgets } from "./budgets/budgets.js";
import type { Config } from "./config/config.js";
import type { ConnectionHooks } from "./connections/connection.js";
import { type Connections, type ConnectionsDeps, createConnections } from "./connections/connections.js";
import { auditedConsents } from "./connections/consent/audited-consents.js";
import type { ProviderApi } from "./connections/provider-api.js";
import { type TellRequest, timedApi } from "./connections/timed-api.js";
import type { KeyRotation } from "./connections/tokens/key-rotation.js";
import { createCipher } from "./connections/tokens/vault.js";
import { createErasure } from "./erasure.js";
import { type Bus, createBus } from "./events/bus.js";
import { confirmationPolicy } from "./graphql/confirmation.js";
import type { Services } from "./graphql/services.js";
import { standingAnswersLater } from "./graphql/standing-later.js";
import type { HealthData } from "./health-data/ask.js";
import { createConnectCells } from "./health-data/connect-cells.js";
import { createFetcher } from "./health-data/fetch.js";
import { createHistory, type History } from "./health-data/history.js";
import type { TellLateness } from "./health-data/person.js";
import { createRetention } from "./health-data/retention.js";
import { createHealthData } from "./health-data/session.js";
import { createStoppedCount, type StoppedCount, type StoppedCounts } from "./health-data/stopped-count.js";
import { createHttpClient } from "./http/client.js";
import { BACKFILL, createBackfills } from "./jobs/backfill/backfill.js";
import { createOnConnect, ON_CONNECT } from "./jobs/on-connect.js";
import { type OpenQueue, queuesOn } from "./jobs/open-queues.js";
import { createPrefetch, PREFETCH } from "./jobs/prefetch.js";
import type { JobQueue } from "./jobs/queue.js";
import { createSweep, SWEEP } from "./jobs/sweep.js";
import { tracedQueue } from "./jobs/traced-queue.js";
import type { Logger } from "./log.js";
import { type Clock, systemClock, type Timers } from "./model/time.js";
import type { TrustedOperation } from "./operations/trusted.js";
import { createOutbound, type OutboundDeps } from "./outbound/outbound.js";
import { noOperations } from "./outbound/webhook.js";
import { type Provider, type ProviderId, providers as registry } from "./providers/index.js";
import { withOwnLimits } from "./providers/kit/budgets.js";
import { withOwnPortal } from "./providers/kit/portals.js";
import { createRecorder } from "./recording/recorder.js";
import { regularWork } from "./regular-work.js";
import { createSchedule } from "./schedule.js";
import type { OnUnreadable } from "./store/keyv-store.js";
import { wait } from "./store/lease.js";
import { openStore } from "./store/open-store.js";
import type { Store } from "./store/store.js";
import { createUnderWay, inTime } from "./under-way.js";
import { type ApplyDeps, createApply } from "./webhooks/apply.js";
import { createDayFinder } from "./webhooks/day-finder.js";
import { createFetchText, createVisit } from "./webhooks/fetch-text.js";
import { createSubscriptions, type Subscriptions } from "./webhooks/provider-subscriptions/subscriptions.js";
import { createWebhookReceiver, type WebhookReceiver, type WebhookReceiverDeps } from "./webhooks/receive.js";

/** Everything behind the doors: what the server, the command line and the tests all stand on. */
export interface Gateway extends Services {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
  readonly connections: Connections;
  readonly subscriptions: Subscriptions;
  readonly api: ProviderApi;
  readonly history: History;
  readonly budgets: Budgets;
  readonly healthData: HealthData;
  readonly bus: Bus;
  readonly queue: JobQueue;
  /** All of them, by name: that one among them. */
  readonly queues: Readonly<Record<string, JobQueue>>;
  readonly webhooks: WebhookReceiver;
  /** What was done with whose data. Services write to it through `auditedServices`. */
  readonly audit: AuditLog;
  /** The operations in OPERATIONS. */
  readonly operations: readonly TrustedOperation[];
  /** Figures that connections had on most days and have no longer. */
  readonly stopped: StoppedCount;
  /** Encrypts under the first key what is under another. */
  rotateKeys(): Promise<KeyRotation>;
  /** Begins background work: jobs, what a crash left behind, and the regular looks. The command line does without. */
  startWork(): Promise<void>;
  /** Begins no more background work, and lets what runs come to a good point: jobs at the end of their step. */
  stopWork(graceMs: number): Promise<void>;
  /**
   * Gives what runs that long to come to its end, writes out what is on its way, then lets go of store and Redis,
   * whether they answer or not.
   */
  close(graceMs?: number): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly providers?: readonly Provider[];
  /** Left out: opened as the configuration says. Closed with the gateway. */
  readonly store?: Store;
  readonly clock?: Clock;
  /** Waits before repeats; tests let their clock jump instead. */
  readonly delay?: (ms: number) => Promise<void>;
  /** What wakes the embedded queue; tests let it go by their clock. */
  readonly timers?: Timers;
  /** Where a vendor's fixed address is to be found instead: the lab stands in for signing certificates. */
  readonly resolveUrl?: (url: string) => string | null | undefined;
  /** Resolves the names of webhooks' receivers instead of the system: for tests. */
  readonly lookup?: OutboundDeps["lookup"];
  readonly tell?: Partial<Told>;
}

/** What the gateway tells whoever counts. */
export interface Told {
  /** One request to a provider. */
  readonly upstream: TellRequest;
  /** How a token refresh ended. */
  readonly refresh: NonNullable<ConnectionsDeps["onRefresh"]>;
  /** A provider was found to be down, or answers again. */
  readonly providerDown: NonNullable<ConnectionsDeps["onBreaker"]>;
  /** A request that was not sent, since a budget had nothing left for it. */
  readonly budgetClosed: NonNullable<ConnectionsDeps["onClosed"]>;
  /** How long after a sync or a notification what it brought was stored. */
  readonly late: TellLateness;
  /** What became of a request to a webhook door. */
  readonly notification: NonNullable<WebhookReceiverDeps["count"]>;
  /** What became of what a notification said of one person. */
  readonly notice: NonNullable<ApplyDeps["count"]>;
  /** A stored row that can't be read: once in a process. */
  readonly unreadableRow: OnUnreadable;
  /** What an operation that webhooks are owed came to. */
  readonly webhookRun: NonNullable<OutboundDeps["onRun"]>;
  /** An attempt to send a message to a webhook, and a webhook that was disabled. */
  readonly webhookSend: NonNullable<OutboundDeps["onSend"]>;
  /** How many connections have a figure that stopped, once a day. */
  readonly stoppedSeries: (counts: StoppedCounts) => void;
}

/** Operations that webhooks are owed, run beside each other. */
const RUNS_AT_ONCE = 4;
/** Receivers that are sent something beside each other: so many may hang before another waits. */
const SENDS_AT_ONCE = 64;
/** As long as a request may take when the process ends. */
const GRACE_MS = 10_000;
/** At least that long, where the time is used up: for what is on its way to a store that may be gone. */
const WRITE_OUT_MS = 2_000;

export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, tell = {} } = options;
  const providers = (options.providers ?? registry).map((each) => {
    const settings = config.providers[each.id];
    return withOwnLimits(withOwnPortal(each, settings), settings);
  });
  const clock = options.clock ?? systemClock;
  const delay = options.delay ?? wait;
  const settings = (id: ProviderId) => config.providers[id];
  const { publicUrl } = config;
  const named = new Set(Object.values(config.providers).flatMap(({ otherUrls }) => Object.values(otherUrls)));
  // An address that the operator wrote down is fetched as it stands, plain http included.
  const resolveUrl = (url: string) => options.resolveUrl?.(url) ?? (named.has(url) ? url : null);
  // Loaded where it is wanted: it takes the whole schema with it. Before the store: a broken file leaves nothing open.
  const operations =
    config.operations === null ? null : await (await import("./operations/index.js")).readOperations(config.operations);
  const store =
    options.store ??
    (await openStore(config.storeUrl, {
      dataFolderLog: (folder) => log.info({ folder }, "made the data folder"),
      onUnreadable: (row) => {
        log.error(row, "a stored row cannot be read: it is kept, and skipped");
        tell.unreadableRow?.(row);
      },
    }));
  const standing = operations?.standing ?? noOperations;
  const underWay = createUnderWay();
  const http = createHttpClient({ timeoutMs: config.upstreamTimeoutMs });
  const budgets = createBudgets({ clock, redisUrl: config.redisUrl, log });
  const events = createBus({ redisUrl: config.redisUrl, log });
  // What must not be lost is noted before it is published, which is best effort.
  const bus: Bus = {
    ...events,
    dataUpdated: async (update) => {
      await outbound.dataChanged(update);
      await events.dataUpdated(update);
    },
  };
  const open = await queuesOn(config.redisUrl, { store, clock, log, timers: options.timers });
  const openQueue: OpenQueue = (...of) => tracedQueue(open(...of));
  const [queue, runQueue, sendQueue] = [
    openQueue("jobs"),
    // Of their own: a backfill takes its time, and so does a receiver that hangs.
    openQueue("outbound-runs", RUNS_AT_ONCE),
    openQueue("outbound-sends", SENDS_AT_ONCE),
  ];
  const queues = [queue, runQueue, sendQueue];

  const base = { store, providers, settings, http, budgets, queue, bus, publicUrl, clock, log, delay };

  const audit = createAuditLog({ ...base, encryptionKeys: config.encryptionKeys, days: config.auditDays });

  const onError = (error: unknown) => log.error({ err: error }, "data read from a provider could not be stored");
  const history = createHistory({ store, clock, onError, onChanged: (id) => bus.historyChanged(id) });
  bus.onHistoryChanged((id) => history.dropRemembered(id));

  const hooks: ConnectionHooks = {
    // These stand on connections themselves: they are made further down.
    onDisconnect: (connection) => subscriptions.onDisconnect(connection),
    deleteData: async (gone) => {
      await erasure.connection(gone);
      // After the data: no answer is made of them any more.
      await outbound.forgetAnswers(gone.userId);
    },
    onAdopting: (connectionId) => onConnect.adopting(connectionId),
    onAdopted: (connection) => onConnect.adopted(connection),
    storeCells: createConnectCells(history, clock),
  };
  // Recovering only repeats what was begun before: it waits for leases, and nobody waits for it.
  const { recover, idle, ...lasting } = createConnections({
    ...base,
    encryptionKeys: config.encryptionKeys,
    allowedRedirects: config.allowedRedirects,
    usualScopes: operations?.scopes,
    tokenResolvers: config.tokenResolvers,
    tokenResolverUrl: config.tokenResolver?.url ?? null,
    tokenResolverSecret: config.tokenResolver?.secret ?? null,
    hooks,
    events: {
      connectionChanging: (connection) => outbound.connectionChanging(connection),
      connectionChanged: async (connection) => {
        await outbound.connectionChanged(connection);
        await events.connectionChanged(connection);
      },
    },
    onRefresh: tell.refresh,
    onBreaker: tell.providerDown,
    onClosed: tell.budgetClosed,
    watch: underWay.watch,
  });
  const connections: Connections = {
    ...underWay.watch({
      ...lasting,
      setSourcePriority: async (userId: string, order: readonly string[]) => {
        const stored = await lasting.setSourcePriority(userId, order);
        await outbound.personChanged(userId, "order");
        return stored;
      },
    }),
    ...{ recover, idle },
  };
  const { api } = connections;
  const sender = timedApi(api, tell.upstream);
  const fetcher = createFetcher({
    sender,
    clock,
    delay,
    onUnreadable: (provider, call, error) =>
      log.warn({ provider: provider.id, call: call.name, reason: error.message }, "an answer could not be read"),
    onSkipped: (provider, call, causes) =>
      log.warn({ provider: provider.id, call: call.name, causes: Object.fromEntries(causes) }, "records were left out"),
  });
  const { retentionDays: days, retentionOfRetired: isForRetired, readDeadlineMs } = config;
  const retention = createRetention({ ...base, days, isForRetired });
  const known = { ...base, connections, history, retention };
  const healthData = createHealthData({ ...known, fetcher, onError, onLate: tell.late, readDeadlineMs });

  const subscriptions = createSubscriptions({ ...known, api });
  const prefetch = createPrefetch({ ...known, healthData, onLate: tell.late });
  const backfills = createBackfills({
    ...known,
    healthData,
    onFinishing: (job) => outbound.backfillFinishing(job),
  });
  const sweep = createSweep(known);
  const { subscribeOnConnect, backfillDaysOnConnect } = config;
  const onConnect = createOnConnect({ ...known, subscriptions, backfills, subscribeOnConnect, backfillDaysOnConnect });
  const apply = createApply({
    ...known,
    audit,
    prefetch,
    count: tell.notice,
    prefetchAlways: config.prefetch,
    findDays: createDayFinder({ ...known, sender }),
  });
  const webhooks = createWebhookReceiver({
    ...base,
    apply,
    givenSecret: (provider) => connections.givenSecrets.read(provider),
    fetchText: createFetchText({ http, clock, resolve: resolveUrl }),
    count: tell.notification,
    visit: createVisit({ http, resolve: resolveUrl }),
  });

  const recorder = createRecorder({ ...known, readOnly: config.readOnly });
  const erasure = createErasure({ ...known, webhooks, prefetch, onConnect, subscriptions, backfills, recorder });

  const eraseUser = (userId: string) => outbound.deletingUser(userId, () => erasure.user(userId));
  const outbound = createOutbound({
    ...known,
    audit,
    sendQueue,
    eraseUser,
    cipher: createCipher(config.encryptionKeys),
    appKeys: config.appKeys,
    allowPrivate: config.webhooksAllowPrivate,
    ...standing,
    answer: standingAnswersLater({ services: () => gateway, config, log }),
    lookup: options.lookup,
    queue: runQueue,
    onRun: tell.webhookRun,
    onSend: tell.webhookSend,
  });

  const stopped = createStoppedCount(known);
  const recovering = { backfills, outbound, onConnect, connections, webhooks };
  const schedule = createSchedule(
    regularWork({ ...recovering, prefetch, subscriptions, sweep, stopped, tellStopped: tell.stoppedSeries }),
    log,
  );

  const stopWork = async (graceMs: number) => {
    schedule.stop();
    await Promise.all(queues.map((one) => one.stop(graceMs)));
  };

  const gateway: Gateway = {
    config,
    providers,
    clock,
    log,
    store,
    connections: auditedConsents(connections, audit),
    subscriptions: underWay.watch(subscriptions),
    api,
    history,
    budgets,
    healthData,
    bus,
    updates: bus,
    mustConfirm: confirmationPolicy(config),
    backfills: underWay.watch(backfills),
    recorder: underWay.watch(recorder),
    queue,
    queues: { jobs: queue, "outbound-runs": runQueue, "outbound-sends": sendQueue },
    webhooks,
    audit,
    stopped,
    operations: operations?.trusted ?? [],

    outbound: outbound.webhooks,
    eraseUser,
    rotateKeys: async () => await outbound.rotateKeys(await connections.rotateKeys()),

    async startWork() {
      // None waits for another: a queue's server that is away must not keep notifications from being worked off.
      await Promise.all([
        queue.start({
          [PREFETCH]: prefetch.handler,
          [BACKFILL]: backfills.handler,
          [ON_CONNECT]: onConnect.handler,
          [SWEEP]: sweep.handler,
        }),
        runQueue.start(outbound.handlers),
        sendQueue.start(outbound.sendHandlers),
        schedule.start(),
      ]);
    },

    stopWork,

    async close(graceMs = GRACE_MS) {
      const end = performance.now() + graceMs;
      const stopped = stopWork(graceMs);
      await inTime(graceMs, Promise.all([stopped, webhooks.idle(), underWay.idle()]));
      // What has not come to its end by now is a later start's; what it brought until now is written out.
      const left = () => Math.max(end - performance.now(), WRITE_OUT_MS);
      await connections.idle(left());
      await inTime(left(), Promise.all([history.flush(), audit.idle()]));
      await inTime(WRITE_OUT_MS, Promise.all(queues.map((one) => one.close())));
      await bus.close();
      budgets.close();
      http.close();
      outbound.close();
      await store.close();
    },
  };
  return gateway;
}
