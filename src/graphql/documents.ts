import { hash } from "node:crypto";
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import { checkText, shapeOf, type TextShape } from "./document-text.js";
import type { Limits } from "./limits.js";

/** Characters of all documents that are kept. Parsed, each takes some hundred times its length. */
const MAX_LENGTH = 256 * 1024;
/** A longer document is read each time: nobody's few long ones push out everybody's short ones. */
const MAX_KEPT_LENGTH = MAX_LENGTH / 16;

/** Texts that are longer are rare, and all that is known of them is whether they are the same. */
const MAX_SHAPED_LENGTH = 8 * 1024;
const MAX_SHAPES = 1_000;

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
  /**
   * The same, or a document that differs from the text in nothing but comments and spaces: an answer without errors is
   * the same, but the places in the text that errors name are not. Never kept for the text, so that nobody else gets it.
   */
  meaning(text: string): DocumentNode | GraphQLError[];
  /** For Apollo, which reads by itself what it does not find here, and by the same rules. */
  readonly store: {
    get(key: string): Promise<DocumentNode | undefined>;
    set(key: string, document: DocumentNode): Promise<void>;
    delete(key: string): Promise<boolean>;
  };
}

export function createDocuments({ schema, introspection, limits }: DocumentsOptions): Documents {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const options: LRUCache.Options<string, DocumentNode, unknown> = {
    maxSize: MAX_LENGTH,
    maxEntrySize: MAX_KEPT_LENGTH,
    sizeCalculation: (document) => document.loc?.source.body.length || 1,
  };
  const documents = new LRUCache(options);
  /** Some of them, by the shape of their texts. */
  const meanings = new LRUCache(options);
  /** Shapes of valid texts: with other aliases they are valid too. */
  const valid = new LRUCache<string, true>(atMost(MAX_SHAPES));
  const digest = (text: string) => hash("sha256", text, "base64");

  function readNew(text: string, name: string, shape: TextShape | null): DocumentNode | GraphQLError[] {
    checkText(text, limits);
    const document = parse(text, { maxTokens: limits.tokens });
    const validity = shape && digest(shape.validity);
    if (!validity || !valid.has(validity)) {
      const wrong = validate(schema, document, rules);
      if (wrong.length > 0) return [...wrong];
    }
    if (validity) valid.set(validity, true);
    documents.set(name, document);
    if (shape && documents.has(name)) meanings.set(digest(shape.meaning), document);
    return document;
  }

  const shapeOfShort = (text: string) => (text.length > MAX_SHAPED_LENGTH ? null : shapeOf(text));

  return {
    read(text) {
      const name = nameOf(text);
      return documents.get(name) ?? readNew(text, name, shapeOfShort(text));
    },
    meaning(text) {
      const name = nameOf(text);
      const known = documents.get(name);
      if (known) return known;
      const shape = shapeOfShort(text);
      const alike = shape && meanings.get(digest(shape.meaning));
      return alike ? renamed(alike, shape.operationName) : readNew(text, name, shape);
    },
    store: {
      get: async (key) => documents.get(hashIn(key)),
      set: async (key, document) => void documents.set(hashIn(key), document),
      delete: async (key) => documents.delete(hashIn(key)),
    },
  };
}

const nameOf = (text: string) => hash("sha256", text, "hex");

/** A document whose only operation has another name, or none. */
function renamed(document: DocumentNode, name: string | null): DocumentNode {
  if (name === null) return document;
  const definitions = document.definitions.map((node) =>
    node.kind === "OperationDefinition" ? { ...node, name: { kind: Kind.NAME, value: name } as const } : node,
  );
  return { ...document, definitions };
}

/** Apollo's key is the hash of the schema, a colon, and that of the text. */
const hashIn = (key: string) => key.slice(key.lastIndexOf(":") + 1);
