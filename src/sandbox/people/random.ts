/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/** FNV-1a with a final mix: close keys such as two neighbouring dates must not give close seeds. */
export function hash(key: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    state = Math.imul(state ^ key.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Mulberry32. Seeded per person, date and aspect, so that a day needs no day before it. */
export function random(...key: readonly (string | number)[]): Random {
  let state = hash(key.join("|"));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function between(next: Random, low: number, high: number): number {
  return low + next() * (high - low);
}

/** A whole number, both ends included. */
export function integer(next: Random, low: number, high: number): number {
  return low + Math.floor(next() * (high - low + 1));
}

export function pick<T>(next: Random, choices: readonly T[]): T {
  return choices[Math.floor(next() * choices.length)]!;
}

/** About normal, mean 0 and deviation 1, never beyond ±3. */
export function bell(next: Random): number {
  return (next() + next() + next() - 1.5) * 2;
}

/** A curve in [-1, 1] that drifts with `at` and passes through a new random value at every `period`. */
export function drift(key: string, at: number, period: number): number {
  const position = at / period;
  const left = Math.floor(position);
  const share = (1 - Math.cos((position - left) * Math.PI)) / 2;
  const value = (index: number) => (hash(`${key}|${index}`) / 4294967296) * 2 - 1;
  return value(left) * (1 - share) + value(left + 1) * share;
}
