/** Events that a person makes: the terminal says what to do, and a file says that it is done. */
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { pause } from "../observe/pause.ts";
import type { EventMaker } from "./event-maker.ts";

const pollMs = 250;
/** In the run's directory. */
const doneFile = "event-done";

export const handEvents = (
  what: string,
  { directory, say }: { readonly directory: string; readonly say: (line: string) => void },
): EventMaker => ({
  check: async () => undefined,
  make: async ({ kind }, { signal }) => {
    const file = path.join(directory, `${doneFile}-${kind}`);
    // Of an earlier event of the same kind.
    rmSync(file, { force: true });
    say(`event ${kind}: now ${what}; when it is over: touch ${file}`);
    while (!signal.aborted && !existsSync(file)) await pause(pollMs, signal);
    return signal.aborted ? `nobody said that it was over (${file})` : undefined;
  },
});
