import { type Mutation, of } from "./mutation.js";

const reads = ["src/health-data/session.test.ts", "src/health-data/histories/histories.test.ts"];
const requests = ["src/connections/connections.test.ts", "src/connections/tokens/tokens.test.ts"];

/** Reading and what is between a reader and a provider; what is kept, taken along and told. */
export const readingMutations: readonly Mutation[] = [
  ...of(
    "src/health-data/packed-nights.ts",
    ["src/health-data/packed-nights.test.ts", "src/health-data/shapes.test.ts", "test/night-stages.test.ts"],
    [
      ["an earlier release can't read a stored night", "{ ...rest, hypnogram: null } : rest", "rest : rest"],
      [
        "a packed night has no segments",
        "isPacked(night) || night.hypnogram",
        "night.hypnogram === undefined && night.hypnogram",
      ],
      ["a night without segments has those of another shape", "night?.hypnogram ?? null }", "[] }"],
      [
        "each night is of a hidden class of its own",
        "withPacked(Object.assign({}, night.rest), night)",
        "withPacked({ ...night.rest }, night)",
      ],
    ],
  ),
  ...of(
    "src/model/bounds.ts",
    ["src/model/bounds.test.ts"],
    [
      ["a step may be of no length", "step > 0 && step <= LONGEST", "step >= 0 && step <= LONGEST"],
      ["a step may have no end", "step > 0 && step <= LONGEST_STEP_SECONDS", "step > 0"],
    ],
  ),
  ...of(
    "src/health-data/session.ts",
    ["src/health-data/shapes.test.ts"],
    [
      [
        "each answer has a getter of its own",
        '"sources", foundSources)',
        '"sources", { ...foundSources, get: () => find() })',
      ],
    ],
  ),
  ...of(
    "src/health-data/histories/sleep.ts",
    ["src/health-data/shapes.test.ts", "src/health-data/histories/histories.test.ts", "test/night-stages.test.ts"],
    [
      [
        "stages of a call of their own are not looked for",
        "if (hasSegments(record)) return { in: record };",
        "if (record) return { in: record };",
      ],
      [
        "a night that has no stages yet is said to have them",
        "if (night && hasSegments(night)) return",
        "if (night) return",
        "a night that is told of in a call of its own has stages, or they were refused",
      ],
    ],
  ),
  ...of(
    "src/health-data/session.ts",
    ["src/health-data/answers.test.ts", ...reads],
    [
      ["a kept answer is fetched again beside other asks", "if (recalled) await this.read(recalled.asks);", ""],
      [
        "a caller's own token may be answered from the kept answer",
        "!this.request.dryRun && Object.keys(this.request.headerTokens).length === 0",
        "!this.request.dryRun",
        "a header's connection is made anew for each request, and no kept answer is of another connection",
      ],
      [
        "a part of the asks is kept as the whole answer",
        "isOrdinary && visit.alone ? lifetimeOf",
        "isOrdinary ? lifetimeOf",
      ],
      [
        "a day in another zone outlives its end",
        "until = Math.min(until, endOfDay(today,",
        "until = Math.max(until, endOfDay(today,",
      ],
    ],
  ),
  ...of("src/health-data/connection-reader.ts", reads, [
    [
      "what is derived from an incomplete part is whole",
      "if (value !== null) return { value, ...(lacks && { lacks }) };",
      "if (value !== null) return { value };",
    ],
    [
      "height alone answers the BMI of a day",
      "sources.length > 0 && sources.every((source)",
      "sources.length > 0 && sources.some((source)",
    ],
    [
      "one settled figure settles the day",
      "if (!provenance.settled) return false;",
      "if (!provenance.settled) continue;",
    ],
  ]),
  ...of(
    "src/health-data/coverage.ts",
    ["src/health-data/fetch.test.ts", ...reads],
    [
      [
        "a refusal outlives the next consent",
        "if (at > this.world.connectedAt) return false;",
        "if (at > 0) return true;",
      ],
      [
        "a refusal that came after the consent is asked for again",
        "if (at > this.world.connectedAt) return false;",
        "",
      ],
      [
        "what a notification overtook is fresh",
        "return accepted && !overtaken?.(day, provenance.at);",
        "return accepted;",
      ],
    ],
  ),
  ...of("src/health-data/connection-loader.ts", reads, [
    ["stored days don't stand in for days that failed", "await this.standIn(stillOpen);", ""],
    [
      "a dry run answers stale days",
      "if (open.size === 0 || this.options.dryRun) return;",
      "if (open.size === 0) return;",
    ],
    [
      "a coarser series is fetched beside a finer one",
      "return work !== undefined || open.get(each)?.includes(day);",
      "return false;",
    ],
    [
      "only what is cached is asked for at the provider",
      "blocked === null && !this.options.freshness.onlyIfCached)",
      "blocked === null)",
    ],
  ]),
  ...of(
    "src/health-data/request-runner.ts",
    ["src/health-data/request-runner.test.ts", ...reads],
    [
      [
        "requests go on after a lasting refusal",
        "const hopeless = reader.stopped ?? this.refusedCalls",
        "const hopeless = this.refusedCalls",
      ],
      [
        "a lasting refusal is as good as any",
        "if (isLasting(failure) || this.failuresInARow",
        "if (this.failuresInARow",
      ],
      ["a call that was refused is sent for other days", "?? this.refusedCalls.get(request.call) ??", "??"],
      [
        "failures are counted over a success",
        'failure?.code === "UNAVAILABLE" ? this.failuresInARow + 1 : 0',
        'failure?.code === "UNAVAILABLE" ? this.failuresInARow + 1 : this.failuresInARow',
      ],
      [
        "a refusal is one of a row of failures",
        'failure?.code === "UNAVAILABLE" ? this.failuresInARow + 1 : 0',
        "failure ? this.failuresInARow + 1 : 0",
      ],
      [
        "one request more is sent to a provider that fails",
        "this.failuresInARow >= FAILURES_IN_A_ROW",
        "this.failuresInARow > FAILURES_IN_A_ROW",
      ],
      ["one failure fewer is enough", "const FAILURES_IN_A_ROW = 5;", "const FAILURES_IN_A_ROW = 4;"],
      ["the last failure is told as the cause", "this.reader.stopped ??= failure;", "this.reader.stopped = failure;"],
      ["more are sent at once", "const CONCURRENT_REQUESTS = 5;", "const CONCURRENT_REQUESTS = 6;"],
      [
        "what needs an answer does not wait for it",
        "for (const request of first) await this.run",
        "for (const request of first) void this.run",
      ],
      ["what came is not stored", "if (!shared) this.keep(cells, newest);", ""],
      ["a shared answer is written twice", "if (!shared) this.keep(cells, newest);", "this.keep(cells, newest);"],
      ["a shared answer is written by who shares it", "if (shared) return;", "if (!shared) return;"],
      ["a shared answer that is late is written twice", "if (shared) return;", ""],
      ["a late answer is not stored", "this.keep(late, this.newestWithData(late));", ""],
      ["a late answer says nothing of how far the data reach", "this.newestWithData(late));", "null);"],
      ["late days that are not kept are stored", "const late = kept(cells);", "const late = cells;"],
      ["days that are not kept are stored", "const cells = usable.filter(isStored);", "const cells = usable;"],
      [
        "days whose need can't be read are stored",
        "const usable = fetched.cells.filter(isUsable);",
        "const usable = fetched.cells;",
      ],
      [
        "late days whose need can't be read are stored",
        "all.filter((cell) => isUsable(cell) && isStored(cell))",
        "all.filter(isStored)",
      ],
      [
        "what is not kept is not there for what needs it",
        "if (!isStored(cell)) this.prerequisites.set(cell.field, dayNumber(cell.day), cell.known);",
        ";",
      ],
      ["a failure of a late answer is nobody's", "\n      .catch(this.options.onError);", ";"],
      ["what was late may be asked for at once", "clock.now() + LATE_RETRY_MS", "clock.now()"],
      ["what did not begin counts as a request", "requests: flight ? 1 : 0, shared", "requests: 1, shared"],
      ["what is late counts as no request", "requests: flight ? 1 : 0, shared", "requests: 0, shared"],
      ["who leaves later stops what is late", 'gone?.removeEventListener("abort", giveUp);', ""],
      ["who leaves in time is waited for", 'gone?.addEventListener("abort", giveUp, { once: true });', ""],
      ["for who has left a request is sent", "if (gone?.aborted) giveUp();", ""],
      [
        "without a deadline nobody can leave",
        "fetcher.fetch(target, request, signal?.());",
        "fetcher.fetch(target, request);",
      ],
      [
        "a day of a scale proves that the wearable has synced",
        "!apartFromWearable.has(domainOf(cell.field)) && provesData(cell)",
        "provesData(cell)",
      ],
      ["tomorrow's data count", " || cell.day > this.options.today) continue", ") continue"],
      ["the first day with data is the newest", "newest !== null && cell.day <= newest", "newest !== null"],
      [
        "who shares an answer does not know how far the data reach",
        "if (newest !== null && newest > (reader.dataThrough",
        "if (!shared && newest !== null && newest > (reader.dataThrough",
      ],
      ["an older answer takes back what is known", 'newest > (reader.dataThrough ?? "")', "true"],
      ["older data are told as newer", 'newest > (connection.dataThrough ?? "")', "true"],
      ["nobody is told of newer data", "onData?.(connection, newest);", ""],
      ["a sync that was known is told again", "synced > this.syncedAt)", "synced >= this.syncedAt)"],
      [
        "a sync is told before it is stored",
        ".then(() => this.noteSync(cells))",
        ".then(this.noteSync(cells) as undefined)",
      ],
    ],
  ),
  ...of(
    "src/health-data/deadline.ts",
    ["src/health-data/deadline.test.ts", "test/deadlines.test.ts", "test/lateness.test.ts"],
    [
      [
        "each request has the whole time",
        "this.endsAt ??= performance.now() + this.ms;",
        "this.endsAt = performance.now() + this.ms;",
      ],
      ["what comes too late begins all the same", "if (left <= 0) return null;", ""],
    ],
  ),
  ...of(
    "src/health-data/retention.ts",
    ["src/health-data/retention.test.ts", "test/retention.test.ts"],
    [
      ["a day more is kept", "today - days + 1", "today - days"],
      ["days of a retired provider go, too", "(deps.isForRetired || !isRetired(connection))", "true"],
      ["what is kept of all is what is kept of the last", "Math.min(...domains.map", "Math.max(...domains.map"],
    ],
  ),
  ...of(
    "src/health-data/planner.ts",
    ["src/health-data/planner.test.ts", "src/health-data/planner-needs.test.ts"],
    [
      [
        "what is known is needed all the same",
        "if (isAnswered || wanted.includes(day) || this.input.isKnown?.(need, day)) continue;",
        "if (isAnswered || wanted.includes(day)) continue;",
      ],
      ["the bound is a request too high", "return Math.ceil(bound - 1e-9);", "return Math.ceil(bound - 1e-9) + 1;"],
      [
        "needs come in any order",
        "const [next] = waiting.splice(Math.max(at, 0), 1);",
        "const [next] = waiting.splice(0, 1);",
      ],
    ],
  ),
  ...of(
    "src/connections/notes.ts",
    ["src/connections/notes.test.ts", "src/health-data/round-trips.test.ts"],
    [
      ["a note is stored before its answer is told", "        await nextTurn();\n", ""],
      ["others' notes are waited for", "isMeant(connection) ? done : undefined", "done"],
      ["a note counts as stored before it is", "      underWay.add(one);\n", ""],
      ["a note that was not stored is not told of", "return stored;", "return one.done;"],
    ],
  ),
  ...of(
    "src/connections/provider-api.ts",
    ["src/health-data/round-trips.test.ts"],
    [["a success waits for its note", "else noted.catch(() => {});", "else await noted;"]],
  ),
  ...of(
    "src/connections/connections.ts",
    ["src/connections/connections.test.ts"],
    [
      ["a list does not wait for notes", "await notes.settled((connection) => connection.userId === userId);", ""],
      [
        "a connection is read before what was noted of it",
        "await notes.settled((connection) => connection.id === id);",
        "",
      ],
      [
        "the stop does not wait for notes",
        "Promise.all([unsaved.idle(), notes.settled(() => true)])",
        "unsaved.idle()",
      ],
    ],
  ),
  ...of("src/connections/provider-api.ts", requests, [
    [
      "a write is repeated after trouble",
      "const isRepeatable = ({ method, reads = false }: ApiRequest) => reads || idempotent.has(method);",
      "const isRepeatable = (_: ApiRequest) => true;",
    ],
    ["a provider is asked again before it wants to be", "|| asked > LONGEST_REPEAT_MS)", ")"],
    [
      "the second request is not counted",
      "return { requests: first.sent + second.sent, ...second };",
      "return { requests: second.sent, ...second };",
    ],
    [
      "a late answer brings a person back who has left",
      'before.status === "REVOKED"\n        ? before\n        :',
      'before.status === "PENDING"\n        ? before\n        :',
    ],
    ["an older success is noted over a newer one", "Math.max(before.lastSuccessAt ?? 0, at)", "at"],
    ["what a header's token met is noted of the stored grant", 'if (token.resolver !== "header") {', "{"],
    [
      "a redirect is an answer",
      "if (response.status >= 300 && response.status < 400) {",
      "if (response.status > 300 && response.status < 300) {",
    ],
    [
      "passing trouble says what has to be set right",
      'code === "ACTION_REQUIRED" || code === "NOT_CONFIGURED" ? message : trouble',
      "message",
    ],
  ]),
  ...of(
    "src/connections/oauth/token-endpoint.ts",
    ["src/connections/oauth/token-endpoint.test.ts", "src/connections/oauth/logins.test.ts", ...requests],
    [
      ["halves of a Basic header are joined as they are", "`${encode(id)}:${encode(secret)}`", "`${id}:${secret}`"],
      ["a token call is not counted", "await budgets.count(provider);", ""],
      [
        "a 404 that names invalid_grant ends a consent",
        "status === 400 || status === 401 || status === 403",
        "status >= 400",
      ],
      ["a dead grant is told by 400 and 401 alone", " || status === 403) {", ") {"],
      ["an app that may not ask is passing trouble", ' || code === "unauthorized_client")', ")"],
      ["what was switched off is passing trouble", 'if (status === 410) return { kind: "retired" };', ""],
      ["a redirect is a success", "status >= 200 && status < 300", "status >= 200 && status <= 300"],
      ["the provider's wait is lost", '{ kind: "unavailable", retryAfter };', '{ kind: "unavailable" };'],
      ["the wait of an odd answer is lost", "{}, retryAfter: own.retryAfter };", "{} };"],
      ["an odd answer says something of the grant", "return { status: 502, body: {}, retry", "return { ...own, retry"],
      ["a call in the query carries a form", "bare ? form : {", "{"],
      ["a caller says who we are", "{ ...form, ...proof.form }", "{ ...proof.form, ...form }"],
      ["a public client proves itself", "if (secret === null) return {", "if (false) return {"],
      [
        "the id goes in the header alone",
        "`Basic ${basic}` }, form: { client_id: id } }",
        "`Basic ${basic}` }, form: {} }",
      ],
      ["every call is signed", "signed?.calls.some((each) => each === call) ?? false", "signed !== undefined"],
      ["an answer of any size is read", "    maxBytes: TOKEN_MAX_BYTES,\n", ""],
      ["an answer is waited for as long as data", "    timeoutMs: TOKEN_TIMEOUT_MS,\n", ""],
      ["no answer is a defect", 'return { kind: "unreachable", error };', "throw error;"],
      [
        "a question for a number that has no answer is a defect",
        'if (error instanceof TransportError) return { kind: "unavailable" };',
        "",
      ],
    ],
  ),
  ...of(
    "src/connections/leaving/withdrawal.ts",
    ["src/connections/oauth/token-endpoint.test.ts", "src/connections/leaving/withdrawal.test.ts"],
    [
      ["a withdrawal by a request of the API is not counted", "await deps.budgets.count(provider);", ""],
      [
        "the token is withdrawn that would have ended soon",
        "isAccess ? accessToken : (grant.refreshToken ?? accessToken)",
        "accessToken",
      ],
    ],
  ),
  ...of(
    "src/webhooks/provider-subscriptions/app-api.ts",
    ["src/webhooks/provider-subscriptions/app-api.test.ts"],
    [
      ["a request in the app's own name is not counted", "await budgets.count(provider);", ""],
      ["a request leaves beside another process", "      await mayAct();\n      await budgets", "      await budgets"],
      ["the query of an address of its own is lost", "own.searchParams.append(name, String(value));", ";"],
      ["a token goes to whoever is named", "if (url === null) throw", "if (false) throw"],
    ],
  ),
  ...of(
    "src/graphql/points.ts",
    ["src/graphql/points.test.ts", "src/graphql/writing/points-text.test.ts"],
    [
      ["days of other offsets share a text", "const key = `${offsetSeconds} ${after}`;", "const key = after;"],
      ["selections share a text", "const key = `${offsetSeconds} ${after}`;", "const key = String(offsetSeconds);"],
      [
        "a part of a second is taken for a whole one",
        "const second = past / 1000;",
        "const second = Math.floor(past / 1000);",
      ],
      ["the hour does not pass", "if (begin !== this.begin) {", "if (Number.isNaN(this.begin)) {"],
      [
        "the texts stay those before the clock change",
        "    this.rests = restsFor(offsetSeconds, this.around.after);\n  }\n}",
        "  }\n}",
      ],
    ],
  ),
  ...of(
    "src/graphql/writing/points-text.ts",
    ["src/graphql/writing/points-text.test.ts"],
    [
      ["a time that is selected twice has the texts around the first", 'at !== pieces.lastIndexOf("time") || ', ""],
      ["no samples are one", 'if (offsets.length === 0) return "[]";', ""],
      ["what is no number is written", 'throw new TypeError("a sample is not a number");', ""],
    ],
  ),
  ...of(
    "src/recording/recorder.ts",
    ["test/recording.test.ts", "src/recording/recorder.test.ts", "test/recording-attacks.test.ts"],
    [
      ["the intent is not noted before it is sent", "      await notes.set(noteKey, note);\n    };", "    };"],
      [
        "the days of a record are not read again",
        "    await mark(userId, note);\n    const id = await notes.index",
        "    const id = await notes.index",
      ],
    ],
  ),
  ...of(
    "src/cli/export-store.ts",
    ["src/cli/export.test.ts", "test/moving.test.ts"],
    [
      [
        "what has expired is taken along",
        "if (isLeftOut(key) || isOver(text)) continue;",
        "if (isLeftOut(key)) continue;",
      ],
      ["the queue is taken along", "if (isLeftOut(key) || isOver(text)) continue;", "if (isOver(text)) continue;"],
      ["an export with gaps counts as whole", "if (count.bad > 0)", "if (false)"],
      ["an export is not recorded", 'await audit.record({ actor: "cli", action: "export", userId: null });', ""],
      [
        "the first line leaves before it is recorded",
        'await audit.record({ actor: "cli", action: "export", userId: null });',
        'void audit.record({ actor: "cli", action: "export", userId: null }).catch(() => {});',
      ],
      ["a secret that nobody knows is taken along", "if (!isSealed(key) && box.test(text)) {", "if (false) {"],
      ["secrets stay under the key of this store", "other!.seal(binding, own.open", "own.seal(binding, own.open"],
      [
        "a secret that is not asked for is a row with a fault",
        "      count.secret++;\n",
        '      bad(key, "secret");\n',
      ],
      ["an interruption does not say where it was", "    last = key;\n", ""],
      [
        "an interruption is the end of the file",
        "    if (io.signal.aborted)\n",
        "    if (io.signal.aborted) break;\n    if (false)\n",
      ],
      ["an export that goes on begins anew", "store.rows(after)", "store.rows()"],
      ["what expires is kept for ever", "...(expires !== undefined && { expires }), ...taken", "...taken"],
      ["a row that can't be read is not named", 'if (row.kind === "unreadable") bad(key, row.reason);', ""],
      ["rows that are left out are counted", "rows: count.rows });", "rows: count.rows + count.bad });"],
    ],
  ),
  ...of(
    "src/cli/export.ts",
    ["src/cli/export.test.ts", "src/cli/cli.test.ts"],
    [
      ["an export of one is not recorded", 'await audit.record({ actor: "cli", action: "export", userId });', ""],
      [
        "its first line leaves before it is recorded",
        'await audit.record({ actor: "cli", action: "export", userId });',
        'void audit.record({ actor: "cli", action: "export", userId }).catch(() => {});',
      ],
      ["others' connections are in it", "if (connection.userId === userId) own.push", "own.push"],
      [
        "who has left has no export",
        "own.length === 0 && !(await connections.hasEverConnected(userId))",
        "own.length === 0",
      ],
      ["who never was has one", "own.length === 0 && !(await connections.hasEverConnected(userId))", "false"],
      ["the newest connection comes first", "a.connectedAt - b.connectedAt", "b.connectedAt - a.connectedAt"],
      ["an interruption ends nothing", "if (io.signal.aborted) return;", ""],
    ],
  ),
  ...of(
    "src/cli/import-store.ts",
    ["src/cli/import-store.test.ts", "test/moving.test.ts"],
    [
      ["what has expired is put in", "if (expires !== undefined && expires <= Date.now()) continue;", ""],
      ["a file that ends before its end is whole", "if (!isEnded) {", "if (false) {"],
      ["who remembers the last history is not told", "    await tell(null);\n", ""],
      [
        "a history is told of before its rows are there",
        "      await Promise.all(underWay);\n      bus.historyChanged",
        "      bus.historyChanged",
      ],
      ["a history is told of at each row", "touched !== null && touched !== connectionId", "touched !== null"],
      ["one row more is on its way", "underWay.size >= ROWS_AT_ONCE", "underWay.size > ROWS_AT_ONCE"],
      [
        "rows are put after the store failed",
        "      if (failure) throw failure;\n    }\n    await",
        "    }\n    await",
      ],
      ["a store that fails at the end has all rows", "    if (failure) throw failure;\n  } finally", "  } finally"],
      ["it ends before what is on its way", "  } finally {\n    await Promise.all(underWay);\n", "  } finally {\n"],
      [
        "a row that no store takes ends it",
        "if (isOfTheRow(error)) leaveOut(line, key);\n      else failure",
        "failure",
      ],
      ["what is there is replaced", "store.putRow(key, text, replace)", "store.putRow(key, text, !replace)"],
      ["an interruption goes on", "if (io.signal.aborted) throw", "if (false) throw"],
      ["a secret in the clear is put in", "isSealed(key) !== (sealed !== undefined) || ", ""],
      ["jobs are put in", " || isLeftOut(key)) throw", ") throw"],
      ["a file of fewer rows than it says is whole", "if (end.data.rows !== count.lines)", "if (false)"],
      ["another key is taken for the file's", "if (cipher.keyId !== keyId)", "if (false)"],
    ],
  ),
  ...of(
    "src/outbound/messages.ts",
    [
      "src/outbound/messages.test.ts",
      "test/webhooks-out.test.ts",
      "test/webhooks-retries.test.ts",
      "test/webhooks-kept.test.ts",
    ],
    [
      ["what was delivered is put again", "if (left <= 0 || (await sent.get(key))) return;", "if (left <= 0) return;"],
      [
        "what is sent again forgets that it waits",
        "await pending.putIfAbsent(key, { ...one, attempts: 0, round: 0, nextAt: 0 }, left);\n      }",
        "}",
      ],
      [
        "a message is gone before it counts as delivered",
        "      if (left > 0) await sent.set(at(webhookId, place), { id, type, lane, body, createdAt }, left);\n      await pending.erase(at(webhookId, place));",
        "      await pending.erase(at(webhookId, place));\n      if (left > 0) await sent.set(at(webhookId, place), { id, type, lane, body, createdAt }, left);",
      ],
      ["what is delivered waits on", "await pending.erase(at(webhookId, place));", ""],
      ["what is over is sent again", "if (left <= 0) continue;", "if (left < 0) continue;"],
      ["what waits begins anew", "await pending.putIfAbsent(key, { id, type", "await pending.set(key, { id, type"],
    ],
  ),
  ...of(
    "src/outbound/sender.ts",
    ["src/outbound/sender.test.ts", "test/webhooks-retries.test.ts", "test/webhooks-out.test.ts"],
    [
      ["a message overtakes the one before it of the same person", "held.has(pending.lane)) return;", "false) return;"],
      [
        "what waits behind one that is not due is sent in the next batch",
        "          held.add(pending.lane);\n          return;",
        "          return;",
      ],
      [
        "what follows one that failed is sent",
        "if (!(await sendOne(place, pending))) held.add(pending.lane);",
        "await sendOne(place, pending);",
      ],
      ["only one batch is looked at", "while (after !== undefined && !isOver", "if (after !== undefined && !isOver"],
      ["every batch is the first", "after = batch.at(-1)?.[0];", 'after = batch.length === 0 ? undefined : "";'],
      [
        "a person's messages are sent at once",
        "for (let lane = open.shift(); lane; lane = open.shift()) await workLane(lane);",
        "for (let lane = open.shift(); lane; lane = open.shift()) await Promise.all(lane.map((one) => workLane([one])));",
      ],
      ["a ninth person's is sent at once", "const LANES_AT_ONCE = 8;", "const LANES_AT_ONCE = 9;"],
      [
        "a success of another lane ends the rest",
        "const isResting = state.restsUntil > at;",
        "const isResting = false;",
      ],
      [
        "a shorter wait ends a longer one",
        "Math.max(state.restsUntil, clock.now() + restMs(failures, wait));",
        "clock.now() + restMs(failures, wait);",
      ],
      [
        "a rest ends a moment late",
        "const rests = () => state.restsUntil > clock.now();",
        "const rests = () => state.restsUntil >= clock.now();",
      ],
      [
        "a receiver that rests is asked by who was waiting for a turn",
        "        if (state.restsUntil > clock.now()) return;\n        const dueAt",
        "        const dueAt",
      ],
      [
        "one that failed is asked by all",
        "while (state.failures > 0 && open.length > 0",
        "while (false && open.length > 0",
      ],
      [
        "one that failed is asked by one for ever",
        "...(!isResting && { failures: 0, restsUntil: 0 })",
        "...(!isResting && { restsUntil: 0 })",
      ],
      ["a rest is nobody's to end", "if (rests()) return state.restsUntil;", "if (rests()) return null;"],
      ["what is due later is forgotten", "Number.isFinite(nextAt) ? nextAt : null", "null"],
      [
        "the last of several is when to come again",
        "nextAt = Math.min(nextAt, dueAt);",
        "nextAt = Math.max(nextAt, dueAt);",
      ],
      [
        "what is kept of a webhook that wants no more is sent",
        "if (isOver || stopping.aborted || held",
        "if (stopping.aborted || held",
      ],
      ["a process that stops goes on", "if (isOver || stopping.aborted || held", "if (isOver || held"],
      [
        "what a process left waits for the next look",
        "if (stopping.aborted) return clock.now();",
        "if (stopping.aborted) return null;",
      ],
      [
        "a message without a body holds up the next",
        "        await messages.drop(webhookId, place);\n        return true;",
        "        await messages.drop(webhookId, place);\n        return false;",
      ],
      ["a message without a body stays", "        await messages.drop(webhookId, place);\n", ""],
      ["two processes send at once", "if (!lease) return {", "if (false) return {"],
      ["a webhook is held for good", "await lease.release().catch(() => {});", ""],
      ["an app's turns are never given back", "sending.set(app, sending.get(app)! - 1);", ""],
      ["an app has one receiver more at once", "if (busy >= APP_AT_ONCE)", "if (busy > APP_AT_ONCE)"],
      ["who waits for a turn comes back with all others", "TURN_MS * (1 + Math.random())", "TURN_MS * Math.random()"],
    ],
  ),
];
