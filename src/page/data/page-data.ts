import {
  BeNotifiedDocument,
  ConfirmDocument,
  ConnectDocument,
  DeleteEverythingDocument,
  DisconnectDocument,
  type Domain,
  PersonDocument,
  PreferDocument,
  type ProviderId,
  ReadPastDocument,
  TodayDocument,
  type TodayQuery,
  TrendsDocument,
  type TypedDocumentString,
} from "../generated/operations.js";
import { type Settings, unitsOf } from "../settings/settings.js";
import { type Arrival, providerOfSlug } from "./arrival.js";
import { type Answer, type Ask, type How, type Trouble, troubleOf } from "./ask.js";
import type { Hearing, Live } from "./live.js";
import { type ConnectionState, emptyState, type State } from "./state.js";

export interface PageDataOptions {
  readonly ask: Ask;
  /** What is stored of today, asked for before there was a page. */
  readonly first: Promise<Answer<TodayQuery>>;
  /** Resolves once what was last shown is on the screen. */
  readonly painted: () => Promise<void>;
  readonly tokens: { take(token: string, remember: boolean): void; forget(): void; current(): string | null };
  readonly listen: (hearing: Hearing) => Live;
  /** Where consents come back to: this page, by the name that the gateway is known by. */
  readonly home: string;
  readonly settings: Settings;
  readonly arrival: Arrival | null;
}

/** What the day's own figures are asked in, and over. */
type Wanted = Pick<Settings, "days" | "units">;

/** How much of the past is read when somebody connects: the longest range that the page shows. */
const PAST_DAYS = 90;
/** The scores' course: their makers tell of them by the day, and older ones are seldom looked at. */
const SCORE_DAYS = 14;
/** Changes come in flocks: a sync is one message for each kind of data. */
const GATHER_MS = 400;
const OLD_MS = 5 * 60_000;
const FIRST_RETRY_MS = 8_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * All data of the page, and all that a person can do. The state is told to whoever listens. It asks for what is stored
 * first, then anew: stored days are drawn while providers are being asked. Today and the trends are two questions, one
 * after the other, so that the second finds today's answers in the store. Until the first figures are on the screen,
 * nothing else is asked: it would only keep them waiting.
 */
export class PageData {
  state: State = emptyState;
  #listeners = new Set<() => void>();
  #wanted: Wanted;
  #first: Promise<Answer<TodayQuery>> | null;
  #live: Live | null = null;
  #running: Promise<void> | null = null;
  #again: How | null = null;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #notifying = new Set<ProviderId>();

  constructor(private readonly options: PageDataOptions) {
    const { arrival, first } = options;
    this.#first = first;
    this.#wanted = options.settings;
    if (arrival?.kind === "to-confirm") this.#set({ toConfirm: arrival });
    else if (arrival) this.#set({ news: { kind: "arrived", arrival } });
  }

