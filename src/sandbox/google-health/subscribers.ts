import { randomUUID } from "node:crypto";
import type { LabHttpRequest, LabReply, WebhookSender } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import { DATA_TYPE_BY_ID } from "./data-types.js";
import { invalid, jsonReply, RpcError, unauthenticated } from "./errors.js";
import { readPageSize } from "./paging.js";
import { insufficientScope, noSuchMethod, queryOf } from "./routes.js";
import { CLOUD_PLATFORM } from "./scopes.js";
import type { ServiceAccount } from "./service-account.js";
import type { GoogleHealthSwitches } from "./switches.js";
import { timestamp } from "./time.js";

export type CreatePolicy = "AUTOMATIC" | "MANUAL";

interface SubscriberConfig {
  readonly dataTypes: readonly string[];
  readonly subscriptionCreatePolicy: CreatePolicy;
}

/** One person, for a subscriber with the policy MANUAL. */
interface Subscription {
  readonly name: string;
  /** `users/{healthUserId}` */
  readonly user: string;
  dataTypes: readonly string[];
}

export interface Subscriber {
  readonly id: string;
  readonly createdMs: number;
  updatedMs: number;
  endpointUri: string;
  /** The whole value of the Authorization header. */
  secret: string;
  configs: readonly SubscriberConfig[];
  active: boolean;
  readonly subscriptions: Map<string, Subscription>;
}

