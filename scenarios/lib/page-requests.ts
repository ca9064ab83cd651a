/**
 * Which API procedures each page requests, read from the routes and components of the web application
 * (settlemint/asset-tokenization-kit at 486664d4). Sources are paths below `kit/dapp/src/`.
 *
 * The application keeps answers in the browser: a document brings those that the server requested while it rendered,
 * so that the browser does not repeat them, and answers stay for the rest of the session. Three things decide who
 * requests what, and when:
 * - `by` layout or loader: the server, while it renders a document. A loader's requests come from the browser when the
 *   page is opened inside the application; those of a layout were answered before.
 * - `by` component: always the browser. Components are not rendered for a document, because the server does not yet
 *   know that the user is signed in.
 * - `isShared`: the same input on every page, requested once per session.
 */
import type { Role } from "../../src/domain/role.ts";
import type {
  otherPageViews,
  pageViews,
  tokenShares,
  tokenTabViews,
} from "../../profiles/page-views.ts";

export interface PageRequest {
  /** The path with dots: `token.read`. */
  readonly procedure: string;
  /** Requests per view. `"rows"`: one for each row of the table that is shown. */
  readonly times: number | "rows";
  readonly by: "layout" | "loader" | "component";
  /** The input does not depend on the page: requested once per session. */
  readonly isShared: boolean;
  /** On the screen while the page is open: requested again when the user returns after more than five minutes. */
  readonly isDisplayed: boolean;
  /** Who causes it; absent: everyone. */
  readonly roles?: readonly Role[];
  /** Which tokens cause it; absent: any. */
  readonly tokens?: keyof typeof tokenShares;
  /** Source file. */
  readonly source: string;
}

export interface PageRequests {
  /** Path of the page; a part in braces varies. */
  readonly path: string;
  /** Source file of the route. */
  readonly route: string;
  readonly requests: readonly PageRequest[];
}

export type PageKind = keyof typeof pageViews;
export type TokenTab = keyof typeof tokenTabViews;
export type OtherPage = keyof typeof otherPageViews;

type Options = Partial<Omit<PageRequest, "procedure" | "by" | "source">>;

const signedIn = "routes/_private";
const inside = `${signedIn}/_onboarded/_sidebar`;
const tokenRoute = `${inside}/token/$factoryAddress/$tokenAddress`;

const make =
  (by: PageRequest["by"], defaults: Pick<PageRequest, "isShared" | "isDisplayed">) =>
  (procedure: string, source: string, options: Options = {}): PageRequest => ({
    procedure,
    by,
    source,
    times: 1,
    ...defaults,
    ...options,
  });

const layout = make("layout", { isShared: true, isDisplayed: true });
const loader = make("loader", { isShared: false, isDisplayed: true });
const component = make("component", { isShared: false, isDisplayed: true });

/** The name of an address. Kept for 29 minutes, so that a return does not repeat it. */
const names = (source: string, times: number | "rows" = "rows"): PageRequest =>
  component("account.search", source, { times, isDisplayed: false });

const ofEveryPage = [layout("settings.theme.get", "routes/__root.tsx")];

const ofPrivatePages = [
  ...ofEveryPage,
  layout("user.me", `${signedIn}.tsx`),
  // SYSTEM_ADDRESS.
  layout("settings.read", `${signedIn}.tsx`, { isDisplayed: false }),
  layout("system.factory.list", `${inside}.tsx`),
  layout("system.addon.list", `${inside}.tsx`),
  // PENDING.
  layout("actions.list", `${inside}.tsx`),
];

/** The navigation beside the page. On the dashboard its loader has it already. */
const navigation = component("system.read", "components/sidebar/nav-asset.tsx", {
  isShared: true,
});

const dashboard = "components/dashboard";
const charts = "components/stats/charts";
const staff: readonly Role[] = ["issuer", "administrator"];

/** What is requested before any tab of the token page is shown. */
const ofTokenPages = [
  ...ofPrivatePages,
  loader("token.read", `${tokenRoute}.tsx`),
  loader("system.factory.read", `${tokenRoute}.tsx`),
  navigation,
  // The user's own balance, then those that a schedule of interest is paid from.
  component("token.holder", "components/manage-dropdown/manage-asset-dropdown.tsx"),
  component("fixedYieldSchedule.read", "components/manage-dropdown/manage-asset-dropdown.tsx", {
    tokens: "scheduled",
  }),
  component("token.holder", "components/manage-dropdown/manage-asset-dropdown.tsx", {
    tokens: "scheduled",
    times: 2,
  }),
];

