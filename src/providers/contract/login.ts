import type { Cell } from "../../model/cells.js";
import type { ApiRequest } from "./exchange.js";

export interface OAuthProfile {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** How a grant is withdrawn. Null if the provider has no way to do so. */
  readonly revocation: Revocation | null;
  /** How the client authenticates at the token endpoint: HTTP Basic, or id and secret in the form. */
  readonly clientAuth: "basic" | "body";
  readonly pkce: boolean;
  readonly scopeSeparator: " " | ",";
  /** Scopes that are requested for any domains: identity and the profile's zone. */
  readonly baseScopes: readonly string[];
  /**
   * What the provider requires of a redirect address, which is the same at consent and exchange. All rules must hold.
   */
  readonly redirect?: readonly RedirectRule[];
  /** False if the provider does not enforce its scopes: then no call is left out because of a missing scope. */
  readonly scopesAreEnforced: boolean;
  /** Added before each scope in a request, and removed from scopes in answers, which may have it or not: "ext:". */
  readonly scopePrefix?: string;
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Form fields that the token endpoint needs in addition to those of RFC 6749. They replace none of these. */
  readonly tokenParams?: Readonly<Partial<Record<"exchange" | "refresh", Readonly<Record<string, string>>>>>;
  /**
   * Converts an answer of the OAuth endpoints to the form of RFC 6749: a status, and `access_token` or `error` at the
   * top of the body. Pure. Left out if the provider keeps to the RFC. Of the errors, `invalid_grant` ends a connection
   * for good, `invalid_client` and `unauthorized_client` are for the operator to correct, and every other one is
   * temporary. `call` says what was requested, since one error may have several meanings.
   */
  asStandard?(answer: TokenAnswer, call: TokenCall): TokenAnswer;
  /** Calls that carry a signature instead of the client's secret. */
  readonly signed?: SignedCalls;
  /**
   * For a vendor with several portals, each with endpoints and rules of its own for the apps made in it. The operator
   * names one in the setting, and its members replace those of this profile.
   */
  readonly portals?: {
    readonly setting: string;
    readonly others: Readonly<Record<string, Partial<Omit<OAuthProfile, "portals">>>>;
  };
  /** `rotating`: each refresh token works once. `none`: a token is valid until it is refused. */
  readonly refresh: "rotating" | "reusable" | "none";
  /** For this time the same refresh may be repeated and gives the same answer. 0 if it must not be repeated. */
  readonly refreshRepeatSeconds: number;
  /**
   * What it means that an access token is refused which has just been renewed. Left out: the grant is gone. `scope`: that
   * request is not covered by the grant, which is gone only if the token endpoint says so.
   */
  readonly renewedTokenRefused?: "scope";
  /** The member of the token answer that names the user: "user_id". */
  readonly userIdKey?: string;
  /**
   * Asks for the scopes of an access token that another system obtained. Left out if the provider can't say: then an
   * import that names no scopes counts as having all.
   */
  readonly grantedScopes?: {
    request(): ApiRequest;
    /** Scopes in the provider's words, separated as in a token answer. Throws `UnreadableAnswer`. */
    read(answer: unknown): string;
  };
}

interface RedirectRule {
  /** Matches an address that is allowed. The address is whole, in the form of the URL standard. */
  readonly pattern: RegExp;
  /** The end of the sentence "Acme Band takes only a redirect address that …". */
  readonly sentence: string;
}

/**
 * The requests to the OAuth endpoints: tokens for a code, tokens for a refresh token, the withdrawal of a grant, or a
 * nonce for a signed call.
 */
export type TokenCall = "exchange" | "refresh" | "revoke" | "nonce";

/** How a grant is withdrawn. It is gone if the answer is a success, or says that the grant was gone before. */
export type Revocation =
  /**
   * Posts a token of the grant with the client's credentials. With the token in the query, no credentials are in a
   * form.
   */
  | {
      readonly kind: "token";
      readonly url: string;
      readonly in: "form" | "query";
      /** Default: "token". */
      readonly name?: string;
      /** `access`: only an access token is accepted. It is renewed first if it has expired. */
      readonly token?: "access";
    }
  /**
   * A request with the person's access token, which is renewed first if it has expired. Null if the request can't be
   * made.
   */
  | { readonly kind: "request"; request(providerUserId: string | null): ApiRequest | null }
  /** A call in the name of the app that names the person. It needs none of the person's tokens. */
  | { readonly kind: "app"; readonly url: string; form(providerUserId: string): Readonly<Record<string, string>> };

/** Signed calls carry `client_id`, the nonce if there is one, and the signature, in addition to their own form. */
interface SignedCalls {
  readonly calls: readonly ("exchange" | "refresh" | "revoke")[];
  /** The field for the signature. */
  readonly name: string;
  /** The fields that are signed. Each of these calls must have them. */
  readonly signs: readonly string[];
  /** A number for one use, requested before each call. That request is signed too. */
  readonly nonce?: {
    /** As in `ApiRequest`. */
    readonly path: string;
    readonly base?: string;
    readonly params: Readonly<Record<string, string>>;
    /** The field for the time, in seconds since 1970. */
    readonly timestamp: string;
    readonly signs: readonly string[];
    /** Its name in the answer (after `asStandard`) and in the call. */
    readonly name: string;
  };
  /** Makes the signature. Pure. `fields` are the signed fields only, in the order of their names. */
  sign(fields: Readonly<Record<string, string>>, clientSecret: string): string;
}

/** An answer of the OAuth endpoints. */
export interface TokenAnswer {
  readonly status: number;
  /** Parsed without rounding. An empty object if the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The `retry-after` header: seconds, or an HTTP date. */
  readonly retryAfter?: string;
}

/**
 * A request about a person. All steps are sent in order when a connection is made or imported. Those without `when` are
 * sent again later, because zone and names change.
 */
export type ConnectStep = {
  readonly name: string;
  /** The step is skipped if the grant lacks this scope. */
  readonly scope?: string;
  /** Whether a connection can't be made without this step. */
  readonly required: boolean;
  /** Send this step only after a consent, or only at an import, and never again. Example: to register the person. */
  readonly when?: "consent" | "import";
  /** Statuses that count as a success. Their body is not read. Example: 409 if the person is already registered. */
  readonly acceptedStatuses?: readonly number[];
  /** Null if too little is known of the person to make the request. A required step then fails. */
  request(person: ConnectPerson): ApiRequest | null;
} & (
  | {
      /**
       * The answer names the person. If neither a step nor the token answer does, an import must give the person's id.
       */
      readonly identifies: true;
      read(answer: unknown): StepAnswer & { readonly providerUserId: string };
    }
  | { readonly identifies?: false; read(answer: unknown): StepAnswer & { readonly providerUserId?: never } }
);

/** What is known of the person whose connection is being made. */
export interface ConnectPerson {
  /** From the token answer, an earlier step or the import. Null if none of them has named the person yet. */
  readonly providerUserId: string | null;
  /**
   * Our own id of the person, for providers that require one. It differs for each connection, stays equal whenever the
   * person connects the same account again, and does not reveal who the person is. 43 characters of base64url.
   */
  readonly memberId: string;
  /** Epoch ms, for a step that asks for the newest records. */
  readonly now: number;
}

interface StepAnswer {
  /** The same person's id at the provider that this one succeeds. */
  readonly legacyUserId?: string;
  readonly cells?: readonly Cell[];
}
