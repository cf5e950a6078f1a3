/**
 * JSON as Fitbit writes it, by hand for two reasons: 64-bit log ids go out as bare integers (a bigint here), which
 * JSON.stringify refuses; and the order of the keys is not stable, not even between two answers of one endpoint.
 */
export function writeJson(value: unknown, shuffle?: number): string {
  const places = shuffle === undefined ? null : new Map<string, number>();
  const place = (key: string): number => {
    let at = places?.get(key);
    if (at === undefined) {
      at = scramble(key, shuffle ?? 0);
      places?.set(key, at);
    }
    return at;
  };
  const write = (node: unknown): string => {
    if (typeof node === "bigint") return node.toString();
    if (node === null || typeof node !== "object") return JSON.stringify(node ?? null);
    if (Array.isArray(node)) return `[${node.map(write).join(",")}]`;
    const keys = Object.keys(node).filter((key) => (node as Record<string, unknown>)[key] !== undefined);
    if (places) keys.sort((a, b) => place(a) - place(b));
    return `{${keys.map((key) => `${JSON.stringify(key)}:${write((node as Record<string, unknown>)[key])}`).join(",")}}`;
  };
  return write(value);
}

/** A number in [0, 2^32) from a text, evenly spread and the same in every run. */
export function scramble(text: string, seed = 0): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) from a text. */
export function chance(text: string): number {
  return scramble(text) / 0x1_0000_0000;
}

export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
