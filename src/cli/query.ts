import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type DocumentNode, GraphQLError, getOperationAST, parse, validate } from "graphql";
import type { Gateway } from "../gateway.js";
import { auditedServices } from "../graphql/audited-services.js";
import type { Caller } from "../graphql/caller.js";
import { createContext } from "../graphql/context.js";
import { admit, answer } from "../graphql/operation.js";
import { providerViews } from "../graphql/provider-view.js";
import { schema } from "../graphql/schema.js";
import { jsonInParts } from "../graphql/writing/json-parts.js";
import { sentenceOf } from "../operations/documents.js";
import { CommandFailed, type Io, inputText } from "./io.js";

export interface QueryOptions {
  readonly user?: string;
  /** JSON. */
  readonly variables?: string;
  readonly operation?: string;
  /** `report` or `dry-run`. */
  readonly plan?: string;
}

/** Answers a query in this process as the server would, and prints the answer. Fails if the answer has errors. */
export async function runQuery(io: Io, gateway: Gateway, file: string, options: QueryOptions): Promise<void> {
  const document = await readDocument(io, file);
  const [fault] = validate(schema(), document);
  if (fault) throw new CommandFailed(sentenceOf(fault, file));
  const operation = getOperationAST(document, options.operation);
  if (!operation) {
    throw new CommandFailed(
      options.operation
        ? `${file} has no operation ${options.operation}.`
        : `${file} does not have exactly one operation: name one with --operation.`,
    );
  }
  if (operation.operation === "subscription") throw new CommandFailed("A subscription needs a server to listen to.");
  const variables = options.variables === undefined ? {} : objectOf(options.variables);
  const user = options.user ?? gateway.config.viewerWithoutCredentials;
  // A person with access to the store may speak for every user in it, like an app key.
  const caller: Caller = user ? { kind: "user", userId: user, expiresAt: null } : { kind: "app", name: "command line" };
  const contextValue = createContext({
    caller,
    services: auditedServices(gateway, gateway.audit, "cli"),
    providers: providerViews(gateway.providers, gateway.config),
    requestId: randomUUID(),
    signal: () => io.signal,
  });
  const extensions = options.plan === undefined ? undefined : { plan: options.plan };
  try {
    await admit({ schema: schema(), document, operation, variables, extensions }, contextValue);
  } catch (error) {
    throw new CommandFailed(error instanceof Error ? error.message : "The query is not allowed.");
  }
  const result = await answer(
    { schema: schema(), document, operationName: operation.name?.value, variableValues: variables, contextValue },
    gateway.log,
  );
  // Histories are already text in the result.
  const whole: unknown = JSON.parse((await jsonInParts(result, "command line")).join(""));
  await io.out(`${JSON.stringify(whole, null, 2)}\n`);
  if (result.errors) throw new CommandFailed(`The answer holds ${result.errors.length} errors.`);
}

async function readDocument(io: Io, file: string): Promise<DocumentNode> {
  let text: string;
  try {
    text = file === "-" ? await inputText(io) : await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailed(`${file} could not be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`);
  }
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CommandFailed(sentenceOf(error, file));
  }
}

function objectOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below: the message of JSON.parse would quote the text.
  }
  throw new CommandFailed('--variables must be a JSON object, such as {"days": 7}.');
}
