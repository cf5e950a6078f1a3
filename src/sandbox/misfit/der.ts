/**
 * Just enough DER to write one certificate. Node can read X.509 but cannot make it. The lab is shipped, so what it uses
 * is shipped too: @peculiar/x509 would bring twenty packages of five megabytes, which take half a second to load.
 */
const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Tag, length, content. Lengths of 128 and more are written as a count of bytes followed by those bytes. */
function element(tag: number, content: Uint8Array): Buffer {
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const hex = size.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

export const sequence = (...parts: Uint8Array[]) => element(tags.sequence, Buffer.concat(parts));
export const setOf = (...parts: Uint8Array[]) => element(tags.set, Buffer.concat(parts));
export const octetString = (content: Uint8Array) => element(tags.octetString, content);
export const utf8String = (text: string) => element(tags.utf8String, Buffer.from(text, "utf8"));
export const nothing = () => element(tags.null, Buffer.alloc(0));
export const yes = () => element(0x01, Buffer.from([0xff]));

/** `[number] EXPLICIT`: a wrapper of its own around a whole element. */
export const explicit = (number: number, content: Uint8Array) => element(0xa0 | number, content);

/** `[number] IMPLICIT`: the tag takes the place of the content's own. */
export const implicit = (number: number, content: Uint8Array) => element(0x80 | number, content);

/** The first byte says how many bits at the end do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0) =>
  element(tags.bitString, Buffer.concat([Buffer.from([unusedBits]), content]));

/** Unsigned: a leading bit of 1 would read as a minus sign, and leading zeros are forbidden. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  const negative = ((trimmed[0] ?? 0) & 0x80) !== 0;
  return element(tags.integer, negative ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

/** "1.2.840.113549": the first two numbers share a byte, the others are written in base 128. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 0x7f];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(tags.oid, Buffer.from(bytes));
}

/** X.509 wants two-digit years until 2049 and four-digit ones from 2050. */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]|\.\d{3}/g, "");
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(tags.utcTime, Buffer.from(digits.slice(2), "ascii"))
    : element(tags.generalizedTime, Buffer.from(digits, "ascii"));
}
