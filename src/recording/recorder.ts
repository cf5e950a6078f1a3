import { createHash } from "node:crypto";
import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { hashOf } from "../connections/oauth/oauth.js";
import type { ProviderAnswer } from "../connections/provider-api.js";
import { PulsegateError } from "../errors.js";
import type { Bus } from "../events/bus.js";
import type { History } from "../health-data/history.js";
import { storedZone } from "../health-data/zone.js";
import { isDatedDomain } from "../model/fields.js";
import { domainsOfKind, faultOf, filingTime, isPlainText, type Recorded, withTimes } from "../model/recorded.js";
import type { LocalDate, OffsetDateTime } from "../model/records.js";
import { type Clock, instantOf, inZone, localDateOf, offsetOf } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { RecordEntry, Recording } from "../providers/provider.js";
import { allows, providerOf } from "../providers/registry.js";
import { type Delay, withLease } from "../store/lease.js";
import type { Store } from "../store/store.js";
import { createRecordNotes, type Note } from "./notes.js";
import { outcomeUnknown, refusalOf } from "./refusals.js";
import { lookFor, othersLike, readable } from "./search.js";

export interface RecorderDeps {
  readonly store: Store;
  readonly connections: Pick<Connections, "api" | "require" | "get" | "hasEverConnected">;
  readonly providers: readonly Provider[];
  readonly history: Pick<History, "invalidate" | "read">;
  readonly bus: Pick<Bus, "dataUpdated">;
  /** READ_ONLY=1: nothing is written to a provider. */
  readonly readOnly: boolean;
  readonly clock: Clock;
  readonly delay: Delay;
}

/** What was recorded or deleted: the id that the entry has in the histories, and the days to read again. */
interface Done {
  readonly id: string;
  readonly dates: readonly LocalDate[];
  readonly provider: ProviderId;
}

export interface Recorder {
  /**
   * Has a provider keep a record of a person, once for each `key` of the person, however often it is asked, in any number of
   * processes, and whatever is lost on the way. Throws RECORD_OUTCOME_UNKNOWN where nothing tells whether the provider
   * has it: ask again with the same key.
   */
  record(asked: {
    readonly userId: string;
    readonly provider: ProviderId;
    readonly key: string;
    readonly record: Recorded;
  }): Promise<Done>;
  /** Deletes at the provider what was recorded here. May be repeated. Throws BAD_USER_INPUT for anything else. */
  remove(asked: { readonly userId: string; readonly id: string }): Promise<Done>;
  /**
   * Takes away what is noted of records at one connection, whose data are deleted: its keys stay used, and what the
   * provider keeps stays there.
   */
  forgetConnection(userId: string, connectionId: string): Promise<void>;
  forgetUser(userId: string): Promise<void>;
}

const LONGEST_KEY = 200;
const LEASE_MS = 30_000;
/** Longer than a provider takes for a few requests that time out. */
const WAIT_MS = 60_000;
/** Longer than a provider works on a request whose answer was lost: what is not there by then does not come. */
const SETTLED_MS = 60_000;

