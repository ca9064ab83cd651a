import { expect, test } from "vitest";
import { clusterOptions, clusterRequest } from "./cluster-options.ts";
import { parseArguments, type Command } from "./command.ts";

const command: Command = {
  name: "try",
  positionals: [],
  options: { ...clusterOptions, "kubernetes-port": { value: "PORT", help: "" } },
  examples: [],
  run: () => Promise.resolve(0),
};

const requested = (...words: string[]) => clusterRequest(parseArguments(command, words));

test.each([
  [["--scale", "11"], '--scale is "11", expected a number from 1 to 10'],
  [["--replicas", "0"], '--replicas is "0", expected a whole number from 1 to 20'],
  [["--replicas", "21"], "from 1 to 20"],
  [["--replicas", "two"], '--replicas is "two"'],
  [["--kubernetes-port", "many"], '--kubernetes-port is "many"'],
  [["--hpa-fault", "lazy"], '--hpa-fault is "lazy"'],
  [["--workloads", "one"], '--workloads is "one"'],
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
