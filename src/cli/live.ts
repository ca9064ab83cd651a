/** `--live` of the commands that load something. */
import type { RunContext } from "../pipeline.ts";
import { LiveSession } from "../live/live-session.ts";
import { say, type Io } from "./io.ts";
import { openInBrowser } from "./open.ts";
import type { LoadValues } from "./run-options.ts";

/**
 * Does the work of a command with a live view of it, where one is asked for.
 * @throws UsageError before the work where the port cannot be served
 */
export async function withLiveView<Context extends RunContext, Result>(
  { live: port, open }: Pick<LoadValues, "live" | "open">,
  context: Context,
  io: Io,
  work: (context: Context, live?: LiveSession) => Promise<Result>,
): Promise<Result> {
  if (port === undefined) return work(context);
  const live = await LiveSession.open({
    port,
    command: ["headroom", ...io.commandLine].join(" "),
    headroom: context.headroomVersion,
    interrupted: io.interrupted,
    now: io.now,
  });
  try {
    say(io, `Live: ${live.url}`);
    if (open === true) openInBrowser(live.url, io);
    return await work(live.following(context), live);
  } finally {
    await live.end();
  }
}
