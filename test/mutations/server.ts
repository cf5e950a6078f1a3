import { type Mutation, of } from "./mutation.js";

/** Budgets and plans, what a caller may use up, and who they are. */
export const serverMutations: readonly Mutation[] = [
  ...of(
    "src/budgets/ledger.ts",
    ["src/budgets/ledger.test.ts"],
    [
      ["the app's budget is kept for each connection", 'budget.scope === "APP" ? "" : holder.id', "holder.id"],
      ["a person's budget is everybody's", 'budget.scope === "APP" ? "" : holder.id', '""'],
      ["two providers share a budget", "provider.id}/", '""}/'],
      ["an answer of a window that is over counts", "said && isOfWindow(said, clock.now())", "said"],
      ["an answer that was overtaken opens what is closed", "if (reading.remaining === 0) return", "if (false) return"],
      ["an overtaken answer gives requests back", "Math.min(said.remaining, reading.remaining)", "said.remaining"],
      [
        "a millisecond after the second is the same window",
        "<= reading.resetsAt + SAME_WINDOW_MS",
        "< reading.resetsAt + SAME_WINDOW_MS",
      ],
      ["a clock window ends a window too early", "(Math.floor(now / windowMs) + 1)", "Math.floor(now / windowMs)"],
      ["what is under way is not counted", "reading.remaining - underWay <=", "reading.remaining <="],
      ["the last request is left unused", "<= leastLeft(reading, reserve)", "<= leastLeft(reading, reserve) + 1"],
      ["the reserve may be used up", "<= leastLeft(reading, reserve)", "<= 0"],
      ["open again at the first of several ends", "Math.max(...closed", "Math.min(...closed"],
      ["one person's refusal shuts out everybody", "own.length > 0 ? own : all", "all"],
      [
        "a refusal closes for longer than the window",
        "Math.min(Math.max(retryAt, known), now + budget.windowSeconds * 1000)",
        "Math.max(retryAt, known)",
      ],
      ["a shorter wait opens a used-up budget early", "Math.max(retryAt, known)", "retryAt"],
      [
        "a wait of just the window is another budget's",
        "retryAt <= now + budget.windowSeconds",
        "retryAt < now + budget.windowSeconds",
      ],
    ],
  ),
  ...of(
    "src/budgets/budgets.ts",
    ["src/budgets/budgets.test.ts"],
    [
      ["a refusal does not close the budget", 'outcome.failure.code !== "RATE_LIMITED"', "true"],
      ["a refusal without a time closes for an hour", "const REFUSED_MS = 60_000", "const REFUSED_MS = 3_600_000"],
      [
        "what is given up is not counted",
        "await settle(provider, holder, outcome, begun.alone);",
        "if (outcome) await settle(provider, holder, outcome, begun.alone);",
      ],
      ["what was counted alone is forgotten", "if (!settled && alone) oweOne(provider, holder);", ""],
      ["what was counted alone is told by each of several", "    owed.delete(key);\n", ""],
      ["a refusal of the app is not told to the others", "if (until.some((each) => each !== null))", "if (false)"],
    ],
  ),
  ...of(
    "src/budgets/shared-counts.ts",
    ["src/budgets/budgets.test.ts"],
    [
      ["what is under way is not counted", "b.remaining - b.underWay <= least", "b.remaining <= least"],
      ["an overtaken answer gives requests back", "math.min(said, b.remaining)", "said"],
      ["an answer opens what is closed", "not (b.source == 2 and b.remaining == 0)", "true"],
      ["what is owed is not told", "math.max(0, b.remaining - b[6])", "b.remaining"],
      ["a window never ends", "b.resetsAt <= now", "false"],
    ],
  ),
  ...of(
    "src/store/brisk-redis.ts",
    ["src/store/brisk-redis.test.ts"],
    [
      [
        "a hanging Redis is asked again and again",
        "if (isTimeOut(error)) this.restingUntil",
        "if (false) this.restingUntil",
      ],
      ["all try at once", "if (isTrial) this.restingUntil = this.now() + REST_MS;", ""],
      [
        "a trial that is answered changes nothing",
        "        if (isTrial) this.restingUntil = 0;\n      },\n      (error",
        "      },\n      (error",
      ],
    ],
  ),
  ...of(
    "src/health-data/planner.ts",
    ["src/health-data/planner.test.ts"],
    [
      [
        "a window is a day longer than allowed",
        "start + reach.max - 1), requests: 1",
        "start + reach.max), requests: 1",
      ],
      [
        "a window is a day shorter than it may be",
        "start + reach.max - 1), requests: 1",
        "start + reach.max - 2), requests: 1",
      ],
      [
        "a trailing call reaches a day too far back",
        "Math.max(today - reach.days + 1, earliest)",
        "Math.max(today - reach.days, earliest)",
      ],
      ["a trailing call is asked for its first day by another", "start < from ||", "start <= from ||"],
      ["hours are reckoned as one request", "requests: Math.ceil(((to - start + 1) * 24) / reach.max)", "requests: 1"],
      ["what is known is asked for again", "known.has(need) || yielded.has(need)", "yielded.has(need)"],
      ["more cells are as good as fewer", "a.surplus - b.surplus ||", ""],
      ["more requests are better", "a.cost - b.cost ||", "b.cost - a.cost ||"],
      ["prerequisites come in any order", "return { requests: inOrderOfNeed(requests)", "return { requests"],
      ["the search ends before its limit", "++this.states > this.maxStates ||", "++this.states >= this.maxStates ||"],
      [
        "the bound cuts off what is cheaper",
        "score.cost + this.lowerBound(done, needs) > this.best.score.cost",
        "score.cost + this.lowerBound(done, needs) >= this.best.score.cost",
      ],
    ],
  ),
  ...of(
    "src/server/rate-limit.ts",
    ["src/server/rate-limit.test.ts"],
    [
      [
        "all strangers share one bucket",
        "consume(points.stranger, networkOf(address), wanted)",
        'consume(points.stranger, "", wanted)',
      ],
      [
        "all callers share one bucket",
        "await consume(points[size], key, wanted);",
        'await consume(points[size], "", wanted);',
      ],
      ["mutations use up points", "consume(mutations[sizeOf(caller)]", "consume(points[sizeOf(caller)]"],
      [
        "an operation costs one point",
        "await consume(points[size], key, wanted);",
        "await consume(points[size], key, 1);",
      ],
      ["what was paid is paid again", "const due = points - left;", "const due = points;"],
      ["mutations are not counted", "if (mutations > 0) await", "if (false) await"],
      ["a key bound to a person is that person", "caller.appKey === undefined ?", "true ?"],
      ["an IPv6 address counts whole", "all.slice(0, 4)", "all.slice(0, 8)"],
      ["a person at home has a user's limits", '|| caller.expiresAt === null ? "app"', '? "app"'],
      ["a WebSocket uses up a stranger's requests", "consume(upgrades,", "consume(points.stranger,"],
    ],
  ),
  ...of(
    "src/server/places.ts",
    ["src/server/rate-limit.test.ts", "src/server/places.test.ts"],
    [
      ["one place more than the limit", "if (count >= limit) return null;", "if (count > limit) return null;"],
      ["a place given back twice frees two", "if (left) return;", ""],
      ["operations take WebSockets' places", "what} ", '""} '],
      ["all callers share their places", "keyOf(caller)}`", '""}`'],
      ["all strangers share their places", "networkOf(address)", '""'],
    ],
  ),
  ...of(
    "src/graphql/limits.ts",
    ["src/graphql/limits.test.ts"],
    [
      ["one mutation more", "names.size > this.limits.mutations", "names.size > this.limits.mutations + 1"],
      ["one mutation fewer", "names.size > this.limits.mutations", "names.size >= this.limits.mutations"],
      ["aliases of one mutation are one", "alias?.value ?? name.value", "name.value"],
      ["the cost at its bound is too much", "if (ms > this.limits.costMs)", "if (ms >= this.limits.costMs)"],
      ["the longest depth is too deep", "depth > this.limits.depth", "depth >= this.limits.depth"],
      ["the last field is one too many", "++this.fields > this.limits.fields", "++this.fields >= this.limits.fields"],
      ["days cost nothing", "cost.history + inside.days * (dayCost[inner.name] ?? 0)", "cost.history"],
      ["a list costs one item", "itself + count *", "itself +"],
      ["the schema is free", "introspection[name] ?? scale.value", "scale.value"],
    ],
  ),
  ...of(
    "src/server/identity.ts",
    ["src/server/identity.test.ts"],
    [
      [
        "app keys are compared by their first byte",
        "timingSafeEqual(each.sha256, given)",
        "each.sha256[0] === given[0]",
      ],
      [
        "a token needs no end",
        'requiredClaims: ["exp", "sub"]',
        'requiredClaims: ["sub"]',
        "a token without `exp` is refused once more where the caller is made of it",
      ],
      ["the issuer is not looked at", "issuer: tokens.issuer ?? undefined", "issuer: undefined"],
      ["the audience is not looked at", "audience: tokens.audience ?? undefined", "audience: undefined"],
      ["of a key and a token the key counts", "authorization !== undefined && appKey !== undefined", "false"],
      ["seconds are milliseconds", "exp * 1000", "exp"],
      [
        "a public key is a secret",
        "algorithms: asymmetric",
        'algorithms: [...asymmetric, "HS256"]',
        "jose takes no public key of a set for HS256, whatever is allowed",
      ],
      [
        "a read-only key may write",
        'return { kind: "app", name, readOnly };',
        'return { kind: "app", name, readOnly: false };',
      ],
    ],
  ),
  ...of(
    "src/providers/waits.ts",
    ["src/providers/waits.test.ts"],
    [
      ["a wait lasts as long as it says", "Math.min(end, now + longestMs)", "end"],
      ["a wait that ends now is one", "end <= now ? null", "end < now ? null"],
      ["the shorter of two waits counts", "return Math.max(...text.split", "return Math.min(...text.split"],
      [
        "seconds since 1970 are seconds from now",
        "seconds >= 1e9 ? seconds * 1000",
        "seconds >= 1e10 ? seconds * 1000",
      ],
      ["a limit waits for an outage's time", 'failure.code === "RATE_LIMITED" ?', 'failure.code !== "RATE_LIMITED" ?'],
      [
        "a limit of one budget waits as long as any",
        "longestLimitMs(hit.length > 0 ? hit : declared)",
        "longestLimitMs(declared)",
      ],
      ["the window ends a millisecond late", "return resetsAt > now &&", "return resetsAt >= now &&"],
      [
        "more may be left than the limit",
        "Math.min(Math.max(Math.floor(reading.remaining), 0), limit)",
        "Math.max(Math.floor(reading.remaining), 0)",
      ],
    ],
  ),
];
