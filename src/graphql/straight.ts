import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  isObjectType,
  type OperationDefinitionNode,
} from "graphql";
import type { Ask, DateRange } from "../health-data/ask.js";
import { checkRange } from "../health-data/range.js";
import type { Histories } from "../health-data/views.js";
import type { Domain } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import { pacer } from "../turns.js";
import { ownerOf, requireApp, userOf } from "./caller.js";
import type { RequestContext } from "./context.js";
import { type Selection, selectionOf } from "./selection.js";
import { argumentsOf, type Document, fieldOf, selectedFields } from "./walk.js";
import { Texts } from "./writing/texts.js";
import { dependsOnVariables, type Pace, type Writer, writerFor } from "./writing/writer.js";

type Variables = Readonly<Record<string, unknown>>;

/**
 * A query that asks for histories of users and for nothing else, compiled once for each document: it is answered without
 * GraphQL's execution, which would only find the same asks again.
 */
export interface Straight {
  readonly operation: OperationDefinitionNode;
  /**
   * The `data` of the answer as JSON, in texts that belong one after the other. Null where there is an error to tell of,
   * or a value that only GraphQL's execution gives: what was loaded meanwhile is not loaded again.
   */
  answer(context: RequestContext, variables: Variables): Promise<readonly string[] | null>;
}

/** Null for an operation that GraphQL has to execute. */
export function straightOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): Straight | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  let straight = kept.get(operation);
  if (straight === undefined) {
    straight = compiled(schema, document, operation);
    kept.set(operation, straight);
  }
  return straight;
}

/** Documents are kept (`documents.ts`), and their operations with them. */
const kept = new WeakMap<OperationDefinitionNode, Straight | null>();

/** What only GraphQL's execution answers. */
class NotStraight extends Error {}

/** The histories of a user, by their fields. Readings are not among them: they are charged for while they are read. */
const domains: Readonly<Record<string, Exclude<Domain, "READINGS"> | undefined>> = {
  profile: "PROFILE",
  activity: "ACTIVITY",
  heart: "HEART",
  sleep: "SLEEP",
  body: "BODY",
  workouts: "WORKOUTS",
  vitals: "VITALS",
  scores: "SCORES",
  nutrition: "NUTRITION",
  devices: "DEVICES",
  goals: "GOALS",
};

function compiled(schema: GraphQLSchema, { definitions }: DocumentNode, operation: OperationDefinitionNode) {
  if (operation.operation !== "query") return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of definitions) if (node.kind === "FragmentDefinition") fragments[node.name.value] = node;
  const documentWith = (variableValues: Variables): Document => ({ schema, fragments, variableValues });
  try {
    const places = usersOf(documentWith({}), operation).map((place) => ({
      ...place,
      members: place.nodes && membersOf(documentWith({}), place.nodes),
    }));
    return new Compiled(operation, places, documentWith);
  } catch {
    // A directive with a variable above the histories, among others.
    return null;
  }
}

/** A field of a user. */
interface Member {
  /** `"name":`, with a comma before it unless it is the first. */
  readonly opening: string;
  /** What it is where that does not take a history. */
  readonly text: ((userId: string) => string) | null;
  readonly history: History | null;
}

interface History {
  readonly domain: Domain;
  readonly nodes: readonly FieldNode[];
  readonly returnType: GraphQLObjectType;
  /** Null where variables decide what is selected. */
  readonly selection: Selection | null;
}

interface Place {
  readonly opening: string;
  readonly isViewer: boolean;
  /** Null for `__typename`. */
  readonly nodes: readonly FieldNode[] | null;
}

function usersOf(document: Document, operation: OperationDefinitionNode): readonly Place[] {
  const query = document.schema.getQueryType()!;
  return [...byName(selectedFields(document, query, [operation]))].map(([key, nodes], index) => {
    const name = nodes[0]!.name.value;
    if (name !== "viewer" && name !== "user" && name !== "__typename") throw new NotStraight();
    return { opening: opening(key, index), isViewer: name === "viewer", nodes: name === "__typename" ? null : nodes };
  });
}