export interface SubscriberApi {
  readonly clock: LabClock;
  readonly projectNumber: string;
  readonly subscribers: Map<string, Subscriber>;
  readonly serviceAccount: ServiceAccount;
  readonly switches: GoogleHealthSwitches;
  readonly verifier: WebhookSender;
  /** Where requests to an endpoint really go. */
  addressOf(endpointUri: string): string;
  /** Whether a bearer token is a user's: known, but of the wrong kind. */
  isUserToken(token: string): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const ID = /^[a-z][a-z0-9-]{2,34}[a-z0-9]$/;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const TYPE_PREFIX = "type.googleapis.com/google.devicesandservices.health.v4";
const notFound = () => new RpcError("NOT_FOUND", "Requested entity was not found.");

/** Everything below `/v4/projects/`, for service accounts only. Throws RpcError for what Google refuses. */
export async function answerProject(api: SubscriberApi, request: LabHttpRequest): Promise<LabReply> {
  const match = /^\/v4\/projects\/([^/:]+)\/subscribers(?:\/([^/:]+)(?:\/(subscriptions)(?:\/([^/:]+))?)?)?$/.exec(
    request.path,
  );
  authorise(api, request);
  if (!match) throw noSuchMethod();
  const [, project, id, nested, subscriptionId] = match;
  if (project !== api.projectNumber)
    throw new RpcError("PERMISSION_DENIED", "The caller does not have permission", { reason: "USER_PROJECT_DENIED" });
  const subscriber = id === undefined ? null : api.subscribers.get(id);
  if (nested !== undefined) {
    if (!subscriber) throw notFound();
    return answerSubscription(api, request, subscriber, subscriptionId);
  }
  switch (`${request.method} ${id === undefined ? "all" : "one"}`) {
    case "GET all":
      return jsonReply(200, list(api, request));
    case "POST all":
      return create(api, request);
    case "PATCH one":
      return patch(api, request, subscriber ?? refuse(notFound()));
    case "DELETE one":
      return remove(api, request, subscriber ?? refuse(notFound()));
    // A single subscriber cannot be read: the list is the only way.
    default:
      throw noSuchMethod();
  }
}

function refuse(error: RpcError): never {
  throw error;
}

function authorise({ serviceAccount, isUserToken, switches }: SubscriberApi, { bearer }: LabHttpRequest): void {
  if (!bearer) throw unauthenticated("CREDENTIALS_MISSING");
  const scopes = serviceAccount.scopesOf(bearer);
  if (!scopes) throw isUserToken(bearer) ? insufficientScope(switches) : unauthenticated("ACCESS_TOKEN_INVALID");
  if (!scopes.includes(CLOUD_PLATFORM)) throw insufficientScope(switches);
}

function written({ projectNumber }: SubscriberApi, subscriber: Subscriber) {
  const { id, endpointUri, configs, active, createdMs, updatedMs } = subscriber;
  return {
    name: `projects/${projectNumber}/subscribers/${id}`,
    endpointUri,
    subscriberConfigs: configs,
    endpointAuthorization: { secretSet: true },
    state: active ? "ACTIVE" : "INACTIVE",
    createTime: timestamp(createdMs),
    updateTime: timestamp(updatedMs),
  };
}

/** Operations are over before anybody can ask for them: there is no way to do so. */
function operation({ switches }: SubscriberApi, response: object, type: string): LabReply {
  if (switches.subscriberAnswers === "subscriber") return jsonReply(200, response);
  const name = `operations/${randomUUID()}`;
  return jsonReply(200, { name, done: true, response: { "@type": type, ...response } });
}

function list(api: SubscriberApi, request: LabHttpRequest): object {
  const query = queryOf(request, ["pageSize", "pageToken"]);
  const all = [...api.subscribers.values()].map((subscriber) => written(api, subscriber));
  return { ...pageOf("subscribers", all, query), ...(all.length > 0 && { totalSize: all.length }) };
}

function pageOf(member: string, all: readonly object[], query: ReadonlyMap<string, string>): object {
  const size = readPageSize(query.get("pageSize"), [50, 1000]);
  const from = Number(query.get("pageToken") || 0);
  if (!Number.isInteger(from) || from < 0) throw invalid(undefined, "The page token is invalid.");
  const page = all.slice(from, from + size);
  return {
    ...(page.length > 0 && { [member]: page }),
    ...(from + size < all.length && { nextPageToken: `${from + size}` }),
  };
}

async function create(api: SubscriberApi, request: LabHttpRequest): Promise<LabReply> {
  const id = queryOf(request, ["subscriberId"]).get("subscriberId") ?? randomUUID();
  if (!ID.test(id) && !/^[0-9a-f-]{36}$/.test(id)) throw invalid(undefined, "Invalid subscriber_id");
  if (api.subscribers.has(id)) throw new RpcError("ALREADY_EXISTS", "Requested entity already exists");
  const body = fieldsOf(request.json());
  const now = api.clock.now();
  const subscriber: Subscriber = {
    id,
    createdMs: now,
    updatedMs: now,
    endpointUri: endpointOf(body.endpointUri),
    secret: secretOf(body.endpointAuthorization) ?? refuse(invalid(undefined, "endpoint_authorization is required")),
    configs: configsOf(body.subscriberConfigs ?? []),
    active: true,
    subscriptions: new Map(),
  };
  await verify(api, subscriber);
  api.subscribers.set(id, subscriber);
  return operation(api, written(api, subscriber), `${TYPE_PREFIX}.Subscriber`);
}

async function patch(api: SubscriberApi, request: LabHttpRequest, subscriber: Subscriber): Promise<LabReply> {
  const body = fieldsOf(request.json());
  const known = ["endpointUri", "subscriberConfigs", "endpointAuthorization"];
  const mask = queryOf(request, ["updateMask"]).get("updateMask");
  const fields = mask ? mask.split(",") : known.filter((name) => body[name] !== undefined);
  const unknown = fields.find((name) => !known.includes(name));
  if (unknown) throw invalid(undefined, `Invalid update_mask: ${unknown}`);
  const changed = { ...subscriber, updatedMs: api.clock.now(), active: true };
  if (fields.includes("endpointUri")) changed.endpointUri = endpointOf(body.endpointUri);
  if (fields.includes("subscriberConfigs")) changed.configs = configsOf(body.subscriberConfigs ?? []);
  if (fields.includes("endpointAuthorization"))
    changed.secret = secretOf(body.endpointAuthorization) ?? refuse(invalid(undefined, "secret is required"));
  if (fields.some((name) => name !== "subscriberConfigs")) await verify(api, changed);
  Object.assign(subscriber, changed);
  return operation(api, written(api, subscriber), `${TYPE_PREFIX}.Subscriber`);
}

function remove(api: SubscriberApi, request: LabHttpRequest, subscriber: Subscriber): LabReply {
  const force = queryOf(request, ["force"]).get("force") === "true";
  if (subscriber.subscriptions.size > 0 && !force)
    throw new RpcError("FAILED_PRECONDITION", "The subscriber has subscriptions; delete them or use force.");
  api.subscribers.delete(subscriber.id);
  return operation(api, {}, "type.googleapis.com/google.protobuf.Empty");
}

/** Two requests while the caller waits: the endpoint must know its secret, and must refuse whoever does not. */
async function verify({ verifier, addressOf }: SubscriberApi, { endpointUri, secret }: Subscriber): Promise<void> {
  const url = addressOf(endpointUri);
  const body = '{"type":"verification"}';
  const common = { "Content-Type": "application/json", "User-Agent": "Google-Health-API-Webhooks-Verifier" };
  const knowing = await verifier.send({ url, body, headers: { ...common, Authorization: secret } });
  const unknowing = await verifier.send({ url, body, headers: common });
  const [welcome, refusal] = [knowing, unknowing].map(({ attempts }) => attempts.at(-1)?.status ?? 0);
  if ((welcome !== 201 && welcome !== 200) || (refusal !== 401 && refusal !== 403))
    throw new RpcError(
      "FAILED_PRECONDITION",
      `Endpoint verification failed: ${welcome} with and ${refusal} without authorization.`,
    );
}

function answerSubscription(
  api: SubscriberApi,
  request: LabHttpRequest,
  subscriber: Subscriber,
  id: string | undefined,
): LabReply {
  const { subscriptions } = subscriber;
  const found = id === undefined ? undefined : subscriptions.get(id);
  switch (`${request.method} ${id === undefined ? "all" : "one"}`) {
    case "GET all": {
      const query = queryOf(request, ["pageSize", "pageToken", "filter"]);
      const user = /user = "([^"]+)"/.exec(query.get("filter") ?? "")?.[1];
      const some = [...subscriptions.values()].filter((subscription) => !user || subscription.user === user);
      return jsonReply(200, pageOf("subscriptions", some, query));
    }
    case "POST all": {
      const name = queryOf(request, ["subscriptionId"]).get("subscriptionId") ?? randomUUID();
      if (!ID.test(name) && !/^[0-9a-f-]{36}$/.test(name)) throw invalid(undefined, "Invalid subscription_id");
      if (subscriptions.has(name)) throw new RpcError("ALREADY_EXISTS", "Requested entity already exists");
      const { user, dataTypes } = fieldsOf(request.json());
      if (typeof user !== "string" || !/^users\/[A-Za-z0-9-]{1,63}$/.test(user))
        throw invalid(undefined, "Invalid user");
      const created: Subscription = {
        name: `projects/${api.projectNumber}/subscribers/${subscriber.id}/subscriptions/${name}`,
        user,
        dataTypes: subscribable(subscriber, user, dataTypes),
      };
      subscriptions.set(name, created);
      return jsonReply(200, created);
    }
    case "PATCH one": {
      if (!found) throw notFound();
      queryOf(request, ["updateMask"]);
      found.dataTypes = subscribable(subscriber, found.user, fieldsOf(request.json()).dataTypes);
      return jsonReply(200, found);
    }
    case "DELETE one":
      if (!found) throw notFound();
      subscriptions.delete(id!);
      return jsonReply(200, {});
    default:
      throw noSuchMethod();
  }
}

