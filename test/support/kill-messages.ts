/** Messages to an app's webhook: the sender dies at a step of its work, and the receiver at one of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KillBench, type Scenario, who } from "./kill-bench.js";
import { at, liveDay, notify, stepsOf, stepsUntil } from "./kill-scenarios.js";
import { type MortalReceiver, startMortalReceiver } from "./mortal-receiver.js";
import type { Stage } from "./receiver-process.js";
import { eventually } from "./served.js";

const operations = mkdtempSync(join(tmpdir(), "pulsegate-kill-operations-"));
process.once("exit", () => rmSync(operations, { recursive: true, force: true }));
writeFileSync(
  join(operations, "day.graphql"),
  `query Day { viewer { activity(range: { from: "${liveDay()}", to: "${liveDay()}" }) { days { steps } } } }`,
);

const NOON = 12;
const EVENING = 20;
/** An hour between the two by which the person has walked some of the way. */
const afternoon = () =>
  Array.from({ length: EVENING - NOON }, (_, index) => NOON + 1 + index).find(
    (hour) => stepsUntil(liveDay(), hour) > stepsUntil(liveDay(), NOON),
  )!;

interface Story {
  readonly receiver: MortalReceiver;
  /** How far it has come: what has been synced, and whether the notification of it was acknowledged. */
  hour: number;
  acknowledged: boolean;
}
const stories = new WeakMap<KillBench, Story>();

/** The figures of all messages, in the order in which they came. */
const told = ({ receiver }: Story) =>
  receiver.received().map(({ id, body }) => ({ id, steps: Number(body.data.viewer.activity.days[0]?.steps) }));
const isTold = (story: Story) => told(story).some(({ steps }) => steps === stepsUntil(liveDay(), story.hour));

/** The device syncs what it has until then, and the provider says so. */
async function goOn(bench: KillBench, story: Story, hour: number): Promise<void> {
  [story.hour, story.acknowledged] = [hour, false];
  bench.lab.sync.sync(who.id, at(liveDay(), hour));
  story.acknowledged = await notify(bench, hour === EVENING ? ["activities", "body"] : ["activities"]);
}

/** Two changes of one person after each other, each of which a webhook is told. */
const message = (stage: Stage | null): Scenario => ({
  name: stage === null ? "message" : `message-${stage}`,
  env: { OPERATIONS: operations, WEBHOOKS_ALLOW_PRIVATE: "1" },
  prepare: async (bench) => {
    bench.lab.sync.sync(who.id, at(liveDay(), NOON));
    await bench.connect();
    await stepsOf(bench, liveDay());
    const receiver = await startMortalReceiver(stage);
    stories.set(bench, { receiver, hour: NOON, acknowledged: true });
    const { errors } = await bench.ask(`mutation { createWebhook(input: {
      url: "${receiver.url}", operation: "Day", minimumGapSeconds: 0 }) { secret } }`);
    if (errors) throw new Error(JSON.stringify(errors));
  },
  act: async (bench) => {
    const story = stories.get(bench)!;
    await goOn(bench, story, afternoon());
    return story.acknowledged;
  },
  over: async (bench) => {
    const story = stories.get(bench)!;
    await eventually(60, "the first message is there", () => isTold(story));
    await goOn(bench, story, EVENING);
    await eventually(60, "the second message is there", () => isTold(story));
  },
  check: async (bench) => {
    const story = stories.get(bench)!;
    const { store } = bench.restarted().gateway;
    const isEmpty = async (collection: string) => {
      for await (const _ of store.collection(collection).keys("")) return false;
      return true;
    };
    const isOver = async () =>
      isTold(story) && (await isEmpty("outbound-pending")) && (await isEmpty("outbound-changes"));
    const comes = () =>
      eventually(90, "the message is there", isOver).then(
        () => 0,
        () => 1,
      );
    // Providers repeat what was not acknowledged.
    if (!story.acknowledged) await goOn(bench, story, story.hour);
    let lost = await comes();
    if (story.hour !== EVENING) {
      await goOn(bench, story, EVENING);
      lost += await comes();
    }
    const all = told(story);
    const ids = new Set(all.map(({ id }) => id));
    const figures = new Set(all.map(({ steps }) => steps));
    const late = all.filter(({ steps }, index) => all.slice(0, index).some((before) => before.steps > steps));
    const isAsMeant = story.receiver.deaths === (stage === null ? 0 : 1);
    await story.receiver.close();
    if (!isAsMeant) throw new Error(`The receiver died ${story.receiver.deaths} times.`);
    return { lost, doubled: ids.size - figures.size, repeated: all.length - ids.size, late: late.length };
  },
});

/** The receiver lives; then it dies at its first message, at each of its stages. */
const stages: readonly (Stage | null)[] = [null, "unread", "kept", "within", "answered"];
export const messageScenarios: readonly Scenario[] = stages.map(message);
