export interface ProviderSetting {
  /** The name without the provider's prefix: SUBSCRIBER_ID. */
  readonly name: string;
  readonly description: string;
  readonly secret?: boolean;
  /** True if everything works without it. */
  readonly optional?: boolean;
  /** The value if the operator sets none. */
  readonly default?: string;
  /** The value, if there is one, is sent with each consent as this parameter of the authorization URL. */
  readonly consentParam?: string;
  /** The values that are allowed, checked when the gateway starts. */
  readonly shape?: {
    readonly pattern: RegExp;
    /** The end of the sentence "ACME_BAND_SUBSCRIBER_ID must be …". */
    readonly sentence: string;
  };
}

/** The operator's configuration of one provider. */
export interface ProviderSettings {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly apiUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** The result of `revokeUrlOf`, or the operator's own URL. */
  readonly revokeUrl: string | null;
  readonly otherUrls: Readonly<Record<string, string>>;
  /** Values by `ProviderSetting.name`. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Whether the API URL is not the vendor's own. */
  readonly overridden: boolean;
}
