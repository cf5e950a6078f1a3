import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildPage } from "../../scripts/build-page.mjs";
import { opening } from "../../src/server/home.js";
import { rehearse } from "../../src/server/rehearsal.js";
import { type Anything, dataRequests, type Served, startServed, within } from "../support/served.js";

let served: Served;
beforeAll(async () => {
  await buildPage();
  served = await startServed();
});
afterAll(async () => await served.close());

test("after a rehearsal the first visitor's question has its figures at once, and no provider is asked", async () => {
  const { paths, question } = (await opening())!;
  const files = await Promise.all(paths.map((path) => fetch(new URL(path, served.url))));
  expect(files.map(({ status }) => status)).toEqual(paths.map(() => 200));
  const ask = async () => {
    const headers = { "content-type": "application/json", "cache-control": "only-if-cached" };
    const response = await fetch(`${served.url}/graphql`, { method: "POST", headers, body: JSON.stringify(question) });
    return (await response.json()) as Anything;
  };
  // The page shows nothing of this, and asks the providers after it.
  expect((await ask()).data.viewer.activity.days).toBeNull();
  const requests = () => Object.values(served.labs).flatMap((lab) => dataRequests(lab)).length;
  // To its end, however busy the machine is: what goes on after it would ask providers too.
  await rehearse(served.url, 120_000);
  const before = requests();
  expect(before).toBeGreaterThan(0);
  const { data, errors } = await ask();
  expect(errors).toBeUndefined();
  expect(data.viewer.activity.days[0].steps).toEqual(expect.any(Number));
  expect(requests()).toBe(before);
});

test("nothing keeps a start for long: not a gateway that is silent, and none that is gone", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as AddressInfo;
  const begun = performance.now();
  await within(20, "the end of a rehearsal", rehearse(`http://127.0.0.1:${port}`));
  expect(performance.now() - begun).toBeGreaterThan(2_500);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  await rehearse(`http://127.0.0.1:${port}`);
});
