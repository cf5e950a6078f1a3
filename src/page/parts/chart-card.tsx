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
  const refusals = sources?.filter(isOfThisAlone) ?? [];
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
      {list && refusals.length > 0 && <Refusals sources={refusals} domain={domain} />}
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

/** Why there is nothing. What keeps a source from answering anything is told once, in the list of sources. */
function WhyUnknown({ domain, sources }: WhyUnknownProps) {
  const page = usePage();
  const { say, data, state } = page;
  if (!isOffered(state, domain)) return <p>{say("noSource")}</p>;
  const refusals = sources.filter(isOfThisAlone);
  // What none of them may tell, none tells by being asked again.
  const mayTell = sources.length === 0 || refusals.length < sources.length;
  const hasMore = sources.some((source) => !isOfThisAlone(source) && sourceSentence(page, source) !== null);
  return (
    <>
      {refusals.length > 0 ? (
        <Refusals sources={refusals} domain={domain} />
      ) : (
        <p>
          {say("notAnswered")} {hasMore && <a href="#sources">{say("seeWhy")}</a>}
        </p>
      )}
      {mayTell && (
        <Button asks onClick={() => void data.renew({ anew: true })}>
          {say("askNow")}
        </Button>
      )}
    </>
  );
}

/** What a person did not allow differs from card to card. */
const isOfThisAlone = ({ status }: Source) => status === "INSUFFICIENT_SCOPE";

interface RefusalsProps {
  readonly domain: Domain;
  readonly sources: readonly Source[];
}

/** Sources that may not tell this, each with a way to let it. */
export function Refusals({ domain, sources }: RefusalsProps) {
  const page = usePage();
  const connect = useConnect();
  return (
    <ul class="troubles">
      {sources.map((source) => (
        <li key={source.provider}>
          {sourceSentence(page, source)}
          <Button kind="text" asks onClick={() => connect(source.provider, domain)}>
            {page.say("allowIt")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
