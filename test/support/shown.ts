/**
 * What an object shows, as plain data: of a view of a class, the properties that it finds when they are read. Two views
 * of equal content are equal so, whatever they are read from.
 */
export function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, shown(each)]));
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
  const members: Record<string, unknown> = {};
  for (const name of shownNames(prototype, value)) members[name] = shown((value as Record<string, unknown>)[name]);
  return members;
}

/** Its getters, and its own plain members: what links a view to where it is read from is none of them. */
function shownNames(prototype: object, value: object): readonly string[] {
  const names = new Set<string>();
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) if (get) names.add(name);
  for (const [name, each] of Object.entries(value))
    if (typeof each !== "object" || Array.isArray(each)) names.add(name);
  return [...names].sort();
}
