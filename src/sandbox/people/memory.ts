import { LRUCache } from "lru-cache";

/** A cache for each person, with `max` values at most: a person is the same for every lab in the process. */
export function memory<T extends object>(max: number): (person: object) => LRUCache<string, T> {
  const ofPersons = new WeakMap<object, LRUCache<string, T>>();
  return (person) => {
    let own = ofPersons.get(person);
    if (!own) {
      own = new LRUCache({ max });
      ofPersons.set(person, own);
    }
    return own;
  };
}
