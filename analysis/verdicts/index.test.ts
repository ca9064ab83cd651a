import { describe, expect, test } from "vitest";
import { measure } from "../measurements/index.ts";
import { testRun } from "../testdata/test-run.ts";
import { factsOf } from "../run-facts.ts";
import { checks } from "./index.ts";

const judgesAll = { throughput: true, latency: true, errors: true };
const data = testRun({ plan: { judges: judgesAll, availabilityTarget: 0.99 } });
const inputs = factsOf(data, measure(data));
const silence = factsOf(data, measure({ ...data, windows: [] }));

describe.each(Object.entries(checks))("%s", (id, check) => {
  test("its id is its key, and its verdict's", () => {
    expect(check.id).toBe(id);
    expect(check.run(inputs)).toMatchObject([{ verdict: { checkId: id, title: check.title } }]);
  });

  test("without data it never passes", () => {
    const [result] = check.run(silence);
    const { verdict, shortage } = result ?? {};
    expect(verdict?.outcome).toBe("not-applicable");
    // The database has no observer: nothing is short where nothing can be measured.
    expect(shortage !== undefined).toBe(id !== "database.query.p95");
  });

  test("a profile that does not ask gets no judgement", () => {
    const judges = { throughput: false, latency: false, errors: false };
    const [result] = check.run({ ...silence, plan: { ...data.run.plan, judges } });
    const { verdict, shortage } = result ?? {};
    expect(verdict?.outcome).toBe("not-applicable");
    expect(shortage).toBeUndefined();
  });

  test("it reads only what it requires", () => {
    const read = new Set<string>();
    const watched = new Proxy(inputs, {
      get(target, key, receiver) {
        read.add(String(key));
        return Reflect.get(target, key, receiver);
      },
    });
    check.run(watched);
    expect([...check.requires, ...(check.optional ?? [])]).toEqual(
      expect.arrayContaining([...read]),
    );
  });
});
