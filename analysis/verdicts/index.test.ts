import { describe, expect, test } from "vitest";
import { measure } from "../measurements/index.ts";
import { testRun } from "../testdata/test-run.ts";
import { checkInputs } from "./check-inputs.ts";
import { checks } from "./index.ts";

const judgesAll = { throughput: true, latency: true, errors: true };
const data = testRun({ plan: { judges: judgesAll, availabilityTarget: 0.99 } });
const inputs = checkInputs(data.run.plan, measure(data));
const silence = checkInputs(data.run.plan, measure({ ...data, windows: [] }));

describe.each(Object.entries(checks))("%s", (id, check) => {
  test("its id is its key, and its verdict's", () => {
    expect(check.id).toBe(id);
    expect(check.run(inputs).verdict).toMatchObject({ checkId: id, title: check.title });
  });

  test("without data it never passes", () => {
    const { verdict, shortage } = check.run(silence);
    expect(verdict.outcome).toBe("not-applicable");
    // The database has no observer: nothing is short where nothing can be measured.
    expect(shortage !== undefined).toBe(id !== "database.query.p95");
  });

  test("a profile that does not ask gets no judgement", () => {
    const judges = { throughput: false, latency: false, errors: false };
    const { verdict, shortage } = check.run({ ...silence, plan: { ...data.run.plan, judges } });
    expect(verdict.outcome).toBe("not-applicable");
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
    expect(check.requires).toEqual(expect.arrayContaining([...read]));
  });
});
