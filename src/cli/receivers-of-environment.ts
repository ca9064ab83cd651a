import { Problems } from "../config/problems.ts";
import { UsageError } from "../domain/errors.ts";
import { parseReceiver, receiverKinds, type Receiver } from "../notify/receivers.ts";
import type { Io } from "./io.ts";

/** Receivers of notifications in `HEADROOM_NOTIFY_*`. @throws UsageError for those that are none */
export function receiversOfEnvironment({ env }: Io): readonly Receiver[] {
  const problems = new Problems();
  const receivers = receiverKinds.flatMap((kind) => {
    const name = `HEADROOM_NOTIFY_${kind.toUpperCase()}`;
    const url = env[name] ?? "";
    return url === "" ? [] : (problems.take(name, parseReceiver(`${kind}=${url}`, env)) ?? []);
  });
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  return receivers;
}
