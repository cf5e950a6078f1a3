import { type LabHttpRequest, type LabReply, type Limiter, type TokenStore, text } from "../kit/index.js";
import * as account from "./account.js";
import { getPoint, type ListQuery, listPoints, reconcilePoints } from "./data-points.js";
import { DATA_TYPE_BY_ID, type DataType, type Method } from "./data-types.js";
import { invalid, jsonReply, RpcError, rateLimited, unauthenticated } from "./errors.js";
import { partialResponse } from "./partial-response.js";
import { exerciseTcx, findWorkout } from "./points/tcx.js";
import { dailyRollUp, rollUp } from "./roll-up-requests.js";
import { accessTo, IDENTITY_SCOPES, KNOWN_SCOPES, readScope, writeScope } from "./scopes.js";
import type { GoogleHealthSwitches } from "./switches.js";
import type { View } from "./view.js";
import type { Writes } from "./writing/writes.js";

export interface UserApi {
  readonly tokens: TokenStore;
  readonly limiter: Limiter;
  readonly switches: GoogleHealthSwitches;
  readonly writes: Writes;
  viewOf(personId: string): View;
}

const GLOBAL = ["fields", "prettyPrint", "quotaUser", "alt", "key", "access_token", "oauth_token", "callback"];
/** Who may see exercises; where they went is another scope. */
const A = "activity_and_fitness";
const LIST = ["filter", "pageSize", "pageToken", "dataSourceFamily"];

interface Caller {
  readonly view: View;
  readonly scopes: readonly string[];
}

/** Everything below `/v4/users/`. Throws RpcError for what Google refuses. */
export function answerUser(api: UserApi, request: LabHttpRequest): LabReply {
  const match = /^\/v4\/users\/([^/:]+)\/(.+)$/.exec(request.path);
  const { view, scopes } = admit(api, request);
  if (!match) throw noSuchMethod();
  const [, user, rest] = match as unknown as [string, string, string];
  if (user !== "me" && user !== view.healthUserId)
    throw new RpcError("PERMISSION_DENIED", "The caller does not have permission", {
      reason: "RESOURCE_PERMISSION_DENIED",
    });
  const exported = /^dataTypes\/([^/:]+)\/dataPoints\/([^/:]+):exportExerciseTcx$/.exec(rest);
  if (exported && request.method === "GET")
    return exportTcx(api, request, { view, scopes }, exported[1]!, exported[2]!);
  const data = /^dataTypes\/([^/:]+)\/dataPoints(?:\/([^/:]+)|:([A-Za-z]+))?$/.exec(rest);
  const body = data
    ? answerData(api, request, { view, scopes }, data as unknown as [string, string, string?, string?])
    : answerAccount(api, request, { view, scopes }, rest);
  return jsonReply(200, partialOf(request, api.switches.dropZeros ? withoutZeros(body) : body));
}

/** What `fields` leaves of an answer. */
function partialOf(request: LabHttpRequest, body: unknown): unknown {
  const mask = request.query.get("fields");
  return mask === null ? body : partialResponse(body, mask);
}

/** An exercise as a file, or inside JSON for who does not ask for media. It takes two scopes, whatever the discovery says. */
function exportTcx(
  { switches }: UserApi,
  request: LabHttpRequest,
  { view, scopes }: Caller,
  typeId: string,
  id: string,
): LabReply {
  if (typeId !== "exercise") throw unsupported(typeId, "exportExerciseTcx", switches);
  if (![A, "location"].every((name) => scopes.includes(readScope(name)))) throw insufficientScope(switches);
  const query = queryOf(request, ["partialData"]);
  const { day, workout } = findWorkout(view, id);
  const tcxData = exerciseTcx(day, workout, query.get("partialData") === "true");
  if (request.query.get("alt") !== "media") return jsonReply(200, partialOf(request, { tcxData }));
  return text(200, tcxData, "application/vnd.garmin.tcx+xml");
}

