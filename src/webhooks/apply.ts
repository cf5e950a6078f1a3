import type { AuditLog } from "../audit/log.js";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { ProviderFailure } from "../connections/oauth/provider-failure.js";
import type { Bus } from "../events/bus.js";
import type { History } from "../health-data/history.js";
import type { DaySpan } from "../health-data/range.js";
import type { Prefetch } from "../jobs/prefetch.js";
import type { Log } from "../log.js";
import { isDatedDomain } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { addDays, type Clock, daysInclusive, eachDay } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import type { Failure, FailureCode, Notice } from "../providers/provider.js";
import { numberRows } from "../store/row.js";
import type { Store } from "../store/store.js";
import type { Change, DayFinder } from "./day-finder.js";
import { createMuted } from "./muted.js";

export interface ApplyDeps {
  readonly store: Store;
  readonly connections: Pick<
    Connections,
    | "get"
    | "byProviderUser"
    | "everyOf"
    | "list"
    | "update"
    | "setStatus"
    | "disconnect"
    | "deleteConnection"
    | "readIdentity"
    | "token"
    | "renewed"
    | "asOneChange"
  >;
  readonly history: Pick<History, "invalidate" | "forget">;
  readonly bus: Pick<Bus, "dataUpdated" | "isListenedTo">;
  readonly prefetch: Pick<Prefetch, "enqueue">;
  /** PREFETCH=1: fetch at every notice, listened to or not. */
  readonly prefetchAlways: boolean;
  /** Finds the days of what notices name by id alone; see `createDayFinder`. */
  readonly findDays?: DayFinder;
  readonly audit?: Pick<AuditLog, "record">;
  readonly clock: Clock;
  readonly log: Log;
  readonly count?: (what: NoticeOutcome, provider: ProviderId) => void;
}

/** `unknown-owner`: it was of somebody who is not connected here. `failed`: it is tried again. */
type NoticeOutcome = "unknown-owner" | "applied" | "failed";

/** Does what notices say. Answers those that could not be done for now. */
export type Apply = (
  provider: ProviderId,
  receivedAt: number,
  notices: readonly Notice[],
) => Promise<{ readonly failed: readonly Notice[] }>;

class Undone extends Error {
  override readonly name = "Undone";
  constructor(readonly notices: readonly Notice[]) {
    super("some of the changed days could not be marked");
  }
}

/** More days than this are marked as the whole domain. */
const MAX_NAMED_DAYS = 366;
const MAX_PREFETCHED_DAYS = 31;
const HEARD_TTL_MS = 30 * 86_400_000;
/** Failures that say nothing of the grant. */
const undecided: ReadonlySet<FailureCode> = new Set(["UNAVAILABLE", "RATE_LIMITED", "NOT_CONFIGURED"]);

