import { PulsegateError } from "../errors.js";
import { idOf, type TrustedOperation } from "../operations/trusted.js";

/** What a request says of its operation, as it came. */
interface Asked {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** What is run for a request that names its operation by an id. */
export interface Meant {
  readonly text: string;
  /** Without what named the operation. */
  readonly extensions: unknown;
}

export interface Trusted {
  /**
   * The operation that a request names by its id. Null for one that brings its own text, or nothing. Throws
   * BAD_USER_INPUT, and OPERATION_NOT_ALLOWED where only known operations are answered.
   */
  meant(asked: Asked): Meant | null;
}

export interface TrustedOptions {
  readonly operations: readonly TrustedOperation[];
  /** Refuses every text but those of our own page. */
  readonly only: boolean;
  /** The ids of our own page's documents. */
  readonly ownIds: ReadonlySet<string>;
}

/** Operations by their ids: `documentId` of GraphQL over HTTP's appendix on persisted documents, or Apollo's hash. */
export function createTrusted({ operations, only, ownIds }: TrustedOptions): Trusted {
  const byId = new Map(operations.flatMap((one) => [one.id, ...one.aliases].map((id) => [id, one] as const)));
  return {
    meant({ query, documentId: given, extensions }) {
      const { documentId = given, persistedQuery, ...others } = recordOf(extensions);
      const rest = extensions === undefined || extensions === null ? extensions : others;
      const hasText = typeof query === "string" && query !== "";
      if (documentId !== undefined && documentId !== null) {
        if (typeof documentId !== "string") throw new PulsegateError("BAD_USER_INPUT", "documentId is no text.");
        if (hasText) throw new PulsegateError("BAD_USER_INPUT", "Send documentId or query, not both.");
        const found = byId.get(documentId);
        if (found) return { text: found.text, extensions: persistedQuery ? { persistedQuery, ...others } : rest };
        throw only
          ? new PulsegateError("OPERATION_NOT_ALLOWED", "No configured operation has this documentId.")
          : new PulsegateError(
              "BAD_USER_INPUT",
              "No configured operation has this documentId: send its text in query.",
            );
      }
      const { sha256Hash } = recordOf(persistedQuery);
      if (!hasText && typeof sha256Hash === "string") {
        const found = byId.get(`sha256:${sha256Hash.toLowerCase()}`) ?? byId.get(sha256Hash);
        if (found) return { text: found.text, extensions: others };
        // Anything else is Apollo's to answer: the client sends the text then.
        if (only) throw new PulsegateError("OPERATION_NOT_ALLOWED", "No configured operation has this hash.");
      }
      if (only && hasText && !ownIds.has(idOf(query as string))) throw new PulsegateError("OPERATION_NOT_ALLOWED");
      return null;
    },
  };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
