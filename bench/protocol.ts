/** What a bench server is started as; each is a process of its own, so that it alone is on its bill. */
export type Role =
  | { readonly role: "lab" }
  /** Our server, as it is served in production. */
  | { readonly role: "pulsegate"; readonly lab: Lab }
  /** A server of others, which answers out of memory what we answered. */
  | { readonly role: "rival"; readonly name: Rival; readonly answer: string }
  /** node:http: sends bytes it holds, or writes the JSON of a value it holds. */
  | { readonly role: "plain"; readonly answer: string; readonly stringify: boolean };

export const rivals = ["apollo", "yoga", "mercurius"] as const;
export type Rival = (typeof rivals)[number];

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: number | null;
  readonly scopes: readonly string[];
  readonly providerUserId: string;
}

export interface Lab {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokens: Tokens;
  /** Of each of the crowd, in order. */
  readonly crowd: readonly Tokens[];
}

export interface Ready {
  readonly url: string;
  /** Of a lab. */
  readonly lab?: Lab;
}

export type Question =
  | { readonly ask: "cpu" }
  | { readonly ask: "latency"; readonly ms: number }
  /** Of a lab: how many requests for data it got since it was asked last. */
  | { readonly ask: "requests" }
  /** How long nothing else had its turn at most, since that was asked last. */
  | { readonly ask: "block" };
/** CPU in milliseconds, user and system, since the process began. */
export interface Reply {
  readonly cpuMs: number;
  readonly requests: number;
  readonly blockMs: number;
}

export const APP_KEY = "bench-key-good-for-nothing-else";