function membersOf(document: Document, users: readonly FieldNode[]): readonly Member[] {
  const user = document.schema.getType("User") as GraphQLObjectType;
  return [...byName(selectedFields(document, user, users))].map(([key, nodes], index): Member => {
    const name = nodes[0]!.name.value;
    const member = { opening: opening(key, index), text: null, history: null };
    if (name === "__typename") return { ...member, text: () => '"User"' };
    if (name === "id") return { ...member, text: (id) => JSON.stringify(id) };
    const domain = domains[name];
    const returnType = fieldOf(user, nodes[0]!)?.type;
    if (!domain || !isObjectType(returnType)) throw new NotStraight();
    const info = { ...document, fieldNodes: nodes, returnType };
    // Which scores are selected, an argument says.
    const isStatic = domain !== "SCORES" && !dependsOnVariables(info);
    if (isStatic && writerFor(info) === null) throw new NotStraight();

    return {
      ...member,
      history: { domain, nodes, returnType, selection: isStatic ? selectionOf(domain, info) : null },
    };
  });
}

const opening = (key: string, index: number) => `${index === 0 ? "" : ","}${JSON.stringify(key)}:`;

function byName(nodes: readonly FieldNode[]): ReadonlyMap<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  for (const node of nodes) {
    const name = (node.alias ?? node.name).value;
    const same = found.get(name);
    if (same) same.push(node);
    else found.set(name, [node]);
  }
  return found;
}

class Compiled implements Straight {
  constructor(
    readonly operation: OperationDefinitionNode,
    private readonly places: readonly (Place & { readonly members: readonly Member[] | null })[],
    private readonly documentWith: (variables: Variables) => Document,
  ) {}

  async answer(context: RequestContext, variables: Variables): Promise<readonly string[] | null> {
    try {
      return await this.write(context, this.documentWith(variables));
    } catch {
      // GraphQL's execution meets the same, and tells of it where it belongs.
      return null;
    }
  }

  private async write(context: RequestContext, document: Document): Promise<readonly string[]> {
    const users = await Promise.all(this.places.map((place) => this.userAt(place, context, document)));
    // Nothing is awaited between the loads, so that they are one batch.
    const found = await Promise.all(
      this.places.map(({ members }, at) => {
        const userId = users[at];
        if (!members || userId === null || userId === undefined) return null;
        return Promise.all(members.map(({ history }) => history && this.load(history, userId, context, document)));
      }),
    );
    const pace = pacer(ownerOf(context.caller));
    const texts = new Texts();
    texts.add("{");
    for (const [at, place] of this.places.entries()) {
      texts.add(place.opening);
      const histories = found[at];
      if (!place.members) texts.add('"Query"');
      else if (!histories) texts.add("null");
      else await this.writeUser(texts, place.members, users[at]!, histories, document, pace);
    }
    texts.add("}");
    return texts.all();
  }

  /** The user whom a place is about. Null for an app's viewer, and for somebody who is not known. */
  private async userAt({ nodes, isViewer }: Place, context: RequestContext, document: Document) {
    if (!nodes) return null;
    const { caller, loaders } = context;
    if (isViewer) return caller.kind === "user" ? caller.userId : null;
    requireApp(caller);
    const { id } = argumentsOf(document, document.schema.getQueryType()!, nodes[0]!);
    const userId = userOf(caller, id as string);
    return (await loaders.isKnown(userId)) ? userId : null;
  }

  /** Rejects and never throws, so that whoever waits for several of them hears of each. */
  private async load(history: History, userId: string, context: RequestContext, document: Document) {
    const { domain, nodes, returnType } = history;
    const args = argumentsOf(document, document.schema.getType("User")!, nodes[0]!);
    const { range = null, providers = null } = args as { range?: DateRange; providers?: readonly ProviderId[] | null };
    if (range) checkRange(range);
    const selection = history.selection ?? selectionOf(domain, { ...document, fieldNodes: nodes, returnType });
    const ask: Ask = { userId, domain, range, providers, ...selection };
    return await context.loaders.history(ask);
  }

  private async writeUser(
    texts: Texts,
    members: readonly Member[],
    userId: string,
    histories: readonly (Histories[Domain] | null)[],
    document: Document,
    pace: Pace,
  ): Promise<void> {
    texts.add("{");
    for (const [at, { opening, text, history }] of members.entries()) {
      texts.add(opening);
      if (text) texts.add(text(userId));
      if (!history) continue;
      const write: Writer | null = writerFor({
        ...document,
        fieldNodes: history.nodes,
        returnType: history.returnType,
      });
      const found = histories[at];
      if (!write || !found) throw new NotStraight();
      for (const part of await write(found, pace)) texts.add(part);
    }
    texts.add("}");
  }
}
