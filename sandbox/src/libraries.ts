/** What is built on large libraries: they are loaded while PostgreSQL starts. */
export { toNodeHandler } from "better-auth/node";
export { createApi } from "./api/handler.ts";
export { createAuth } from "./auth/auth.ts";
export { generateSeed } from "./seed/generate.ts";
export { createSubgraph, subgraphPath } from "./subgraph/server.ts";
