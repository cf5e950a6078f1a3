import { traced, tracedApart, tracedCall, tracedReading, tracedRequest, traceHere, traceIds } from "./tracing.js";

/** Nobody has brought an SDK here: that is the usual case, and costs nothing but the question. */
const never = () => {
  throw new Error("was asked for what nobody records");
};

test("without an SDK the work is all that is done, and its promise is handed on as it is", async () => {
  const promise = Promise.resolve(7);
  const work = () => promise;
  expect(traced("read", never, work)).toBe(promise);
  expect(tracedCall("store get", never, work)).toBe(promise);
  expect(tracedApart("job", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", never, work)).toBe(promise);
  expect(tracedRequest("POST /graphql", { traceparent: "00-1-2-03" }, never, () => 8)).toBe(8);
  async function* pieces() {
    yield* [1, 2];
  }
  const read: number[] = [];
  for await (const piece of tracedReading("store scan", never, pieces())) read.push(piece);
  expect(read).toEqual([1, 2]);
});

test("without an SDK there is no trace to tell of, inside of work either", async () => {
  const inside = await traced("read", never, async (tell) => {
    tell({ "pulsegate.people": 1 }, true);
    return [traceHere(), traceIds()];
  });
  expect(inside).toEqual([undefined, {}]);
});
