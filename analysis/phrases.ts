import type { Surface } from "../src/domain/surface.ts";

/** What the latency objective of a surface counts. */
export const latencyNoun = {
  web: "web pages",
  api: "API reads",
  subgraph: "subgraph queries",
} as const satisfies Record<Surface, string>;

export const surfaceNoun = {
  web: "the web front end",
  api: "the API",
  subgraph: "the subgraph",
} as const satisfies Record<Surface, string>;

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
