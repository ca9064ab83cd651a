/** Real ids, asked for once before the load: made-up ones would measure how fast the platform says "not found". */
import { endpointOf, send } from "./measure.ts";
import type { Answer, Content, Endpoint } from "./measure.ts";
import { graphqlHeaders } from "./graphql.ts";
import type { PlatformIds, Writable } from "./ids.ts";
import { idsFromApi, idsFromSubgraph, movableTokens, walletOf } from "./found-ids.ts";
import { graphqlOutcome, rpcOutcome } from "./json-outcome.ts";
import type { Input } from "./json-outcome.ts";
import { failureDetail } from "./outcome.ts";
import { plan } from "./plan.ts";
import { discoveryQuery } from "./subgraph-discovery.ts";

/** @param cookie of any identity, for the API @throws Error starting with "headroom:" */
export function discoverIds(cookie: string | undefined): PlatformIds {
  const found = plan.targets.subgraph === undefined ? askApi(cookie ?? "") : askSubgraph();
  if (found.tokens.length === 0 || found.accounts.length === 0) {
    throw new Error(
      "headroom: the platform holds no tokens or no accounts: there is nothing to load",
    );
  }
  return found;
}

/** Wallets of all identities and tokens that are not paused. @throws Error starting with "headroom:" */
export function discoverWritable(cookies: readonly string[]): Writable {
  const wallets = cookies.flatMap((cookie) => walletOf(askProcedure("user/me", {}, cookie)));
  const tokens = movableTokens(askProcedure("token/list", {}, cookies[0] ?? ""));
  if (wallets.length < cookies.length || tokens.length === 0) {
    throw new Error(
      "headroom: writes need load identities with wallets and a token that is not paused",
    );
  }
  return { wallets, tokens };
}

function askSubgraph(): PlatformIds {
  const response = answered(endpointOf("subgraph", "setup.discover", "read"), {
    url: plan.targets.subgraph ?? "",
    body: JSON.stringify({ query: discoveryQuery }),
    headers: graphqlHeaders,
    responseType: "text",
    judge: (answer) =>
      graphqlOutcome(answer, { shape: ["systems.0.id", "tokens.#", "accounts.#"] }, {}),
  });
  return idsFromSubgraph(response.json("data"));
}

/** Three calls: the API alone tells all that API and pages need. */
function askApi(cookie: string): PlatformIds {
  const systems = askProcedure("system/list", {}, cookie);
  const tokens = askProcedure("token/list", {}, cookie);
  const [token] = idsFromApi({ systems, tokens, holders: undefined }).tokens;
  const holders =
    token === undefined
      ? undefined
      : askProcedure("token/holders", { tokenAddress: token.id }, cookie);
  return idsFromApi({ systems, tokens, holders });
}

function askProcedure(path: string, input: Input, cookie: string): unknown {
  const target = (plan.targets.api ?? plan.targets.web ?? "").replace(/\/$/, "");
  const response = answered(endpointOf("api", `setup.${path.replace("/", ".")}`, "read"), {
    url: `${target}/api/rpc/${path}`,
    body: JSON.stringify({ json: input }),
    headers: { "content-type": "application/json", cookie },
    responseType: "text",
    judge: (answer) => rpcOutcome(answer, { shape: [""] }, input),
  });
  return response.json("json");
}

function answered(endpoint: Endpoint, content: Content): Answer {
  const { response, outcome } = send(endpoint, content);
  if (outcome === "ok") return response;
  const request = failureDetail(endpoint.method, endpoint.name, response.status, outcome);
  throw new Error(
    `headroom: cannot learn what the platform holds; first failing request: ${request}`,
  );
}
