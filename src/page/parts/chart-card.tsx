import type { ComponentChildren } from "preact";
import { Empty, Unknown } from "../charts/index.js";
import type { Source } from "../data/state.js";
import type { Domain } from "../generated/operations.js";
import { isOffered, sourceSentence } from "../words/sources.js";
import { Button } from "./button.js";
import type { CardProps } from "./card.js";
import { useConnect } from "./connect.js";
import { usePage } from "./page.js";
import { Skeleton } from "./skeleton.js";

type ChartKind = "steps" | "rate" | "heart-day" | "hypnogram" | "bedtimes" | "weight" | "vitals" | "list";

export interface ChartCardProps extends Omit<CardProps, "children"> {
  /** Names the height that the card keeps whatever it holds. */
  readonly kind: ChartKind;
  readonly domain: Domain;
  /** The history's sources; undefined until there is an answer, null where the history itself failed. */
  readonly sources: readonly Source[] | null | undefined;
  /** The history's list as the API has it: undefined is loading, null unknown, empty nothing. */
  readonly list: readonly unknown[] | null | undefined;
  /** What to say of an empty list. */
  readonly none: string;
  /** At the upper right, whatever the card holds. */
  readonly corner?: ComponentChildren;
  /** The chart, with the card's heading. */
  readonly children: (title: ComponentChildren) => ComponentChildren;
}

/** A card of one history. What is not known, what is nothing and what still loads never look alike. */
export function ChartCard({
  title,
  hue,
  span = 6,
  kind,
  domain,
  sources,
  list,
  none,
  corner,
  children,
}: ChartCardProps) {
  const heading = <h3 class={hue && `hue hue-${hue}`}>{title}</h3>;
  return (
    <article class={`card span-${span} card-${kind} ${list === undefined ? "is-loading" : ""}`}>
      {list === undefined ? (
        <Loading heading={heading} />
      ) : list === null ? (
        <Unknown kind={kind} title={heading}>
          <WhyUnknown domain={domain} sources={sources ?? []} />
        </Unknown>
      ) : list.length === 0 ? (
        <Empty kind={kind} title={heading}>
          {none}
        </Empty>
      ) : (
        children(heading)
      )}
      {corner && <div class="corner">{corner}</div>}
      {list && <SourceTroubles sources={sources ?? []} />}
    </article>
  );
}

function Loading({ heading }: { readonly heading: ComponentChildren }) {
  return (
    <>
      {heading}
      <Skeleton of="figure" />
      <Skeleton of="line" />
      <Skeleton of="chart" />
    </>
  );
}

interface WhyUnknownProps {
  readonly domain: Domain;
  readonly sources: readonly Source[];
}

function WhyUnknown({ domain, sources }: WhyUnknownProps) {
  const page = usePage();
  const { say, data, state } = page;
  const told = sources.map((source) => sourceSentence(page, source)).filter((sentence) => sentence !== null);
  if (!isOffered(state, domain)) return <p>{say("noSource")}</p>;
  return (
    <>
      <p>{told[0] ?? say("notAnswered")}</p>
      <Button asks onClick={() => void data.renew({ anew: true })}>
        {say("askNow")}
      </Button>
    </>
  );
}

/** What kept some sources from answering; the others' days are there. */
function SourceTroubles({ sources }: { readonly sources: readonly Source[] }) {
  const page = usePage();
  const connect = useConnect();
  const told = sources.flatMap((source) => {
    const sentence = sourceSentence(page, source);
    // That a consent has ended is told once, above the day.
    return sentence === null || source.status === "REAUTHORIZATION_REQUIRED" ? [] : [{ source, sentence }];
  });
  if (told.length === 0) return null;
  return (
    <ul class="troubles">
      {told.map(({ source, sentence }) => (
        <li key={source.provider}>
          {sentence}
          {source.status === "INSUFFICIENT_SCOPE" && (
            <Button kind="text" asks onClick={() => connect(source.provider)}>
              {page.say("allowIt")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
