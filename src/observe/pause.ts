import { setTimeout } from "node:timers/promises";
import { timerMs } from "../domain/timer.ts";

/** Waits so long, or until the signal aborts. */
export const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  setTimeout(timerMs(ms), undefined, { signal }).catch(() => undefined);
