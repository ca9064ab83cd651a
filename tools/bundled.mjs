// Packages that become part of dist/, with what they need: of @kubernetes/client-node (55 MB) Headroom uses 1 MB, and Node
// loads the sandbox's libraries from one file in a quarter of the time that their 700 files take. They are development
// dependencies, and stand in the bill of materials all the same.
export const bundled = {
  ".": ["@kubernetes/client-node"],
  sandbox: ["@orpc/server", "better-auth", "graphql", "graphql-yoga", "pg", "zod"],
};

/** What a bundled package asks for and can do without: never installed. */
export const leftOut = ["@opentelemetry/api"];
