import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import { domainOf, type Field, isDated, isSamples } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import { offeredSamples, otherResolutions } from "../model/series.js";
import type { Provider } from "../providers/index.js";
import { type Call, type Derivation, fieldsOf } from "../providers/provider.js";
import { grantedCalls } from "../providers/registry.js";

/** What a provider offers to a grant: which of its calls may be used, and which fields answer a wanted one. */
export interface Offer {
  /** All fields of the provider, whatever is granted. */
  readonly offered: ReadonlySet<Field>;
  /** The calls that the granted scopes allow. */
  readonly usable: readonly Call[];
  /** Fields that only calls without a granted scope yield. */
  readonly ungranted: ReadonlySet<Field>;
  readonly derivations: ReadonlyMap<Field, Derivation>;
  /**
   * The provider's fields that answer a wanted field: the field itself, another resolution, or the inputs of a
   * derivation. Empty where the provider has none.
   */
  sourcesOf(field: Field): readonly FieldSource[];
  /** The one field whose value is that of a wanted field as it is: nothing is derived, or taken from a finer series. */
  plainSourceOf(field: Field): FieldSource | null;
  /** Some field that is stored in the rows of a domain: they hold all of the domain but its series. */
  rowFieldOf(domain: Domain): Field | null;
}

/** One of the provider's fields behind a wanted field. */
export interface FieldSource {
  readonly field: Field;
  readonly isDated: boolean;
  /** For samples: the fields of finer series, which answer too. Finest first. */
  readonly finer: readonly Field[];
}

const MOST_GRANTS = 100;
/** Equal grants have equal offers. They are found once, since every query of every person needs them. */
const offers = new WeakMap<Provider, LRUCache<string, Offer>>();

export function offerOf(provider: Provider, scopes: readonly string[]): Offer {
  let ofProvider = offers.get(provider);
  if (!ofProvider) {
    ofProvider = new LRUCache(atMost(MOST_GRANTS));
    offers.set(provider, ofProvider);
  }
  const grant = scopes.join(" ");
  let offer = ofProvider.get(grant);
  if (!offer) {
    offer = findOffer(provider, scopes);
    ofProvider.set(grant, offer);
  }
  return offer;
}

function findOffer(provider: Provider, scopes: readonly string[]): Offer {
  const offered = fieldsOf(provider);
  const derivations = new Map((provider.derive ?? []).map((each) => [each.yields, each]));
  const usable = grantedCalls(provider, scopes);
  const reachable = new Set(usable.flatMap((call) => call.yields));
  const yielded = provider.calls.flatMap((call) => call.yields);
  const found = new Map<Field, readonly FieldSource[]>();
  const plain = new Map<Field, FieldSource | null>();
  const ofRows = new Map<Domain, Field>();
  for (const field of offered)
    if (!field.includes(":") && !ofRows.has(domainOf(field))) ofRows.set(domainOf(field), field);
  const fieldsBehind = (field: Field): readonly Field[] => {
    if (isSamples(field)) {
      const samples = offeredSamples(field, offered);
      return samples ? [samples] : [];
    }
    return derivations.get(field)?.from ?? (offered.has(field) ? [field] : []);
  };
  const sourcesOf = (field: Field): readonly FieldSource[] => {
    let sources = found.get(field);
    if (!sources) {
      sources = fieldsBehind(field).map((each) => ({
        field: each,
        isDated: isDated(each),
        finer: isSamples(each) ? otherResolutions(each, "finer") : [],
      }));
      found.set(field, sources);
    }
    return sources;
  };
  return {
    offered,
    usable,
    ungranted: new Set(yielded.filter((field) => !reachable.has(field))),
    derivations,
    sourcesOf,
    rowFieldOf: (domain) => ofRows.get(domain) ?? null,
    plainSourceOf: (field) => {
      let source = plain.get(field);
      if (source === undefined) {
        const isPlain = !derivations.has(field) && !isSamples(field);
        source = (isPlain && sourcesOf(field)[0]) || null;
        plain.set(field, source);
      }
      return source;
    },
  };
}
