import type { Field } from "../model/fields.js";
import type { RecordKind } from "../model/recorded.js";
import type { Provider } from "../providers/index.js";

/** A scope that an app with these documents must request, and the fields that need it. */
export interface NeededScope {
  readonly scope: string;
  /** Empty if the scope is requested in any case. */
  readonly fields: readonly Field[];
}

/** The fewest scopes of one provider that make all of these fields readable, as far as the provider offers them. */
export function scopesNeeded(provider: Provider, fields: ReadonlySet<Field>): readonly NeededScope[] {
  const needed = new Map<string, Set<Field>>(alwaysNeeded(provider).map((scope) => [scope, new Set()]));
  const note = (scope: string, field: Field) => {
    const served = needed.get(scope);
    if (served) served.add(field);
    else needed.set(scope, new Set([field]));
  };
  /** What must be read, each with the field that was asked for. */
  const open: { readonly read: Field; readonly asked: Field }[] = [...fields].map((field) => ({
    read: field,
    asked: field,
  }));
  const seen = new Set<string>();
  const undecided: typeof open = [];
  const expand = () => {
    for (let next = open.pop(); next; next = open.pop()) {
      const { read, asked } = next;
      if (seen.has(`${read} ${asked}`)) continue;
      seen.add(`${read} ${asked}`);
      const derivation = provider.derive?.find(({ yields }) => yields === read);
      if (derivation) open.push(...derivation.from.map((from) => ({ read: from, asked })));
      const calls = callsFor(provider, read);
      if (calls.length === 0 || calls.some(({ scope }) => scope === undefined)) continue;
      if (new Set(calls.map(({ scope }) => scope)).size === 1) {
        note(calls[0]!.scope!, asked);
        const [only] = calls;
        // Of several calls with one scope, the call with the fewest needs is chosen.
        const needs = calls.reduce(
          (least, call) => ((call.needs?.length ?? 0) < least.length ? (call.needs ?? []) : least),
          only!.needs ?? [],
        );
        open.push(...needs.map((need) => ({ read: need, asked })));
      } else undecided.push(next);
    }
  };
  expand();
  // If several scopes are possible, a scope that is needed anyway is chosen, else the first.
  for (let next = undecided.shift(); next; next = undecided.shift()) {
    const { read, asked } = next;
    const calls = callsFor(provider, read);
    const chosen = calls.find(({ scope }) => needed.has(scope!)) ?? calls[0]!;
    note(chosen.scope!, asked);
    open.push(...(chosen.needs ?? []).map((need) => ({ read: need, asked })));
    expand();
  }
  return [...needed].map(([scope, served]) => ({ scope, fields: [...served].sort() }));
}

/** The scopes that recording these kinds takes, as far as the provider records them. */
export function scopesToRecord(provider: Provider, kinds: ReadonlySet<RecordKind>): readonly string[] {
  return [...new Set((provider.records ?? []).flatMap(({ kind, scope }) => (kinds.has(kind) ? scope : [])))];
}

function callsFor(provider: Provider, field: Field) {
  return provider.calls.filter(({ yields }) => yields.includes(field));
}

/** Whether the provider answers a field, by a call or by computing it from other fields. */
export function canTell(provider: Provider, field: Field): boolean {
  if (callsFor(provider, field).length > 0) return true;
  const derivation = provider.derive?.find(({ yields }) => yields === field);
  return derivation?.from.every((from) => canTell(provider, from)) ?? false;
}

/** Scopes that are needed in any case, since the gateway must learn who the person is. */
function alwaysNeeded({ oauth, afterConsent }: Provider): readonly string[] {
  const steps = afterConsent
    .filter(({ required, when }) => required && when !== "import")
    .flatMap(({ scope }) => scope ?? []);
  return [...new Set([...oauth.baseScopes, ...steps])];
}
