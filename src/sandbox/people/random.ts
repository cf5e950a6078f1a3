/** Numbers in [0, 1). The same seed gives the same numbers. */
export type Random = () => number;

/** FNV-1a with a final mix: similar keys, such as two neighbouring dates, must not give similar seeds. */
function hash(key: string): number {
  return mixed(fed(0x811c9dc5, key));
}

function fed(state: number, text: string): number {
  let fedState = state;
  for (let index = 0; index < text.length; index++) {
    fedState = Math.imul(fedState ^ text.charCodeAt(index), 0x01000193);
  }
  return fedState;
}

function mixed(fedState: number): number {
  let state = Math.imul(fedState ^ (fedState >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Mulberry32. Seeded by person, date and aspect, so that a day does not depend on the day before. */
export function random(...key: readonly (string | number)[]): Random {
  return from(hash(key.join("|")));
}

/**
 * Like `random`, with one more part of the key for each call: for many generators with a common beginning of the key.
 */
export function randoms(...key: readonly (string | number)[]): (last: number) => Random {
  const begun = fed(0x811c9dc5, `${key.join("|")}|`);
  return (last) => from(mixed(fed(begun, String(last))));
}

function from(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
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

/** Roughly normal: mean 0, deviation 1, never beyond ±3. */
export function bell(next: Random): number {
  return (next() + next() + next() - 1.5) * 2;
}

/** A curve in [-1, 1] that changes slowly with `at` and has a new random value at every `period`. */
export function drift(key: string, at: number, period: number): number {
  const position = at / period;
  const left = Math.floor(position);
  const share = (1 - Math.cos((position - left) * Math.PI)) / 2;
  const value = (index: number) => (hash(`${key}|${index}`) / 4294967296) * 2 - 1;
  return value(left) * (1 - share) + value(left + 1) * share;
}
