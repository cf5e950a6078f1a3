import { type Mutation, of } from "./mutation.js";

const told = ["test/webhooks-out.test.ts"];
const kept = ["test/webhooks-kept.test.ts"];
const overDays = ["test/webhooks-retries.test.ts"];

/** What apps are told over HTTP, and where requests may go at all. */
export const outboundMutations: readonly Mutation[] = [
  ...of("src/outbound/signing.ts", overDays, [
    ["the old secret does not sign while it is valid", "until === null || until > now", "until === null"],
    ["an old secret signs for ever", "until === null || until > now", "true"],
    ["the time of the signature is not the attempt's", "new Date(now), body", "new Date(now - 60_000), body"],
  ]),
  ...of("src/outbound/runs.ts", overDays, [
    ["the gap is ignored", "timely(last.at + gapMs, now, gapMs)", "0"],
    [
      "what comes within the gap is forgotten",
      "await owed.set(owedAt(webhook.id), { userId, token: randomUUID(), dueAt, lacking: open",
      "if (false) await owed.set(owedAt(webhook.id), { userId, token: randomUUID(), dueAt, lacking: open",
    ],
    ["nobody comes back when the gap is over", "for (const at of next) await notes.enqueueRun(lane, name, at);", ""],
    ["a disabled webhook is asked for all the same", "if (!webhook.isDisabled && at <= now)", "if (at <= now)"],
    [
      "what changed while it was disabled is not looked at",
      "if (id !== webhookId || one.dueAt !== null) continue;",
      "continue;",
    ],
  ]),
  ...of("src/outbound/runs.ts", told, [
    ["the same answer is sent again", "last?.digest !== answer.digest", "true"],
    [
      "webhooks of one person are told of others",
      "one.operation === name && isOf(one, lane)",
      "one.operation === name",
    ],
    [
      "every webhook has a message of the same id",
      "message: { id: newMessageId(), body }",
      "message: { id: body, body }",
    ],
  ]),
  ...of("src/outbound/sender.ts", overDays, [
    ["410 is a failure like others", 'if (status === 410) return { kind: "gone" };', ""],
    [
      "a receiver's wait does not count",
      'status === 429 || status === 503 ? retryAfterMs(headers["retry-after"], now) : null',
      "null",
    ],
    [
      "a retry has an id of its own",
      "headersOf(webhook, pending.id, now,",
      "headersOf(webhook, `${pending.id}${now}`, now,",
    ],
    ["a message is tried before it is due", "if (dueAt > clock.now()) {", "if (false) {"],
    ["a webhook whose messages are used up is asked on", "await disable(webhook, reason);", ""],
    [
      "nobody is told that it is disabled",
      "await deps.audit.record({ actor: `app:${webhook.app}`",
      "if (false) await deps.audit.record({ actor: `app:${webhook.app}`",
    ],
    [
      "attempts before it was enabled count",
      "(pending.round === webhook.round ? pending.attempts : 0)",
      "pending.attempts",
    ],
  ]),
  ...of("src/outbound/sender.ts", told, [
    ["a redirect counts as taken", "status >= 200 && status < 300", "status >= 200 && status < 400"],
    ["one of a single person stays once they are gone", "await deps.retire(webhookId);", ""],
  ]),
  ...of("src/outbound/messages.ts", overDays, [
    [
      "a replay has other ids",
      "pending.putIfAbsent(key, { ...one, attempts: 0",
      "pending.putIfAbsent(key, { ...one, id: newMessageId(), attempts: 0",
    ],
    ["a replay is of everything", "begin + placeAt(since)", "begin"],
    ["what is sent is not kept to be sent again", "if (left > 0) await sent.set", "if (false) await sent.set"],
    [
      "bodies are sent again after their time",
      "leftMs(createdAt) > 0 ? await bodies.get(body) : undefined",
      "await bodies.get(body)",
      "the store has let them go by then",
    ],
  ]),
  ...of("src/outbound/messages.ts", told, [
    [
      "answers outlive the data that they were made of",
      "forgetAnswers: (lane) => bodies.eraseAll(`${lane}/${ANSWERS}`)",
      "forgetAnswers: async () => {}",
    ],
    ["bodies outlive their person", "forgetLane: (lane) => bodies.eraseAll(`${lane}/`)", "forgetLane: async () => {}"],
  ]),
  ...of("src/outbound/notes.ts", told, [
    ["a change runs what does not read it", "(operation) => operation.reads(update, clock.now())", "() => true"],
    ["any webhook is of anybody", "return webhook.lane === null || webhook.lane === lane;", "return true;"],
  ]),
  ...of("src/outbound/tells.ts", told, [
    ["events are told to who did not ask for them", "one.events.includes(type) && isOf", "isOf"],
    [
      "a change of a connection that was not stored is told",
      "return clock.now() - at < STORING_MS ? null : false;",
      "return true;",
    ],
    [
      "a happening has a new id each time it is looked at",
      ".update(`${id}/${name}`)",
      ".update(`${id}/${Math.random()}`)",
    ],
  ]),
  ...of(
    "src/outbound/outbound.ts",
    ["test/webhooks-kept.test.ts", ...told],
    [
      ["another app sees and replays a webhook", "webhook.app === app && (userId === null", "(userId === null"],
      [
        "a bound key has all webhooks of its name",
        "(userId === null || (lane !== null && webhook.lane === lane))",
        "true",
      ],
      ["who is deleted keeps what was to be sent", "await forgetLane(lane);\n        for", "for"],
      ["the name of who was deleted stays", "await lanes.forget(userId);", ""],
      ["the note of a deletion stays", "await deletions.erase(key);", ""],
      [
        "a key that was taken away is told on",
        "if (keys.some(({ userId }) => userId === null)) return true;",
        "return true;",
      ],
      ["private addresses are allowed", "publicOnly: !deps.allowPrivate,", "publicOnly: false,"],
      ["a replay may lie in the future", "if (since > clock.now()) throw", "if (false) throw"],
    ],
  ),
  ...of("src/outbound/outbound.ts", overDays, [
    ["a secret is never replaced", "secrets: [newest, ...older]", "secrets: [...older, newest].slice(-1)"],
    ["an old secret gets another span at each replacement", "until: until ?? ends", "until: ends"],
  ]),
  ...of(
    "src/outbound/target.ts",
    ["src/outbound/target.test.ts"],
    [
      ["a name of this machine is taken", "(isLocal || ", "("],
      ["an address of this network is taken", "|| (address !== null && !isPublicAddress(address))", ""],
      ["http is taken", "!(allowPrivate && target.protocol", "!(target.protocol"],
    ],
  ),
  ...of("src/outbound/outbound.ts", kept, [
    [
      "a deletion that a crash cut off stays so",
      "await deps.eraseUser(cipher.open<string>(deletionBinding(key), box));",
      "void 0;",
    ],
  ]),
  ...of("src/outbound/key-rotation.ts", kept, [
    ["what is noted of a deletion stays under its old key", "await deps.deletions(count);", ""],
    ["messages stay under the key that they were kept under", "await messages.reseal(count)", "[] as string[]"],
    ["secrets stay under their old key", "await secrets(count);", ""],
  ]),
  ...of("src/outbound/tells.ts", told, [
    [
      "what reads connections is not run when one changes",
      'if (type === "CONNECTION_CHANGED") await notes.personChanged(userId, "connections");',
      "",
    ],
  ]),
  ...of("src/operations/reads.ts", told, [
    ["an order of sources changes no data", 'if (readings.length > 0) also.add("order");', ""],
  ]),
  ...of(
    "src/graphql/answer-digest.ts",
    ["src/graphql/answer-digest.test.ts"],
    [
      ["when it was asked makes another answer", 'field === "asOf" || ', ""],
      ["an alias counts as a name", "isOfAsking(one.name.value)", "isOfAsking(name)"],
      ["what is spread is not looked into", "open.push(fragments.get(one.name.value)!.selectionSet)", "continue"],
    ],
  ),
  ...of(
    "src/outbound/schedule.ts",
    ["src/outbound/schedule.test.ts"],
    [
      ["a receiver may ask for any wait", "Math.min(ms, LONGEST_WAIT_MS)", "ms"],
      [
        "a receiver's wait shortens the schedule",
        "now + Math.max(wait, retryAfterMs ?? 0)",
        "now + (retryAfterMs ?? wait)",
      ],
      ["what a clock noted that was ahead is waited for", "at - now > longestMs ? 0 : at", "at"],
      ["a rest grows without end", ", LONGEST_REST_MS);", ", Number.MAX_VALUE);"],
    ],
  ),
  ...of(
    "src/http/addresses.ts",
    ["src/http/addresses.test.ts", "src/http/public-only.test.ts"],
    [
      [
        "one public address is enough",
        "all.some(({ address }) => !isPublicAddress",
        "all.every(({ address }) => !isPublicAddress",
      ],
      ["what IPv6 maps or keeps to itself is public", "|| (parsed as ipaddr.IPv6).match(globalUnicast)", "|| true"],
      [
        "an address is public unless it is private",
        'if (parsed.range() !== "unicast") return false;',
        'if (parsed.range() === "private") return false;',
      ],
    ],
  ),
  ...of(
    "src/http/client.ts",
    ["src/http/client.test.ts", "src/http/public-only.test.ts"],
    [
      ["a redirect is followed", "followRedirect: false", "followRedirect: true"],
      [
        "an address in the URL is not judged",
        "if (address !== null && !isPublicAddress(address)) throw",
        "if (false) throw",
      ],
      ["names are resolved without the rule", "publicOnly ? publicLookup(lookup) : lookup", "lookup"],
      ["a connection is thrown away for a short body", "if (bytes > UNREAD_BYTES) break;", "break;"],
      ["a body that nobody reads is read to its end", "if (bytes > UNREAD_BYTES) break;", ""],
      [
        "what must not be repeated goes over a kept connection",
        "if (!repeatable) return await once(request, ownConnection);",
        "",
      ],
      ["a question is not repeated", 'repeatable = method === "GET"', "repeatable = false"],
    ],
  ),
];
