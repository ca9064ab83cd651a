/** The pages that users open, in the order of the rotation. */
import type { PlatformIds } from "./ids.ts";
import type { Picker } from "./weighted.ts";

export interface PageCall {
  /** Path and query of the document. */
  readonly path: (ids: PlatformIds, picker: Picker) => string;
  /** Sent with the session's cookies: a visitor of the sign-in page and of the documentation has none. */
  readonly signedIn: boolean;
}

export const pageCalls = {
  "sign-in": { path: () => "/auth/sign-in", signedIn: false },
  dashboard: { path: () => "/", signedIn: true },
  "token-list": {
    path: ({ factories }, picker) => `/token/${picker.one(factories)}`,
    signedIn: true,
  },
  token: {
    path: ({ tokens }, picker) => {
      const { factory, id } = picker.one(tokens);
      return `/token/${factory}/${id}`;
    },
    signedIn: true,
  },
  docs: { path: () => "/docs", signedIn: false },
} as const satisfies Readonly<Record<string, PageCall>>;

export type PageName = keyof typeof pageCalls;

export const pageNames: readonly PageName[] = Object.keys(pageCalls).filter(
  (name): name is PageName => name in pageCalls,
);
