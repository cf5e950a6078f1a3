import { type Mutation, of } from "./mutation.js";

const google = ["test/recording.test.ts"];
const fitbit = ["test/recording-fitbit.test.ts"];
const attacks = ["test/recording-attacks.test.ts"];
const steps = ["src/recording/recorder.test.ts"];

/** What apps have providers keep: once for each key, and nobody else's. */
export const recordingMutations: readonly Mutation[] = [
  ...of("src/recording/recorder.ts", steps, [
    [
      "the intent is not noted before a request leaves",
      "else if (!sent) await save(at, { sent: true, name: null });",
      "",
    ],
    ["nobody looks after a crash", "let found = sent ? await look() : null;", "let found: string | null = null;"],
  ]),
  ...of("src/recording/recorder.ts", fitbit, [
    ["what the person typed in is taken for ours", "if (note.entries[at]!.others?.includes(alike)) return true;", ""],
    ["what may still come is sent again", "clock.now() < sentAt + SETTLED_MS", "false"],
    ["local times are those of the caller's offset", "(wallClock || offsetOf(time) === 0)", "offsetOf(time) === 0"],
  ]),
  ...of("src/recording/recorder.ts", attacks, [
    ["an error inside a success is believed", 'answer === null || answer.kind === "ok"', "answer === null"],
    ["a record is deleted in another account", "connection.id !== note.connectionId", "false"],
    ["a key goes on at another account", "before && before.connectionId !== connection.id", "false"],
    [
      "what was under way is left behind",
      "if (await connections.hasEverConnected(userId)) await notes.forgetConnection(userId, connection.id);",
      "if (await connections.hasEverConnected(userId)) {}",
    ],
    ["what was under way outlives its person", "else await notes.forgetUser(userId);", ""],
  ]),
  ...of("src/recording/recorder.ts", google, [
    [
      "a key is free again once its data were deleted",
      'if (before === "SPENT") throw spent();',
      "if (before === \"SPENT\") return await recordAlone({ ...asked, key: `${key}'` }, `${noteKey}'`);",
    ],
    ["a key takes another record", "before && before.input !== input", "false"],
  ]),
  ...of("src/recording/notes.ts", google, [
    [
      "what another key recorded is taken for ours",
      "if (owner === undefined || owner === noteKey) return false;",
      "return false;",
    ],
  ]),
  ...of("src/recording/search.ts", google, [
    [
      "only the first page is looked through",
      "request = page.ours === undefined ? page.next : null;",
      "request = null;",
    ],
    ["a circle of pages is gone round", "asked.has(key) || asked.size === MAX_PAGES", "asked.size === MAX_PAGES"],
  ]),
  ...of("src/providers/fitbit/records.ts", fitbit, [
    ["a second weighing of one second is sent", "isInTheWay: isOfThatTime,", ""],
  ]),
];
