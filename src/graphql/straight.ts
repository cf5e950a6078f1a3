import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  isObjectType,
  type OperationDefinitionNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import type { Ask, DateRange } from "../health-data/ask.js";
import type { Histories } from "../health-data/views.js";
import type { Domain } from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import { pacer } from "../turns.js";
import { ownerOf, requireApp, userOf } from "./caller.js";
import type { RequestContext } from "./context.js";
import { type Cost, checkLimits, type Limits, reckonedDays } from "./limits.js";
import { type Selection, selectionOf } from "./selection.js";
import { checkTexts } from "./texts.js";
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
  /** With the variables of one request. Throws what is wrong with an argument. */
  asked(variables: Variables): AskedStraight;
}

/** What one request asks. */
export interface AskedStraight {
  /** The same as `checkLimits` reckons, which is asked once for each number of days. Throws QUERY_TOO_COSTLY. */
  cost(now: number, limits: Limits): Cost;
  /**
   * The `data` of the answer as JSON, in texts that belong one after the other. Null where there is an error to tell of,
   * or a value that only GraphQL's execution gives: what was loaded meanwhile is not loaded again.
   */
  answer(context: RequestContext): Promise<readonly string[] | null>;
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

function compiled(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
  if (operation.operation !== "query") return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of document.definitions) if (node.kind === "FragmentDefinition") fragments[node.name.value] = node;
  const documentWith = (variableValues: Variables): Document => ({ schema, fragments, variableValues });
  try {
    const places = usersOf(documentWith({}), operation).map((place) => ({
      ...place,
      members: place.nodes && membersOf(documentWith({}), place.nodes),
    }));
    return new Compiled(schema, document, operation, places, documentWith);
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

/** A place with its members, and the arguments that one request gives them. */
interface AskedPlace {
  readonly place: CompiledPlace;
  readonly args: Arguments;
  readonly members: readonly AskedMember[] | null;
}

interface AskedMember {
  readonly member: Member;
  readonly args: Arguments;
}

type CompiledPlace = Place & { readonly members: readonly Member[] | null };
type Arguments = Readonly<Record<string, unknown>>;

class Compiled implements Straight {
  readonly operation: OperationDefinitionNode;
  private readonly costs: CostsByDays;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    private readonly places: readonly CompiledPlace[],
    private readonly documentWith: (variables: Variables) => Document,
  ) {
    this.operation = operation;
    this.costs = new CostsByDays(schema, document, operation);
  }

  asked(variables: Variables): AskedStraight {
    const document = this.documentWith(variables);
    const query = this.schema.getQueryType()!;
    const user = this.schema.getType("User")!;
    const places = this.places.map(
      (place): AskedPlace => ({
        place,
        args: place.nodes ? checkedArguments(document, query, place.nodes[0]!) : {},
        members:
          place.members?.map((member) => ({
            member,
            args: member.history ? checkedArguments(document, user, member.history.nodes[0]!) : {},
          })) ?? null,
      }),
    );
    return new Asked(places, document, this.costs);
  }
}

function checkedArguments(document: Document, type: GraphQLNamedType, node: FieldNode): Arguments {
  const args = argumentsOf(document, type, node);
  checkTexts(fieldOf(type, node)!.args, args);
  return args;
}

/** How many numbers of days a document's costs are kept for. */
const MAX_COSTS = 100;

/**
 * What a document costs by the days of its ranges, as nothing else that variables say changes it. Only for documents whose
 * selections don't depend on variables.
 */
class CostsByDays {
  private readonly known = new LRUCache<string, Cost>(atMost(MAX_COSTS));
  private limits: Limits | undefined;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {}

  of(places: readonly AskedPlace[], variables: Variables, now: number, limits: Limits): Cost {
    const { schema, document, operation } = this;
    const reckon = () => checkLimits(schema, document, operation, variables, now, limits);
    let days = "";
    for (const { members } of places) {
      for (const { member, args } of members ?? []) {
        if (!member.history) continue;
        if (member.history.selection === null) return reckon();
        days += `${reckonedDays((args["range"] as DateRange | undefined) ?? null, now)} `;
      }
    }
    if (this.limits !== limits) this.known.clear();
    this.limits = limits;
    let cost = this.known.get(days);
    if (!cost) {
      cost = reckon();
      this.known.set(days, cost);
    }
    return cost;
  }
}

class Asked implements AskedStraight {
  constructor(
    private readonly places: readonly AskedPlace[],
    private readonly document: Document,
    private readonly costs: CostsByDays,
  ) {}

  cost(now: number, limits: Limits): Cost {
    return this.costs.of(this.places, this.document.variableValues, now, limits);
  }

  async answer(context: RequestContext): Promise<readonly string[] | null> {
    try {
      return await this.write(context);
    } catch {
      // GraphQL's execution meets the same, and tells of it where it belongs.
      return null;
    }
  }

  private async write(context: RequestContext): Promise<readonly string[]> {
    const users = await Promise.all(this.places.map((place) => userAt(place, context)));
    const asks: Ask[] = [];
    for (const [at, { members }] of this.places.entries()) {
      const userId = users[at];
      if (!members || userId === null || userId === undefined) continue;
      for (const { member, args } of members) if (member.history) asks.push(this.ask(member.history, args, userId));
    }
    const histories = (await context.loaders.histories(asks)).values();
    const pace = pacer(ownerOf(context.caller));
    const texts = new Texts();
    texts.add("{");
    for (const [at, { place, members }] of this.places.entries()) {
      texts.add(place.opening);
      const userId = users[at];
      if (!members) texts.add('"Query"');
      else if (userId === null || userId === undefined) texts.add("null");
      else await this.writeUser(texts, members, userId, histories, pace);
    }
    texts.add("}");
    return texts.all();
  }

  private ask({ domain, nodes, returnType, selection: known }: History, args: Arguments, userId: string): Ask {
    const { range = null, providers = null } = args as { range?: DateRange; providers?: readonly ProviderId[] | null };
    const selection = known ?? selectionOf(domain, { ...this.document, fieldNodes: nodes, returnType });
    return { userId, domain, range, providers, ...selection };
  }

  private async writeUser(
    texts: Texts,
    members: readonly AskedMember[],
    userId: string,
    histories: Iterator<Histories[Domain]>,
    pace: Pace,
  ): Promise<void> {
    texts.add("{");
    for (const { member } of members) {
      const { opening, text, history } = member;
      texts.add(opening);
      if (text) texts.add(text(userId));
      if (!history) continue;
      const write: Writer | null = writerFor({
        ...this.document,
        fieldNodes: history.nodes,
        returnType: history.returnType,
      });
      const found = histories.next();
      if (!write || found.done) throw new NotStraight();
      for (const part of await write(found.value, pace)) texts.add(part);
    }
    texts.add("}");
  }
}

/** The user whom a place is about. Null for an app's viewer, and for somebody who is not known. */
async function userAt({ place: { nodes, isViewer }, args }: AskedPlace, { caller, loaders }: RequestContext) {
  if (!nodes) return null;
  if (isViewer) return caller.kind === "user" ? caller.userId : null;
  requireApp(caller);
  const userId = userOf(caller, args["id"] as string);
  return (await loaders.isKnown(userId)) ? userId : null;
}
