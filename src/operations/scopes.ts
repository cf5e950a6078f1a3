import type { Field } from "../model/fields.js";
import type { Provider } from "../providers/index.js";

/** The fewest scopes that an app which sends these documents has to ask for, and what each is for. */
export interface NeededScope {
  readonly scope: string;
  /** Empty where it is asked for whatever is read. */
  readonly fields: readonly Field[];
}

/** The fewest scopes of one provider under which everything of these fields that it offers can be read. */
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
        // With a choice of calls of one scope, the one that needs least is good enough.
        const needs = calls.reduce(
          (least, call) => ((call.needs?.length ?? 0) < least.length ? (call.needs ?? []) : least),
          only!.needs ?? [],
        );
        open.push(...needs.map((need) => ({ read: need, asked })));
      } else undecided.push(next);
    }
  };
  expand();
  // What several scopes would open takes one that is needed anyway, else the first.
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

function callsFor(provider: Provider, field: Field) {
  return provider.calls.filter(({ yields }) => yields.includes(field));
}

/** Whether anything of the provider answers a field, on its own or reckoned from others. */
export function canTell(provider: Provider, field: Field): boolean {
  if (callsFor(provider, field).length > 0) return true;
  const derivation = provider.derive?.find(({ yields }) => yields === field);
  return derivation?.from.every((from) => canTell(provider, from)) ?? false;
}

/** Whatever is read: who the person is has to be found out. */
function alwaysNeeded({ oauth, afterConsent }: Provider): readonly string[] {
  const steps = afterConsent
    .filter(({ required, when }) => required && when !== "import")
    .flatMap(({ scope }) => scope ?? []);
  return [...new Set([...oauth.baseScopes, ...steps])];
}
