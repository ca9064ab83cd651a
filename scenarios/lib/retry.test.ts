import { describe, expect, test } from "vitest";
import { untilAnswered } from "./retry.ts";

/** Answers each request by the list of statuses that it stands for, one a call; the last one stays. */
function recorded(statuses: Readonly<Record<string, readonly number[]>>) {
  const calls: string[][] = [];
  const asked = new Map<string, number>();
  const send = (open: readonly string[]): readonly number[] => {
    calls.push([...open]);
    return open.map((name) => {
      const time = asked.get(name) ?? 0;
      asked.set(name, time + 1);
      return statuses[name]?.[time] ?? statuses[name]?.at(-1) ?? 200;
    });
  };
  let pauses = 0;
  const answers = untilAnswered(Object.keys(statuses), send, {
    mayPass: (status) => status === 0 || status >= 500,
    pause: () => (pauses += 1),
  });
  return { answers, calls, pauses };
}

describe("calls before the load", () => {
  test.each([
    ["all answered at once", { a: [200], b: [200] }, [200, 200], [["a", "b"]]],
    [
      "one fails once: it alone is asked again",
      { a: [200], b: [500, 200] },
      [200, 200],
      [["a", "b"], ["b"]],
    ],
    ["no answer counts as a failure that may pass", { a: [0, 200] }, [200], [["a"], ["a"]]],
    [
      "five attempts, then the failure stands",
      { a: [500] },
      [500],
      Array.from({ length: 5 }, () => ["a"]),
    ],
    ["a refusal is not asked again", { a: [403], b: [200] }, [403, 200], [["a", "b"]]],
    ["the last answer counts", { a: [503, 401] }, [401], [["a"], ["a"]]],
  ])("%s", (_reason, statuses, expected, calls) => {
    const seen = recorded(statuses);
    expect(seen.answers).toEqual(expected);
    expect(seen.calls).toEqual(calls);
    expect(seen.pauses).toBe(calls.length - 1);
  });

  test("nothing to ask", () => {
    expect(recorded({})).toEqual({ answers: [], calls: [], pauses: 0 });
  });
});
