import { serve } from "../../test/support/connections-bench.js";
import { createHttpClient } from "../http/client.js";
import { createFetchText, createVisit } from "./fetch-text.js";

async function bench() {
  let status = 200;
  const server = await serve(() => ({
    status,
    json: { n: server.seen.length },
    headers: { location: "https://elsewhere.test" },
  }));
  const http = createHttpClient({ timeoutMs: 2_000 });
  const clock = { time: 1_000, now: () => clock.time };
  const resolve = (url: string) =>
    url.startsWith("https://vendor.test/") ? url.replace("https://vendor.test", server.url) : null;
  return {
    ...{ server, clock, http, resolve },
    fetchText: createFetchText({ http, clock, resolve }),
    answer: (given: number) => {
      status = given;
    },
    [Symbol.asyncDispose]: async () => {
      http.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
const url = "https://vendor.test/keys";
const options = { cacheSeconds: 60, maxBytes: 100 };

test("fetches once for everybody, until it is old or to be refreshed", async () => {
  await using b = await bench();
  const texts = await Promise.all([b.fetchText(url, options), b.fetchText(url, options)]);
  expect(texts).toEqual(['{"n":1}', '{"n":1}']);
  b.clock.time = 59_000;
  expect(await b.fetchText(url, options)).toBe('{"n":1}');
  const refresh = () => b.fetchText(url, { ...options, refresh: true });
  expect(await Promise.all([refresh(), refresh()])).toEqual(['{"n":2}', '{"n":2}']);
  b.clock.time = 200_000;
  expect(await b.fetchText(url, options)).toBe('{"n":3}');
});

test("follows no redirect, reads no more than it may, and asks nobody but over https", async () => {
  await using b = await bench();
  b.answer(302);
  await expect(b.fetchText(url, options)).rejects.toThrow("302");
  b.answer(200);
  await expect(b.fetchText(`${url}/2`, { ...options, maxBytes: 3 })).rejects.toThrow();
  await expect(b.fetchText("http://plain.test/keys", options)).rejects.toThrow("https");
  await expect(b.fetchText("file:///etc/passwd", options)).rejects.toThrow("https");
  await expect(createVisit(b)("http://plain.test/confirm")).rejects.toThrow("https");
});

test("a failure is remembered for moments only", async () => {
  await using b = await bench();
  b.answer(500);
  await expect(b.fetchText(url, options)).rejects.toThrow();
  b.answer(200);
  await expect(b.fetchText(url, options)).rejects.toThrow("500");
  // Whoever finds a key missing may not have a vendor that fails asked at every message.
  await expect(b.fetchText(url, { ...options, refresh: true })).rejects.toThrow("500");
  expect(b.server.seen).toHaveLength(1);
  b.clock.time = 10_000;
  expect(await b.fetchText(url, options)).toBe('{"n":2}');
});

test("more addresses at once than are kept are all answered, and the oldest are fetched again", async () => {
  await using b = await bench();
  const urls = Array.from({ length: 101 }, (_, index) => `${url}/${index}`);
  const texts = await Promise.all(urls.map((one) => b.fetchText(one, options)));
  expect(new Set(texts).size).toBe(101);
  expect(await b.fetchText(urls[100]!, options)).toBe(texts[100]);
  await b.fetchText(urls[0]!, options);
  expect(b.server.seen).toHaveLength(102);
});
