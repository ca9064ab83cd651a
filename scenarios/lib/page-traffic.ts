/** Requests to the API that page views cause: expected counts, computed from the two tables of pages. */
import {
  otherPageViews,
  pageViews,
  roleShares,
  tableRows,
  tokenShares,
  tokenTabViews,
} from "../../profiles/page-views.ts";
import type { PageViews } from "../../profiles/page-views.ts";
import type { Role } from "../../src/domain/role.ts";
import { roles } from "../../src/domain/role.ts";
import { otherPageRequests, pageRequests, tokenTabRequests } from "./page-requests.ts";
import type { PageRequest } from "./page-requests.ts";

/** How a page is opened; see `profiles/page-views.ts`. */
export type WayOfOpening = keyof PageViews;

/** Procedure → expected number of requests, ≥ 0. */
export type RequestCounts = ReadonlyMap<string, number>;

/** Who sends a request for a page that is opened in this way; `undefined`: no one, the answer is there already. */
export function senderOf(
  request: PageRequest,
  way: WayOfOpening,
): "server" | "browser" | undefined {
  switch (way) {
    case "document":
      return request.by === "component" ? "browser" : "server";
    case "inApp":
      return request.by === "layout" || request.isShared ? undefined : "browser";
    case "refocus":
      return request.isDisplayed ? "browser" : undefined;
    default:
      return way satisfies never;
  }
}

/** Requests per view, on average over users and tokens. */
export function requestsPerView({ times, roles: causedBy, tokens }: PageRequest): number {
  const users = (causedBy ?? roles).reduce((sum, role: Role) => sum + roleShares[role], 0);
  return (times === "rows" ? tableRows : times) * users * tokenShares[tokens ?? "any"];
}

interface View {
  readonly requests: readonly PageRequest[];
  readonly way: WayOfOpening;
  /** How often, on the scale of `profiles/page-views.ts`. */
  readonly views: number;
}

const ways = ["document", "inApp", "refocus"] as const;

export const viewsOfPageKinds: readonly View[] = Object.entries(pageRequests).flatMap(
  ([kind, { requests }]) =>
    ways.map((way) => ({
      requests,
      way,
      views: Object.entries(pageViews).find(([name]) => name === kind)?.[1][way] ?? 0,
    })),
);

const inApp = (
  pages: Readonly<Record<string, { readonly requests: readonly PageRequest[] }>>,
  views: Readonly<Record<string, number>>,
): readonly View[] =>
  Object.entries(pages).map(([name, { requests }]) => ({
    requests,
    way: "inApp",
    views: views[name] ?? 0,
  }));

const allViews = [
  ...viewsOfPageKinds,
  ...inApp(tokenTabRequests, tokenTabViews),
  ...inApp(otherPageRequests, otherPageViews),
];

/** @param sender whose requests are counted */
export function countRequests(
  sender: "server" | "browser",
  views: readonly View[] = allViews,
): RequestCounts {
  const counts = new Map<string, number>();
  for (const { requests, way, views: times } of views) {
    for (const request of requests) {
      if (senderOf(request, way) !== sender) continue;
      const { procedure } = request;
      counts.set(procedure, (counts.get(procedure) ?? 0) + times * requestsPerView(request));
    }
  }
  return counts;
}

/** Longest cycle of reads that a short run still completes. */
const cycleLength = 400;

/**
 * Browser requests as integer weights that keep their ratio; what is requested at all is at least 1.
 * @returns procedure → weight; absent where pages do not request it from the browser
 */
export function apiWeights(): ReadonlyMap<string, number> {
  const counts = countRequests("browser");
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Map(
    [...counts].map(([procedure, count]) => [
      procedure,
      Math.max(1, Math.round((cycleLength * count) / total)),
    ]),
  );
}
