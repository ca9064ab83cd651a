/** What the made-up platform is made of. */
interface AssetType {
  readonly id: string;
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
    factory: "Bonds",
    noun: "Bond",
    symbol: "B",
    decimals: 18,
    extensions: [...common, "BOND", "CAPPED", "REDEEMABLE", "YIELD"],
  },
  {
    id: "equity",
    factory: "Equities",
    noun: "Shares",
    symbol: "E",
    decimals: 18,
    extensions: common,
  },
  {
    id: "fund",
    factory: "Funds",
    noun: "Fund",
    symbol: "F",
    decimals: 18,
    extensions: [...common, "FUND"],
  },
  {
    id: "stablecoin",
    factory: "Stablecoins",
    noun: "Coin",
    symbol: "S",
    decimals: 6,
    extensions: [...common, "COLLATERAL"],
    price: 1,
  },
  {
    id: "deposit",
    factory: "Deposits",
    noun: "Deposit",
    symbol: "D",
    decimals: 6,
    extensions: [...common, "COLLATERAL"],
    price: 1,
  },
];

export const addonTypes = [
  { id: "airdrops", name: "Airdrops" },
  { id: "yield", name: "Fixed yield" },
  { id: "xvp", name: "Settlement" },
] as const;

/** ISO 3166-1 numeric. */
export const countries = [56, 250, 276, 392, 442, 528, 702, 756, 784, 826] as const;

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
