/** Options of `headroom simulate`, of all its modes. */
import { newestKubernetes, oldestKubernetes } from "../../../../analysis/autoscaling/types.ts";
import { nodePools } from "../../../../profiles/platform/node-pools.ts";
import { workloads as specified } from "../../../../profiles/platform/workloads.ts";
import { suggestion } from "../../../config/nearest.ts";
import { mapParsed, read, refused, type Parsed } from "../../../domain/parsed.ts";
import {
  parseCores,
  parseNumber,
  parseRange,
  parseWholeNumber,
  within,
} from "../../../domain/quantity.ts";
import { isSurface, surfaces, type Surface } from "../../../domain/surface.ts";
import type { Values } from "../../command.ts";
import {
  duration,
  file,
  flag,
  number,
  option,
  repeatable,
  share,
  string,
  wholeNumber,
  type Kind,
} from "../../options.ts";
import { runsOption } from "../../run-options.ts";
import { kubernetesVersion } from "./controller.ts";
import { grid } from "./sweep-grid.ts";

export const defaultLoad = "step:2000/min..10000/min";

/** The workloads with an autoscaler; each serves the surface of its name. */
export type WorkloadName = Surface;

export interface NamedWorkload {
  readonly name: WorkloadName;
  /** Absent: all of it; of a profile, what the profile sends there. */
  readonly share?: number;
}

/** `api`, `web=5%` */
const workload: Kind<NamedWorkload> = {
  name: "workload",
  shown: "NAME[=SHARE]",
  parse: (words, variables) => {
    const at = words.indexOf("=");
    const name = at === -1 ? words : words.slice(0, at);
    if (!isSurface(name))
      return refused(
        Object.hasOwn(specified, name)
          ? `${name} has a fixed size, there is nothing to simulate; known: ${surfaces.join(", ")}`
          : `unknown workload "${name}": ${suggestion(name, surfaces)}`,
      );
    if (at === -1) return read({ name });
    return mapParsed(share.parse(words.slice(at + 1), variables), (part) => ({
      name,
      share: part,
    }));
  },
};

export interface NodeRange {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** `2..10`, `1..5x4` (nodes of 4 cores), `none`. Memory goes with the cores as in the application pool. */
function parseNodes(words: string): Parsed<NodeRange | "none"> {
  if (words === "none") return read("none");
  const pool = nodePools.application;
  const [range = "", cores = String(pool.cpuCores), ...more] = words.split("x");
  const ends = parseRange(range, (text) => parseWholeNumber(text, { min: 1 }));
  const size = parseCores(cores);
  return more.length > 0 || !ends.ok || !size.ok || size.value === 0
    ? refused(
        `"${words}" is not a range of nodes: write 2..10, 1..5x4 for nodes of 4 cores, or none`,
      )
    : read({
        minNodes: ends.value.low,
        maxNodes: ends.value.high,
        cpuCores: size.value,
        memoryBytes: (size.value * pool.memoryBytes) / pool.cpuCores,
      });
}

const nodes: Kind<NodeRange | "none"> = { name: "nodes", shown: "RANGE", parse: parseNodes };

const longestHours = 24 * 31;

const hours: Kind<number> = {
  ...number({}),
  parse: within(
    (words) => parseNumber(words, { max: longestHours }),
    (value) => value > 0,
    "a number of hours above 0",
  ),
};

export const simulateOptions = {
  load: option(
    string("SHAPE"),
    "traffic: a load profile, FILE.csv (seconds,requestsPerMinute), day:10000/min, step:LOW..HIGH[@10m..30m], run:RUN",
    { default: defaultLoad },
  ),
  hpa: option(
    string("POLICY"),
    "spec (the specification's policies, default) or an autoscaling/v2 manifest: FILE.json, - for standard input, cluster:NAMESPACE by KUBECONFIG",
  ),
  workload: repeatable(workload, "web, api or subgraph, and its share of the load (default api)"),
  nodes: option(
    nodes,
    "nodes: 2..10 (default, of 8 cores), 1..5x4 for nodes of 4 cores, none for no limit",
  ),
  price: option(number({ min: 0 }), "price per node-hour, for the cost over time"),
  hours: option(hours, "simulated time (default 1, or the length of the traffic)"),
  "cpu-per-request": option(duration, "CPU time of a request, measured (default 8ms)"),
  "base-p95": option(duration, "p95 of the idle platform, measured (default 60ms)"),
  "pod-start": option(duration, "from a pod's start to ready, measured (default 15s)"),
  sweep: repeatable(
    grid,
    "vary the policy: target=0.5..0.9,min=2..4,max=8,12,up=2/30s,4/30s,down=1/60s,window=0s,300s",
  ),
  "kubernetes-version": option(
    kubernetesVersion,
    `whose autoscaler: ${oldestKubernetes} to ${newestKubernetes} (default: the cluster's or recording's own where known, else ${newestKubernetes})`,
  ),
  seed: option(wholeNumber({ min: 0 }), "makes delays and noise repeatable", { default: "1" }),
  output: option(file, "write a page with pictures; - is stdout", { short: "o" }),
  json: flag("one JSON document on stdout (hpa: one line per trace)"),
  replay: option(file, "hpa: recorded inputs, one JSON object a line; - is stdin"),
  "from-run": option(
    string("RUN"),
    "hpa: replay what a recorded run's autoscalers saw, and compare with what they decided",
  ),
  runs: runsOption,
  compare: flag("hpa: compare with the field expected; status 1 below 95 % of ticks"),
  explain: flag("hpa: with --json, explain every tick"),
  strict: flag("lint: status 1 where a finding is a P1"),
};
export type SimulateValues = Values<typeof simulateOptions>;
