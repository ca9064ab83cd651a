/** The pages: what each reads from the database, and its HTML. */
import type { SessionUser } from "../auth/session.ts";
import { actions, count, factories, find, list, tokens } from "../data/entities.ts";
import type { FactoryRow } from "../data/entities.ts";
import { holdingsByFactory } from "../data/statistics.ts";
import type { Database } from "../database/database.ts";
import type { AssetName, Assets } from "./assets.ts";

export interface Page {
  /** Name of the endpoint: `dashboard`. */
  readonly name: string;
  readonly title: string;
  /** Content of `<main>`. */
  readonly body: string;
  /** Scripts beyond those that every page loads. */
  readonly scripts: readonly AssetName[];
  /** Of a private page: what the browser's application is handed, as the real one is. */
  readonly state?: PageState | undefined;
  readonly status?: number;
}

/** The path stands there for strangers too, the user only where one is signed in. */
interface PageState {
  readonly path: string;
  readonly user: Pick<SessionUser, "id" | "name" | "email" | "wallet"> | null;
}

export interface PageContext {
  readonly database: Database;
  readonly user: SessionUser | undefined;
}

interface Route {
  readonly name: string;
  readonly pattern: RegExp;
  readonly isPrivate: boolean;
  readonly render: (context: PageContext, parts: readonly string[]) => Promise<Page>;
}

const address = "(0x[0-9a-fA-F]{40})";

const routes: readonly Route[] = [
  { name: "sign-in", pattern: /^\/auth\/sign-in$/, isPrivate: false, render: signIn },
  { name: "docs", pattern: /^\/docs(?:\/.*)?$/, isPrivate: false, render: docs },
  { name: "dashboard", pattern: /^\/$/, isPrivate: true, render: dashboard },
  {
    name: "token-list",
    pattern: new RegExp(`^/token/${address}$`),
    isPrivate: true,
    render: tokenList,
  },
  {
    name: "token",
    pattern: new RegExp(`^/token/${address}/${address}$`),
    isPrivate: true,
    render: tokenPage,
  },
];

/** The page at a path, not yet rendered; `undefined` where there is none. */
export function pageAt(
  path: string,
): { readonly name: string; readonly render: (context: PageContext) => Promise<Page> } | undefined {
  for (const route of routes) {
    const found = route.pattern.exec(path);
    if (found === null) continue;
    const parts = found.slice(1).map((part) => part.toLowerCase());
    return {
      name: route.name,
      render: async (context) =>
        route.isPrivate
          ? privatePage(route, context, { parts, path })
          : route.render(context, parts),
    };
  }
  return undefined;
}

/** A stranger gets status 200 and no content: the application finds out in the browser, and leads to the sign-in. */
async function privatePage(
  route: Route,
  context: PageContext,
  { parts, path }: { readonly parts: readonly string[]; readonly path: string },
): Promise<Page> {
  const { user } = context;
  if (user === undefined)
    return {
      name: route.name,
      title: "Sandbox",
      body: "",
      scripts: [],
      state: { path, user: null },
    };
  const { id, name, email, wallet } = user;
  return {
    ...(await route.render(context, parts)),
    state: { path, user: { id, name, email, wallet } },
  };
}

async function signIn(): Promise<Page> {
  return {
    name: "sign-in",
    title: "Sign in",
    body: `<h1>Sign in</h1>
<form method="post" action="/api/auth/sign-in/email">
<label>Email <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">Sign in</button>
</form>`,
    scripts: ["forms.js"],
  };
}

async function docs({ database }: PageContext): Promise<Page> {
  const types = await list(database, factories);
  const sections = types.map(
    ({ name, tokenExtensions }) =>
      `<section><h2>${escape(name)}</h2><p>Tokens of this kind can: ${escape(tokenExtensions.join(", ").toLowerCase())}.</p></section>`,
  );
  return {
    name: "docs",
    title: "Documentation",
    body: `<h1>Documentation</h1>${sections.join("\n")}`,
    scripts: [],
  };
}

