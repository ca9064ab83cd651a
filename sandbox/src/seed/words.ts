/** What the made-up platform is made of. */
interface AssetType {
  readonly id: string;
  readonly factoryTypeId: string;
  readonly factory: string;
  readonly noun: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly extensions: readonly string[];
  /** In the base currency; absent: drawn for each token. */
  readonly price?: number;
}

const common = ["ACCESS_MANAGED", "BURNABLE", "CUSTODIAN", "PAUSABLE"] as const;

export const assetTypes: readonly [AssetType, ...AssetType[]] = [
  {
    id: "bond",
    factoryTypeId: "ATKBondFactory",
    factory: "Bonds",
    noun: "Bond",
    symbol: "B",
    decimals: 18,
    extensions: [...common, "BOND", "CAPPED", "REDEEMABLE", "YIELD"],
  },
  {
    id: "equity",
    factoryTypeId: "ATKEquityFactory",
    factory: "Equities",
    noun: "Shares",
    symbol: "E",
    decimals: 18,
    extensions: common,
  },
  {
    id: "fund",
    factoryTypeId: "ATKFundFactory",
    factory: "Funds",
    noun: "Fund",
    symbol: "F",
    decimals: 18,
    extensions: [...common, "FUND"],
  },
  {
    id: "stablecoin",
    factoryTypeId: "ATKStableCoinFactory",
    factory: "Stablecoins",
    noun: "Coin",
    symbol: "S",
    decimals: 6,
    extensions: [...common, "COLLATERAL"],
    price: 1,
  },
  {
    id: "deposit",
    factoryTypeId: "ATKDepositFactory",
    factory: "Deposits",
    noun: "Deposit",
    symbol: "D",
    decimals: 6,
    extensions: [...common, "COLLATERAL"],
    price: 1,
  },
];

export const addonTypes = [
  { id: "ATKPushAirdropFactory", name: "Airdrops" },
  { id: "ATKFixedYieldScheduleFactory", name: "Fixed yield" },
  { id: "ATKXvPSettlementFactory", name: "Settlement" },
] as const;

export const complianceModules = [
  { id: "CountryAllowListComplianceModule", name: "Country allow list" },
  { id: "SMARTIdentityVerificationComplianceModule", name: "Identity verification" },
  { id: "InvestorCountComplianceModule", name: "Investor count" },
  { id: "TimeLockComplianceModule", name: "Time lock" },
] as const;

/** ISO 3166-1: numeric code → two letters. */
export const countryLetters: Readonly<Record<number, string>> = {
  56: "BE",
  250: "FR",
  276: "DE",
  392: "JP",
  442: "LU",
  528: "NL",
  702: "SG",
  756: "CH",
  784: "AE",
  826: "GB",
};

/** ISO 3166-1 numeric. */
export const countries = Object.keys(countryLetters).map(Number);

export const nouns = [
  "Alder",
  "Beacon",
  "Cobalt",
  "Delta",
  "Ember",
  "Fjord",
  "Granite",
  "Harbour",
  "Iris",
  "Juniper",
  "Kestrel",
  "Lumen",
  "Meridian",
  "Northwind",
  "Orchard",
] as const;

export const firstNames = [
  "Amara",
  "Bram",
  "Chidi",
  "Dalia",
  "Elif",
  "Femke",
  "Goran",
  "Hana",
  "Ines",
  "Jonas",
  "Kenji",
  "Leila",
] as const;

export const lastNames = [
  "Abbas",
  "Bakker",
  "Costa",
  "Diallo",
  "Eriksen",
  "Fontaine",
  "Garcia",
  "Hashimoto",
  "Ivanov",
  "Janssens",
] as const;