/** The five page kinds: the first view, without any tab. */
export const pageRequests = {
  "sign-in": { path: "/auth/sign-in", route: "routes/auth.$pathname.tsx", requests: ofEveryPage },
  dashboard: {
    path: "/",
    route: `${inside}/index.tsx`,
    requests: [
      ...ofPrivatePages,
      loader("system.read", `${inside}/index.tsx`, { isShared: true }),
      // Of any status: the banner and the tile share it.
      component("actions.list", `${dashboard}/actions-tile/pending-actions-banner.tsx`),
      component("user.events", `${dashboard}/latest-events/latest-events.tsx`),
      component(
        "system.stats.portfolioDetails",
        `${dashboard}/portfolio-dashboard/portfolio-header.tsx`,
      ),
      // BASE_CURRENCY.
      component("settings.read", `${dashboard}/portfolio-dashboard/portfolio-header.tsx`, {
        isShared: true,
      }),
      component(
        "system.stats.portfolioByPreset",
        `${dashboard}/portfolio-dashboard/portfolio-header.tsx`,
        { roles: staff },
      ),
      // Both ranges in one request.
      component(
        "system.stats.portfolioByPreset",
        `${charts}/portfolio-value-interactive-chart.tsx`,
        {
          roles: ["investor"],
          times: 2,
        },
      ),
      component(
        "system.identity.me",
        `${dashboard}/portfolio-dashboard/portfolio-summary-cards.tsx`,
        { roles: ["investor"] },
      ),
      // Each tile requires a role of the platform: tokenManager.
      ...["system.stats.assets", "system.stats.systemValueHistoryByPreset"].map((procedure) =>
        component(procedure, `${dashboard}/asset-manager-tile/asset-manager-tile.tsx`, {
          roles: ["issuer"],
        }),
      ),
      // identityManager, claimPolicyManager, claimIssuer.
      ...(
        [
          ["system.stats.identityCount", "identity-manager-tile"],
          ["system.stats.identityStatsOverTimeByPreset", "identity-manager-tile"],
          ["system.stats.trustedIssuerStatsState", "claim-policy-manager-tile"],
          ["system.stats.trustedIssuerStatsByPreset", "claim-policy-manager-tile"],
          ["system.stats.claimsStatsState", "claim-issuer-tile"],
          ["system.stats.claimsStatsByPreset", "claim-issuer-tile"],
        ] as const
      ).map(([procedure, tile]) =>
        component(procedure, `${dashboard}/${tile}/${tile}.tsx`, { roles: ["administrator"] }),
      ),
    ],
  },
  "token-list": {
    path: "/token/{factory}",
    route: `${inside}/token/$factoryAddress/index.tsx`,
    requests: [
      ...ofPrivatePages,
      loader("system.factory.read", `${inside}/token/$factoryAddress/index.tsx`, {
        isDisplayed: false,
      }),
      loader("token.list", `${inside}/token/$factoryAddress/index.tsx`),
      navigation,
      names("components/tables/tokens.tsx"),
    ],
  },
  token: {
    path: "/token/{factory}/{token}",
    route: `${tokenRoute}/index.tsx`,
    requests: [
      ...ofTokenPages,
      component("token.statsCollateralRatio", `${tokenRoute}/index.tsx`),
      component("token.statsWalletDistribution", `${tokenRoute}/index.tsx`),
      // Of a year, and of 30 days for the chart.
      component("token.statsSupplyChanges", `${tokenRoute}/index.tsx`),
      component("token.statsSupplyChanges", `${charts}/asset-supply-changes-area-chart.tsx`),
      component("token.statsTotalSupply", `${charts}/asset-total-supply-area-chart.tsx`),
      component("token.statsVolume", `${charts}/asset-total-volume-area-chart.tsx`),
      component("token.statsBondStatus", `${charts}/asset-bond-status-progress-chart.tsx`, {
        tokens: "bond",
      }),
      component("token.statsYieldDistribution", "hooks/use-bond-yield-distribution.ts", {
        tokens: "bond",
      }),
      component("token.statsYieldCoverage", "hooks/use-bond-yield-coverage.ts", {
        tokens: "bond",
      }),
      // The token that a bond is redeemed in.
      component("token.read", "hooks/use-denomination-asset.ts", { tokens: "bond" }),
      // Who created the token.
      names(`${tokenRoute}/index.tsx`, 1),
    ],
  },
  docs: { path: "/docs", route: "routes/docs/$.tsx", requests: ofEveryPage },
} as const satisfies Readonly<Record<PageKind, PageRequests>>;

