/** What the platform holds, as `setup()` found it: calls vary over it, so that caches do not answer alone. */
export interface PlatformIds {
  readonly system: string;
  /** Addresses of the system's parts; absent where the platform has none. */
  readonly identityFactory?: string | undefined;
  readonly identityRegistryStorage?: string | undefined;
  readonly topicSchemeRegistry?: string | undefined;
  readonly trustedIssuersRegistry?: string | undefined;
  readonly complianceModuleRegistry?: string | undefined;
  /** Interest schedules; absent if only the API was queried. */
  readonly yieldSchedules?: readonly string[] | undefined;
  /** At least one. */
  readonly tokens: readonly TokenId[];
  /** Those of the tokens that are bonds; may be empty. */
  readonly bonds: readonly string[];
  /** Token factories, at least one. */
  readonly factories: readonly string[];
  /** People's wallets, at least one. */
  readonly accounts: readonly string[];
}

export interface TokenId {
  readonly id: string;
  readonly factory: string;
}

/** An identity that may mint, and what. */
export interface Minter {
  /** Its place among those that signed in. */
  readonly identity: number;
  readonly wallet: string;
  /** Not paused, and this wallet has supplyManagement on each. At least one. */
  readonly tokens: readonly string[];
}

/** What writes need. */
export interface Writable {
  readonly minters: readonly Minter[];
  /** Wallets of load identities that are registered: tokens may be sent to them. */
  readonly recipients: readonly string[];
}
