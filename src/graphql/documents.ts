import { createHash } from "node:crypto";
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { LRUCache } from "lru-cache";
import { checkText } from "./document-text.js";
import type { Limits } from "./limits.js";

/** Characters of all documents that are kept. Parsed, each takes some hundred times its length. */
const MAX_LENGTH = 256 * 1024;
/** A longer document is read each time: nobody's few long ones push out everybody's short ones. */
const MAX_KEPT_LENGTH = MAX_LENGTH / 16;

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly limits: Limits;
}

/** Apps send few documents, again and again: each is parsed and validated once, whether it comes by HTTP or WebSocket. */
export interface Documents {
  /**
   * The valid document that a text is, or what validation finds wrong. Throws GraphQLError where it is no document, and
   * QUERY_TOO_COSTLY.
   */
  read(text: string): DocumentNode | GraphQLError[];
  /** For Apollo, which reads by itself what it does not find here, and by the same rules. */
  readonly store: {
    get(key: string): Promise<DocumentNode | undefined>;
    set(key: string, document: DocumentNode): Promise<void>;
    delete(key: string): Promise<boolean>;
  };
}

export function createDocuments({ schema, introspection, limits }: DocumentsOptions): Documents {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_LENGTH,
    maxEntrySize: MAX_KEPT_LENGTH,
    sizeCalculation: (document) => document.loc?.source.body.length || 1,
  });
  return {
    read(text) {
      const hash = createHash("sha256").update(text).digest("hex");
      const known = documents.get(hash);
      if (known) return known;
      checkText(text, limits);
      const document = parse(text, { maxTokens: limits.tokens });
      const wrong = validate(schema, document, rules);
      if (wrong.length > 0) return [...wrong];
      documents.set(hash, document);
      return document;
    },
    store: {
      get: async (key) => documents.get(hashIn(key)),
      set: async (key, document) => void documents.set(hashIn(key), document),
      delete: async (key) => documents.delete(hashIn(key)),
    },
  };
}

/** Apollo's key is the hash of the schema, a colon, and that of the text. */
const hashIn = (key: string) => key.slice(key.lastIndexOf(":") + 1);
