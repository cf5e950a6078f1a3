import { createHash } from "node:crypto";
import { PulsegateError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Cell } from "../../model/cells.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { BudgetState, Failure } from "../../providers/provider.js";
import { allows } from "../../providers/registry.js";
import type { Connection, ConnectionHooks, HeaderTokens } from "../connection.js";
import type { Directory } from "../directory/directory.js";
import { readScopes } from "../oauth/oauth.js";
import { mergeBudgets, type ProviderApi } from "../provider-api.js";

/** Who somebody is at a provider. */
export interface Identity {
  readonly providerUserId: string | null;
  readonly legacyUserId: string | null;
  /** False where the provider could not be asked: then it's read again with the next work. */
  readonly complete: boolean;
}

export type StepsResult =
  /** `budgets`: what the answers told of them. */
  { readonly budgets: readonly BudgetState[] } & (
    | {
        readonly kind: "ok";
        readonly identity: Identity;
        readonly cells: readonly Cell[];
        /** Whether the provider has taken the token for at least one step. */
        readonly proven: boolean;
      }
    | { readonly kind: "failed"; readonly failure: Failure }
  );

interface Options {
  readonly headerTokens?: HeaderTokens;
  readonly signal?: AbortSignal;
}

/** Why the steps are sent, and what is known before the first of them. */
interface Occasion {
  readonly kind: "consent" | "import" | "again";
  readonly providerUserId: string | null;
  /** Epoch ms. */
  readonly now: number;
  /** The id that the connection has or will have, if this is its account (null: not known yet). */
  connectionId(providerUserId: string | null): Promise<string>;
}

/** `ConnectPerson.memberId`. It does not reveal the connection's id. */
function memberIdOf(connectionId: string): string {
  return createHash("sha256").update(`member ${connectionId}`).digest("base64url");
}

/** Takes the provider's connect steps in order. An optional step that fails costs only what it would have told. */
export async function runSteps(
  api: ProviderApi,
  provider: Provider,
  connection: Connection,
  occasion: Occasion,
  options?: Options,
): Promise<StepsResult> {
  let providerUserId: string | null = null;
  let legacyUserId: string | null = null;
  let proven = false;
  const cells: Cell[] = [];
  let budgets: readonly BudgetState[] = [];
  for (const step of provider.afterConsent) {
    if (step.when !== undefined && step.when !== occasion.kind) continue;
    const { scope, acceptedStatuses = [] } = step;
    // Where no scopes are known (a token that somebody else keeps) trying is the way to find out.
    if (!allows(provider, connection.scopes, scope)) {
      if (!step.required) continue;
      return {
        kind: "failed",
        budgets,
        failure: { code: "INSUFFICIENT_SCOPE", message: `${provider.name} was not allowed: ${scope}.` },
      };
    }
    const account: string | null = occasion.providerUserId ?? providerUserId;
    const memberId = memberIdOf(await occasion.connectionId(account));
    const request = step.request({ providerUserId: account, memberId, now: occasion.now });
    if (request === null) {
      if (!step.required) continue;
      const unknown: Failure = { code: "REJECTED", message: `${provider.name} did not say whose account this is.` };
      return { kind: "failed", budgets, failure: unknown };
    }
    const sent = { ...request, optional: !step.required };
    const answer = await api.send(connection, sent, { ...options, acceptedStatuses });
    budgets = mergeBudgets(budgets, answer.outcome.budgets ?? [], answer.receivedAt);
    if (answer.kind !== "ok") {
      if (!step.required) continue;
      const pending: Failure = { code: "UNAVAILABLE", message: `${provider.name} has no answer yet.` };
      return { kind: "failed", budgets, failure: answer.kind === "failed" ? answer.outcome.failure : pending };
    }
    proven = true;
    if (acceptedStatuses.includes(answer.status)) continue;
    try {
      const found = step.read(answer.body);
      providerUserId ??= found.providerUserId ?? null;
      legacyUserId ??= found.legacyUserId ?? null;
      cells.push(...(found.cells ?? []));
    } catch {
      if (!step.required) continue;
      return {
        kind: "failed",
        budgets,
        failure: { code: "UNAVAILABLE", message: `${provider.name} gave an answer that could not be read.` },
      };
    }
  }
  return { kind: "ok", identity: { providerUserId, legacyUserId, complete: true }, cells, budgets, proven };
}

/** What an access token may do, by what the provider says of it. Null where it says nothing. */
export async function askScopes(
  api: ProviderApi,
  { oauth }: Provider,
  connection: Connection,
): Promise<readonly string[] | null> {
  if (!oauth.grantedScopes) return null;
  const answer = await api.send(connection, { ...oauth.grantedScopes.request(), optional: true });
  try {
    return answer.kind === "ok" ? readScopes(oauth, oauth.grantedScopes.read(answer.body)) : null;
  } catch {
    return null;
  }
}

/** Reads a stored connection's identity again. A header token's connection only yields cells, which are not handed on. */
export function createIdentity(deps: {
  readonly api: ProviderApi;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  readonly hooks: ConnectionHooks;
  provider(id: ProviderId): { readonly provider: Provider };
}) {
  const { directory } = deps;
  return {
    read: async (connection: Connection, options: Options = {}) => {
      const { provider } = deps.provider(connection.provider);
      const isHeader = options.headerTokens?.[connection.provider] !== undefined;
      // The provider could not be asked at the import: this is the rest of it.
      const isImport = !isHeader && connection.identityReadAt === null;
      const occasion: Occasion = {
        kind: isImport ? "import" : "again",
        providerUserId: connection.providerUserId,
        now: deps.clock.now(),
        connectionId: async () => connection.id,
      };
      const result = await runSteps(deps.api, provider, connection, occasion, options);
      if (result.kind === "failed" || isHeader) return result;
      const { providerUserId, legacyUserId } = result.identity;
      if (
        providerUserId !== null &&
        connection.providerUserId !== null &&
        providerUserId !== connection.providerUserId
      ) {
        // The token is for another account than the history: nothing of it may be mixed in.
        deps.log.warn({ connectionId: connection.id }, "the provider names another user than the one connected");
        const failure: Failure = {
          code: "CONSENT_LOST",
          message: `${provider.name} now names another account: connect it again.`,
        };
        await directory.mutate(connection.id, (before) => before && { ...before, status: "REAUTHORIZATION_REQUIRED" });
        return { kind: "failed" as const, failure };
      }
      if (providerUserId !== null && connection.providerUserId === null) {
        try {
          await directory.claim(connection.provider, providerUserId, connection.userId, connection.id);
        } catch (error) {
          if (!(error instanceof PulsegateError)) throw error;
          // Adopted while the provider could not be asked, and now it turns out whose account it is.
          const failure: Failure = { code: "ACTION_REQUIRED", message: error.message };
          return { kind: "failed" as const, failure };
        }
      }
      const stored = await directory.mutate(
        connection.id,
        (before) =>
          before && {
            ...before,
            providerUserId: before.providerUserId ?? providerUserId,
            legacyUserId: legacyUserId ?? before.legacyUserId,
            identityReadAt: deps.clock.now(),
          },
      );
      if (stored && result.cells.length > 0) await deps.hooks.storeCells?.(stored, result.cells);
      return { kind: "ok" as const, cells: result.cells, proven: result.proven };
    },
  };
}