/** A verb that the type does not have; known ones are then told. */
function unsupported(typeId: string, method: string, { capturedErrors }: GoogleHealthSwitches): RpcError {
  const type = DATA_TYPE_BY_ID.get(typeId);
  const message = `Data type "${typeId}" does not support ${method}.`;
  if (!type || !capturedErrors) return invalid("INVALID_PARENT_DATA_TYPE_COLLECTION", message);
  return new RpcError("INVALID_ARGUMENT", message, {
    reason: "UNSUPPORTED_DATA_TYPE_ACTION",
    domain: "health.googleapis.com",
    metadata: { allowed_actions: [...type.methods].join(", ") },
  });
}

/** Who is calling, and whether anything at all may be answered. */
function admit({ tokens, limiter, switches, viewOf }: UserApi, request: LabHttpRequest): Caller {
  if (!request.bearer) throw unauthenticated("CREDENTIALS_MISSING");
  const access = tokens.check(request.bearer);
  if (access.state !== "valid")
    throw unauthenticated(access.state === "expired" ? "ACCESS_TOKEN_EXPIRED" : "ACCESS_TOKEN_INVALID");
  const { personId, scopes } = access.consent;
  request.identify(personId);
  if (scopes.some((scope) => !KNOWN_SCOPES.has(scope)))
    throw new RpcError("PERMISSION_DENIED", "The access token carries OAuth scopes that this API does not allow.", {
      reason: "DISALLOWED_OAUTH_SCOPES",
      metadata: { service: "health.googleapis.com" },
    });
  if (switches.serviceDisabled)
    throw new RpcError(
      "PERMISSION_DENIED",
      "Google Health API has not been used in project before or it is disabled.",
      {
        reason: "SERVICE_DISABLED",
        metadata: { service: "health.googleapis.com" },
      },
    );
  const quota = limiter.take(personId);
  if (!quota.allowed) throw rateLimited(switches.retryAfter ? quota.resetSeconds : null);
  if (switches.consentsLost.has(personId))
    throw new RpcError("PERMISSION_DENIED", "The caller does not have permission", {
      reason: "RESOURCE_PERMISSION_DENIED",
    });
  if (switches.accountsNotLinked.has(personId))
    throw new RpcError("FAILED_PRECONDITION", "The account is not linked to a health profile.", {
      reason: "ACCOUNT_NOT_LINKED",
    });
  return { view: viewOf(personId), scopes };
}

function answerAccount({ switches }: UserApi, request: LabHttpRequest, { view, scopes }: Caller, rest: string): object {
  const needs = (...names: readonly string[]) => {
    if (!names.some((name) => scopes.includes(readScope(name)))) throw insufficientScope(switches);
  };
  const [resource, id] = rest.split("/");
  if (request.method !== "GET" || rest.split("/").length > (resource === "pairedDevices" ? 2 : 1)) throw noSuchMethod();
  switch (resource) {
    case "identity":
      needs(...IDENTITY_SCOPES);
      queryOf(request, []);
      return account.identity(view, switches.legacyUserIds);
    case "profile":
      needs("profile");
      queryOf(request, []);
      return account.profile(view, scopes.includes(readScope("activity_and_fitness")));
    case "settings":
      needs("settings");
      queryOf(request, []);
      return account.settings(view);
    case "irnProfile":
      needs("irn");
      queryOf(request, []);
      return account.irnProfile(view);
    case "pairedDevices": {
      needs("settings");
      if (id !== undefined) return account.getPairedDevice(view, id);
      const query = queryOf(request, ["pageSize", "pageToken"]);
      return account.listPairedDevices(view, query.get("pageSize") ?? null, query.get("pageToken") ?? null);
    }
    default:
      throw noSuchMethod();
  }
}

/** The method by its HTTP side: custom verbs are told apart by case, and `:dailyRollup` is none. */
function methodOf(httpMethod: string, id: string | undefined, verb: string | undefined): Method {
  if (httpMethod === "GET" && id !== undefined) return "get";
  if (httpMethod === "GET" && verb === undefined) return "list";
  if (httpMethod === "GET" && verb === "reconcile") return "reconcile";
  if (httpMethod === "PATCH" && id !== undefined) return "patch";
  if (httpMethod === "POST" && id === undefined && verb === undefined) return "create";
  if (httpMethod === "POST" && (verb === "rollUp" || verb === "dailyRollUp" || verb === "batchDelete")) return verb;
  throw noSuchMethod();
}

