import type { DocumentNode } from "graphql";
import type { RequestContext } from "../../graphql/context.js";
import { checkNesting } from "../../graphql/document-text.js";
import type { Documents } from "../../graphql/documents.js";
import type { Limits } from "../../graphql/limits.js";
import { admit } from "../../graphql/operation.js";
import { schema } from "../../graphql/schema.js";
import { type AskedStraight, straightOf } from "../../graphql/straight.js";
import type { Metrics } from "../metrics.js";
import type { JsonBody } from "../middleware/json-body.js";
import type { Meant } from "../trusted.js";

interface StraightDeps {
  readonly documents: Documents;
  readonly metrics: Pick<Metrics, "operation" | "planned">;
  readonly limits: Limits;
}

type Values = Readonly<Record<string, unknown>>;

/** A longer text is left to Apollo: if it were wrong, it would be read twice. */
const MAX_TEXT_LENGTH = 4 * 1024;

/**
 * Answers queries of histories without Apollo and GraphQL's execution, whose work for one request is more than that of
 * the answer. Answers the body in texts that belong one after the other; null for whatever Apollo has to answer, every
 * error among it.
 */
export function straightAnswers({ documents, metrics, limits }: StraightDeps) {
  return async (
    { value }: JsonBody,
    meant: Meant | null,
    contextOnce: () => RequestContext,
  ): Promise<readonly string[] | null> => {
    const plain = plainly(value as Values, meant);
    if (!plain) return null;
    try {
      checkNesting(plain.variables, limits);
      const document = documents.meaning(plain.text);
      const straight = Array.isArray(document)
        ? null
        : straightOf(schema(), document as DocumentNode, plain.operationName);
      if (!straight) return null;
      const context = contextOnce();
      const { operation } = straight;
      const { variables } = plain;
      const request = { schema: schema(), document: document as DocumentNode, operation, variables, extensions: null };
      let asked: AskedStraight | undefined;
      await admit(request, context, limits, (coerced, now) => {
        asked = straight.asked(coerced);
        return asked.cost(now, limits);
      });
      const data = asked && (await asked.answer(context));
      if (!data) return null;
      metrics.operation("query", "ok");
      metrics.planned(context.loaders.report());
      context.outcome.repeatable = context.madeOf();
      context.outcome.points = context.cost.points;
      return ['{"data":', ...data, "}\n"];
    } catch {
      return null;
    }
  };
}

/** What a request asks, if all its parts are of the usual kinds and it wants nothing but the answer. */
function plainly({ query, variables, operationName, extensions }: Values, meant: Meant | null) {
  const text = meant ? meant.text : query;
  if (typeof text !== "string" || text === "" || text.length > MAX_TEXT_LENGTH) return null;
  if (variables !== undefined && variables !== null && !isObject(variables)) return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") return null;
  const wishes = meant ? meant.extensions : extensions;
  if (wishes !== undefined && wishes !== null && !(isObject(wishes) && Object.keys(wishes).length === 0)) return null;
  return { text, variables, operationName };
}

const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
