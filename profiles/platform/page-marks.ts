/**
 * What the document of a private page contains only for a signed-in user. `{email}` is the e-mail address of the
 * requesting identity.
 *
 * The platform renders no content of a private page on the server, for anyone: better-auth-ui 3.2.7 (`SignedIn`) shows
 * its children once the browser has fetched the session. What the document of a signed-in user contains is the state
 * for the browser: `_private.tsx` awaits `user.me` before every private page, and the router's SSR integration
 * (`@tanstack/react-router-ssr-query` 1.134.4) writes the cached queries into the document, with the user's e-mail
 * address verbatim. Without a session `user.me` fails and there is no such data. Addresses in the URL (factory, token) are
 * not marks: the ids of the matched routes repeat them without a session too.
 *
 * Source: settlemint/asset-tokenization-kit at 486664d4, kit/dapp: `src/routes/_private.tsx`, `src/router.tsx`,
 * `src/orpc/routes/user/routes/user.me.ts`. In the browser `user-dropdown.tsx` shows the same address on every page.
 */
export const pageMarks = {
  dashboard: "{email}",
  "token-list": "{email}",
  token: "{email}",
} as const satisfies Readonly<Record<string, string>>;

/** A page that requires a session. */
export type PrivatePage = keyof typeof pageMarks;

export const privatePages = ["dashboard", "token-list", "token"] as const satisfies PrivatePage[];