function answerData(
  { switches, writes }: UserApi,
  request: LabHttpRequest,
  { view, scopes }: Caller,
  [, typeId, id, verb]: [string, string, string?, string?],
): object {
  const method = methodOf(request.method, id, verb);
  const mayWrite = ({ scope }: DataType) => {
    if (!scopes.includes(writeScope(scope))) throw insufficientScope(switches);
  };
  if (method === "batchDelete" && typeId === "-") {
    queryOf(request, []);
    return writes.batchDelete(view, typeId, request, mayWrite);
  }
  const type = DATA_TYPE_BY_ID.get(typeId);
  const refused = method === "dailyRollUp" && !switches.personalRanges && type?.rollUpKey.endsWith("PersonalRange");
  if (!type?.methods.has(method) || refused) throw unsupported(typeId, method, switches);
  if (switches.privatePreviewTypes.has(typeId))
    throw new RpcError("PERMISSION_DENIED", `Data type "${typeId}" is in private preview.`, {
      reason: "API_PRIVATE_PREVIEW_ACCESS_DENIED",
      metadata: { service: "health.googleapis.com" },
    });
  if (method === "create" || method === "patch" || method === "batchDelete") {
    mayWrite(type);
    queryOf(request, []);
    if (method === "create") return writes.create(view, type, request);
    if (method === "patch") return writes.patch(view, type, id!, request);
    return writes.batchDelete(view, typeId, request, mayWrite);
  }
  const access = accessTo(type, scopes);
  if (access === "none") throw insufficientScope(switches);
  const own = (family: string | null) => (access === "own" ? onlyOwn(family) : family);
  switch (method) {
    case "get":
      queryOf(request, []);
      return getPoint(view, type, id!, access === "own");
    case "list":
    case "reconcile": {
      const query = listQuery(request, access === "own");
      own(query.dataSourceFamily);
      return (method === "list" ? listPoints : reconcilePoints)(view, type, query, switches);
    }
    default: {
      queryOf(request, []);
      return answerRollUp(method, view, type, request.json(), own, switches);
    }
  }
}

function answerRollUp(
  method: "rollUp" | "dailyRollUp",
  view: View,
  type: DataType,
  json: unknown,
  own: (family: string | null) => string | null,
  switches: GoogleHealthSwitches,
): object {
  const answer = method === "rollUp" ? rollUp : dailyRollUp;
  if (typeof json !== "object" || json === null) return answer(view, type, json, switches);
  const asked = (json as { dataSourceFamily?: unknown }).dataSourceFamily;
  const family = own(typeof asked === "string" ? asked : null);
  return answer(view, type, family === null ? json : { ...json, dataSourceFamily: family }, switches);
}

/** A client that may only write reads back what it wrote, and nothing else. */
function onlyOwn(family: string | null): string {
  if (family && !family.endsWith("/self-sources"))
    throw new RpcError("PERMISSION_DENIED", "With a write scope only self-sources can be read.");
  return "users/me/dataSourceFamilies/self-sources";
}

function listQuery(request: LabHttpRequest, ownOnly: boolean): ListQuery {
  const query = queryOf(request, LIST);
  return {
    filter: query.get("filter") ?? null,
    pageSize: query.get("pageSize") ?? null,
    pageToken: query.get("pageToken") ?? null,
    dataSourceFamily: query.get("dataSourceFamily") ?? null,
    ownOnly,
  };
}

/** Both spellings of a name bind, and a name that the method does not have is refused. */
export function queryOf(request: LabHttpRequest, allowed: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of request.query) {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (allowed.includes(camel)) found.set(camel, value);
    else if (!GLOBAL.includes(name) && !name.startsWith("$"))
      throw invalid(undefined, `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`);
  }
  return found;
}

export function noSuchMethod(): RpcError {
  return new RpcError("NOT_FOUND", "Method not found.");
}

export function insufficientScope({ missingScopeReason }: Pick<GoogleHealthSwitches, "missingScopeReason">): RpcError {
  return new RpcError("PERMISSION_DENIED", "Request had insufficient authentication scopes.", {
    reason: missingScopeReason,
    metadata: { service: "health.googleapis.com" },
    headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"' },
  });
}

/** Defaults need not be written: a zero may be a member that is missing. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== 0 && member !== "0");
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutZeros(member)]));
}
