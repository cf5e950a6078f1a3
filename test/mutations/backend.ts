import { type Mutation, of } from "./mutation.js";

/** What an app's backend sees of all its users, and what is done for each of them. */
export const backendMutations: readonly Mutation[] = [
  ...of(
    "src/connections/directory/pages.ts",
    ["test/all-connections.test.ts"],
    [
      ["a page has one more than was asked for", "found.slice(0, first)", "found"],
      ["a cursor names the one behind it", 'after ?? "")', '"")'],
      ["a page looks at everything", "if (looked === MAX_LOOKED_AT)", "if (false)"],
      ["replaced connections are told", "nodes.push(...(await deps.inUse(batch)));", "nodes.push(...batch);"],
      ["the last of a page are lost", "    await takeBatch();\n    return nodes.length", "    return nodes.length"],
    ],
  ),
  ...of(
    "src/graphql/connection-page.ts",
    ["test/all-connections.test.ts"],
    [
      ["users see everybody's connections", "if (own === null) requireApp(caller);", ""],
      [
        "a bound key sees everybody's",
        "caller.appKey !== undefined ? caller.userId : null",
        "false ? caller.userId : null",
      ],
      ["any word is a cursor", "&& cursorOf(id) === cursor", ""],
    ],
  ),
  ...of(
    "src/server/routes/stream.ts",
    ["src/server/stream.test.ts"],
    [
      ["events are taken without end", "await stream.isClear();", ""],
      ["a stream outlives its token", "this.endAt(this.caller.expiresAt);", ""],
      ["a stream is written to after its end", "if (!this.isOpen) break;", ""],
      ["a stream takes no operation's place", "leaves.push(await places.operation(caller));", ""],
      ["mutations come by GET", 'if (isGet && operation === "mutation")', "if (false)"],
      [
        "who is gone is waited for",
        "const stalled = setTimeout(() => response.destroy(), this.stalledMs).unref();",
        "const stalled = undefined;",
      ],
      ["the end waits for subscriptions", "for (const stream of open) if (stream.isFollowing) stream.end();", ""],
      ["the end cuts queries", "if (stream.isFollowing) stream.end();", "stream.end();"],
    ],
  ),
  ...of(
    "src/jobs/on-connect.ts",
    ["src/jobs/on-connect.test.ts"],
    [
      [
        "a backfill is begun at each attempt",
        "if (await isLatest()) await left.set(id, { ...todo, backfillDays: 0 });",
        "",
      ],
      ["a second consent is passed over", "if (!(await isLatest())) return", "if (false) return"],
      ["who has left is subscribed", 'if (connection?.status !== "CONNECTED") {', "if (!connection) {"],
    ],
  ),
];
