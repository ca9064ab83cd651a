/** `rolling-update=api@60s`: an event of a resilience run, as it is typed. */
import { read, refused, type Parsed } from "../domain/parsed.ts";
import { parseDuration } from "../domain/quantity.ts";
import { eventKinds, eventText, type PlannedEvent } from "../domain/resilience.ts";
import { suggestion } from "./nearest.ts";

/** Without what makes it, which the environment decides. */
export type RequestedEvent = Omit<PlannedEvent, "by">;

export const eventShape = "KIND[=TARGET]@TIME";

export function parseEvent(words: string): Parsed<RequestedEvent> {
  const [, what = "", time] = /^(.*)@([^@]*)$/s.exec(words) ?? [];
  if (time === undefined)
    return refused(`"${words}" is not ${eventShape}: write rolling-update=api@60s`);
  const [, name = "", target] = /^([^=]*)(?:=(.*))?$/s.exec(what) ?? [];
  const kind = eventKinds.find((each) => each === name);
  const at = parseDuration(time);
  const problems = [
    ...(kind === undefined ? [`unknown event "${name}": ${suggestion(name, eventKinds)}`] : []),
    ...(target === "" ? [`"${words}" names no target after "="`] : []),
    ...(at.ok ? [] : [at.problem]),
  ];
  return kind === undefined || !at.ok || problems.length > 0
    ? refused(problems.join("; "))
    : read({ kind, target, atSeconds: at.value / 1000 });
}

/** The effects of events that are closer together cannot be told apart. */
const apartSeconds = 60;
/** The shortest time before an event that says how the platform was without it. */
const leastBeforeSeconds = 10;
/** After an event, objectives must hold for a whole minute. */
const leastAfterSeconds = 60;

/** @param holdSeconds length of the constant load @returns what is wrong with them together, one sentence each */
export function eventProblems(
  events: readonly RequestedEvent[],
  holdSeconds: number,
): readonly string[] {
  const inOrder = events.toSorted((one, next) => one.atSeconds - next.atSeconds);
  return inOrder.flatMap((event, index) => {
    const { atSeconds } = event;
    const shown = `--event ${eventText(event)}@${atSeconds}s`;
    const before = inOrder[index - 1];
    return [
      ...(atSeconds < leastBeforeSeconds
        ? [`${shown}: the load needs at least ${leastBeforeSeconds} s before it to compare with`]
        : []),
      ...(atSeconds + leastAfterSeconds > holdSeconds
        ? [
            `${shown}: the load holds for ${holdSeconds} s, and needs at least ${leastAfterSeconds} s after it: use an earlier time or a longer --duration`,
          ]
        : []),
      ...(before !== undefined && atSeconds - before.atSeconds < apartSeconds
        ? [
            `${shown}: only ${atSeconds - before.atSeconds} s after ${eventText(before)}: what two events do at once cannot be told apart, leave at least ${apartSeconds} s between them`,
          ]
        : []),
    ];
  });
}
