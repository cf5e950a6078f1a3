/** An end in the middle of a piece of work: the matrix of all steps is `test/kill-matrix.ts`, this is a part of it. */
import { endAt } from "../support/kill-bench.js";
import { messageScenarios } from "../support/kill-messages.js";
import { scenarios } from "../support/kill-scenarios.js";

const well = { lost: 0, doubled: 0 };
const inOrder = { ...well, late: 0 };
const named = (name: string) => [...scenarios, ...messageScenarios].find((one) => one.name === name)!;

test("SIGTERM in the middle of a refresh: the caller is answered, the pair is saved, and the process ends by itself", async () => {
  // The intent is written; the new pair is not.
  expect(await endAt(named("refresh"), "SIGTERM", 4)).toMatchObject({ ...well, answered: true, exitCode: 0 });
});

test("SIGKILL in the middle of a callback: the person comes back, and is connected once", async () => {
  expect(await endAt(named("callback"), "SIGKILL", 4)).toMatchObject({ ...well, answered: false });
});

test("SIGKILL once a message of a webhook is decided and before it is stored: it comes, and the next one after it", async () => {
  const outcome = await endAt(named("message"), "SIGKILL", "put outbound-pending");
  expect(outcome).toMatchObject({ ...inOrder, at: "put outbound-pending", repeated: 0 });
});

test("SIGKILL once a message was taken and before that is noted: it comes again under its id, and before the next one", async () => {
  const outcome = await endAt(named("message"), "SIGKILL", "set outbound-sent");
  expect(outcome).toMatchObject({ ...inOrder, at: "set outbound-sent", repeated: 1 });
});

test("SIGKILL of a receiver before its answer, and of the sender before it notes that: no message is lost or overtaken", async () => {
  const outcome = await endAt(named("message-kept"), "SIGKILL", "set outbound-pending");
  expect(outcome).toMatchObject({ ...inOrder, at: "set outbound-pending", repeated: 1 });
});

test("SIGKILL in the middle of a record, when the provider has one half of it or both and nobody knows: it is there once", async () => {
  for (const step of [6, 14]) expect(await endAt(named("record"), "SIGKILL", step)).toMatchObject(well);
});

const [storeUrl, redisUrl] = [process.env["TEST_POSTGRES_URL"], process.env["TEST_REDIS_URL"]];
if (storeUrl && redisUrl) {
  const place = { storeUrl, redisUrl };
  test("SIGKILL in the middle of a backfill on PostgreSQL and Redis: it goes on, and no day is lost or read twice", async () => {
    expect(await endAt(named("backfill"), "SIGKILL", 8, place)).toMatchObject(well);
  });

  test("SIGTERM in the middle of a notification on PostgreSQL and Redis: it is acknowledged and worked off once", async () => {
    const outcome = await endAt(named("receipt"), "SIGTERM", 4, place);
    expect(outcome).toMatchObject({ ...well, answered: true, exitCode: 0 });
  });

  test("SIGKILL while a message of a webhook is made, on PostgreSQL and Redis: it comes, and the next one after it", async () => {
    const outcome = await endAt(named("message"), "SIGKILL", "erase outbound-changes", place);
    expect(outcome).toMatchObject({ ...inOrder, at: "erase outbound-changes", repeated: 0 });
  });

  test("SIGKILL of a receiver within its answer, and of the sender behind it, on PostgreSQL and Redis: as before", async () => {
    const outcome = await endAt(named("message-within"), "SIGKILL", "erase outbound-pending", place);
    expect(outcome).toMatchObject({ ...inOrder, at: "erase outbound-pending" });
  });

  test("SIGKILL in the middle of a record on PostgreSQL and Redis: it is there once", async () => {
    expect(await endAt(named("record"), "SIGKILL", 6, place)).toMatchObject(well);
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("the kill matrix on PostgreSQL and Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_POSTGRES_URL or TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("ends on PostgreSQL and Redis: skipped, because TEST_POSTGRES_URL and TEST_REDIS_URL are not both set", () => {});
}
