import { type Field, isDated } from "../model/fields.js";
import type { LocalDate } from "../model/records.js";
import { epochDay, fromEpochDay } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { Failure, ProviderSettings } from "../providers/provider.js";
import { standingOf } from "../providers/registry.js";
import type { Ask } from "./ask.js";
import type { ConnectionReader } from "./connection-reader.js";
import { leftOut } from "./left-out.js";
import type { SourceReport, SourceStatus } from "./views.js";
import { mergedWanted, type Wanted } from "./wanted.js";

/** How one provider contributed to one answer, and what to do where it could not. */
export function sourceReport(
  ask: Ask,
  id: ProviderId,
  provider: Provider | undefined,
  settingsOf: (id: ProviderId) => ProviderSettings,
  /** The person's connection, and what the answer wanted of it. */
  read: { readonly reader: ConnectionReader; readonly wanted: readonly Wanted[] } | undefined,
): SourceReport {
  const report = (status: SourceStatus, more: Partial<SourceReport> = {}): SourceReport => ({
    provider: id,
    status,
    message: null,
    retryAt: null,
    asOf: null,
    servedFromStore: false,
    reachesFrom: null,
    ...more,
  });
  if (!provider || !read) {
    const settings = settingsOf(id);
    const standing = provider ? standingOf(provider, settings) : "NOT_CONFIGURED";
    if (standing === "RETIRED") return report("RETIRED", { message: provider?.retired?.message ?? null });
    if (standing === "NOT_CONFIGURED" && !settings?.overridden)
      return report("NOT_CONFIGURED", { message: sentences.NOT_CONFIGURED });
    return report("NOT_CONNECTED", { message: sentences.NOT_CONNECTED });
  }
  const { reader } = read;
  const wanted = mergedWanted(read.wanted);
  const { asOf, stoodIn, complete } = reader.provenance(wanted);
  const served = { asOf, servedFromStore: stoodIn };
  if (reader.blocked) {
    return report(reader.blocked, { ...served, message: sentenceFor(reader) });
  }
  const failure = gravest(reader.failuresOf(wanted));
  if (failure) {
    const status = statusOf[failure.code];
    const passing = status === "RATE_LIMITED" || status === "UNAVAILABLE";
    const retryAt = failure.retryAt ?? null;
    const message = failure.message ?? sentences[status as keyof typeof sentences] ?? null;
    if (status === "RETIRED")
      return report(status, { ...served, message: provider.retired?.message ?? sentences.RETIRED });
    if (status) return report(passing && complete && stoodIn ? "STALE" : status, { ...served, retryAt, message });
  }
  const fields = [...ask.fields];
  const supported = fields.filter((field) => reader.supports(field));
  if (fields.length > 0 ? supported.length === 0 : !domainIsOffered(reader, ask)) {
    return report("UNSUPPORTED", { message: sentences.UNSUPPORTED });
  }
  const refused = (field: Field) => reader.isUngranted(field) || reader.wasRefused(field, wanted);
  // A field that was never requested, because its inputs had nothing, was not refused.
  const judged = supported.filter((field) => reader.isUngranted(field) || wanted.has(field));
  if (judged.length > 0 && judged.every(refused)) {
    return report("INSUFFICIENT_SCOPE", { ...served, message: sentences.INSUFFICIENT_SCOPE });
  }
  const reachesFrom = firstInReach(reader, wanted);
  if (asOf === null) {
    const older = reader.hasNotKept ? sentences.NOT_KEPT : sentences.OUT_OF_REACH;
    return report("OK", { message: reachesFrom ? older : sentences.NOT_ASKED, reachesFrom });
  }
  return report("OK", { ...served, message: leftOut(reader, wanted), reachesFrom });
}

/** The first day that is kept and that the provider can tell of. Null if some of what was wanted reaches back to the first wanted day. */
function firstInReach({ offer, outOfReach }: ConnectionReader, wanted: Wanted): LocalDate | null {
  if (outOfReach.size === 0) return null;
  const firsts: LocalDate[] = [];
  for (const [field, days] of wanted) {
    const [first] = days;
    if (!isDated(field) || first === undefined || first === null) continue;
    const last = Math.max(...offer.sourcesOf(field).map((source) => outOfReach.get(source.field) ?? 0));
    if (last < epochDay(first)) return null;
    firsts.push(fromEpochDay(last + 1));
  }
  return firsts.sort()[0] ?? null;
}

/** The sentence about a connection that may not be asked. */
function sentenceFor({ blocked, provider, connection }: ConnectionReader): string {
  if (blocked === "RETIRED") return provider.retired?.message ?? sentences.RETIRED;
  if (blocked === "NOT_CONNECTED" && connection.status === "REVOKED") return sentences.REVOKED;
  if (blocked === "NOT_CONNECTED" && connection.status === "AWAITING_CONFIRMATION")
    return sentences.AWAITING_CONFIRMATION;
  return sentences[blocked ?? "NOT_CONNECTED"];
}

const sentences = {
  REAUTHORIZATION_REQUIRED: "The person has to connect this provider again.",
  RETIRED: "The vendor switched this service off; what is stored is still served.",
  NOT_CONNECTED: "The person has not connected this provider.",
  REVOKED: "The person disconnected this provider; what is stored is still served.",
  AWAITING_CONFIRMATION: "The person has begun to connect this provider and has not confirmed it yet.",
  NOT_ASKED: "This provider was not asked: no day needed it, or the request allowed stored data only.",
  OUT_OF_REACH: "This provider gives only more recent days.",
  NOT_KEPT: "This gateway keeps only more recent days.",
  NOT_CONFIGURED: "The operator has not set this provider's credentials, or the provider refuses them.",
  ACTION_REQUIRED: "The person has something to do at the provider before it answers.",
  RATE_LIMITED: "The provider's rate limit is used up.",
  UNAVAILABLE: "The provider did not answer as it should.",
  INSUFFICIENT_SCOPE: "The person did not grant this data: connect again with its domain.",
  UNSUPPORTED: "This provider does not offer this data.",
} as const;

const statusOf: Readonly<Record<Failure["code"], SourceStatus | null>> = {
  CONSENT_LOST: "REAUTHORIZATION_REQUIRED",
  TOKEN_REJECTED: "REAUTHORIZATION_REQUIRED",
  RETIRED: "RETIRED",
  NOT_CONFIGURED: "NOT_CONFIGURED",
  ACTION_REQUIRED: "ACTION_REQUIRED",
  RATE_LIMITED: "RATE_LIMITED",
  UNAVAILABLE: "UNAVAILABLE",
  REJECTED: "UNAVAILABLE",
  // Failures of single fields: `missing` reports them.
  INSUFFICIENT_SCOPE: null,
  NOT_PERMITTED_TO_APP: null,
};

const gravity: readonly (SourceStatus | null)[] = [
  "REAUTHORIZATION_REQUIRED",
  "RETIRED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
  "RATE_LIMITED",
  "UNAVAILABLE",
];

function gravest(failures: readonly Failure[]): Failure | null {
  const rank = ({ code }: Failure) => gravity.indexOf(statusOf[code]);
  return failures.filter((failure) => rank(failure) >= 0).sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function domainIsOffered(reader: ConnectionReader, ask: Ask): boolean {
  const prefix = `${ask.domain.toLowerCase()}.`;
  return [...reader.offer.offered].some((field) => field.startsWith(prefix));
}