/** Full names here, unlike in a subscriber's own configuration, and only types that it takes by hand. */
function subscribable({ configs }: Subscriber, user: string, json: unknown): readonly string[] {
  const manual = configs.filter(({ subscriptionCreatePolicy }) => subscriptionCreatePolicy === "MANUAL");
  const allowed = manual.flatMap(({ dataTypes }) => dataTypes.map((type) => `${user}/dataTypes/${type}`));
  const names = Array.isArray(json) ? json : [];
  const stranger = names.find((name) => !allowed.includes(name));
  if (stranger !== undefined) throw invalid(undefined, `Invalid data type: ${stranger}`);
  if (manual.length === 0)
    throw new RpcError("FAILED_PRECONDITION", "The subscriber has no data type with the policy MANUAL.");
  return names;
}

function fieldsOf(json: unknown): Fields {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw invalid(undefined, "Invalid JSON payload received.");
  return json as Fields;
}

/** HTTPS, except on this machine, where nobody has a certificate. */
function endpointOf(json: unknown): string {
  const url = typeof json === "string" && URL.canParse(json) ? new URL(json) : null;
  if (!url || (url.protocol !== "https:" && !LOOPBACK.includes(url.hostname)))
    throw invalid(undefined, "endpoint_uri must be a valid HTTPS URI");
  return json as string;
}

function secretOf(json: unknown): string | null {
  const secret = typeof json === "object" && json !== null ? (json as Fields).secret : null;
  return typeof secret === "string" && secret !== "" ? secret : null;
}

function configsOf(json: unknown): readonly SubscriberConfig[] {
  if (!Array.isArray(json)) throw invalid(undefined, "Invalid subscriber_configs");
  return json.map((entry): SubscriberConfig => {
    const { dataTypes, subscriptionCreatePolicy: policy } = fieldsOf(entry);
    if (policy !== "AUTOMATIC" && policy !== "MANUAL") throw invalid(undefined, "Invalid subscription_create_policy");
    const names: readonly unknown[] = Array.isArray(dataTypes) ? dataTypes : [];
    const silent = names.find((name) => !DATA_TYPE_BY_ID.get(String(name))?.notifies);
    if (names.length === 0 || silent !== undefined) throw invalid(undefined, `Invalid data type: ${silent ?? "none"}`);
    return { dataTypes: names.map(String), subscriptionCreatePolicy: policy };
  });
}
