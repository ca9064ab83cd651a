/** GraphQL over HTTP: errors come with status 200, so that only the body tells. */
import type { Iteration } from "./iteration.ts";
import { hasShape } from "./json-shape.ts";
import { endpointOf, send } from "./measure.ts";
import type { Answer, Endpoint } from "./measure.ts";
import { plan } from "./plan.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";
import type { Shape } from "./api-calls.ts";

const url = plan.targets.subgraph ?? "";
export const graphqlHeaders = { "content-type": "application/json" };

interface Operation {
  readonly endpoint: Endpoint;
  readonly judge: (response: Answer) => string;
}

const operations = new Map<string, Operation>();

export function query(name: SubgraphOperation, { ids, picker }: Iteration): void {
  const { document, variables, shape } = subgraphCalls[name];
  const { endpoint, judge } = operationOf(name, shape);
  const body = JSON.stringify({
    operationName: name,
    query: document,
    variables: variables(ids, picker),
  });
  send(endpoint, { url, body, headers: graphqlHeaders, responseType: "text", judge });
}

function operationOf(name: string, shape: Shape): Operation {
  const known = operations.get(name);
  if (known !== undefined) return known;
  const made: Operation = {
    endpoint: endpointOf("subgraph", name, "read"),
    judge: (response) => graphqlOutcome(response, shape),
  };
  operations.set(name, made);
  return made;
}

export function graphqlOutcome(response: Answer, shape: Shape): string {
  if (response.json("errors.0") !== undefined) return "graphql_errors";
  return hasShape(response, "data", shape) ? "ok" : "wrong_shape";
}
