import { boundedLines } from "./bounded-lines.js";

async function* chunks(...all: readonly (string | Uint8Array)[]) {
  yield* all;
}
const linesOf = async (input: AsyncIterable<string | Uint8Array>, longest = 10) => {
  const found: (string | null)[] = [];
  for await (const line of boundedLines(input, longest)) found.push(line);
  return found;
};

it("joins what comes in parts, characters too, and needs no end of the last line", async () => {
  const text = Buffer.from("a\nbé😀\n\nlast");
  expect(await linesOf(chunks(...[...text].map((byte) => Uint8Array.of(byte))))).toEqual(["a", "bé😀", "", "last"]);
  expect(await linesOf(chunks(text))).toEqual(["a", "bé😀", "", "last"]);
  expect(await linesOf(chunks("a\n"))).toEqual(["a"]);
  expect(await linesOf(chunks())).toEqual([]);
});

it("passes over a line that is too long, and keeps nothing of it", async () => {
  expect(await linesOf(chunks("ok\n", "12345", "678901", "2\nok\n", "12345678901"))).toEqual(["ok", null, "ok", null]);
  async function* endless() {
    const part = Buffer.alloc(1024 * 1024, "x");
    for (let megabytes = 0; megabytes < 400; megabytes++) yield part;
    yield Buffer.from("\nok\n");
  }
  const before = process.memoryUsage().heapUsed;
  expect(await linesOf(endless(), 1024)).toEqual([null, "ok"]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
});
