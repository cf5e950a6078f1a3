import type { Recorded, RecordKind } from "../../model/recorded.js";
import type { ApiRequest } from "./exchange.js";

/** What a provider can record of one kind. Pure. */
export interface Recording {
  readonly kind: RecordKind;
  /** Asked of a person only where an app names it, or where its operations record such a thing. */
  readonly scope: string;
  /** True if the provider keeps times as the person's clock shows them: then the gateway hands them over in that zone. */
  readonly wallClock?: true;
  /** Why the provider can't take a record as it is, in a sentence. Null or left out: it takes each. */
  lacks?(record: Recorded): string | null;
  /**
   * The provider's entries that make up one record: mostly one. `id` is ours, 40 characters of 0-9 and a-f, equal at each
   * repeat. Nothing for another kind.
   */
  entries(record: Recorded, id: string): readonly RecordEntry[];
  /** Deletes entries by their names, by one request or several. An entry that is gone may be a 404. */
  remove(names: readonly string[]): readonly { readonly request: ApiRequest; isDone(answer: unknown): boolean }[];
}

export interface RecordEntry {
  readonly request: ApiRequest;
  /** The provider's name of the entry. PENDING: it may still come. REFUSED: nothing was recorded. Throws `UnreadableAnswer`. */
  read(answer: unknown): { readonly name: string } | "PENDING" | "REFUSED";
  /** The status by which the provider says that it has an entry with our id, where ids may be chosen. */
  readonly repeated?: { readonly status: number; readonly name: string };
  /**
   * True if the provider keeps nothing by which the entry can be told from others like it, such as an id of ours. Then
   * others are looked for before it is sent, too, and it is not sent again soon after an answer was lost.
   */
  readonly unmarked?: true;
  /** Of what is looked through before sending: whether another entry stands where this one would. */
  isTaken?(answer: unknown): boolean;
  /** Looks for the entry after an answer was lost. */
  readonly look: ApiRequest;
  /**
   * Of an answer to that: the name of the entry where our id shows it, and the names of those that look like it. Throws
   * `UnreadableAnswer`.
   */
  find(answer: unknown): { readonly ours?: string; readonly alike: readonly string[] };
  /** The next page of what is looked through, where there is one. */
  further?(answer: unknown): ApiRequest | null;
  /** The id that the record has when it is read. */
  idOf(name: string): string;
}
