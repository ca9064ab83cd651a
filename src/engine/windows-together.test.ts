import { describe, expect, test } from "vitest";
import type { WindowRecord } from "../domain/window.ts";
import { WindowsTogether } from "./windows-together.ts";

const windowOf = (generator: string, second: number): WindowRecord =>
  ({ type: "window", generator, at: second * 1000 }) as never;

function together(runners: readonly string[]) {
  const handedOn: string[] = [];
  const windows = new WindowsTogether(runners, ({ generator, at }) =>
    handedOn.push(`${generator}@${at / 1000}`),
  );
  return { windows, handedOn };
}

test("windows of a runner alone are handed on at once", () => {
  const { windows, handedOn } = together(["0"]);
  for (const second of [1, 2, 1, 3]) windows.add(windowOf("0", second));
  expect(handedOn).toEqual(["0@1", "0@2", "0@1", "0@3"]);
});

describe("of two runners", () => {
  test("a second is handed on when both have reported it or a later one", () => {
    const { windows, handedOn } = together(["1", "2"]);
    windows.add(windowOf("1", 1));
    windows.add(windowOf("1", 2));
    expect(handedOn).toEqual([]);
    windows.add(windowOf("2", 1));
    expect(handedOn).toEqual(["1@1", "2@1"]);
    windows.add(windowOf("2", 3));
    expect(handedOn).toEqual(["1@1", "2@1", "1@2"]);
  });

  test("one that has ended holds nobody up", () => {
    const { windows, handedOn } = together(["1", "2"]);
    windows.add(windowOf("1", 1));
    windows.end("2");
    windows.add(windowOf("1", 2));
    expect(handedOn).toEqual(["1@1", "1@2"]);
    windows.end("1");
    windows.add(windowOf("1", 3));
    expect(handedOn).toEqual(["1@1", "1@2", "1@3"]);
  });

  test("one that reports nothing for ten seconds holds nobody up any more", () => {
    const { windows, handedOn } = together(["1", "2"]);
    for (let second = 1; second <= 12; second++) windows.add(windowOf("1", second));
    expect(handedOn).toEqual(["1@1", "1@2"]);
  });
});
