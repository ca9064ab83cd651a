/** GraphQL over HTTP: errors have status 200, so that the body must be checked. */
import type { Iteration } from "./iteration.ts";
import { graphqlOutcome } from "./json-outcome.ts";
import { endpointOf, send } from "./measure.ts";
import type { Endpoint } from "./measure.ts";
import { plan } from "./plan.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";
import type { SubgraphCall } from "./subgraph-call.ts";

const url = plan.targets.subgraph ?? "";
export const graphqlHeaders = { "content-type": "application/json" };

const endpoints = new Map<string, Endpoint>();

export function query(name: SubgraphOperation, { ids, picker }: Iteration): void {
  const call: SubgraphCall = subgraphCalls[name];
  const variables = call.variables(ids, picker);
  send(endpointFor(name), {
    url,
    body: JSON.stringify({ operationName: name, query: call.document, variables }),
    headers: graphqlHeaders,
    responseType: "binary",
    judge: (response) => graphqlOutcome(response, call, variables),
  });
}

function endpointFor(name: string): Endpoint {
  const known = endpoints.get(name);
  if (known !== undefined) return known;
  const made = endpointOf("subgraph", name, "read");
  endpoints.set(name, made);
  return made;
}
