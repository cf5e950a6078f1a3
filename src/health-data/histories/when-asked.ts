/** A class with a property for each name, whose value is found when it is read. */
export function readWhenAsked<A extends readonly unknown[], T extends object, K extends string, V>(
  made: new (...args: A) => T,
  names: readonly K[],
  read: (object: T, name: K, number: number) => V,
): new (
  ...args: A
) => T & Readonly<Record<K, V>> {
  for (const [number, name] of names.entries())
    Object.defineProperty(made.prototype, name, {
      get(this: T) {
        return read(this, name, number);
      },
    });
  return made as new (
    ...args: A
  ) => T & Readonly<Record<K, V>>;
}
