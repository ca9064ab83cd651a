/** oRPC's wire format: POST `/api/rpc/<path>` with `{"json": input}`, answered with `{"json": output}`. */
import type { RequestKind } from "../../src/domain/surface.ts";
import { apiReads, apiWrites } from "./api-calls.ts";
import type { ApiRead, ApiWrite, Movement, Shape } from "./api-calls.ts";
import type { Writable } from "./ids.ts";
import type { Iteration } from "./iteration.ts";
import { hasShape } from "./json-shape.ts";
import { endpointOf, send } from "./measure.ts";
import type { Answer, Endpoint } from "./measure.ts";
import { pincode, plan } from "./plan.ts";
import { apiHeaders, keepCookies } from "./session.ts";

const base = `${(plan.targets.api ?? "").replace(/\/$/, "")}/api/rpc/`;

interface Procedure {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly judge: (response: Answer) => string;
}

const procedures = new Map<string, Procedure>();

export function callRead(name: ApiRead, { ids, picker }: Iteration): void {
  const { path, input, shape } = apiReads[name];
  call(procedureOf(name, path, "read", shape), input(ids, picker));
}

/** What this virtual user minted to itself and has not yet passed on. */
let minted: string | undefined;

/**
 * Mint and transfer in turn: each virtual user passes on what it minted before, so that a transfer never comes
 * before its mint is done, however slow the chain is.
 */
export function callWrite({ identity, ids, picker }: Iteration, writable: Writable): void {
  const wallet = writable.wallets[identity] ?? "";
  if (minted === undefined) {
    const token = picker.one(writable.tokens);
    if (write("token.mint", { token, recipient: wallet, pincode }) === "ok") minted = token;
  } else {
    write("token.transfer", { token: minted, recipient: picker.one(ids.accounts), pincode });
    minted = undefined;
  }
}

function write(name: ApiWrite, movement: Movement): string {
  const { path, input, shape } = apiWrites[name];
  return call(procedureOf(name, path, "write", shape), input(movement));
}

function call({ endpoint, url, judge }: Procedure, input: unknown): string {
  const body = JSON.stringify({ json: input });
  const { response, outcome } = send(endpoint, {
    url,
    body,
    headers: apiHeaders(),
    responseType: "text",
    judge,
  });
  keepCookies(response);
  return outcome;
}

function procedureOf(name: string, path: string, kind: RequestKind, shape: Shape): Procedure {
  const known = procedures.get(name);
  if (known !== undefined) return known;
  const made: Procedure = {
    endpoint: endpointOf("api", name, kind),
    url: base + path,
    judge: (response) => (hasShape(response, "json", shape) ? "ok" : "wrong_shape"),
  };
  procedures.set(name, made);
  return made;
}
