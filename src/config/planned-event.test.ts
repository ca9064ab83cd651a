import { describe, expect, test } from "vitest";
import { eventProblems, parseEvent } from "./planned-event.ts";

describe("an event as it is typed", () => {
  test.each([
    ["rolling-update=api@60s", { kind: "rolling-update", target: "api", atSeconds: 60 }],
    ["node-drain=node-1@1m30s", { kind: "node-drain", target: "node-1", atSeconds: 90 }],
    ["cache-flush@2m", { kind: "cache-flush", target: undefined, atSeconds: 120 }],
    ["pod-deletion=api@7@60s", { kind: "pod-deletion", target: "api@7", atSeconds: 60 }],
  ])("%s", (words, event) => {
    expect(parseEvent(words)).toStrictEqual({ ok: true, value: event });
  });

  test.each([
    ["rolling-update=api", '"rolling-update=api" is not KIND[=TARGET]@TIME'],
    ["roling-update@60s", 'unknown event "roling-update"'],
    ["cache-flush=@60s", "names no target"],
    ["cache-flush@soon", '"soon" is not a duration'],
    ["flush=@soon", 'unknown event "flush"'],
    ["flush=@soon", '"soon" is not a duration'],
  ])("%s is refused", (words, problem) => {
    const parsed = parseEvent(words);
    expect(parsed.ok ? "" : parsed.problem).toContain(problem);
  });
});

const event = (atSeconds: number) =>
  ({ kind: "cache-flush", target: undefined, atSeconds }) as const;

describe("events together", () => {
  test("a minute apart, with time before and after", () => {
    expect(eventProblems([event(60), event(120)], 180)).toStrictEqual([]);
  });

  test("every problem is named, in the order of time", () => {
    expect(eventProblems([event(130), event(9), event(60)], 180)).toStrictEqual([
      "--event cache-flush@9s: the load needs at least 10 s before it to compare with",
      "--event cache-flush@60s: only 51 s after cache-flush: what two events do at once cannot be told apart, leave at least 60 s between them",
      "--event cache-flush@130s: the load holds for 180 s, and needs at least 60 s after it: use an earlier time or a longer --duration",
    ]);
  });
});
