/** What the platform holds, as `setup()` found it: calls vary over it, so that caches do not answer alone. */
export interface PlatformIds {
  readonly system: string;
  /** Addresses of the system's parts; absent where only the API was asked. */
  readonly identityFactory?: string | undefined;
  readonly identityRegistryStorage?: string | undefined;
  readonly topicSchemeRegistry?: string | undefined;
  readonly trustedIssuersRegistry?: string | undefined;
  readonly complianceModuleRegistry?: string | undefined;
  /** Schedules of interest; absent where only the API was asked. */
  readonly yieldSchedules?: readonly string[] | undefined;
  /** At least one. */
  readonly tokens: readonly TokenId[];
  /** Token factories, at least one. */
  readonly factories: readonly string[];
  /** People's wallets, at least one. */
  readonly accounts: readonly string[];
}

export interface TokenId {
  readonly id: string;
  readonly factory: string;
}

/** What writes need: wallets of the identities (in their order) and tokens that move. */
export interface Writable {
  readonly wallets: readonly string[];
  readonly tokens: readonly string[];
}
