import type { Budget, PlannedCall } from "../data/ask.js";
import { Section } from "../parts/card.js";
import { type Page, usePage } from "../parts/page.js";
import { domainList } from "../words/domains.js";
import { moment } from "../words/moments.js";
import { grouped } from "./shared.js";

/** How the page's figures came about: who was asked, what was stored, what is left. */
export function Answered({ explorer }: { readonly explorer: string | null }) {
  const page = usePage();
  const { say, state, format } = page;
  const calls = state.plans.flatMap((plan) => plan.calls);
  const asked = state.plans.reduce((sum, { upstreamCalls }) => sum + upstreamCalls, 0);
  const isFromMemory = state.trouble !== null && state.loadedAt !== null;
  if (state.plans.length === 0) return null;
  return (
    <Section id="answered" title={say("answered")}>
      <article class="card answered">
        <div>
          <p class="answered-sum">
            {isFromMemory ? say("fromMemory") : asked === 0 ? say("allStored") : say("askedAndStored", { n: asked })}
          </p>
          <p class="caption">
            {isFromMemory
              ? say("loadedAt", { time: format.time(new Date(state.loadedAt!).toISOString()) })
              : say("settledNote")}
          </p>
          {calls.length > 0 && <Calls page={page} calls={calls} />}
        </div>
        <div>
          <h3>{say("requestsLeft")}</h3>
          <Budgets page={page} budgets={state.plans.flatMap((plan) => plan.budgets)} />
          {explorer !== null && (
            <p class="caption">
              <a href={explorer}>{say("tryQuery")}</a>
            </p>
          )}
        </div>
      </article>
    </Section>
  );
}

interface Row {
  readonly provider: string;
  readonly isAsked: boolean;
  readonly calls: readonly PlannedCall[];
}

/** One row for each provider and origin: a list of forty calls tells nobody anything. */
function Calls({ page, calls }: { readonly page: Page; readonly calls: readonly PlannedCall[] }) {
  const { say, name } = page;
  const groups = grouped(calls, ({ provider, origin }) => `${origin === "STORE" ? 1 : 0} ${provider}`);
  const rows: readonly Row[] = [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, list]) => ({ provider: list[0]!.provider, isAsked: list[0]!.origin !== "STORE", calls: list }));
  return (
    <table class="calls">
      <thead>
        <tr>
          <th scope="col">{say("provider")}</th>
          <th scope="col">{say("what")}</th>
          <th scope="col">{say("days")}</th>
          <th scope="col" class="number">
            {say("requests")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ provider, isAsked, calls: list }) => (
          <tr key={`${provider} ${isAsked}`}>
            <th scope="row">{name(provider)}</th>
            <td>
              <details>
                <summary>
                  {domainList(
                    page,
                    list.flatMap(({ domains }) => domains),
                  ) ?? say("otherCalls")}
                </summary>
                <ul>
                  {[...byContent(page, list)].map(([what, ones]) => (
                    <li key={what}>
                      {[what, ...[spanOf(page, ones) ?? []].flat()].join(", ")}
                      <small>{[...new Set(ones.map(({ call }) => call))].join(", ")}</small>
                    </li>
                  ))}
                </ul>
              </details>
            </td>
            <td>{spanOf(page, list) ?? "–"}</td>
            <td class="number">
              {isAsked && `${list.reduce((sum, { requests }) => sum + requests, 0)} `}
              <span class={isAsked ? "tag tag-now" : "tag"}>{say(isAsked ? "askedNow" : "fromStore")}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Calls by what they are about: their own names are the provider's, and stand in small type below. */
const byContent = (page: Page, calls: readonly PlannedCall[]) =>
  grouped(
    calls,
    ({ call, domains }) => domainList(page, domains) ?? page.say(call === "connect" ? "atConnecting" : "otherCalls"),
  );

/** The days of some calls; null where they are about none. */
function spanOf({ say, format }: Page, calls: readonly PlannedCall[]): string | null {
  const dates = calls.flatMap(({ from, to }) => (from === null || to === null ? [] : [from, to])).toSorted();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return null;
  return first === last ? format.day(first) : say("range", { from: format.day(first), to: format.day(last) });
}

function Budgets({ page, budgets }: { readonly page: Page; readonly budgets: readonly Budget[] }) {
  const { say, name } = page;
  // The second answer tells what is left after the first.
  const last = new Map(budgets.map((budget) => [`${budget.provider} ${budget.windowSeconds}`, budget]));
  if (last.size === 0) return <p class="caption">{say("noLimits")}</p>;
  return (
    <ul class="budgets">
      {[...last].map(([key, { provider, remaining, limit, windowSeconds, resetsAt }]) => (
        <li key={key}>
          <p>
            <b>{name(provider)}</b>
            <span>{say("leftOf", { left: remaining, all: limit, window: windowWords(page, windowSeconds) })}</span>
          </p>
          <meter aria-label={name(provider)} min={0} max={limit} value={remaining} />
          {remaining < limit && <small>{say("renewedAt", { time: moment(page, resetsAt) })}</small>}
        </li>
      ))}
    </ul>
  );
}

function windowWords({ say }: Page, seconds: number): string {
  if (seconds % 86_400 === 0) return say("windowDays", { n: seconds / 86_400 });
  if (seconds % 3_600 === 0) return say("windowHours", { n: seconds / 3_600 });
  return seconds % 60 === 0 ? say("windowMinutes", { n: seconds / 60 }) : say("windowSeconds", { n: seconds });
}
