import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const shared = { testTimeout: 20_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // By default one less than there are cores: one of two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["{src,analysis,reports,profiles,scenarios,bench}/**/*.test.ts"],
        },
      },
      {
        // Runs alone: what it measures would suffer from neighbours.
        test: {
          ...shared,
          name: "end-to-end",
          include: ["tests/**/*.test.ts"],
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["{src,analysis,reports,profiles}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/testdata/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { "analysis/**": { lines: 90 }, "src/domain/**": { lines: 90 } },
    },
  },
});
