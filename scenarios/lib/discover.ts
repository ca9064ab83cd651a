/** Real ids, read once before the load: invented ones would measure "not found" responses. */
import { sleep } from "k6";
import { endpointOf, sendTogether } from "./measure.ts";
import type { Answer, Content, Endpoint, Measured } from "./measure.ts";
import { graphqlHeaders } from "./graphql.ts";
import type { PlatformIds } from "./ids.ts";
import { factoriesOf, hasHolders, idsFromApi, idsFromSubgraph, tokensOf } from "./found-ids.ts";
import { graphqlOutcome, rpcOutcome } from "./json-outcome.ts";
import type { Input } from "./json-outcome.ts";
import { failureDetail } from "./outcome.ts";
import { isTransient, retryPauseSeconds, setupTimeoutMs, untilAnswered } from "./retry.ts";
import { setupAdvice } from "./setup-advice.ts";
import { plan } from "./plan.ts";
import { discoveryQuery } from "./subgraph-discovery.ts";

/** @param cookie of any identity, for the API @throws Error starting with "headroom:" */
export function discoverIds(cookie: string | undefined): PlatformIds {
  const found = plan.targets.subgraph === undefined ? askApi(cookie ?? "") : askSubgraph();
  const source = plan.targets.subgraph === undefined ? "token.list" : "the subgraph";
  if (found.tokens.length === 0) {
    throw new Error(
      `headroom: the platform has no tokens (${source}): create some with an issuer before the run`,
    );
  }
  if (found.accounts.length === 0) {
    throw new Error(
      `headroom: none of the platform's tokens has a holder (${source}): mint some before the run`,
    );
  }
  return found;
}

function askSubgraph(): PlatformIds {
  const endpoint = endpointOf("subgraph", "setup.discover", "read");
  const sent = sentTogether(endpoint, [
    {
      url: plan.targets.subgraph ?? "",
      body: JSON.stringify({ query: discoveryQuery }),
      headers: graphqlHeaders,
      responseType: "text",
      timeoutMs: setupTimeoutMs,
      judge: (answer) =>
        graphqlOutcome(answer, { shape: ["systems.0.id", "tokens.#", "accounts.#"] }, {}),
    },
  ]);
  const [response] = sent.map((one) => accepted(endpoint, one));
  return idsFromSubgraph(response?.json("data"));
}

/** Number of tokens whose holders are read before the platform counts as one without any. */
const mostAsked = 10;

/** The API alone: the system, its factories, the tokens of each, and the holders of the first token that has some. */
function askApi(cookie: string): PlatformIds {
  const system = askProcedure("system/read", { id: "default" }, cookie);
  const factories = factoriesOf(askProcedure("system/factory/list", { hasTokens: true }, cookie));
  const tokens = factories.map((factory) => ({
    factory,
    output: askProcedure("token/list", { tokenFactory: factory }, cookie),
  }));
  const holders: unknown[] = [];
  // Of each factory in turn: holders of one kind of token may be few.
  for (const { output } of tokens) {
    for (const tokenAddress of tokensOf(output).slice(0, mostAsked)) {
      const answer = askProcedure("token/holders", { tokenAddress }, cookie);
      holders.push(answer);
      if (hasHolders(answer)) break;
    }
  }
  return idsFromApi({ system, tokens, holders });
}

/** One call of the setup. @throws Error starting with "headroom:" that names the call and says what to do */
const askProcedure = (path: string, input: Input, cookie: string): unknown =>
  askTogether(path, [{ input, cookie }])[0];

/** What one call of the setup sends, and as whom. */
interface Ask {
  readonly input: Input;
  /** The `Cookie` header. */
  readonly cookie: string;
}

/**
 * Calls to one procedure side by side, a few at a time: one after another they would delay the load by seconds.
 * @param needed some: a call that fails for good on the platform's side, while others are answered, has no output
 * @returns the outputs in the order of the asks
 * @throws Error starting with "headroom:" that names the procedure and says what to do, for the first that failed
 */
export function askTogether(
  path: string,
  asks: readonly Ask[],
  needed: "all" | "some" = "all",
): readonly unknown[] {
  const endpoint = setupEndpoint(path);
  const sent = sentTogether(
    endpoint,
    asks.map((ask) => setupCall(path, ask)),
  );
  const mayLack = needed === "some" && sent.some(({ outcome }) => outcome === "ok");
  return sent.map((one) =>
    mayLack && isTransient(one.response) ? undefined : accepted(endpoint, one).json("json"),
  );
}

const setupEndpoint = (path: string): Endpoint =>
  endpointOf("api", `setup.${path.replaceAll("/", ".")}`, "read");

function setupCall(path: string, { input, cookie }: Ask): Content {
  const target = (plan.targets.api ?? plan.targets.web ?? "").replace(/\/$/, "");
  return {
    url: `${target}/api/rpc/${path}`,
    body: JSON.stringify({ json: input }),
    headers: { "content-type": "application/json", cookie },
    responseType: "text",
    timeoutMs: setupTimeoutMs,
    judge: (response) => rpcOutcome(response, { shape: [""] }, input),
  };
}

const sentTogether = (endpoint: Endpoint, contents: readonly Content[]): readonly Measured[] =>
  untilAnswered(contents, (open) => sendTogether(endpoint, open), {
    mayPass: ({ response }) => isTransient(response),
    pause: () => sleep(retryPauseSeconds),
  });

function accepted(endpoint: Endpoint, { response, outcome }: Measured): Answer {
  if (outcome === "ok") return response;
  const code = errorCodeOf(response);
  const request = failureDetail(endpoint.method, endpoint.name, response.status, outcome, code);
  throw new Error(
    `headroom: cannot read ids from the platform; first failing request: ${request}. ` +
      setupAdvice(response.status, outcome),
  );
}

/** The name of an oRPC error; k6 throws on a body that is not JSON. */
function errorCodeOf(response: Answer): unknown {
  try {
    return response.json("json.code");
  } catch {
    return undefined;
  }
}
