import { providerOfSlug } from "../data/arrival.js";
import type { News } from "../data/state.js";
import type { ProviderId } from "../generated/operations.js";
import { Button } from "../parts/button.js";
import { useConnect } from "../parts/connect.js";
import { Notice } from "../parts/notice.js";
import { usePage } from "../parts/page.js";
import { dayInside, moment } from "../words/moments.js";
import { failureWords, troubleWords } from "../words/trouble.js";
import { useSecondsUntil } from "./seconds.js";

/** At most one: what a consent or a deed came to, else what needs the person, else that nobody answers. */
export function TopNotice() {
  const { state } = usePage();
  if (state.news) return <NewsNotice news={state.news} />;
  const lost = state.person?.connections.find(({ status }) => status === "REAUTHORIZATION_REQUIRED");
  if (state.trouble) return <TroubleNotice />;
  return lost ? <ConsentWanted provider={lost.provider.id} through={lost.dataThrough} /> : null;
}

function NewsNotice({ news }: { readonly news: News }) {
  const page = usePage();
  const { say, name, data } = page;
  const connect = useConnect();
  const dismiss = (
    <Button kind="text" onClick={() => data.dismiss()}>
      {say("dismiss")}
    </Button>
  );
  if (news.kind === "discarded") return <Notice kind="info" icon="info" title={say("discarded")} actions={dismiss} />;
  if (news.kind === "left") {
    const P = name(news.provider);
    return (
      <Notice
        kind="info"
        icon="done"
        title={say(news.wasConnected ? "disconnectedTitle" : "daysDeletedTitle", { P })}
        text={[...(news.isDeleted && news.wasConnected ? [say("daysDeletedToo")] : []), ...news.notices].join(" ")}
        actions={dismiss}
      />
    );
  }
  if (news.kind === "refused") {
    const { title, text } = troubleWords(page, news.trouble, news.provider, null);
    return <Notice kind="bad" icon="warn" title={title} text={text} actions={dismiss} />;
  }
  const { arrival } = news;
  const provider = providerOfSlug(arrival.slug);
  if (arrival.kind === "connected") return <Connected provider={provider} />;
  const { title, text } = failureWords(page, arrival.code, provider);
  const isTaken = arrival.code === "PROVIDER_ACCOUNT_IN_USE";
  const isLate = arrival.code === "invalid_state";
  const isKnown = page.state.providers?.some(({ id }) => id === provider);
  return (
    <Notice
      kind={isTaken ? "bad" : "info"}
      icon={isTaken ? "warn" : "info"}
      title={title}
      text={text}
      actions={
        <>
          {isKnown && (
            <Button asks onClick={() => connect(provider)}>
              {say(isTaken ? "otherAccount" : isLate ? "startAgain" : "tryAgain")}
            </Button>
          )}
          {dismiss}
        </>
      }
    />
  );
}

function Connected({ provider }: { readonly provider: ProviderId }) {
  const page = usePage();
  const { say, name, state, data } = page;
  const { job } = state;
  const P = name(provider);
  const isReading = job !== null && job.status !== "DONE" && job.status !== "FAILED";
  const text =
    job === null
      ? say("connectedText")
      : job.status === "DONE"
        ? say("pastRead")
        : job.status === "FAILED"
          ? say("pastFailed")
          : say("readingPast", { done: job.daysDone, total: job.daysTotal });
  const pause =
    job?.status === "WAITING" && job.resumesAt !== null && say("goesOnAt", { time: moment(page, job.resumesAt) });
  return (
    <Notice
      kind="done"
      icon="done"
      title={say("connectedTitle", { P })}
      text={pause ? `${text} ${pause}` : text}
      actions={
        <Button kind="text" onClick={() => data.dismiss()}>
          {say("dismiss")}
        </Button>
      }
    >
      {isReading && <progress aria-label={say("historyOf", { P })} max={job.daysTotal} value={job.daysDone} />}
    </Notice>
  );
}

interface ConsentWantedProps {
  readonly provider: ProviderId;
  readonly through: string | null;
}

function ConsentWanted({ provider, through }: ConsentWantedProps) {
  const page = usePage();
  const { say, name } = page;
  const connect = useConnect();
  return (
    <Notice
      kind="warn"
      icon="warn"
      title={say("consentWanted", { P: name(provider) })}
      text={through === null ? say("daysKept") : say("daysKeptUpTo", { day: dayInside(page, through) })}
      actions={
        <Button kind="first" asks onClick={() => connect(provider)}>
          {say("consentAgain")}
        </Button>
      }
    />
  );
}

/** Nobody answers; the days in memory stay. */
function TroubleNotice() {
  const page = usePage();
  const { say, state, format, data } = page;
  const trouble = state.trouble!;
  const seconds = useSecondsUntil(state.nextTryAt);
  const words = troubleWords(page, trouble, null, seconds);
  const loadedAt = state.loadedAt === null ? null : format.time(new Date(state.loadedAt).toISOString());
  if (trouble.kind === "offline")
    return (
      <Notice
        kind="info"
        icon="cloud"
        title={words.title}
        text={loadedAt === null ? words.text : say("offlineText", { time: loadedAt })}
      />
    );
  const isPace = trouble.kind === "refused" && trouble.code === "RATE_LIMITED";
  return (
    <Notice
      kind={trouble.kind === "refused" ? "warn" : "info"}
      icon={trouble.kind === "refused" ? "warn" : "cloud"}
      title={words.title}
      text={words.text}
      actions={!isPace && <Button onClick={() => void data.renew()}>{say("tryNow")}</Button>}
    >
      {!isPace && seconds !== null && (
        <p class="caption" aria-live="off">
          {say("tryingAgain", { n: seconds })}
        </p>
      )}
    </Notice>
  );
}
