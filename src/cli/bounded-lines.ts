/** A line of a stream, without its end. Null for one that is longer than allowed: it is passed over. */
export async function* boundedLines(
  input: AsyncIterable<Uint8Array | string>,
  longest: number,
): AsyncGenerator<string | null> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  const take = (text: string) => {
    length += text.length;
    // Of a line that is too long nothing is kept, however long it is.
    if (length > longest) parts = [];
    else parts.push(text);
  };
  const end = (): string | null => {
    const line = length > longest ? null : parts.join("");
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of input) {
    let text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
      take(text.slice(0, at));
      yield end();
      text = text.slice(at + 1);
    }
    take(text);
  }
  if (length > 0) yield end();
}
