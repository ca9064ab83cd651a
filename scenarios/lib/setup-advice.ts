/** Advice for a failed call before the load. */

/** @param status 0: no answer    @returns one sentence */
export function setupAdvice(status: number, outcome: string): string {
  if (status === 404 || outcome === "wrong_shape" || outcome === "error_output") {
    return "The target's contract differs from the one that the scenarios use: compare them with headroom doctor --contract.";
  }
  if (status === 400 || status === 422 || outcome === "graphql_errors") {
    return "The target refuses this input: compare its contract with headroom doctor --contract.";
  }
  if (status === 401) return "The session was not accepted: check the API target and its clock.";
  if (status === 403) {
    return "The identity is not allowed to do this: it needs a wallet, and the platform a system.";
  }
  if (status === 429) return "The target rate-limits requests (429): wait a minute.";
  if (status >= 500) return "The target fails: check its health before loading it.";
  return "The target does not answer as expected: check its address.";
}
