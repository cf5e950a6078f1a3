import type { ProviderState } from "../data/state.js";
import { factOf } from "../facts.js";
import { Button } from "../parts/button.js";
import { useConnect } from "../parts/connect.js";
import { usePage } from "../parts/page.js";
import { connectionWords, domainWords } from "../words/connection.js";
import { TopNotice } from "./top-notice.js";

/** Nothing is connected yet: what this is, and the ways in. */
export function FirstVisit() {
  const { say, state } = usePage();
  const providers = state.providers ?? [];
  const open = providers.filter(({ status }) => status === "AVAILABLE" || status === "SANDBOX");
  // A service that is gone is no way in, even where a lab imitates it; it comes after the others.
  const ordered = [...open.filter(({ id }) => !factOf(id)), ...open.filter(({ id }) => factOf(id))];
  const isSandbox = open.some(({ status }) => status === "SANDBOX");
  const closed = providers.filter((one) => !open.includes(one));
  return (
    <>
      <TopNotice />
      <article class="card welcome">
        <div>
          <h1>{say("welcomeTitle")}</h1>
          <p>{say("welcomeText")}</p>
        </div>
        <Picture />
      </article>
      <section aria-labelledby="first-source">
        <h2 id="first-source" class="section-title">
          {say("firstSource")}
        </h2>
        {isSandbox && <p class="caption section-hint">{say("madeUpPeople")}</p>}
        <ul class="ways-in">
          {ordered.map((provider, k) => (
            <WayIn key={provider.id} provider={provider} isFirst={k === 0} />
          ))}
          {closed.map((provider) => (
            <Closed key={provider.id} provider={provider} />
          ))}
        </ul>
        <p class="caption consent-note">{say("consentNote")}</p>
      </section>
    </>
  );
}

function WayIn({ provider, isFirst }: { readonly provider: ProviderState; readonly isFirst: boolean }) {
  const page = usePage();
  const connect = useConnect();
  const connection = page.state.person?.connections.find((one) => one.provider.id === provider.id);
  return (
    <li class="way-in">
      <div>
        <b>{provider.name}</b>
        <p>{connection ? connectionWords(page, provider, connection, []).text : domainWords(page, provider)}</p>
      </div>
      <Button
        kind={isFirst ? "first" : "quiet"}
        label={page.say("connectNamed", { P: provider.name })}
        asks
        onClick={() => connect(provider.id)}
      >
        {page.say("connect")}
      </Button>
    </li>
  );
}

function Closed({ provider }: { readonly provider: ProviderState }) {
  const page = usePage();
  const { word, text } = connectionWords(page, provider, undefined, []);
  return (
    <li class="way-in way-closed">
      <div>
        <b>{provider.name}</b> <span class="state-word">{word}</span>
        <p>{text}</p>
      </div>
    </li>
  );
}

const heights = [34, 52, 44, 70, 0, 58, 82, 48, 62, 90];

/** What the page will look like: a picture without a figure. */
function Picture() {
  return (
    <svg class="picture" viewBox="0 0 360 190" aria-hidden="true">
      <circle class="picture-track" cx="84" cy="95" r="62" />
      <circle class="picture-ring" cx="84" cy="95" r="62" transform="rotate(-90 84 95)" />
      {heights.map((height, k) =>
        height > 0 ? (
          <rect
            class={height > 60 ? "picture-bar" : "picture-bar-below"}
            x={184 + k * 17}
            y={104 - height}
            width="10"
            height={height}
            rx="3"
          />
        ) : (
          <circle class="picture-gap" cx={189 + k * 17} cy="100" r="3.5" />
        ),
      )}
      <path class="picture-rate" d="M184 150q14-14 28-2t28-4 28-10 28 14 28-6 24 2" />
      <path class="picture-night-track" d="M184 178h166" />
      <path class="picture-night" d="M206 178h86" />
    </svg>
  );
}