/** What each tab of the token page requests when it is opened; the rest of the page is there already. */
export const tokenTabRequests = {
  holders: {
    path: "/token/{factory}/{token}/holders",
    route: `${tokenRoute}/holders.tsx`,
    requests: [
      loader("token.holders", `${tokenRoute}/holders.tsx`),
      names("components/tables/token-holders.tsx"),
    ],
  },
  events: {
    path: "/token/{factory}/{token}/events",
    route: `${tokenRoute}/events.tsx`,
    requests: [
      loader("token.events", `${tokenRoute}/events.tsx`),
      // Senders repeat: the issuer and the contract.
      names("components/tables/token-events.tsx", 2),
    ],
  },
  actions: {
    path: "/token/{factory}/{token}/actions",
    route: `${tokenRoute}/actions.tsx`,
    requests: [loader("actions.list", `${tokenRoute}/actions.tsx`)],
  },
  permissions: {
    path: "/token/{factory}/{token}/permissions",
    route: `${tokenRoute}/permissions.tsx`,
    requests: [names("components/tables/token-permissions.tsx", 2)],
  },
  compliance: {
    path: "/token/{factory}/{token}/compliance",
    route: `${tokenRoute}/compliance.tsx`,
    requests: [component("token.compliance", `${tokenRoute}/compliance.tsx`)],
  },
  yield: { path: "/token/{factory}/{token}/yield", route: `${tokenRoute}/yield.tsx`, requests: [] },
  "denomination-asset": {
    path: "/token/{factory}/{token}/denomination-asset",
    route: `${tokenRoute}/denomination-asset.tsx`,
    requests: [
      component("token.denominationAssets", "components/tables/denomination-assets.tsx"),
      names("components/tables/denomination-assets.tsx", 1),
    ],
  },
} as const satisfies Readonly<Record<TokenTab, PageRequests>>;

const widgets = "components/stats/widgets";

/** Pages outside the five kinds: the journeys visit them inside the application. */
export const otherPageRequests = {
  "my-assets": {
    path: "/my-assets",
    route: `${inside}/my-assets.tsx`,
    requests: [
      loader("user.assets", `${inside}/my-assets.tsx`),
      // By name: ClaimYield.
      component("actions.list", "components/participants/users/user-assets.tsx"),
      names("components/participants/users/user-assets.tsx"),
    ],
  },
  activity: {
    path: "/activity",
    route: `${inside}/activity.tsx`,
    requests: [loader("user.events", `${inside}/activity.tsx`)],
  },
  users: {
    path: "/participants/users",
    route: `${inside}/participants/users/index.tsx`,
    requests: [
      component("user.list", "components/participants/users/users-table.tsx", {
        roles: ["administrator"],
      }),
    ],
  },
  entities: {
    path: "/participants/entities",
    route: `${inside}/participants/entities/index.tsx`,
    requests: [
      component("system.entity.list", "components/participants/entities/entity-table.tsx", {
        roles: ["administrator"],
      }),
    ],
  },
  "token-stats": {
    path: "/token/stats",
    route: `${inside}/token/stats.tsx`,
    requests: [
      loader("token.list", `${inside}/token/stats.tsx`, { roles: staff }),
      ...(
        [
          ["system.stats.assets", `${widgets}/asset-stats-widget.tsx`],
          ["system.stats.transactionCount", `${widgets}/transaction-stats-widget.tsx`],
          ["user.statsUserCount", `${widgets}/user-stats-widget.tsx`],
          ["system.stats.value", `${widgets}/value-stats-widget.tsx`],
          ["user.statsGrowthOverTime", `${charts}/user-growth-area-chart.tsx`],
          ["system.stats.transactionHistory", `${charts}/transaction-history-area-chart.tsx`],
        ] as const
      ).map(([procedure, source]) => component(procedure, source, { roles: staff })),
      component(
        "system.stats.assetActivityByPreset",
        `${charts}/asset-activity-interactive-chart.tsx`,
        { roles: staff, times: 2 },
      ),
    ],
  },
  /** No page: the field for an address in the forms for mint, transfer and so on. */
  "address-search": {
    path: "(form)",
    route: "components/address/address-select.tsx",
    requests: [
      component("token.search", "hooks/use-search-addresses.ts", { isDisplayed: false }),
      component("user.search", "hooks/use-search-addresses.ts", {
        roles: ["administrator"],
        isDisplayed: false,
      }),
    ],
  },
} as const satisfies Readonly<Record<OtherPage, PageRequests>>;
