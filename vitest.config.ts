import { availableParallelism } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Headroom finds the sandbox as an installed package; tests take its sources, built or not. */
const resolve = {
  alias: { "@headroom-load/sandbox": path.resolve(import.meta.dirname, "sandbox/src/index.ts") },
};
const shared = { testTimeout: 20_000, hookTimeout: 60_000 };

/** Tests of real processes that mostly wait, for what takes seconds: side by side, but not beside calculations. */
const waiting = [
  "src/engine/{drive-load,real-k6,run-k6,watchdog}.test.ts",
  "src/observe/database/real-postgres.test.ts",
  "src/runners/{attach,runners-in-pods}.test.ts",
  "sandbox/src/process.test.ts",
  "sandbox/src/cluster/live-cluster.test.ts",
  "src/store/lock.test.ts",
];

/** Tests that measure this machine's time or CPU: a neighbour would slow what they measure. */
const timed = [
  "src/cli/signals.test.ts",
  "src/engine/calibrate.test.ts",
  "src/observe/generator.test.ts",
  "sandbox/src/faults/acting.test.ts",
  "sandbox/src/pods/gate.test.ts",
];

/**
 * End-to-end tests that judge what they measure: a neighbour would make their runs INVALID, or an autoscaler change its
 * mind. One saturates the machine itself.
 */
const measuring = [
  "tests/{autoscaling,breakers,main-job,faults,database-faults,mix,browser,invalid-runs,runners}.test.ts",
];

/** Those of the others that wait longest: begun last, they would run on alone. */
const longest = ["breakpoint", "ending-early", "hard-cases", "observer", "autoscaled-service"];

const rank = ({ moduleId }: TestSpecification): number => {
  const index = longest.indexOf(path.basename(moduleId, ".test.ts"));
  return moduleId.includes("/tests/") && index !== -1 ? index : longest.length;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the method of a sequencer, not of an array
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // By default one less than there are cores: one of two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: "unit",
          include: ["{src,analysis,reports,profiles,scenarios,bench,sandbox}/**/*.test.ts"],
          exclude: [...waiting, ...timed],
          // Files share the modules that they import: loading them for each takes longer than half of the tests.
          isolate: false,
          setupFiles: "src/testdata/unit-setup.ts",
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: "waiting",
          include: waiting,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          // The machine itself is a neighbour now and then.
          retry: 1,
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: "timed",
          include: timed,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          // The machine itself is a neighbour now and then.
          retry: 1,
        },
      },
      {
        resolve,
        // They wait for processes and for time to pass, more than they work.
        test: {
          ...shared,
          name: "end-to-end",
          include: ["tests/**/*.test.ts"],
          exclude: [...measuring, "tests/cluster/**"],
          maxWorkers: Math.max(2, availableParallelism()),
          maxConcurrency: 3,
          sequence: { groupOrder: 3 },
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: "end-to-end-alone",
          include: measuring,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        resolve,
        // On a real control plane, whose binaries are built first where they are missing.
        test: {
          ...shared,
          name: "cluster",
          include: ["tests/cluster/*.test.ts"],
          globalSetup: "tests/cluster/global-setup.ts",
          sequence: { groupOrder: 4 },
        },
      },
    ],
    coverage: {
      provider: "v8",
      // Of the folders that have a threshold: the others would only make the tests slower.
      include: ["{analysis,src/domain}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/testdata/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { "analysis/**": { lines: 90 }, "src/domain/**": { lines: 90 } },
    },
  },
});
