import { expect, test } from "vitest";
import { clusterOptions, clusterRequest } from "./cluster-options.ts";
import { defineCommand, parseArguments } from "./command.ts";
import { option, wholeNumber } from "./options.ts";

const command = defineCommand({
  name: "try",
  positionals: [],
  options: { ...clusterOptions, "kubernetes-port": option(wholeNumber({ min: 0 }), "") },
  examples: [],
  run: () => Promise.resolve(0),
});

const requested = (...words: string[]) => clusterRequest(parseArguments(command, words).options);

test.each([
  [["--scale", "11"], '--scale: "11" is not a number from 1 to 10'],
  [["--replicas", "0"], '--replicas: "0" is not a whole number from 1 to 20'],
  [["--replicas", "21"], "from 1 to 20"],
  [["--replicas", "two"], '--replicas: "two" is not'],
  [["--kubernetes-port", "many"], '--kubernetes-port: "many" is not'],
  [["--hpa-fault", "lazy"], '--hpa-fault: unknown "lazy"'],
  [["--workloads", "one"], '--workloads: unknown "one"'],
  [["--replicas", "3", "--hpa-fault", "stuck"], "there is no autoscaler for --hpa-fault"],
])("refuses %j", (words, message) => {
  expect(() => requested(...words)).toThrow(message);
});

test.each([
  [[], undefined],
  [["--cluster"], {}],
  [["--replicas", "4"], { replicas: 4 }],
  [["--scale", "2.5"], { scale: 2.5 }],
  [
    ["--workloads", "dapp", "--hpa-fault", "stuck", "--kubernetes-port", "6443"],
    { mapping: "dapp", hpaFault: "stuck", kubernetesPort: 6443 },
  ],
])("%j asks for the cluster %j", (words, cluster) => {
  expect(requested(...words)).toEqual(cluster);
});
