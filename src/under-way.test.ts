import { createUnderWay, inTime } from "./under-way.js";

/** A promise in the test's hands. */
function held() {
  let end: (how?: Error) => void = () => {};
  const promise = new Promise<string>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve("done"));
  });
  return { promise, end };
}

test("idle waits for every call of a watched service, failed ones and those that begin meanwhile included", async () => {
  const [first, second] = [held(), held()];
  const underWay = createUnderWay();
  const service = underWay.watch({
    first: () => first.promise,
    second: () => second.promise,
    plain: () => 7,
    name: "x",
  });
  expect([service.plain(), service.name]).toEqual([7, "x"]);
  const failing = service.first();
  let isIdle = false;
  const idle = underWay.idle().then(() => {
    isIdle = true;
  });
  const later = service.second();
  first.end(new Error("no"));
  await expect(failing).rejects.toThrow("no");
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIdle).toBe(false);
  second.end();
  expect(await later).toBe("done");
  await idle;
});

test("with nothing under way it is idle at once", async () => {
  await createUnderWay().idle();
});

test("work is waited for in time and no longer, however it ends", async () => {
  expect(await inTime(10_000, Promise.resolve())).toBe(true);
  expect(await inTime(10_000, Promise.reject(new Error("its owner's")))).toBe(true);
  expect(await inTime(1, new Promise(() => {}))).toBe(false);
});
