/** Pages of the web application by their path. */
import {
  otherPageRequests,
  pageRequests,
  tokenTabRequests,
} from "../../scenarios/lib/page-requests.ts";

/** Further routes of the application, called as their paths. Source: kit/dapp/src/routes at 486664d4. */
const furtherRoutes = [
  "/docs/{rest}",
  "/auth/{view}",
  "/account/onchain-identity",
  "/account/profile",
  "/account/wallet",
  "/actions",
  "/addon",
  "/addon-designer",
  "/addon/{address}",
  "/onboarding",
  "/onboarding/{step}",
  "/participants/entities/{address}",
  "/participants/entities/{address}/verifications",
  "/participants/users/{user}",
  "/participants/users/{user}/verifications",
  "/platform-settings/{section}",
  "/token/{factory}/{token}/blocklist",
] as const;

interface Route {
  readonly name: string;
  readonly template: string;
}

const { docs, ...kinds } = pageRequests;
const named = Object.entries({ ...kinds, ...tokenTabRequests, ...otherPageRequests }).map(
  ([name, { path }]): Route => ({ name, template: path }),
);

const routes: readonly Route[] = [
  ...named,
  { name: "docs", template: docs.path },
  ...furtherRoutes.map((template) => ({
    // All of the documentation is one kind of page.
    name: template.startsWith("/docs/") ? "docs" : template,
    template,
  })),
];

/** Allowed values of a part in braces. */
const parts: Readonly<Record<string, string>> = {
  factory: "0x[0-9a-fA-F]{40}",
  token: "0x[0-9a-fA-F]{40}",
  rest: ".+",
};

const matchers = routes.map(({ name, template }) => ({
  name,
  // Literal parts take precedence over variable parts.
  varying: template.split("{").length,
  pattern: new RegExp(
    `^${template.replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? "[^/]+")}$`,
  ),
}));
const ordered = matchers.toSorted((a, b) => a.varying - b.varying);

/** @param path without query and trailing slash @returns the page's name; `undefined` for what is no page */
export const pageAt = (path: string): string | undefined =>
  ordered.find(({ pattern }) => pattern.test(path))?.name;
