/** Why a command was stopped before its end, where that was not Ctrl-C: the reason of its abort signal. */
export class StopRequest extends Error {
  /** Whoever waits on the signal is rejected with it, as with the platform's own reason. */
  override readonly name = "AbortError";
}

/** For people: who stopped it. */
export const stopMessage = ({ reason }: { readonly reason: unknown }): string =>
  reason instanceof StopRequest ? reason.message : "stopped by hand";
