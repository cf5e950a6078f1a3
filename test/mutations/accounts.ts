import { type Mutation, of } from "./mutation.js";

/** Connections and their tokens, the store that holds them, the notices about them, and what is left when they go. */
export const accountMutations: readonly Mutation[] = [
  ...of(
    "src/connections/leaving/departure.ts",
    ["src/connections/leaving/departure.test.ts", "src/connections/connections.test.ts"],
    [
      ["consents begun outlive the user", "await deps.consent.forget(userId);", ""],
      ["consents begun outlive the connection", "if (!input.told) await deps.consent.forget(userId, provider);", ""],
      ["the chosen order of sources outlives the user", "await deps.priority.forget(userId);", ""],
      ["owed revocations keep the connection's name", "await deps.revocations.detach(one.id);", ""],
      [
        "the former account's data stays",
        "for (const former of known) if (former !== connection) await leave(former, true);",
        "",
      ],
      [
        "deleting a provider's data takes all providers'",
        "(await everyOne(userId)).filter((one) => one.provider === provider)",
        "await everyOne(userId)",
      ],
      [
        "the data stays",
        "if (deleteData) {\n      await hooks.deleteData?.(connection);",
        "if (!deleteData) {\n      await hooks.deleteData?.(connection);",
      ],
      ["the tokens stay", "await deps.adoption.withTokens(connection.id, () => vault.drop(connection.id));", ""],
      ["the account stays taken", "await directory.release(connection);", ""],
      ["subscriptions are taken down twice", "wasLive && !deps.isRetired", "!deps.isRetired"],
      ["what is owed is not asked for", "await deps.revocations.retry(all.map(({ id }) => id)).catch(() => {});", ""],
      [
        "rows that can't be read keep their data",
        "if (!isLeft) await hooks.deleteData?.({ ...one, providerUserId: null });",
        "",
      ],
      ["rows that can't be read keep their tokens", "if (!isLeft) await vault.drop(one.id);", ""],
    ],
  ),
  ...of(
    "src/connections/leaving/departure.ts",
    ["src/connections/consent/importing.test.ts"],
    [["imports that wait outlive the user", "await vault.dropImports(userId);", ""]],
  ),
  ...of(
    "src/connections/leaving/departure.ts",
    ["src/erasure.test.ts"],
    [
      [
        "what header tokens fetched stays",
        "for (const one of await ownership.headers(userId, provider)) {",
        "for (const one of [] as OwnedConnection[]) {",
      ],
    ],
  ),
  ...of(
    "src/erasure.ts",
    ["src/erasure.test.ts"],
    [
      ["notices that wait stay", "await deps.webhooks.forgetOwners(noticeOwners);", ""],
      ["jobs stay", "await deps.prefetch.forgetConnections(ids);", ""],
      ["marks of subscriptions stay", "await deps.subscriptions.forgetConnections(ids);", ""],
      ["the history stays", "for (const id of ids) await history.forget(id);", ""],
      ["backfills stay", "await deps.backfills.removeUser(userId);", ""],
      ["the user's connections stay", "await connections.deleteUser(userId);", ""],
      ["notices of somebody else's account go", "isOthers ? []", "false ? []"],
    ],
  ),
  ...of(
    "src/connections/tokens/tokens.ts",
    ["src/connections/tokens/tokens.test.ts", "src/connections/tokens/refresh.test.ts"],
    [
      [
        "a token is renewed at its end alone",
        "return now >= tokens.expiresAt - margin;",
        "return now >= tokens.expiresAt;",
      ],
      [
        "a token is renewed a millisecond late",
        "return now >= tokens.expiresAt - margin;",
        "return now > tokens.expiresAt - margin;",
      ],
      ["the margin of a short life is as long", "Math.max(0, tokens.expiresAt - tokens.obtainedAt) / 10", "MARGIN_MS"],
      ["a refresh whose end is not known is left", "if (tokens.refreshStartedAt !== undefined) return true;", ""],
      [
        "a token that is still good is not used in trouble",
        "if (stillGood) return fromVault(stored.accessToken);\n      throw trouble;",
        "throw trouble;",
      ],
      [
        "a dead token is used in trouble",
        "if (stillGood) return fromVault(stored.accessToken);\n      throw trouble;",
        "return fromVault(stored.accessToken);",
      ],
      [
        "a lost consent passes as trouble",
        "stillGood && error instanceof ProviderFailure && passing.has(error.failure.code)",
        "stillGood",
      ],
      ["header tokens are taken where they are off", 'header !== undefined && on("header")', "header !== undefined"],
      ["whatever came is a bearer token", "if (!isBearerToken(header)) {", "if (false) {"],
      ["a revoked connection has tokens", 'connection.status === "REVOKED" || ', ""],
      ["an unconfirmed connection has tokens", ' || connection.status === "AWAITING_CONFIRMATION"', ""],
      ["a refused header token is renewed from the vault", 'if (rejected.resolver === "header") {', "if (false) {"],
      [
        "a token that was renewed by others is renewed again",
        "if (stored.accessToken !== rejected) return fromVault(stored.accessToken);",
        "",
      ],
    ],
  ),
  ...of(
    "src/connections/tokens/refresh.ts",
    ["src/connections/tokens/refresh.test.ts", "src/connections/tokens/tokens.test.ts"],
    [
      [
        "a one-time refresh token is repeated after its window",
        "const startedAt = tokens.refreshStartedAt ?? clock.now();",
        "const startedAt = clock.now();",
      ],
      ["a one-time refresh token is always repeated", "|| !mayRepeat) return first;", ") return first;"],
      ["the window's end is within it", "clock.now() - startedAt < provider", "clock.now() - startedAt <= provider"],
      [
        "a late refresh overwrites a reconnection",
        "if (stored && stored.accessToken !== current.accessToken) return stored;",
        "",
      ],
      ["whoever lost the lease writes", "if (!isOurs) throw notRenewed(owner);", ""],
      ["the new refresh token is lost", "result.refreshToken ?? current.refreshToken", "current.refreshToken"],
      [
        "a missing new refresh token ends the old one",
        "result.refreshToken ?? current.refreshToken",
        "result.refreshToken",
      ],
      [
        "no intent is written",
        "if (intent.refreshStartedBy !== current.refreshStartedBy) await vault.save(owner, { ...current, ...intent });",
        "",
      ],
      [
        "a refusal is believed though another may hold the pair",
        "if (!others || clock.now() >= since + HOLDER_MS)",
        "if (true)",
      ],
      ["a refusal is doubted for ever", "if (!others || clock.now() >= since + HOLDER_MS)", "if (!others)"],
      ["two callers refresh twice", "if (running) {", "if (false) {"],
      ["one hiccup makes us wait", "count === 1 ? 0 :", "count === 0 ? 0 :"],
      ["a newer pair is refreshed again", "if (current.accessToken !== known.accessToken) return current;", ""],
      ["a dead token ends a new consent", "if (stored?.accessToken === accessToken) await", "await"],
    ],
  ),
  ...of(
    "src/connections/tokens/vault.ts",
    [
      "src/connections/tokens/tokens.test.ts",
      "src/connections/tokens/key-rotation.test.ts",
      "src/connections/consent/importing.test.ts",
    ],
    [
      [
        "tokens open under another user",
        '["tokens", owner.id, owner.userId, owner.provider]',
        '["tokens", owner.id, owner.provider]',
      ],
      [
        "tokens open under another connection",
        '["tokens", owner.id, owner.userId, owner.provider]',
        '["tokens", owner.userId, owner.provider]',
      ],
      ["the last key encrypts", "const [current] = byId;", "const current = [...byId].at(-1);"],
      ["a key of another length is taken", "|| keys.some((key) => key.length !== 32)", ""],
      [
        "tokens under an old key are left so",
        "if (!cipher.isCurrent(box)) await resealInPassing",
        "if (false) await resealInPassing",
      ],
      ["tokens being imported stay for ever", "owner.id.startsWith(IMPORT) ? IMPORT_KEPT_MS : undefined", "undefined"],
      ["refreshes begun are not found", "{ ...box, begun: true }", "box"],
    ],
  ),
  ...of(
    "src/connections/consent/consent.ts",
    ["src/connections/consent/consent.test.ts"],
    [
      ["a state lives a millisecond longer", "clock.now() >= consent.expiresAt", "clock.now() > consent.expiresAt"],
      [
        "a handle lives a millisecond longer",
        "if (!found || clock.now() >= found.expiresAt) {",
        "if (!found || clock.now() > found.expiresAt) {",
      ],
      ["another user confirms", "if (found.userId !== userId) throw", "if (false) throw"],
      ["another provider's state is taken", "consent.provider !== provider.id || clock", "clock"],
      ["another code with a used state is a repeat", "|| found.answer !== given) return invalid;", ") return invalid;"],
      [
        "who left while the provider was asked is connected",
        '(await ended.get(hashOf(state))) === undefined) return failed("invalid_state")',
        'false) return failed("invalid_state")',
      ],
      ["any address may be returned to", "redirectTo !== null && !allowedRedirect(", "false && !allowedRedirect("],
      ["another user's account is taken over", "holder !== null && holder.userId !== userId &&", "holder === null &&"],
      ["a provider's text travels on", "/^[a-z_]{1,40}$/.test(error)", "true"],
    ],
  ),
  ...of(
    "src/connections/directory/source-priority.ts",
    ["src/connections/connections.test.ts"],
    [
      ["a provider may be named twice", "if (ids.length !== names.length) throw", "if (false) throw"],
      [
        "an unknown provider may be named",
        "if (names.some((name) => !usual.some((id) => id === name))) {",
        "if (false) {",
      ],
      [
        "those left out are asked first",
        "...first.filter((id) => usual.includes(id)),\n    ...usual.filter((id) => !first.includes(id)),",
        "...usual.filter((id) => !first.includes(id)),\n    ...first.filter((id) => usual.includes(id)),",
      ],
      ["the successor goes last", "if (successor) place(successor);", ""],
      ["the choice outlives the user", "await chosen.erase(hashOf(userId));", ""],
    ],
  ),
  ...of(
    "src/connections/leaving/revocations.ts",
    ["src/connections/leaving/departure.test.ts", "src/connections/connections.test.ts"],
    [
      [
        "what is owed kills a new grant",
        "forget: async (connectionId) => {\n      await owed.erase(connectionId);",
        "forget: async () => {",
      ],
      ["what is owed at its last moment is kept", 'done !== "later" || left <= 0', 'done !== "later"'],
      ["what is owed is asked for once", 'done !== "later" || left <= 0', "true"],
      ["what was withdrawn is asked for again", 'done !== "later" || left <= 0', "left <= 0"],
      ["a row is given up a moment early", "left <= 0) && (await isOurs())", "left <= 60_000) && (await isOurs())"],
      ["who lost the lease writes a new pair", "left > 0 && (await isOurs())", "left > 0"],
      ["a new pair is kept after it is used", 'if (typeof next !== "string") await keep(next);', ""],
      [
        "an owed row is asked for by two",
        "const entry = await owed.get(connectionId);\n    if (!entry) return;\n    const left = entry.until - deps.clock.now();\n    const isOurs",
        "const entry = (await owed.take(connectionId))!;\n    if (!entry) return;\n    const left = entry.until - deps.clock.now();\n    const isOurs",
      ],
      [
        "the connection's name stays on what is owed",
        "      await owed.erase(connectionId);\n    },\n    owed:",
        "    },\n    owed:",
      ],
      [
        "what is owed of one is asked for of all",
        'connectionIds ? entriesOf(connectionIds) : owed.scan("")',
        'owed.scan("")',
      ],
      [
        "a detached grant opens under its old name alone",
        "deps.cipher.seal(binding(name, entry.provider), kept)",
        "entry.token",
      ],
      [
        "a key that is missing is an end",
        'if (error instanceof VaultUnreadable) return "later";',
        "if (error instanceof VaultUnreadable) return false;",
      ],
    ],
  ),
  ...of(
    "src/store/row.ts",
    ["src/store/rows.test.ts", "src/store/conformance.test.ts"],
    [
      ["a later release's row is read", "if ((v as number) > own) return", "if (false) return"],
      ["a row of our own version is a later one", "(v as number) > own", "(v as number) >= own"],
      [
        "a row lives a millisecond longer",
        "return expires !== undefined && Number(expires) <= now;",
        "return expires !== undefined && Number(expires) < now;",
      ],
      [
        "a row as long as allowed is too long",
        "if (text.length > MAX_ROW_LENGTH) return",
        "if (text.length >= MAX_ROW_LENGTH) return",
      ],
      [
        "a value as long as allowed is too long",
        "if (text.length > MAX_ROW_LENGTH) throw",
        "if (text.length >= MAX_ROW_LENGTH) throw",
      ],
      ["__proto__ is read", "key === NO_OWN_KEY ? undefined : part", "part"],
      ["__proto__ with escapes is read", ' || text.includes("\\\\u00")', ""],
    ],
  ),
  ...of(
    "src/store/keyv-store.ts",
    ["src/store/rows.test.ts", "src/store/conformance.test.ts"],
    [
      ["a row is told of at each look", "if (noted.has(full)) return;\n        noted.set", "noted.set"],
      [
        "an unreadable row is written over",
        "await answer(() => backend.values.set(`$",
        "if (false) await answer(() => backend.values.set(`$",
      ],
      [
        "what was set aside outlives its deletion",
        "await remove(full);\n          await answer",
        "await remove(full);\n          if (false) await answer",
      ],
      [
        "a later release's row is written over",
        'row?.kind !== "unreadable" || row.reason === "newer"',
        'row?.kind !== "unreadable"',
      ],
      ["an unreadable row is taken", 'if (row?.kind !== "row") return taken(row);', ""],
      ["an expired key is listed", "if (!isOver(text)) yield", "yield"],
      ["an unreadable row passes for an absent one", 'row?.kind === "unreadable" && form.throws', "false"],
      [
        "a key as long as allowed is too long",
        "Buffer.byteLength(key) > maxKeyBytes",
        "Buffer.byteLength(key) >= maxKeyBytes",
      ],
      ["a life of 0 ms is for ever", "Math.max(1, Math.ceil(ttlMs))", "Math.ceil(ttlMs)"],
    ],
  ),
  ...of(
    "src/store/memory.ts",
    ["src/store/conformance.test.ts"],
    [
      ["an entry lives a millisecond longer", "found.expiresAt > Date.now()", "found.expiresAt >= Date.now()"],
      ["a value that is there is written over", "if (alive(entries, key)) return false;", ""],
      ["what is taken stays", "entries.delete(key);\n      return found?.text;", "return found?.text;"],
      ["a lease has two holders", "if (alive(leases, name)) return null;", ""],
      ["a lost lease is renewed", "if (!held(name, fence)) return false;", ""],
      ["a lost lease is released", "if (held(name, fence)) leases.delete(name);", "leases.delete(name);"],
      ["a fence is given twice", "lastFence += 1;", ""],
    ],
  ),
  ...of(
    "src/store/sqlite.ts",
    ["src/store/conformance.test.ts"],
    [
      [
        "an entry lives a millisecond longer",
        "expires_at IS NULL OR expires_at > ?",
        "expires_at IS NULL OR expires_at >= ?",
      ],
      [
        "a value that is there is written over",
        "\n      WHERE entry.expires_at <= ?`",
        "\n      WHERE entry.expires_at <= ? OR TRUE`",
      ],
      ["a second page begins with the first's last", "WHERE key > ? ", "WHERE key >= ? "],
      ["a full page is the last one", "if (rows.length < pageSize) return;", "return;"],
      [
        "anybody releases a lease",
        "DELETE FROM lease WHERE name = ? AND fence = ?",
        "DELETE FROM lease WHERE name = ? AND fence <> ?",
      ],
      ["what has expired is taken", "row && (row.expires_at === null || row.expires_at > Date.now())", "row"],
      ["everybody on the machine may read it", "0o600", "0o644"],
    ],
  ),
  ...of(
    "src/webhooks/apply.ts",
    ["src/webhooks/apply.test.ts"],
    [
      ["a revocation told before a new consent ends it", "if (connection.connectedAt > receivedAt) return false;", ""],
      ["a revocation is believed unasked", "if (await isAlive(connection)) {", "if (false) {"],
      ["what can't be asked is the end", "if (undecided.has(code)) throw", "if (false) throw"],
      [
        "a year of days is too long to name",
        "daysInclusive(from, to) <= MAX_NAMED_DAYS",
        "daysInclusive(from, to) < MAX_NAMED_DAYS",
      ],
      [
        "a month of days is a day too long",
        "addDays(to, 1 - MAX_PREFETCHED_DAYS)",
        "addDays(to, -MAX_PREFETCHED_DAYS)",
      ],
      [
        "one notice that fails takes the others with it",
        "failed.push(...(error instanceof Undone ? error.notices : some));",
        "throw error;",
      ],
      ["neighbouring days are apart", "addDays(last.to, 1) === date", "addDays(last.to, 2) === date"],
      ["what is muted is told", "|| quiet.has(domain)) continue;", ") continue;"],
      [
        "nobody listens, and it is fetched all the same",
        "deps.prefetchAlways || (await bus.isListenedTo(userId))",
        "true",
      ],
      ["what was marked for a forgotten connection stays", "await history.forget(connection.id);", ""],
    ],
  ),
  ...of(
    "src/webhooks/receive.ts",
    ["src/webhooks/receive.test.ts"],
    [
      ["a repeat is worked off again", "if ((await deliveries.get(key)) !== undefined) return false;", ""],
      [
        "a body as long as allowed is too long",
        "request.body.byteLength > webhook.maxBytes",
        "request.body.byteLength >= webhook.maxBytes",
      ],
      ["one attempt more", "attempts < MAX_ATTEMPTS", "attempts <= MAX_ATTEMPTS"],
      [
        "a pause grows without end",
        "Math.min(FIRST_RETRY_MS * 2 ** receipt.attempts, LONGEST_RETRY_MS)",
        "FIRST_RETRY_MS * 2 ** receipt.attempts",
      ],
      ["two providers' deliveries share an id", "provider.id}/", '""}/'],
      ["what is due now waits", "receipt.notBefore > clock.now()", "receipt.notBefore >= clock.now()"],
      ["others' notices go with one's own", "others(receipt.owners).length === 0", "true"],
      ["one's own notices stay among others'", "!gone.has(noticeOwner({ provider, providerUserId }))", "true"],
      [
        "what can't be judged is taken",
        'return { status: 503, body: "" };\n      }\n      if (verdict',
        'return { status: 204, body: "" };\n      }\n      if (verdict',
      ],
      ["a failed confirmation is forgotten", "unvisited ? { confirmUrl } : {}", "{}"],
    ],
  ),
];
