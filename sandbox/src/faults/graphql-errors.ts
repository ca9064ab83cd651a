import { respondJson } from "../http.ts";
import { shareKind } from "./share.ts";

/** `errors[]` at status 200, as graph-node answers when its store is in trouble. */
export const graphqlErrors = shareKind({
  kind: "graphql-errors",
  targets: ["subgraph"],
  example: "graphql-errors=subgraph:5%",
  requestOutcome: "graphql_errors",
  strike: (response) =>
    respondJson(response, 200, { errors: [{ message: "Store error: query timed out" }] }),
});