export function createRecorder(deps: RecorderDeps): Recorder {
  const { store, connections, history, clock } = deps;
  const notes = createRecordNotes(store);
  /** Equal requests in this process share one answer. */
  const underWay = new Map<string, Promise<Done>>();

  const exclusively = async <T>(noteKey: string, work: () => Promise<T>): Promise<T> => {
    const times = { ttlMs: LEASE_MS, waitMs: WAIT_MS, delay: deps.delay };
    const done = await withLease(store, `record/${noteKey}`, times, work);
    if (!done) throw outcomeUnknown("Another request with this key is still under way.");
    return done.value;
  };

  const writable = () => {
    if (deps.readOnly) throw new PulsegateError("FORBIDDEN", "This gateway runs with READ_ONLY=1: it records nothing.");
  };

  const recordingOf = (id: ProviderId, kind: Recorded["kind"]) => {
    const provider = providerOf(deps.providers, id);
    const recording = provider?.records?.find((each) => each.kind === kind);
    if (!provider || !recording)
      throw new PulsegateError("UNSUPPORTED", `${provider?.name ?? id} does not take records of this kind.`);
    return { provider, recording };
  };

  const connected = async (userId: string, provider: Provider, { scope }: Recording): Promise<Connection> => {
    const connection = await connections.require(userId, provider.id);
    if (allows(provider, connection.scopes, scope)) return connection;
    throw new PulsegateError(
      "INSUFFICIENT_SCOPE",
      `The user did not grant ${scope}: call connect with it in \`scopes\`, beside those that are granted.`,
    );
  };

  /** The time with the person's own offset: callers that know none write UTC. */
  const inOwnZone = async (
    { id }: Connection,
    { wallClock }: Recording,
  ): Promise<(time: OffsetDateTime) => OffsetDateTime> => {
    const zone = await storedZone(history, id);
    return (time) => (zone !== null && (wallClock || offsetOf(time) === 0) ? inZone(instantOf(time), zone) : time);
  };

  /** Days are read again, and those who listen are told. Before the note: after a crash in between both are done again. */
  const mark = async (userId: string, { provider, connectionId, kind, dates }: Note): Promise<void> => {
    for (const domain of domainsOfKind[kind]) {
      if (!isDatedDomain(domain)) await history.invalidate(connectionId, domain, null);
      else for (const date of dates) await history.invalidate(connectionId, domain, { from: date, to: date });
    }
    const [domain] = domainsOfKind[kind];
    const receivedAt = clock.now();
    await deps.bus.dataUpdated({ userId, provider, domain: domain!, dates, receivedAt, origin: "LIVE" });
  };

  /** Sends one entry whose request was never sent, or is known to have done nothing. */
  const send = async (connection: Connection, entry: RecordEntry): Promise<string | ProviderAnswer | null> => {
    const { status, name } = entry.repeated ?? { status: 0, name: "" };
    const answer = await connections.api.send(connection, entry.request, { acceptedStatuses: [status] });
    if (answer.kind === "ok") {
      if (answer.status === status) return name;
      const read = readable(() => entry.read(answer.body));
      if (read === "REFUSED") return answer;
      return read === undefined || read === "PENDING" ? null : read.name;
    }
    const isDecided =
      answer.requests === 0 || (answer.kind === "failed" && answer.outcome.failure.code !== "UNAVAILABLE");
    return isDecided ? answer : null;
  };

  const recordAlone: (asked: Parameters<Recorder["record"]>[0], noteKey: string) => Promise<Done> = async (
    asked,
    noteKey,
  ) => {
    const { userId, record, key } = asked;
    const input = hashOf(JSON.stringify([asked.provider, record]));
    const before = await notes.get(noteKey);
    if (before === "SPENT") throw spent();
    if (before && before.input !== input)
      throw new PulsegateError("BAD_USER_INPUT", "key: this user has used it for another record. Choose a new one.");
    if (before?.id) return doneOf(before, before.id);
    const { provider, recording } = recordingOf(asked.provider, record.kind);
    const connection = await connected(userId, provider, recording);
    if (before && before.connectionId !== connection.id)
      throw new PulsegateError("BAD_USER_INPUT", "key: it was used at another account of this user. Choose a new one.");
    const whole = before?.record ?? withTimes(record, await inOwnZone(connection, recording));
    const base =
      before?.base ?? createHash("sha256").update(`${connection.id}\n${userId}\n${key}`).digest("hex").slice(0, 40);
    const entries = recording.entries(whole, base);
    let note: Note = before ?? {
      ...{ provider: provider.id, connectionId: connection.id, kind: record.kind, input, base, record: whole },
      ...{ entries: entries.map(() => ({ sent: false, name: null })), id: null },
      dates: [localDateOf(filingTime(whole))],
    };
    const save = async (at: number, change: Note["entries"][number]) => {
      note = { ...note, entries: note.entries.with(at, change) };
      await notes.set(noteKey, note);
    };
    for (const [at, entry] of entries.entries()) {
      const known = note.entries[at]!;
      const { sent, name, sentAt = 0 } = known;
      if (name !== null) continue;
      const look = () =>
        lookFor(connections.api, connection, entry, async (alike) => {
          if (note.entries[at]!.others?.includes(alike)) return true;
          return await notes.isOfAnother(userId, noteKey, note, entry, alike);
        });
      let found = sent ? await look() : null;
      if (found === null) {
        if (sent && entry.unmarked && clock.now() < sentAt + SETTLED_MS)
          throw outcomeUnknown("The provider does not have it yet.", "in a minute");
        // The intent comes first: whoever comes after a crash looks before sending again.
        if (entry.unmarked) {
          const refused = (answer: ProviderAnswer | null) => refusalOf(provider, answer);
          const others = known.others ?? (await othersLike(connections.api, connection, entry, refused));
          await save(at, { sent: true, name: null, others, sentAt: clock.now() });
        } else if (!sent) await save(at, { sent: true, name: null });
        const answer = await send(connection, entry);
        if (typeof answer === "string") found = answer;
        // An error inside a success is believed only where nothing is there.
        else if (answer === null || answer.kind === "ok") found = await look();
        if (found === null) {
          if (answer === null) throw outcomeUnknown();
          // Known not to be there. Without any other part of it, the key is free for a corrected input.
          if (!sent && note.entries.some((one) => one.name !== null)) await save(at, { sent: false, name: null });
          // An earlier request may still be carried out: its note stays, so that the next attempt looks again.
          else if (!sent) await notes.erase(noteKey);
          throw refusalOf(provider, answer as ProviderAnswer);
        }
      }
      await save(at, { sent: true, name: found });
    }
    await mark(userId, note);
    const id = await notes.index(userId, noteKey, note, entries);
    const { record: _sent, ...kept } = note;
    await notes.set(noteKey, { ...kept, id });
    // Forgotten while this was under way: what it left goes after it.
    if ((await connections.get(connection.id)) === null) {
      if (await connections.hasEverConnected(userId)) await notes.forgetConnection(userId, connection.id);
      else await notes.forgetUser(userId);
    }
    return doneOf(note, id);
  };

  const removeAlone = async (userId: string, id: string, noteKey: string): Promise<Done> => {
    const note = await notes.get(noteKey);
    if (note === undefined || note === "SPENT") throw notOurs();
    if (note.removed) return doneOf(note, id);
    const { provider, recording } = recordingOf(note.provider, note.kind);
    const connection = await connected(userId, provider, recording);
    if (connection.id !== note.connectionId)
      throw new PulsegateError("PROVIDER_NOT_CONNECTED", `It is in another account of the user at ${provider.name}.`);
    for (const { request, isDone } of recording.remove(note.entries.flatMap(({ name }) => name ?? []))) {
      const answer = await connections.api.send(connection, request, { acceptedStatuses: [GONE] });
      if (answer.kind !== "ok") throw refusalOf(provider, answer);
      if (answer.status !== GONE && !isDone(answer.body)) throw refusalOf(provider, answer);
    }
    await mark(userId, note);
    await notes.set(noteKey, { ...note, removed: true });
    return doneOf(note, id);
  };

  return {
    record: async (asked) => {
      writable();
      if (!isPlainText(asked.key, LONGEST_KEY))
        throw new PulsegateError("BAD_USER_INPUT", `key must have 1 to ${LONGEST_KEY} characters.`);
      const noteKey = notes.keyOf(asked.userId, asked.key);
      const same = JSON.stringify([noteKey, asked.provider, asked.record]);
      const running = underWay.get(same);
      if (running) return await running;
      // What was recorded stays so, however the clock or the bounds have changed since.
      if ((await notes.get(noteKey)) === undefined) {
        const fault = faultOf(asked.record, clock.now());
        if (fault !== null) throw new PulsegateError("BAD_USER_INPUT", fault);
        const { recording } = recordingOf(asked.provider, asked.record.kind);
        const lack = recording.lacks?.(asked.record) ?? null;
        if (lack !== null) throw new PulsegateError("UNSUPPORTED", lack);
      }
      const begun = underWay.get(same);
      if (begun) return await begun;
      const work = exclusively(noteKey, () => recordAlone(asked, noteKey)).finally(() => underWay.delete(same));
      underWay.set(same, work);
      return await work;
    },
    remove: async ({ userId, id }) => {
      writable();
      const noteKey = id.length > LONGEST_KEY ? undefined : await notes.byId(userId, id);
      if (noteKey === undefined) throw notOurs();
      return await exclusively(noteKey, () => removeAlone(userId, id, noteKey));
    },
    forgetConnection: notes.forgetConnection,
    forgetUser: notes.forgetUser,
  };
}

/** The provider says that there is no such record: as good as deleted. */
const GONE = 404;

const doneOf = ({ dates, provider }: Note, id: string): Done => ({ id, dates, provider });

function spent(): PulsegateError {
  return new PulsegateError(
    "BAD_USER_INPUT",
    "key: this user has used it for a record whose data were deleted here. Choose a new one for another record.",
  );
}

function notOurs(): PulsegateError {
  return new PulsegateError("BAD_USER_INPUT", "id: nothing with it was recorded through this gateway for this user.");
}
