import { expect, test } from "vitest";
import { fingerprintOfAll } from "./fingerprint-of-all.ts";

const pod = {
  cpuModel: "A",
  cpuCores: 2,
  memoryBytes: 4e9,
  platform: "linux/x64",
  nodeVersion: "22.23.1",
};

test("what all runners use is compared with the cores and the memory of all their pods", () => {
  expect(fingerprintOfAll([pod, pod, { ...pod, cpuModel: "B" }])).toEqual({
    ...pod,
    cpuModel: "A and B",
    cpuCores: 6,
    memoryBytes: 12e9,
  });
});