  listen(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  async start(): Promise<void> {
    await this.renew();
    const { person, news } = this.state;
    if (news?.kind !== "arrived" || news.arrival.kind !== "connected") return;
    const provider = providerOfSlug(news.arrival.slug);
    const isTrue = person?.connections.some((one) => one.provider.id === provider && one.status === "CONNECTED");
    // Anybody can make up an address that says so.
    if (person && !isTrue) this.dismiss();
    if (isTrue) await this.#readPast(provider);
  }

  /** Shows the same days in other units, or more of them. What is shown stays until the answer is there. */
  want(wanted: Wanted): void {
    if (wanted.days === this.#wanted.days && wanted.units === this.#wanted.units) return;
    this.#wanted = wanted;
    if (this.state.person) void this.renew();
  }

  /** Asks again. While an answer is awaited, one more question is asked after it, however often it is called. */
  async renew(how: How = {}): Promise<void> {
    clearTimeout(this.#retrying);
    if (this.#running) {
      this.#again = { ...this.#again, ...how };
      return await this.#running;
    }
    this.#running = (async () => {
      let next: How | null = how;
      while (next) {
        this.#again = null;
        await this.#renewOnce(next);
        next = this.#again;
      }
    })();
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  /** Asks again where nobody would tell of what is new: after a while without a line to the gateway, and on a new day. */
  renewIfOld(): void {
    const { loadedAt, isLive, trouble } = this.state;
    if (loadedAt === null || trouble !== null) return;
    const isNewDay = new Date(loadedAt).getDate() !== new Date().getDate();
    if (isNewDay || (!isLive && Date.now() - loadedAt > OLD_MS)) void this.renew();
  }

  async signIn(token: string, remember: boolean): Promise<void> {
    // What no header can carry was never given to anybody.
    if (!/^[\x21-\x7e]+$/.test(token)) return this.#set({ signIn: "refused" });
    this.options.tokens.take(token, remember);
    this.#set({ signIn: "not-needed", trouble: null });
    await this.renew();
    if (this.state.signIn === "needed") this.#set({ signIn: "refused" });
  }

  signOut(): void {
    this.options.tokens.forget();
    this.#live?.close();
    this.#live = null;
    this.#set({ ...emptyState, signIn: "needed" });
  }

  dismiss(): void {
    this.#set({ news: null });
  }

  /** Answers the provider's consent page, to be opened in this window; null where that is refused, and the news say why. */
  async connect(provider: ProviderId, wanted?: Domain): Promise<string | null> {
    const redirectTo = this.options.home;
    // Readings are asked for by name alone; all that the provider has is named with them, lest the rest be given back.
    const domains =
      wanted === "READINGS" ? this.state.providers?.find(({ id }) => id === provider)?.domains : undefined;
    const answer = await this.#try(provider, this.options.ask(ConnectDocument, { provider, redirectTo, domains }));
    return answer?.connect.authorizationUrl ?? null;
  }

  async confirm(): Promise<void> {
    const { toConfirm } = this.state;
    if (!toConfirm) return;
    const provider = providerOfSlug(toConfirm.slug);
    const answer = await this.#try(provider, this.options.ask(ConfirmDocument, { handle: toConfirm.handle }));
    this.#set({ toConfirm: null });
    if (answer) this.#set({ news: { kind: "arrived", arrival: { kind: "connected", slug: toConfirm.slug } } });
    await this.renew();
    // After what is looked at now: the past is many more requests.
    if (answer) await this.#readPast(provider);
  }

  /** Ends what was not confirmed, and keeps nothing of it. */
  async discard(provider?: ProviderId): Promise<void> {
    const { toConfirm } = this.state;
    const ended = provider ?? (toConfirm && providerOfSlug(toConfirm.slug));
    if (!ended) return;
    const isWaiting = this.state.person?.connections.some(
      (one) => one.provider.id === ended && one.status === "AWAITING_CONFIRMATION",
    );
    const variables = { provider: ended, deleteData: true };
    // A connection that works already is none of this consent's business.
    if (isWaiting && !(await this.#try(ended, this.options.ask(DisconnectDocument, variables)))) return;
    this.#set({ toConfirm: null, news: { kind: "discarded" } });
    await this.renew();
  }

  async disconnect(provider: ProviderId, deleteData: boolean): Promise<void> {
    const variables = { provider: provider, deleteData };
    const before = this.state.person?.connections.find((one) => one.provider.id === provider)?.status;
    const wasConnected = before !== "REVOKED" && before !== "RETIRED";
    const answer = await this.#try(provider, this.options.ask(DisconnectDocument, variables));
    if (!answer) return;
    const { user, notices } = answer.disconnect;
    this.#set({ person: user, news: { kind: "left", provider, wasConnected, isDeleted: deleteData, notices } });
    await this.renew();
  }

  /** Puts the sources in this order. It shows at once, and is taken back where it is refused. */
  async prefer(order: readonly ProviderId[]): Promise<void> {
    const { person } = this.state;
    if (!person) return;
    this.#set({ person: { ...person, sourcePriority: order } });
    const answer = await this.#try(null, this.options.ask(PreferDocument, { providers: order }));
    this.#set({ person: answer?.setSourcePriority.user ?? person });
    if (answer) await this.renew();
  }

  async deleteEverything(): Promise<void> {
    if (!(await this.#try(null, this.options.ask(DeleteEverythingDocument, {})))) return;
    this.#set({ today: null, trends: null, news: null, job: null, plans: [] });
    await this.renew();
  }

  /** What is asked on demand, beside the day and the trends. Throws `AskError`. */
  async look<T, V>(document: TypedDocumentString<T, V>, variables: V): Promise<T> {
    return (await this.options.ask(document, variables)).data;
  }

  async #renewOnce(how: How): Promise<void> {
    this.#set({ isRenewing: true });
    try {
      if (this.state.person === null && !(await this.#showStored())) return;
      if (this.state.person?.connections.some(isConfirmed) || this.state.loadedAt !== null) await this.#ask(how);
      if (this.state.person === null) return;
      this.#set({ isRenewing: false, trouble: null, nextTryAt: null, loadedAt: Date.now() });
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      this.#fail(troubleOf(error));
    }
  }

  /** What is stored, where there is nothing on the page yet: it asks nobody. False where nobody is known to look. */
  async #showStored(): Promise<boolean> {
    const { units } = this.#wanted;
    const asked = this.#first ?? this.#today({ storedOnly: true });
    this.#first = null;
    const { data } = await asked;
    if (!this.#showPerson(data)) return false;
    const { today } = partsOf(data);
    const isKnown = today?.activity?.days != null;
    if (isKnown) this.#set({ today, todayUnits: units });
    await this.options.painted();
    this.#hear();
    // Nobody waits for it: the answer that follows is the whole one, and tells of what kept this from being answered.
    if (isKnown) void this.#showStoredTrends().catch(() => {});
    return true;
  }

  async #showStoredTrends(): Promise<void> {
    const { trends, ...asked } = await this.#trends({ storedOnly: true });
    const { viewer } = trends.data;
    if (viewer?.activity?.days && !this.state.trends) this.#set({ trends: viewer, ...asked });
  }

  /** Today and the trends as the providers have them now. */
  async #ask(how: How): Promise<void> {
    const { units } = this.#wanted;
    const today = await this.#today(how);
    if (!this.#showPerson(today.data)) return;
    if (!this.state.person?.connections.some(isConfirmed)) return this.#set({ today: null, trends: null, plans: [] });
    this.#set({ today: partsOf(today.data).today, todayUnits: units });
    if (this.state.trends === null) await this.options.painted();
    const { trends, ...asked } = await this.#trends(how);
    this.#set({ trends: trends.data.viewer, ...asked });
    // By now the connections have been asked: how far their data reach, and whether they still let us in.
    const person = (await this.options.ask(PersonDocument, {})).data.viewer;
    this.#set({ person, plans: [today.plan, trends.plan].filter((plan) => plan !== null) });
    void this.#beNotified();
  }

  /** Who looks. False where the gateway does not know them. */
  #showPerson(answer: TodayQuery): boolean {
    const { person } = partsOf(answer);
    this.#set({ providers: answer.providers, person, signIn: person ? "not-needed" : "needed" });
    if (!person) this.#set({ isRenewing: false, trouble: null });
    return person !== null;
  }

  #fail(trouble: Trouble): void {
    if (trouble.kind === "refused" && trouble.code === "UNAUTHENTICATED") {
      const wasIn = this.state.person !== null || this.options.tokens.current() !== null;
      this.options.tokens.forget();
      this.#set({ ...emptyState, toConfirm: this.state.toConfirm, signIn: "needed", ...(wasIn && { trouble }) });
      return;
    }
    const waitMs =
      trouble.kind === "refused" && trouble.afterSeconds !== null ? trouble.afterSeconds * 1_000 : this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.#set({ isRenewing: false, trouble, nextTryAt: Date.now() + waitMs });
    this.#retrying = setTimeout(() => void this.renew(), waitMs);
  }

  #today(how: How) {
    return this.options.ask(TodayDocument, { length: unitsOf(this.#wanted.units).length }, how);
  }

  async #trends(how: How) {
    const { days, units } = this.#wanted;
    const { length, mass, temperature } = unitsOf(units);
    const variables = { range: { lastDays: days }, lately: { lastDays: SCORE_DAYS }, length, mass, temperature };
    return { trends: await this.options.ask(TrendsDocument, variables, how), trendDays: days, trendUnits: units };
  }

  #hear(): void {
    if (this.#live) return;
    this.#live = this.options.listen({
      onLine: (isLive) => {
        // What happened meanwhile was told to nobody.
        if (isLive && !this.state.isLive && this.state.loadedAt !== null) this.#gather();
        this.#set({ isLive });
      },
      onData: ({ receivedAt, origin }) => {
        // Past days come by the hundred; how far they are is followed by their job.
        if (origin === "BACKFILL") return;
        this.#set({ newDataAt: receivedAt });
        this.#gather();
      },
      onConnection: () => this.#gather(),
    });
    for (const job of this.state.person?.backfillJobs ?? []) if (isUnderWay(job.status)) this.#follow(job.id);
  }

  #gather(): void {
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => void this.renew(), GATHER_MS);
  }

  /** Reads the past of a provider in the background. Where that can't be begun, its days come when they are looked at. */
  async #readPast(provider: ProviderId): Promise<void> {
    const variables = { provider: provider, range: { lastDays: PAST_DAYS } };
    const begun = await this.options.ask(ReadPastDocument, variables).catch(() => null);
    if (begun) this.#follow(begun.data.backfill.job.id);
  }

