/**
 * What one load generator's windows amount to, and what it takes to read and merge those of several: seeded, in one process,
 * ten seconds. The rate and the names are those of the profile `nightly`: 6 windows of surfaces and kinds and 8 of flows each
 * second, 113 of endpoints every ten.
 *
 *   node bench/run.mjs windows     # `doctor --scale` has its figures: analysis/scale-figures.ts
 */
import { Histogram } from "../src/domain/histogram.ts";
import { seededRandom } from "../src/domain/random.ts";
import type { ResponseTags } from "../src/domain/sample.ts";
import { allFlows, type WindowRecord } from "../src/domain/window.ts";
import { WindowBuilder } from "../src/engine/window-builder.ts";
import { writeResult } from "./shared/results.ts";

const requestsPerSecond = 3000;
const seconds = 60;
const generators = 4;
const start = 1_800_000_000_000;

/** By share of the requests; the endpoints of each kind are equally often. */
const kinds = [
  { surface: "api", kind: "read", flow: "api-reads", endpoints: 50, share: 0.65 },
  { surface: "api", kind: "write", flow: "api-writes", endpoints: 2, share: 0.01 },
  { surface: "subgraph", kind: "read", flow: "subgraph", endpoints: 50, share: 0.2 },
  { surface: "web", kind: "read", flow: "web", endpoints: 5, share: 0.06 },
  { surface: "web", kind: "asset", flow: "investor", endpoints: 1, share: 0.08 },
] as const;
const flows = [...new Set(kinds.map(({ flow }) => flow)), "issuer", "administrator"];

const tagged = kinds.flatMap(({ endpoints, share, ...tags }) =>
  Array.from({ length: endpoints }, (_, index) => ({
    share: share / endpoints,
    tags: {
      ...tags,
      metric: "response",
      endpoint: `${tags.surface}.operation-${index}`,
      outcome: "ok",
      phase: "hold",
    } satisfies ResponseTags,
  })),
);

function linesOf(generator: number): readonly string[] {
  const uniform = seededRandom(generator + 1);
  const lines: string[] = [];
  const emit = (record: WindowRecord): void => void lines.push(JSON.stringify(record));
  const builder = new WindowBuilder({ generator: String(generator), emit });
  const pages = tagged.map(({ tags }) => ({ ...tags, metric: "page", kind: "page" }) as const);
  for (let index = 0; index < requestsPerSecond * seconds; index++) {
    const at = start + (index * 1000) / requestsPerSecond;
    let left = uniform();
    const chosen = tagged.findIndex(({ share }) => (left -= share) < 0);
    const { tags } = tagged[chosen] ?? tagged[0]!;
    const ms = Math.exp(uniform() + uniform() + uniform()) * 20;
    builder.response(tags, at, ms);
    const page = pages[chosen];
    if (page?.surface === "web" && tags.kind === "read") builder.response(page, at, ms * 1.5);
    const flow = { flow: flows[index % flows.length] ?? allFlows, phase: "hold" };
    builder.lag(flow, at, uniform() * 2);
    builder.iteration(flow, at);
    if (index % requestsPerSecond === 0) builder.users(at, 500);
  }
  builder.close();
  return lines;
}

const lines = Array.from({ length: generators }, (_, index) => linesOf(index)).flat();

const kindOf = (record: WindowRecord): "surface" | "flow" | "endpoint" => {
  if (record.type === "flow") return "flow";
  return record.endpoint === undefined ? "surface" : "endpoint";
};
const totals = { surface: [0, 0], flow: [0, 0], endpoint: [0, 0] };
for (const line of lines) {
  const total = totals[kindOf(JSON.parse(line) as WindowRecord)];
  total[0]!++;
  total[1]! += line.length + 1;
}

/** Every line read, and its histogram added to that of its key and time. */
function merge(): Map<string, Histogram> {
  const merged = new Map<string, Histogram>();
  for (const line of lines) {
    const record = JSON.parse(line) as WindowRecord;
    const { at, phase } = record;
    const [key, json] =
      record.type === "flow"
        ? [`${record.flow} ${phase} ${at}`, record.lag]
        : [
            `${record.metric} ${record.surface} ${record.kind} ${record.endpoint ?? ""} ${phase} ${at}`,
            record.histogram,
          ];
    const histogram = Histogram.fromJSON(json);
    const sum = merged.get(key);
    if (sum === undefined) merged.set(key, histogram);
    else sum.merge(histogram);
  }
  return merged;
}

merge();
const before = process.cpuUsage();
const repetitions = 5;
let merged = new Map<string, Histogram>();
for (let index = 0; index < repetitions; index++) merged = merge();
const { user, system } = process.cpuUsage(before);
const microsecondsPerWindow = (user + system) / repetitions / lines.length;

const bytesOf = ([count = 0, bytes = 0]: readonly number[]): number => Math.round(bytes / count);
const perGenerator = ([count = 0]: readonly number[]): number => count / generators / seconds;
const result = {
  requestsPerSecond,
  generators,
  seconds,
  windowsPerSecond: Object.fromEntries(
    Object.entries(totals).map(([name, total]) => [
      name,
      Math.round(perGenerator(total) * 10) / 10,
    ]),
  ),
  bytes: Object.fromEntries(Object.entries(totals).map(([name, total]) => [name, bytesOf(total)])),
  microsecondsPerWindow: Math.round(microsecondsPerWindow * 10) / 10,
  windowsPerSecondAndCore: Math.round(1e6 / microsecondsPerWindow),
  mergedWindows: merged.size,
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
writeResult("windows", result);