async function dashboard(context: PageContext): Promise<Page> {
  const { database, user } = context;
  const wallet = user?.wallet ?? "";
  const [sidebar, holdings, pending] = await Promise.all([
    sidebarOf(database),
    holdingsByFactory(database, wallet),
    count(database, actions, { status: "PENDING" }),
  ]);
  const rows = holdings.map((holding) => [
    holding.factoryName,
    String(holding.tokens),
    Number(holding.value).toFixed(2),
  ]);
  return {
    name: "dashboard",
    title: "Dashboard",
    body: `${sidebar}<h1>Welcome, ${escape(user?.name ?? "")}</h1>
<p>${pending} actions wait.</p>
${table(["Assets", "Tokens", "Value in EUR"], rows)}`,
    scripts: ["charts.js", "data-table.js"],
  };
}

async function tokenList({ database }: PageContext, [id = ""]: readonly string[]): Promise<Page> {
  const [sidebar, factory, rows] = await Promise.all([
    sidebarOf(database),
    find(database, factories, id),
    list(database, tokens, { where: { tokenFactory: id }, orderBy: "name" }),
  ]);
  if (factory === undefined) return missing("token-list");
  const cells = rows.map((token) => [
    `<a href="/token/${id}/${token.id}">${escape(token.name)}</a>`,
    escape(token.symbol),
    token.totalSupply,
    token.basePrice,
  ]);
  return {
    name: "token-list",
    title: factory.name,
    body: `${sidebar}<h1>${escape(factory.name)}</h1>
${table(["Name", "Symbol", "Supply", "Price"], cells)}`,
    scripts: ["data-table.js"],
  };
}

async function tokenPage(
  { database }: PageContext,
  [factoryId = "", id = ""]: readonly string[],
): Promise<Page> {
  const [sidebar, token] = await Promise.all([sidebarOf(database), find(database, tokens, id)]);
  if (token === undefined || token.factoryId !== factoryId) return missing("token");
  const facts = [
    ["Symbol", escape(token.symbol)],
    ["Type", escape(token.type)],
    ["Decimals", String(token.decimals)],
    ["Supply", token.totalSupply],
    ["Price", token.basePrice],
    ["Paused", token.paused ? "yes" : "no"],
    ["Extensions", escape(token.extensions.join(", "))],
  ];
  return {
    name: "token",
    title: token.name,
    body: `${sidebar}<h1>${escape(token.name)}</h1>${table(["Fact", "Value"], facts)}`,
    scripts: ["charts.js", "data-table.js"],
  };
}

async function sidebarOf(database: Database): Promise<string> {
  const rows: readonly FactoryRow[] = await list(database, factories, { orderBy: "name" });
  const links = rows.map(({ id, name }) => `<li><a href="/token/${id}">${escape(name)}</a></li>`);
  return `<nav><ul>${links.join("")}</ul></nav>`;
}

function missing(name: string): Page {
  return { name, title: "Not found", body: "<h1>Not found</h1>", scripts: [], status: 404 };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const header = head.map((cell) => `<th>${cell}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
  return `<table><thead><tr>${header}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

/** The whole document: it names its assets as a bundler's output does. */
export function toHtml(page: Page, assets: Assets): string {
  const modules: readonly AssetName[] = [
    "vendor-react.js",
    "router.js",
    "messages.js",
    ...page.scripts,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)} · Sandbox</title>
<link rel="stylesheet" href="${assets["app.css"].path}">
${modules.map((name) => `<link rel="modulepreload" href="${assets[name].path}">`).join("\n")}
<script type="module" src="${assets["entry-client.js"].path}"></script>
${page.scripts.map((name) => `<script type="module" src="${assets[name].path}"></script>`).join("\n")}
</head>
<body>
<header><img src="${assets["logo-light.svg"].path}" alt="Sandbox" width="160" height="40"></header>
<main>${page.body}</main>${page.state === undefined ? "" : stateElement(page.state)}
</body>
</html>
`;
}

/** Data for the page's own scripts; `<` could end the element. */
const stateElement = (state: PageState): string =>
  `\n<script type="application/json" id="page-state">${JSON.stringify(state).replaceAll("<", "\\u003c")}</script>`;

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
