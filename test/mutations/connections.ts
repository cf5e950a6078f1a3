import { type Mutation, of } from "./mutation.js";

const here = (...names: readonly string[]) => names.map((name) => `src/connections/${name}.test.ts`);

/** How connections come to be, are kept and go, file by file. */
export const connectionMutations: readonly Mutation[] = [
  ...of("src/connections/adoption.ts", here("departure", "connections", "consent", "importing"), [
    ["the former account's grant is not owed", "if (tokens && former.providerUserId !== null)", "if (false)"],
    ["a grant of nobody known is withdrawn", "tokens && former.providerUserId !== null", "tokens"],
    [
      "what is owed of the former account waits",
      "if (former) await deps.revocations.retry([former.id]).catch(() => {});",
      "",
    ],
    ["what is owed outlives a new consent", "await deps.revocations.forget(id);", ""],
    ["the former account's tokens stay", "      await vault.drop(former.id);\n    });", "    });"],
    ["the former account stays taken", "await directory.release(former);", ""],
    [
      "another account continues the connection",
      "if (same) return { id: same.id, current };",
      "if (current) return { id: current.id, current };",
    ],
    ["an account that was left gets a new connection", "if (same) return { id: same.id, current };", ""],
    [
      "a nameless grant gets a connection of its own",
      "(account === null || current.providerUserId === null)",
      "current.providerUserId === null",
    ],
    [
      "another provider's connection is continued",
      "known.filter((connection) => connection.provider === grant.provider)",
      "known",
    ],
    ["the former one is no longer listed", "if (before !== undefined && before !== id) former.push(before);", ""],
    [
      "who comes back was there all along",
      "connectedAt: isReturn ? now : base.connectedAt",
      "connectedAt: base.connectedAt",
    ],
    ["every new grant is a return", "connectedAt: isReturn ? now : base.connectedAt", "connectedAt: now"],
    ["an incomplete identity counts as read", "grant.identity?.complete ? now", "grant.identity ? now"],
    ["a known account is forgotten", "providerUserId: account ?? base.providerUserId", "providerUserId: account"],
    ["what was heard of limits is lost", "mergeBudgets(base.budgets, grant.budgets ?? [], now)", "base.budgets"],
    ["what the steps read is not kept", "if (grant.cells.length > 0) await", "if (false) await"],
    [
      "a confirmation takes a living connection down",
      'if (current && current.status !== "AWAITING_CONFIRMATION") return current;',
      "",
    ],
    ["the end of the grant is not kept", "grantEndsAt: grant.tokens?.refreshExpiresAt ?? null", "grantEndsAt: null"],
    ["the scopes stay those of before", "scopes: grant.scopes,", "scopes: base.scopes,"],
  ]),
  ...of("src/connections/importing.ts", here("importing", "connections"), [
    [
      "whoever holds the account is asked for nothing",
      "holder && holder.userId !== userId &&",
      "holder && holder.userId === userId &&",
    ],
    ["who left still holds the account", ' && holder.status !== "REVOKED")\n        throw', ")\n        throw"],
    [
      "the caller's scopes go before the provider's",
      "(await askScopes(deps.api, provider, stranger)) ?? stranger.scopes",
      "stranger.scopes",
    ],
    ["another's id is taken", "if (named !== null && providerUserId !== named) {", "if (false) {"],
    ["a renewed pair is turned down", "(named !== null || renewed)", "named !== null"],
    ["a refusal is adopted", "if (!passing && !isAboutIdentityAlone(result.failure)) throw", "if (false) throw"],
    ["a refused pair that waits is used", "if (!before || before.refused) await", "if (!before) await"],
    ["what waits is written over", "if (!before || before.refused) await", "await"],
    [
      "the imported pair stays under the stranger's name",
      "      await vault.drop(stranger.id);\n      return connection;",
      "      return connection;",
    ],
    ["a renewed pair goes with its failure", "?.accessToken === brought.accessToken) await", ") await"],
    ["a brought pair stays after its failure", "await dropUnused(stranger, brought).catch(() => {});", ""],
    ["the end of the token is forgotten", "expiresAt: input.expiresAt ?? null", "expiresAt: null"],
    [
      "an empty refresh token is one",
      "refreshToken: input.refreshToken || null",
      "refreshToken: input.refreshToken ?? null",
    ],
    ["the end of time is a moment later", "expiresAt <= now + LONGEST_LIFE_MS", "expiresAt < now + LONGEST_LIFE_MS"],
    ["1970 is too early", "expiresAt >= 0 &&", "expiresAt > 0 &&"],
    ["a hundred scopes are too many", "scopes.length > MOST_SCOPES", "scopes.length >= MOST_SCOPES"],
    [
      "a retired provider's connection lives",
      'result.failure.code === "RETIRED" ? "RETIRED" : "CONNECTED"',
      '"CONNECTED"',
    ],
    ["who is limited is turned down", ' || failure.code === "RATE_LIMITED";', ";"],
  ]),
  ...of(
    "src/connections/ownership.ts",
    ["src/erasure.test.ts", ...here("departure"), "src/webhooks/ended-accounts.test.ts"],
    [
      [
        "readings are noted for nobody",
        "belongings.note(readingsNote(accountKey(account), connectionId))",
        "Promise.resolve()",
      ],
      [
        "whose readings they were stays noted",
        "for (const id of connectionIds) await belongings.drop(readingsNote(account.key, id));",
        "",
      ],
      [
        "an account is held by others",
        "isHeld: holder === undefined || connectionIds.includes(holder)",
        "isHeld: false",
      ],
      [
        "others' account is taken away",
        "isHeld: holder === undefined || connectionIds.includes(holder)",
        "isHeld: true",
      ],
      ["an account that is gone is not held", "holder === undefined || connectionIds", "connectionIds"],
      ["another provider's accounts go too", "ACCOUNTS, provider === undefined", "ACCOUNTS, true"],
      ["another provider's connections go too", "kind, provider === undefined", "kind, true"],
      [
        "a header token's note stays",
        "dropHeader: (userId, connection) => belongings.drop(headerNote(userId, connection))",
        "dropHeader: async () => {}",
      ],
      ["the row of a connection stays", "      await rows.erase(id);", ""],
      ["the note of a connection stays", "      await belongings.drop(connectionNote({ id, userId, provider }));", ""],
      ["the note of an account stays", "      await belongings.drop(accountNote(userId, account));", ""],
      ["the last ones of an older release are not noted", "      await belongings.complete(batch);\n    },", "    },"],
      [
        "accounts of an older release are not noted",
        "batch.push(accountNote(userId, account), readingsNote",
        "batch.push(readingsNote",
      ],
      [
        "readings of an older release are not noted",
        "accountNote(userId, account), readingsNote(account.key, connection.id)",
        "accountNote(userId, account)",
      ],
    ],
  ),
  ...of("src/connections/unsaved-pairs.ts", here("unsaved-pairs", "refresh"), [
    [
      "a pair is given up after the awaited attempts",
      "                reject(error);\n",
      "                return reject(error);\n",
    ],
    [
      "a pair is written over a newer one",
      "if (current?.accessToken !== replaced.accessToken) return current ?? null;",
      "",
    ],
    ["a connection taken for lost stays so", "if (current.refused) await deps.revive(owner.id);", ""],
    [
      "a pair is written without a lease",
      "    if (!taken) throw new StoreUnavailable",
      "    if (false) throw new StoreUnavailable",
    ],
    ["a lease stays taken", "if (held !== lease) await held.release().catch(() => {});", ""],
    ["the end saves nothing more", "await Promise.all(waiting.values());", ""],
    ["the end goes on for ever", "      ended = true;", ""],
    [
      "another connection's pair is used",
      "one.owner.id === owner.id && one.replaced",
      "one.replaced",
      "No two connections have the same access token.",
    ],
    ["another pair's successor is used", " && one.replaced.accessToken === replaced.accessToken", ""],
    ["a pair that is saved waits on", ".finally(() => waiting.delete(renewal))", ""],
  ]),
  ...of("src/connections/key-rotation.ts", here("key-rotation", "importing"), [
    [
      "what is current is sealed anew",
      "      if (isCurrent) {\n        count.current++;\n        continue;\n      }",
      "",
    ],
    ["unreadable ones stop the rotation", "if (!(error instanceof VaultUnreadable)) throw error;", "throw error;"],
    ["unreadable ones count as renewed", "        count.unreadable++;", "        count.renewed++;"],
    [
      "owed ones are left under the old key",
      "else await renew(connectionId, () => revocations.reseal(connectionId));",
      "",
    ],
    ["tokens are sealed beside a refresh", "await adoption.withTokens(connectionId, reseal);", "await reseal();"],
    ["missing keys are told of each time", "if (tokens > known) {", "if (tokens > 0) {"],
    ["missing keys are not told of", "if (tokens > known) {", "if (tokens > known + 1) {"],
    ["consents under way are not told of", "underWay: await deps.consent.underOldKeys()", "underWay: 0"],
    ["keys that we have are missing", "if (hasKey) continue;", "if (!hasKey) continue;"],
  ]),
];
