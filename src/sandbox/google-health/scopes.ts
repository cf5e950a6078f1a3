import type { DataType } from "./data-types.js";

const PREFIX = "https://www.googleapis.com/auth/googlehealth.";
export const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

const READABLE = [
  "activity_and_fitness",
  "health_metrics_and_measurements",
  "sleep",
  "profile",
  "settings",
  "location",
  "ecg",
  "irn",
  "nutrition",
  "mindfulness",
  "logged_symptoms",
  "reproductive_health",
];
const WRITABLE = READABLE.filter((name) => !["location", "ecg", "irn"].includes(name));

/** What can be consented to. The bare names of before May 2026 and `auth/health.*` are not among it. */
export const KNOWN_SCOPES: ReadonlySet<string> = new Set([
  "openid",
  "email",
  "profile",
  "https://www.googleapis.com/auth/userinfo.email",
  "https://www.googleapis.com/auth/userinfo.profile",
  ...READABLE.map((name) => readScope(name)),
  ...WRITABLE.map(writeScope),
]);

/** Any one of these opens the identity; location and nutrition do not. */
export const IDENTITY_SCOPES: readonly string[] = READABLE.filter(
  (name) => name !== "location" && name !== "nutrition",
);

/** Everything that a client can ask for to write data points. */
export const ALL_WRITE_SCOPES: readonly string[] = [
  "activity_and_fitness",
  "health_metrics_and_measurements",
  "sleep",
  "nutrition",
].map(writeScope);

/** Everything that a read adapter can ask for, who the person is included. */
export const ALL_READ_SCOPES: readonly string[] = [
  "https://www.googleapis.com/auth/userinfo.profile",
  "https://www.googleapis.com/auth/userinfo.email",
  ...READABLE.slice(0, 5).map(readScope),
  ...["ecg", "irn", "nutrition"].map(readScope),
];

export function readScope(name: string): string {
  return `${PREFIX}${name}.readonly`;
}

export function writeScope(name: string): string {
  return `${PREFIX}${name}.writeonly`;
}

/** `full`: everything. `own`: only what the same client wrote. */
export function accessTo(type: Pick<DataType, "scope">, granted: readonly string[]): "full" | "own" | "none" {
  if (granted.includes(readScope(type.scope))) return "full";
  return granted.includes(writeScope(type.scope)) ? "own" : "none";
}

/** "sleep.readonly" for the consent page's shortcuts; full scopes stay as they are. */
export function fullScope(name: string): string {
  return KNOWN_SCOPES.has(name) ? name : `${PREFIX}${name}`;
}

export function labelOf(scope: string): string {
  const [, own] = /auth\/userinfo\.(\w+)$/.exec(scope) ?? [];
  if (own !== undefined) return own === "email" ? "your email address" : "your name and picture";
  return scope.replace(PREFIX, "").replaceAll("_", " ").replace(".readonly", " (see)").replace(".writeonly", " (add)");
}
