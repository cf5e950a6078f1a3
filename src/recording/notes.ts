import { z } from "zod";
import { hashOf } from "../connections/oauth/oauth.js";
import { recordIdOf } from "../health-data/histories/record-ids.js";
import type { Recorded } from "../model/recorded.js";
import type { LocalDate } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import type { RecordEntry } from "../providers/provider.js";
import { type RowForm, rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";

/** What is noted of a record before it leaves, and after. */
export interface Note {
  readonly provider: ProviderId;
  readonly connectionId: string;
  readonly kind: Recorded["kind"];
  /** Hash of what was asked for under this key. */
  readonly input: string;
  /** Our id of the record at the provider. */
  readonly base: string;
  /** With the times as they were sent first. Left out once it is recorded: the provider has it. */
  readonly record?: Recorded;
  readonly entries: readonly EntryNote[];
  /** The id in the histories, once all entries are there. */
  readonly id: string | null;
  readonly dates: readonly LocalDate[];
  readonly removed?: true;
}

/**
 * What is left of a note once the data of its connection were deleted: that the key was used. So a repeat is not a second
 * record at the provider, which keeps its own.
 */
interface SpentKey {
  readonly spent: true;
}

interface EntryNote {
  /** A request for it has left, or was about to. */
  readonly sent: boolean;
  /** The provider's name of it, once it is known to be there. */
  readonly name: string | null;
  /** Of an entry that nothing of ours marks: what looked like it before it was sent, and when it was sent last. */
  readonly others?: readonly string[];
  readonly sentAt?: number;
}

const noteForm = z.looseObject({
  provider: z.string(),
  connectionId: z.string(),
  kind: z.enum(["WEIGHING", "WORKOUT", "SLEEP", "WATER", "FOOD"]),
  input: z.string(),
  base: z.string(),
  record: z.looseObject({ kind: z.string() }).optional(),
  entries: z.array(
    z.looseObject({
      sent: z.boolean(),
      name: z.string().nullable(),
      others: z.array(z.string()).optional(),
      sentAt: z.number().optional(),
    }),
  ),
  id: z.string().nullable(),
  dates: z.array(z.iso.date()),
  removed: z.literal(true).optional(),
});
const noteRows: RowForm<Note | SpentKey> = rowsOf(z.union([z.looseObject({ spent: z.literal(true) }), noteForm]));
const idRows: RowForm<string> = rowsOf(z.string());

/** Notes of records, by user and key, and by the ids that their entries have when they are read. */
export interface RecordNotes {
  /** Where the note of a user's key lies. */
  keyOf(userId: string, key: string): string;
  /** SPENT: the key was used, and what was noted of it is deleted. */
  get(noteKey: string): Promise<Note | "SPENT" | undefined>;
  set(noteKey: string, note: Note): Promise<void>;
  erase(noteKey: string): Promise<void>;
  /** Has each entry found by its id, and answers the id of the record: that of its first entry. */
  index(userId: string, noteKey: string, note: Note, entries: readonly RecordEntry[]): Promise<string>;
  /** The key of the note of the record that a user's histories show under an id. */
  byId(userId: string, id: string): Promise<string | undefined>;
  /** Whether another record of the user is known to be the entry of this name. */
  isOfAnother(userId: string, noteKey: string, note: Note, entry: RecordEntry, name: string): Promise<boolean>;
  /** Takes away what is noted of records at one connection: of each, that its key was used stays. */
  forgetConnection(userId: string, connectionId: string): Promise<void>;
  forgetUser(userId: string): Promise<void>;
}

export function createRecordNotes(store: Store): RecordNotes {
  const notes = store.collection<Note | SpentKey>("records", noteRows);
  const byId = store.collection<string>("record-ids", idRows);
  const idKey = (userId: string, id: string) => `${ownerPrefix(userId)}${hashOf(id)}`;
  const idOf = ({ kind, connectionId, dates }: Note, entry: RecordEntry, name: string) =>
    recordIdOf(kind, connectionId, entry.idOf(name), dates[0]!);
  return {
    keyOf: (userId, key) => ownerPrefix(userId) + hashOf(key),
    async get(noteKey) {
      const note = await notes.get(noteKey);
      return note && "spent" in note ? "SPENT" : note;
    },
    set: (noteKey, note) => notes.set(noteKey, note),
    erase: (noteKey) => notes.erase(noteKey),
    async index(userId, noteKey, note, entries) {
      const ids = entries.map((entry, at) => idOf(note, entry, note.entries[at]!.name!));
      for (const id of new Set(ids)) await byId.set(idKey(userId, id), noteKey);
      return ids[0]!;
    },
    byId: (userId, id) => byId.get(idKey(userId, id)),
    async isOfAnother(userId, noteKey, note, entry, name) {
      const owner = await byId.get(idKey(userId, idOf(note, entry, name)));
      if (owner === undefined || owner === noteKey) return false;
      const other = await notes.get(owner);
      return other !== undefined && !("removed" in other && other.removed);
    },
    async forgetConnection(userId, connectionId) {
      for await (const noteKey of notes.keys(ownerPrefix(userId))) {
        const note = await notes.get(noteKey);
        // One that can't be read may be of this connection.
        if (note !== undefined && ("spent" in note || note.connectionId !== connectionId)) continue;
        await notes.erase(noteKey);
        await notes.set(noteKey, { spent: true });
      }
      for await (const key of byId.keys(ownerPrefix(userId))) {
        const noteKey = await byId.get(key);
        const note = noteKey === undefined ? undefined : await notes.get(noteKey);
        if (note === undefined || "spent" in note) await byId.erase(key);
      }
    },
    async forgetUser(userId) {
      await byId.eraseAll(ownerPrefix(userId));
      await notes.eraseAll(ownerPrefix(userId));
    },
  };
}

const ownerPrefix = (userId: string) => `${hashOf(userId)}/`;
