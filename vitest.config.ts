import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{src,analysis,reports,profiles,scenarios,tests,bench}/**/*.test.ts"],
    testTimeout: 20_000,
    coverage: {
      provider: "v8",
      include: ["{src,analysis,reports,profiles}/**/*.ts"],
      exclude: ["**/*.test.ts", "**/testdata/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { "analysis/**": { lines: 90 }, "src/domain/**": { lines: 90 } },
    },
  },
});
