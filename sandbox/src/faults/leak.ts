import { mapParsed } from "../../../src/domain/parsed.ts";
import { readGrowth, writeGrowth } from "./amounts.ts";
import type { FaultKind } from "./fault-kind.ts";

/** The process keeps more and more memory. */
interface LeakFault {
  readonly kind: "leak";
  readonly bytesPerMinute: number;
}

/** It stops growing here: the machine is not ours alone. */
export const leakCeilingBytes = 512e6;
const stepMs = 200;

export const leak: FaultKind<LeakFault> = {
  form: "leak=<size>/<time>",
  example: "leak=50MB/min",
  parse: (text) =>
    mapParsed(readGrowth(text), (bytesPerMinute) => ({ kind: "leak", bytesPerMinute })),
  format: ({ bytesPerMinute }) => writeGrowth(bytesPerMinute),
  act: ({ bytesPerMinute }, { now }) => ({
    begin() {
      const kept: Buffer[] = [];
      const beganAt = now();
      let keptBytes = 0;
      const timer = setInterval(() => {
        const due = Math.min(leakCeilingBytes, ((now() - beganAt) / 60_000) * bytesPerMinute);
        const more = Math.floor(due - keptBytes);
        if (more <= 0) return;
        // Filled: a page that nobody wrote to takes no memory.
        kept.push(Buffer.alloc(more, 1));
        keptBytes += more;
      }, stepMs);
      timer.unref();
      return () => {
        clearInterval(timer);
        kept.length = 0;
      };
    },
  }),
  expect: () => ({
    note: "takes an observer of the platform's memory; it ends at 512 MB",
  }),
};
