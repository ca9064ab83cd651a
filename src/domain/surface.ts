/** The three faces of the platform that users meet. A surface is not the workload that serves it. */
export const surfaces = ["web", "api", "subgraph"] as const;
export type Surface = (typeof surfaces)[number];

/** How a surface is headed in tables and charts. */
export const surfaceNames = {
  web: "Web",
  api: "API",
  subgraph: "Subgraph",
} as const satisfies Record<Surface, string>;

/** One value for each surface. */
export type PerSurface<Value> = Readonly<Record<Surface, Value>>;

export const isSurface = (name: string): name is Surface =>
  (surfaces as readonly string[]).includes(name);

/** What a request is for: latency objectives judge reads; writes, sign-ins and assets are reported apart. */
export const requestKinds = ["read", "write", "sign-in", "page", "asset"] as const;
export type RequestKind = (typeof requestKinds)[number];