  /**
   * Has providers tell the gateway of new data, once for each while the page is open. Some can't, or need what only the
   * operator can set up: then the page is as fresh as its own questions make it.
   */
  async #beNotified(): Promise<void> {
    for (const { status, subscriptions, provider } of this.state.person?.connections ?? []) {
      if (status !== "CONNECTED" || subscriptions.length > 0 || this.#notifying.has(provider.id)) continue;
      this.#notifying.add(provider.id);
      const answer = await this.options.ask(BeNotifiedDocument, { provider: provider.id }).catch(() => null);
      const { person } = this.state;
      if (!answer || !person) continue;
      const { connection } = answer.data.subscribe;
      const connections = person.connections.map((one) => (one.id === connection.id ? connection : one));
      this.#set({ person: { ...person, connections } });
    }
  }

  #follow(jobId: string): void {
    this.#live?.follow(jobId, (job) => {
      this.#set({ job });
      if (job.status === "DONE") this.#gather();
    });
  }

  /** What a person did: an answer, or news of why not. */
  async #try<T>(provider: string | null, asked: Promise<Answer<T>>): Promise<T | null> {
    try {
      const { data } = await asked;
      this.#set({ news: null });
      return data;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.kind === "refused" && trouble.code === "UNAUTHENTICATED") this.#fail(trouble);
      else this.#set({ news: { kind: "refused", provider, trouble } });
      return null;
    }
  }

  #set(change: Partial<State>): void {
    const { state } = this;
    // Most answers are what is shown already. Kept as they are, nothing of them is drawn again.
    const changed = Object.entries(change).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(state[name as keyof State]),
    );
    if (changed.length === 0) return;
    this.state = { ...state, ...Object.fromEntries(changed) };
    for (const heard of this.#listeners) heard();
  }
}

/** A consent that nobody confirmed has brought nothing yet. */
const isConfirmed = ({ status }: ConnectionState) => status !== "AWAITING_CONFIRMATION";

/** One answer of today, by what the state calls it. */
function partsOf({ viewer }: TodayQuery): Pick<State, "person" | "today"> {
  if (!viewer) return { person: null, today: null };
  const { id, sourcePriority, connections, backfillJobs, ...today } = viewer;
  return { person: { id, sourcePriority, connections, backfillJobs }, today };
}

const isUnderWay = (status: string) => status === "QUEUED" || status === "RUNNING" || status === "WAITING";
