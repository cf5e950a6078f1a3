import type { Ask } from "../../src/health-data/ask.js";
import { assemblies } from "../../src/health-data/histories/assemblies.js";
import type { Scene, Source } from "../../src/health-data/histories/scene.js";
import type { Histories } from "../../src/health-data/views.js";
import type { Field } from "../../src/model/fields.js";
import type { Domain, MissingReason } from "../../src/model/records.js";
import type { Provider } from "../../src/providers/provider.js";

/** Sources for tests of assemblies: what a reader would answer, without a store and a provider. */

export const day = "2026-10-06";
export const today = "2026-11-20";

export type Cells = Partial<Record<Field, unknown>>;
interface Traits {
  readonly group?: string;
  /** What it has no field for; all others it has. */
  readonly lacks?: (field: Field) => boolean;
  /** Whether it can no longer be asked. */
  readonly gone?: boolean;
  readonly unsettled?: readonly string[];
  /** What is known of how far its device has synced. */
  readonly dataThrough?: string;
  readonly lastSyncAt?: string;
  /** More of what its provider declares. */
  readonly provider?: Partial<Provider>;
  readonly reasons?: Partial<Record<Field, MissingReason>>;
}

/** A source whose stored cells are these: the same on every day, or by day where the cells are keyed by dates. */
export function source(id: string, cells: Cells | Readonly<Record<string, Cells>>, traits: Traits = {}) {
  const byDay = Object.keys(cells).some((key) => /^\d/.test(key));
  const of = (date: string | null) => ((byDay ? (cells as Record<string, Cells>)[date ?? ""] : cells) ?? {}) as Cells;
  const asked: [Field, readonly (string | null)[]][] = [];
  const settled = (_fields: Iterable<Field>, date: string) => !traits.unsettled?.includes(date);
  const reader = {
    provider: { id, ...traits.provider },
    connection: { id: `connection of ${id}` },
    canBeAsked: !traits.gone,
    dataThrough: traits.dataThrough ?? null,
    lastSyncAt: traits.lastSyncAt ?? null,
    supports: (field: Field) => !traits.lacks?.(field),
    answered: (field: Field, date: string | null) => field in of(date) || traits.reasons?.[field] !== undefined,
    look: (field: Field, date: string | null) =>
      field in of(date)
        ? { value: of(date)[field] }
        : { nothing: traits.lacks?.(field) ? "UNSUPPORTED" : (traits.reasons?.[field] ?? "UNKNOWN") },
    value: (field: Field, date: string) => of(date)[field],
    plainColumn: () => null,
    settled,
    isOutdated: (fields: Iterable<Field>, date: string) => traits.gone === true && !settled(fields, date),
  };
  return { reader, group: traits.group ?? id, asked } as unknown as Source & { asked: typeof asked };
}

export interface Question extends Partial<Omit<Ask, "fields">> {
  readonly fields?: readonly Field[];
  readonly days?: readonly string[];
  readonly asked?: readonly Source[];
  readonly zone?: string | null;
}

/** How often assemblies gave others their turn. */
export const pauses = { count: 0 };
/** What an assembly answers of these sources, best first; each source writes down what was demanded of it. */
export function answerOf<D extends Domain>(domain: D, everyone: readonly Source[], question: Question = {}) {
  const { fields = [], days = [day], asked: sources = everyone, zone = null, ...more } = question;
  const ask = { userId: "u", domain, alternatives: true, goalProgress: false, ...more, fields: new Set(fields) };
  const others = everyone.filter((each) => !sources.includes(each));
  const scene = { ask, days, today, sources, others, everyone, zone } as unknown as Scene;
  const assembly = assemblies[domain](scene);
  for (;;) {
    const step = assembly.next();
    if (step.done) return step.value as unknown as Histories[D];
    if (step.value.length === 0) pauses.count++;
    for (const demand of step.value) {
      const { asked } = demand.source as ReturnType<typeof source>;
      for (const [field, wanted] of demand.wanted) asked.push([field, wanted]);
    }
  }
}
