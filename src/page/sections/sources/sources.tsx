import { useState } from "preact/hooks";
import type { ConnectionState, ProviderState, Source } from "../../data/state.js";
import { factOf } from "../../facts.js";
import type { ProviderId } from "../../generated/operations.js";
import { Button } from "../../parts/button.js";
import { Section } from "../../parts/card.js";
import { useConnect } from "../../parts/connect.js";
import { type Page, usePage } from "../../parts/page.js";
import { Skeleton } from "../../parts/skeleton.js";
import { connectionWords, type Deed } from "../../words/connection.js";
import { areMany, Devices } from "./devices.js";
import { DeleteEverythingDialog, DisconnectDialog } from "./dialogs.js";
import { Order } from "./order.js";
import { StateSign } from "./state-sign.js";

/** What is connected, what could be, and which source wins. */
export function Sources() {
  const { say, state, isReachable } = usePage();
  return (
    <Section id="sources" title={say("sources")}>
      {!isReachable && (
        <p class="caption section-hint" id="needs-network">
          {say("needNetwork")}
        </p>
      )}
      <div class="grid">
        <Providers />
        <div class="span-5 stack">
          <Order />
          {!areMany(state) && <Devices />}
        </div>
        {areMany(state) && <Devices />}
      </div>
    </Section>
  );
}

type Asked =
  | { readonly kind: "disconnect" | "delete-days"; readonly provider: ProviderState }
  | { readonly kind: "everything" };

function Providers() {
  const { say, state } = usePage();
  const [asked, ask] = useState<Asked | null>(null);
  const connections = new Map(state.person?.connections.map((one) => [one.provider.id, one]));
  const providers = inOrder(state.providers ?? [], connections);
  return (
    <article class="card span-7">
      <h3>{say("providers")}</h3>
      {!state.providers && <SkeletonRows />}
      <ul class="rows">
        {providers.map((provider) => (
          <Row
            key={provider.id}
            provider={provider}
            connection={connections.get(provider.id)}
            onAsk={(kind) => ask({ kind, provider })}
          />
        ))}
      </ul>
      <div class="end-row">
        <p class="caption">{say("everything")}</p>
        <Button kind="text" asks onClick={() => ask({ kind: "everything" })}>
          {say("deleteEverything")}
        </Button>
      </div>
      {asked?.kind === "everything" && <DeleteEverythingDialog onClose={() => ask(null)} />}
      {asked && asked.kind !== "everything" && (
        <DisconnectDialog kind={asked.kind} provider={asked.provider} onClose={() => ask(null)} />
      )}
    </article>
  );
}

const SkeletonRows = () => (
  <div class="skeleton-rows">
    {[1, 2, 3, 4].map((k) => (
      <Skeleton key={k} of="line" />
    ))}
  </div>
);

/** Connected ones first, then what could be connected, then what is gone. */
function inOrder(providers: readonly ProviderState[], connections: ReadonlyMap<ProviderId, ConnectionState>) {
  const rank = ({ id, status }: ProviderState) => {
    const connection = connections.get(id);
    if (connection) return connection.status === "RETIRED" || connection.status === "REVOKED" ? 1 : 0;
    if (status === "RETIRED") return 4;
    return status === "NOT_CONFIGURED" ? 3 : 2;
  };
  return providers.toSorted((one, other) => rank(one) - rank(other));
}

interface RowProps {
  readonly provider: ProviderState;
  readonly connection: ConnectionState | undefined;
  onAsk(kind: "disconnect" | "delete-days"): void;
}

function Row({ provider, connection, onAsk }: RowProps) {
  const page = usePage();
  const { sign, word, text, deeds } = connectionWords(page, provider, connection, reportsOf(page, provider.id));
  return (
    <li class="provider">
      <StateSign sign={sign} />
      <div>
        <b>{provider.name}</b> <span class={`state-word state-${sign}`}>{word}</span>
        <p>{text}</p>
      </div>
      <div class="provider-deeds">
        {deeds.map((deed, k) => (
          <DeedButton key={deed} deed={deed} isFirst={k === 0} provider={provider} onAsk={onAsk} />
        ))}
      </div>
    </li>
  );
}

/** How a provider answered what is on the page, for each kind of data. */
function reportsOf({ state }: Page, provider: ProviderId): readonly Source[] {
  const { today, trends } = state;
  const histories = [
    ...[today?.activity, today?.heart, today?.sleep, today?.goals, today?.profile],
    ...[trends?.activity, trends?.heart, trends?.sleep, trends?.body],
    ...[trends?.vitals, trends?.workouts, trends?.scores, trends?.devices],
  ];
  return histories.flatMap((history) => history?.sources.filter((source) => source.provider === provider) ?? []);
}

interface DeedButtonProps {
  readonly deed: Deed;
  readonly isFirst: boolean;
  readonly provider: ProviderState;
  onAsk(kind: "disconnect" | "delete-days"): void;
}

function DeedButton({ deed, isFirst, provider, onAsk }: DeedButtonProps) {
  const { say, data, name } = usePage();
  const connect = useConnect();
  const P = provider.name;
  const kind = isFirst ? "quiet" : "text";
  switch (deed) {
    case "connect":
      return (
        <Button asks label={say("connectNamed", { P })} onClick={() => connect(provider.id)}>
          {say("connect")}
        </Button>
      );
    case "connect-again":
      return (
        <Button asks kind={kind} label={say("connectAgainNamed", { P })} onClick={() => connect(provider.id)}>
          {say("connectAgain")}
        </Button>
      );
    case "start-again":
      return (
        <Button asks kind={kind} label={say("startAgainNamed", { P })} onClick={() => connect(provider.id)}>
          {say("startAgain")}
        </Button>
      );
    case "consent-again":
      return (
        <Button asks kind="first" label={say("consentAgainNamed", { P })} onClick={() => connect(provider.id)}>
          {say("consentAgain")}
        </Button>
      );
    case "connect-successor": {
      const successor = factOf(provider.id)!.successor as ProviderId;
      return (
        <Button asks kind={kind} onClick={() => connect(successor)}>
          {say("connectNamed", { P: name(successor) })}
        </Button>
      );
    }
    case "discard":
      return (
        <Button asks kind="text" onClick={() => void data.discard(provider.id)}>
          {say("discard")}
        </Button>
      );
    case "disconnect":
      return (
        <Button asks kind="text" label={say("disconnectNamed", { P })} onClick={() => onAsk("disconnect")}>
          {say("disconnect")}
        </Button>
      );
    case "delete-days":
      return (
        <Button asks kind="text" label={say("deleteDaysNamed", { P })} onClick={() => onAsk("delete-days")}>
          {say("deleteDays")}
        </Button>
      );
  }
}