export function createApply(deps: ApplyDeps): Apply {
  const { connections, history, bus, log } = deps;
  const muted = createMuted(deps.store);
  const heard = deps.store.collection("heard", numberRows);

  /** Throws `Undone` with what could not be done for now, and nothing of what was: that is not to be told again. */
  async function changed(connection: Connection, told: readonly Change[], receivedAt: number): Promise<void> {
    const { userId, provider } = connection;
    const changes = await dated(connection, told);
    const quiet = await muted.of(connection.id);
    const datedDomains: { readonly domain: Domain; readonly dates: readonly LocalDate[] }[] = [];
    const undated: Domain[] = [];
    const undone = new Set<Domain>();
    const marked = [...new Set(changes.flatMap(({ domains }) => domains))].map((domain) => {
      // What has no days is changed as a whole, whichever day the change was of.
      const spans = isDatedDomain(domain)
        ? changes.filter(({ domains }) => domains.includes(domain)).map(({ days }) => days)
        : [null];
      const whole = spans.some((days) => days === null || !isNameable(days));
      const dates = datesOf(spans);
      const named = whole ? [null] : spansOf(dates);
      // All at once: they are one row of the store.
      const done = Promise.all(named.map((span) => history.invalidate(connection.id, domain, span)));
      return {
        domain,
        whole,
        dates,
        done: done.then(
          () => null,
          (error: unknown) => ({ error }),
        ),
      };
    });
    for (const { domain, whole, dates, done } of marked) {
      const failed = await done;
      if (failed) {
        undone.add(domain);
        log.warn({ err: failed.error, provider, domain }, "changed days could not be marked and are marked later");
        continue;
      }
      // Nobody can read what is new behind a grant that is not (or no longer) there.
      if (connection.status !== "CONNECTED" || quiet.has(domain)) continue;
      await bus.dataUpdated({ userId, provider, domain, dates, receivedAt, origin: "LIVE" });
      if (whole || dates.length === 0) undated.push(domain);
      else datedDomains.push({ domain, dates });
    }
    const isWanted = deps.prefetchAlways || (await bus.isListenedTo(userId));
    if (datedDomains.length + undated.length > 0 && isWanted) {
      await fetch(connection, datedDomains, undated, receivedAt);
    } else if (connection.status === "CONNECTED" && told.some(({ deleted }) => deleted)) {
      // A consent that was withdrawn looks like deleted data. Only a look tells, and asking who it is costs the least.
      await connections.readIdentity(connection);
    }
    // The daily look for connections gone quiet asks for no more than this. What is worked off late was heard before.
    if (receivedAt - ((await heard.get(connection.id)) ?? 0) > 3_600_000)
      await heard.set(connection.id, receivedAt, HEARD_TTL_MS);
    // Forgotten while this was under way: what it left goes after it.
    if ((await connections.get(connection.id)) === null) {
      await heard.delete(connection.id);
      await history.forget(connection.id);
      return;
    }
    const left = told.flatMap((change) => {
      const domains = change.domains.filter((domain) => undone.has(domain));
      return domains.length === 0 ? [] : [{ ...change, domains }];
    });
    if (left.length > 0) throw new Undone(left);
  }

  /** Days that can't be looked up cost a wider look, never the notice: whatever it was, it would fail again and be given up. */
  async function dated(connection: Connection, told: readonly Change[]): Promise<readonly Change[]> {
    try {
      return (await deps.findDays?.(connection, told)) ?? told;
    } catch (error) {
      log.warn({ err: error, connectionId: connection.id }, "the days of a notification could not be looked up");
      return told;
    }
  }

  /** Together, so that the planner can share requests among the domains. */
  async function fetch(
    connection: Connection,
    dated: readonly { readonly domain: Domain; readonly dates: readonly LocalDate[] }[],
    undated: readonly Domain[],
    receivedAt: number,
  ): Promise<void> {
    try {
      if (undated.length > 0) await deps.prefetch.enqueue(connection, undated, null, receivedAt);
      const days = dated.flatMap(({ dates }) => dates).sort();
      const [first, to] = [days[0], days.at(-1)];
      if (first === undefined || to === undefined) return;
      const earliest = addDays(to, 1 - MAX_PREFETCHED_DAYS);
      const span = { from: [first, earliest].sort()[1]!, to };
      const domains = dated.map(({ domain }) => domain);
      await deps.prefetch.enqueue(connection, domains, span, receivedAt);
    } catch (error) {
      // The days are marked: whoever asks next gets them. That is no reason to tell everybody again.
      log.warn({ err: error, connectionId: connection.id }, "changed days could not be put on the queue");
    }
  }

  /**
   * A notice of an end may come late or twice, and then speaks of an earlier grant than the one in hand: only the provider
   * can tell, and asking who it is costs the least. Throws where it can't be asked now, so that it is asked later.
   */
  async function isAlive(connection: Connection): Promise<boolean> {
    const answer = await connections.readIdentity(connection);
    if (answer.kind === "ok" && answer.proven) return true;
    const failure = answer.kind === "failed" ? answer.failure : await refusalOfRefresh(connection);
    if (failure === null) return true;
    if (undecided.has(failure.code)) throw new Error(`whether the grant is gone could not be asked (${failure.code})`);
    return false;
  }

  /** For a provider without a step that asks anything. Without a refresh token nobody can tell, and the notice is believed. */
  async function refusalOfRefresh(connection: Connection): Promise<Failure | null> {
    try {
      await connections.renewed(connection, await connections.token(connection));
      return null;
    } catch (error) {
      if (error instanceof ProviderFailure) return error.failure;
      throw error;
    }
  }

  /** The grant is gone at the provider: ours goes too, its tokens with it. False where it is not. */
  async function gone(connection: Connection, receivedAt: number, deleteData: boolean): Promise<boolean> {
    // Told of the grant before: the person has consented again meanwhile.
    if (connection.connectedAt > receivedAt) return false;
    const { userId, provider } = connection;
    if (await isAlive(connection)) {
      log.info(
        { connectionId: connection.id, provider },
        "the provider reported the end of a consent that still works: ignored",
      );
      return false;
    }
    // Asking takes its time: who consented again meanwhile has a new grant, of which nobody said anything.
    const still = await connections.get(connection.id);
    if (still?.connectedAt !== connection.connectedAt || still.identityReadAt !== connection.identityReadAt)
      return false;
    // Their subscriptions died with the grant: nothing to take down with a dead token.
    await connections.update(connection.id, (before) => ({ ...before, subscriptions: [] }));
    const isCurrent = (await connections.list(userId)).some(({ id }) => id === connection.id);
    if (deleteData) {
      await connections.deleteConnection(connection);
      await deps.audit?.record({ actor: "provider", action: "delete", userId, provider });
    } else if (!isCurrent) await connections.setStatus(connection.id, "REVOKED");
    else if (connection.status !== "REVOKED") {
      await connections.disconnect({ userId, provider, told: true });
      await deps.audit?.record({ actor: "provider", action: "disconnect", userId, provider });
    }
    log.info({ connectionId: connection.id, provider, deleteData }, "the provider reported that the consent ended");
    return true;
  }

  return async (provider, receivedAt, notices) => {
    const failed: Notice[] = [];
    for (const [providerUserId, theirs] of byOwner(notices)) {
      const holder = async () => {
        const found = await connections.byProviderUser(provider, providerUserId);
        return found ? [found] : [];
      };
      const attempt = async (
        some: readonly Notice[],
        find: () => Promise<readonly Connection[]>,
        work: (connection: Connection) => Promise<unknown>,
      ) => {
        if (some.length === 0) return;
        try {
          const found = await find();
          // The one that has the account comes first: where its grant works, the account is there for all of them.
          for (const connection of found) if ((await work(connection)) === false) break;
          deps.count?.(found.length === 0 ? "unknown-owner" : "applied", provider);
        } catch (error) {
          // Takes nothing from the others; tried again later.
          failed.push(...(error instanceof Undone ? error.notices : some));
          deps.count?.("failed", provider);
          log.warn({ err: error, provider }, "a notification could not be processed and is tried again");
        }
      };
      const changes = theirs.filter((notice) => notice.kind === "changed");
      await attempt(changes, holder, (connection) => changed(connection, changes, receivedAt));
      const ends = theirs.filter((notice) => notice.kind !== "changed");
      const deleteData = ends.some(({ kind }) => kind === "account-deleted");
      // The look finds a consent lost, and then the connection ends: an app hears of the end.
      // An account that is deleted takes the data of everybody who ever connected it, whoever left it since.
      const every = () => connections.everyOf({ provider, providerUserId });
      await attempt(ends, deleteData ? every : holder, (connection) =>
        connections.asOneChange(connection.id, () => gone(connection, receivedAt, deleteData)),
      );
    }
    return { failed };
  };
}

function byOwner(notices: readonly Notice[]): ReadonlyMap<string, readonly Notice[]> {
  const owners = new Map<string, Notice[]>();
  for (const notice of notices) {
    owners.set(notice.providerUserId, [...(owners.get(notice.providerUserId) ?? []), notice]);
  }
  return owners;
}

/** A span that is too long to be named day by day, or ends before it begins, says only that something changed. */
function isNameable({ from, to }: DaySpan): boolean {
  return from <= to && daysInclusive(from, to) <= MAX_NAMED_DAYS;
}

function datesOf(spans: readonly (DaySpan | null)[]): readonly LocalDate[] {
  const days = spans.flatMap((span) => (span === null || !isNameable(span) ? [] : [...eachDay(span.from, span.to)]));
  return [...new Set(days)].sort();
}

/** Runs of neighbouring days. */
function spansOf(dates: readonly LocalDate[]): readonly DaySpan[] {
  const spans: { from: LocalDate; to: LocalDate }[] = [];
  for (const date of dates) {
    const last = spans.at(-1);
    if (last && addDays(last.to, 1) === date) last.to = date;
    else spans.push({ from: date, to: date });
  }
  return spans;
}
