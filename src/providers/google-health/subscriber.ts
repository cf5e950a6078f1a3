import { createHash, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { optionalList, optionalObject, optionalString } from "../../http/json.js";
import { orNotice, Unsubscribable } from "../kit/subscriptions.js";
import type { ApiRequest, AppApi, ProviderResponse, SubscriptionScheme } from "../provider.js";

export const USUAL_SUBSCRIBER_ID = "pulsegate";
const MANAGE = "https://www.googleapis.com/auth/cloud-platform";

/** The types that Google sends notifications of and that the gateway reads, as documented on 2026-09-24. */
export const notifiedTypes = [
  "active-zone-minutes",
  "altitude",
  "blood-glucose",
  "body-fat",
  "calories-in-heart-rate-zone",
  "daily-heart-rate-variability",
  "daily-heart-rate-zones",
  "daily-oxygen-saturation",
  "daily-respiratory-rate",
  "daily-resting-heart-rate",
  "daily-sleep-temperature-derivations",
  "distance",
  "exercise",
  "floors",
  "heart-rate",
  "heart-rate-variability",
  "height",
  "respiratory-rate-sleep-summary",
  "run-vo2-max",
  "sedentary-period",
  "sleep",
  "steps",
  "time-in-heart-rate-zone",
  "weight",
] as const;

/** https://developers.google.com/health/reference/rest/v4/projects.subscribers */
interface RawSubscriber {
  readonly name: string;
  readonly endpointUri: string;
  readonly subscriberConfigs: readonly {
    readonly dataTypes: readonly string[];
    readonly subscriptionCreatePolicy: string;
  }[];
  readonly endpointAuthorization: { readonly secretSet: boolean };
  /** UNVERIFIED, ACTIVE or INACTIVE. */
  readonly state: string;
}

/** Keeps one subscriber for the whole project as it should be. It covers all people who consented. */
export function createSubscriptions(): SubscriptionScheme {
  // Google does not show which secret it has, so a secret that this process has not set is set again once.
  let knownSecret: string | null = null;
  return {
    kind: "per-app",
    ensure: (api) =>
      orNotice(async () => {
        const account = accountOf(api);
        const wanted = wantedOf(api);
        const request = await authorised(api, account);
        const fingerprint = createHash("sha256").update(JSON.stringify(wanted)).digest("hex");
        const found = await find(request, account);
        if (!found || !isAsWanted(found, wanted) || knownSecret !== fingerprint) {
          await put(request, account, wanted, found !== null);
          const after = await find(request, account);
          if (!after || optionalString(after.state) !== "ACTIVE") {
            throw new Unsubscribable(
              `Google Health has not activated the subscriber (${after?.state ?? "not listed"}).`,
            );
          }
        }
        knownSecret = fingerprint;
        return { notices: [] };
      }),
  };
}

interface Account {
  readonly email: string;
  readonly privateKey: string;
  readonly tokenUri: string;
  readonly parent: string;
  readonly subscriberId: string;
}
type Send = (request: ApiRequest) => Promise<ProviderResponse>;

function accountOf({ settings }: AppApi): Account {
  const { PROJECT_NUMBER: project, SERVICE_ACCOUNT: given, WEBHOOK_SECRET: secret } = settings.values;
  const missing = Object.entries({ PROJECT_NUMBER: project, SERVICE_ACCOUNT: given, WEBHOOK_SECRET: secret })
    .filter(([, value]) => !value)
    .map(([name]) => `GOOGLE_HEALTH_${name}`);
  if (missing.length > 0) throw new Unsubscribable(`Notifications need ${missing.join(", ")}.`);
  let raw: Readonly<Record<string, unknown>> | null;
  try {
    raw = optionalObject(JSON.parse(given!.trim().startsWith("{") ? given! : readFileSync(given!, "utf8")));
  } catch {
    raw = null;
  }
  const email = optionalString(raw?.["client_email"]);
  const privateKey = optionalString(raw?.["private_key"]);
  if (email === null || privateKey === null) {
    throw new Unsubscribable(
      "GOOGLE_HEALTH_SERVICE_ACCOUNT holds no service account key: JSON text, or the path of one.",
    );
  }
  const tokenUri = optionalString(raw?.["token_uri"]) ?? "https://oauth2.googleapis.com/token";
  const subscriberId = settings.values["SUBSCRIBER_ID"] ?? USUAL_SUBSCRIBER_ID;
  return {
    ...{ email, privateKey, tokenUri, subscriberId },
    parent: `/v4/projects/${encodeURIComponent(project!)}/subscribers`,
  };
}

function wantedOf({ settings, webhookUrl }: AppApi) {
  return {
    endpointUri: webhookUrl,
    subscriberConfigs: [{ dataTypes: notifiedTypes, subscriptionCreatePolicy: "AUTOMATIC" }],
    // The whole Authorization header that Google will send.
    endpointAuthorization: { secret: settings.values["WEBHOOK_SECRET"]! },
  };
}
type Wanted = ReturnType<typeof wantedOf>;

/** https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
async function authorised(api: AppApi, account: Account): Promise<Send> {
  const issuedAt = Math.floor(api.now / 1000);
  const claims = { iss: account.email, scope: MANAGE, aud: account.tokenUri, iat: issuedAt, exp: issuedAt + 3600 };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  let assertion: string;
  try {
    assertion = `${text}.${sign("RSA-SHA256", Buffer.from(text), account.privateKey).toString("base64url")}`;
  } catch {
    throw new Unsubscribable("The private key in GOOGLE_HEALTH_SERVICE_ACCOUNT can't be used.");
  }
  // The configured token endpoint, not the one in the key file.
  const { status, body } = await api.send({
    method: "POST",
    path: "",
    url: api.settings.tokenUrl,
    form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion },
  });
  const token = optionalString(optionalObject(body)?.["access_token"]);
  if (status !== 200 || token === null) throw new Unsubscribable(`Google refused the service account (${status}).`);
  return (request) => api.send({ ...request, headers: { authorization: `Bearer ${token}` } });
}

async function find(send: Send, { parent, subscriberId }: Account): Promise<Partial<RawSubscriber> | null> {
  let pageToken: string | null = null;
  do {
    const query: Record<string, string | number> = { pageSize: 1000, ...(pageToken === null ? {} : { pageToken }) };
    const { status, body } = await send({ method: "GET", path: parent, query });
    if (status !== 200) throw refused("list", status);
    const answer = optionalObject(body);
    for (const entry of optionalList(answer?.["subscribers"])) {
      const raw: Partial<RawSubscriber> | null = optionalObject(entry);
      if (optionalString(raw?.name)?.endsWith(`/subscribers/${subscriberId}`)) return raw;
    }
    pageToken = optionalString(answer?.["nextPageToken"]);
  } while (pageToken !== null);
  return null;
}

function isAsWanted(found: Partial<RawSubscriber>, wanted: Wanted): boolean {
  const types = (found.subscriberConfigs ?? []).flatMap((config) => config.dataTypes ?? []);
  return (
    found.state === "ACTIVE" &&
    found.endpointUri === wanted.endpointUri &&
    [...new Set(types)].sort().join() === [...notifiedTypes].sort().join() &&
    (found.subscriberConfigs ?? []).every((config) => config.subscriptionCreatePolicy === "AUTOMATIC")
  );
}

async function put(send: Send, { parent, subscriberId }: Account, wanted: Wanted, exists: boolean): Promise<void> {
  if (!exists) {
    const created = await send({ method: "POST", path: parent, query: { subscriberId }, json: wanted });
    // Another process made the subscriber meanwhile: it is then updated like any existing one.
    if (created.status !== 409) return settle(created, "create");
  }
  const updateMask = "endpointUri,subscriberConfigs,endpointAuthorization";
  settle(
    await send({ method: "PATCH", path: `${parent}/${subscriberId}`, query: { updateMask }, json: wanted }),
    "update",
  );
}

/** The answer is the subscriber itself, or an operation that may contain its own failure. */
function settle({ status, body }: ProviderResponse, what: string): void {
  const error = optionalObject(optionalObject(body)?.["error"]);
  if (status >= 200 && status < 300 && !error) return;
  if (optionalString(error?.["status"]) === "FAILED_PRECONDITION" || error?.["code"] === 9) {
    throw new Unsubscribable(
      "Google Health could not verify the webhook address: it must be public, over https, and answer with the configured secret.",
    );
  }
  throw refused(what, status);
}

function refused(what: string, status: number): Unsubscribable {
  return new Unsubscribable(
    `Google Health refused to ${what} the subscriber (${status}): the service account needs the role roles/health.editor in the project.`,
  );
}
