/**
 * Frequencies of page views. **Assumptions**: no production traffic was available. Every weight of the API mix is
 * computed from this file and `scenarios/lib/page-requests.ts`; measured figures replace the numbers here.
 *
 * A user opens a page in one of three ways, and each causes other requests:
 * - `document`: by its URL or a reload. The server renders it, and requests part of the data from the API itself.
 * - `inApp`: by a link inside the application. The browser requests the page's data, not the document.
 * - `refocus`: the user returns to a browser tab after more than five minutes; data on the screen is requested again.
 */
import type { Role } from "../src/domain/role.ts";

export interface PageViews {
  readonly document: number;
  readonly inApp: number;
  readonly refocus: number;
}

/** The five page kinds. Documents are equal, because the web scenario opens the five in rotation. */
export const pageViews = {
  "sign-in": { document: 10, inApp: 0, refocus: 0 },
  dashboard: { document: 10, inApp: 10, refocus: 10 },
  "token-list": { document: 10, inApp: 20, refocus: 5 },
  token: { document: 10, inApp: 40, refocus: 10 },
  docs: { document: 10, inApp: 0, refocus: 0 },
} as const satisfies Readonly<Record<string, PageViews>>;

/** Tabs of the token page, on the same scale: always opened inside the application. */
export const tokenTabViews = {
  holders: 12,
  events: 8,
  actions: 4,
  permissions: 4,
  compliance: 4,
  yield: 2,
  "denomination-asset": 1,
} as const;

/** Pages outside the five kinds, on the same scale: opened inside the application by users with the required role. */
export const otherPageViews = {
  "my-assets": 8,
  activity: 4,
  users: 20,
  entities: 10,
  "token-stats": 4,
  "address-search": 4,
} as const;

/** Who opens pages. Adds up to 1; the same shares as the journeys of the mixed scenario. */
export const roleShares = {
  investor: 0.7,
  issuer: 0.2,
  administrator: 0.1,
} as const satisfies Readonly<Record<Role, number>>;

/** Shares of the tokens that are opened: bonds, and bonds that pay interest by a schedule. */
export const tokenShares = { any: 1, bond: 0.2, scheduled: 0.1 } as const;

/** Rows that a table of addresses shows on average; a page of a table has at most 20. */
export const tableRows = 10;
