import type {
  NightFragment,
  PastReadingFragment,
  PersonConnectionFragment,
  PersonQuery,
  PersonStateFragment,
  RateByTimeFragment,
  ReportFragment,
  TodayQuery,
  TrendsQuery,
} from "../generated/operations.js";
import type { Settings } from "../settings/settings.js";
import type { Arrival } from "./arrival.js";
import type { Plan, Trouble } from "./ask.js";

export type ProviderState = PersonQuery["providers"][number];
export type PersonState = PersonStateFragment;
export type ConnectionState = PersonConnectionFragment;
export type Today = Omit<NonNullable<TodayQuery["viewer"]>, keyof PersonState>;
export type ActivityToday = NonNullable<NonNullable<Today["activity"]>["days"]>[number];
export type Trends = NonNullable<TrendsQuery["viewer"]>;
export type Night = NightFragment;
export type HeartDay = RateByTimeFragment;
export type Source = ReportFragment;
type Job = PastReadingFragment;

type Units = Settings["units"];

/** What there is to show above the day, but for what the state itself says. */
export type News =
  | { readonly kind: "arrived"; readonly arrival: Exclude<Arrival, { kind: "to-confirm" }> }
  | { readonly kind: "discarded" }
  | {
      readonly kind: "left";
      readonly provider: string;
      /** Whether it was connected until now: of what was not, only the days were left. */
      readonly wasConnected: boolean;
      readonly isDeleted: boolean;
      readonly notices: readonly string[];
    }
  | { readonly kind: "refused"; readonly provider: string | null; readonly trouble: Trouble };

/** All that the page knows. It is replaced as a whole, never changed. */
export interface State {
  /** Null until the gateway has answered. */
  readonly providers: readonly ProviderState[] | null;
  readonly person: PersonState | null;
  readonly today: Today | null;
  readonly trends: Trends | null;
  /** The range that `trends` is of. */
  readonly trendDays: number;
  /** What `today` and `trends` are in: they stay as they are until the answer in other units has come. */
  readonly todayUnits: Units;
  readonly trendUnits: Units;
  /** Whether providers may still be asked for what is shown: until then, a figure that is missing may come. */
  readonly isRenewing: boolean;
  /** Whether the gateway wants to know who looks. `refused`: a token was given, and does not work. */
  readonly signIn: "not-needed" | "needed" | "refused";
  /** Why the last question was not answered; null when it was. */
  readonly trouble: Trouble | null;
  /** Epoch ms of the next try after `trouble`. */
  readonly nextTryAt: number | null;
  /** Epoch ms of the last whole answer. */
  readonly loadedAt: number | null;
  /** When data last came by itself, as the gateway said it. */
  readonly newDataAt: string | null;
  readonly isLive: boolean;
  /** How today and the trends were answered. */
  readonly plans: readonly Plan[];
  readonly toConfirm: Extract<Arrival, { kind: "to-confirm" }> | null;
  readonly news: News | null;
  /** The reading of past days that this page began. */
  readonly job: Job | null;
}

export const emptyState: State = {
  providers: null,
  person: null,
  today: null,
  trends: null,
  trendDays: 0,
  todayUnits: "metric",
  trendUnits: "metric",
  isRenewing: false,
  signIn: "not-needed",
  trouble: null,
  nextTryAt: null,
  loadedAt: null,
  newDataAt: null,
  isLive: false,
  plans: [],
  toConfirm: null,
  news: null,
  job: null,
};
