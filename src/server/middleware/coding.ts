import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from "node:zlib";

/** How the body of an answer is coded. */
export type Coding = "br" | "gzip" | "identity";

/** Shorter bodies are sent as they are: they take one packet either way. */
const MIN_BYTES = 1_024;
/** Longer bodies are compressed beside the loop, which costs more in all and holds up nobody. */
const MAX_BYTES_AT_ONCE = 16 * 1024;

/** What a client takes (RFC 9110, 12.5.3): the best by its own word, and of equal ones the one that saves most. */
export function codingFor(accepted: string | undefined): Coding {
  if (accepted === undefined) return "identity";
  const qualities = new Map<string, number>();
  for (const part of accepted.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const quality = parameters.find((text) => text.startsWith("q="));
    qualities.set(name, quality === undefined ? 1 : Number(quality.slice(2)) || 0);
  }
  const others = qualities.get("*") ?? 0;
  let best: Coding = "identity";
  // Whoever does not speak of it takes it, after everything else.
  let most = qualities.get("identity") ?? Math.min(others, Number.MIN_VALUE);
  for (const coding of ["gzip", "br"] as const) {
    const quality = qualities.get(coding) ?? others;
    if (quality > 0 && quality >= most) [best, most] = [coding, quality];
  }
  return best;
}

const cheapGzip = { level: 1 };
const cheapBrotli = (bytes: number) => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
});
const laterGzip = promisify(gzip);
const laterBrotli = promisify(brotliCompress);

/** The bytes of a body that is given in texts, coded if that is worth it. */
export async function coded(
  texts: readonly string[],
  coding: Coding,
): Promise<{ readonly body: Buffer; readonly coding: Coding }> {
  const bytes = bytesOf(texts);
  if (coding === "identity" || bytes.length < MIN_BYTES) return { body: bytes, coding: "identity" };
  const isShort = bytes.length <= MAX_BYTES_AT_ONCE;
  if (coding === "gzip")
    return { body: isShort ? gzipSync(bytes, cheapGzip) : await laterGzip(bytes, cheapGzip), coding };
  const options = cheapBrotli(bytes.length);
  return { body: isShort ? brotliCompressSync(bytes, options) : await laterBrotli(bytes, options), coding };
}

function bytesOf(texts: readonly string[]): Buffer {
  if (texts.length === 1) return Buffer.from(texts[0]!);
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  // What is ASCII alone, as figures are, is copied without a look at each character.
  for (const [index, text] of texts.entries())
    at += bytes.write(text, at, lengths[index] === text.length ? "latin1" : "utf8");
  return bytes;
}
