/** oRPC's wire format: POST `/api/rpc/<path>` with `{"json": input}`, answered with `{"json": output}`. */
import exec from "k6/execution";
import type { RequestKind } from "../../src/domain/surface.ts";
import { apiReads, apiWrites } from "./api-calls.ts";
import type { ApiCall, ApiRead, ApiWrite, Movement } from "./api-calls.ts";
import type { Writable } from "./ids.ts";
import type { Iteration } from "./iteration.ts";
import { rpcOutcome } from "./json-outcome.ts";
import type { Expected, Input } from "./json-outcome.ts";
import { endpointOf, send } from "./measure.ts";
import type { Endpoint } from "./measure.ts";
import { writes } from "./metrics.ts";
import { baseUrl, pincode, plan } from "./plan.ts";
import { apiHeaders, keepCookies } from "./session.ts";

const base = `${baseUrl("api")}/api/rpc/`;

interface Procedure {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly expected: Expected;
}

const procedures = new Map<string, Procedure>();

export function callRead(name: ApiRead, { ids, picker }: Iteration): void {
  const read: ApiCall = apiReads[name];
  call(procedureOf(name, read.path, "read", read), read.input(ids, picker));
}

/** What this virtual user minted to itself and has not yet passed on. */
let minted: { readonly token: string; readonly amount: string } | undefined;
let writeCount = 0;

/**
 * Mint and transfer in turn: each virtual user passes on what it minted before, so that a transfer never comes
 * before its mint is done, however slow the chain is.
 */
export function callWrite({ identity, picker }: Iteration, writable: Writable): void {
  const minter = writable.minters.find((one) => one.identity === identity);
  if (minter === undefined) return;
  if (minted === undefined) {
    const amount = nextAmount();
    const token = picker.one(minter.tokens);
    const movement = { token, recipient: minter.wallet, amount, pincode };
    if (write("token.mint", movement) === "ok") minted = { token, amount };
  } else {
    write("token.transfer", { ...minted, recipient: picker.one(writable.recipients), pincode });
    minted = undefined;
  }
}

/** Whether writes are read back after the load: they need something that tells each from all others. */
const areReadBack = plan.events !== undefined && plan.events.length > 0;
/** More than one virtual user writes in a run with an event. */
const writesOfOneUser = 10_000;

/**
 * Base units: one, the smallest amount that a token of any number of decimals moves, so that totals do not show it. The
 * platform's writes carry no key: where they are read back, each moves an amount that no other one moves.
 */
function nextAmount(): string {
  if (!areReadBack) return "1";
  writeCount += 1;
  return String(exec.vu.idInTest * writesOfOneUser + writeCount);
}

function write(name: ApiWrite, movement: Movement): string {
  const { path, input, shape } = apiWrites[name];
  const outcome = call(procedureOf(name, path, "write", { shape }), input(movement));
  const { token, amount } = movement;
  if (areReadBack) writes.add(1, { endpoint: name, token, amount, outcome });
  return outcome;
}

function call({ endpoint, url, expected }: Procedure, input: Input): string {
  const body = JSON.stringify({ json: input });
  const { response, outcome } = send(endpoint, {
    url,
    body,
    headers: apiHeaders(),
    responseType: "binary",
    judge: (answer) => rpcOutcome(answer, expected, input),
  });
  keepCookies(response);
  return outcome;
}

function procedureOf(name: string, path: string, kind: RequestKind, expected: Expected): Procedure {
  const known = procedures.get(name);
  if (known !== undefined) return known;
  const made: Procedure = {
    endpoint: endpointOf("api", name, kind),
    url: base + path,
    expected,
  };
  procedures.set(name, made);
  return made;
}
