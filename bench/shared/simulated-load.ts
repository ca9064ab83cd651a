/** The rows that k6 writes for a constant load on three surfaces, seeded, at the cost of copying bytes; and a stored run of them. */
import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { loadStart, testPlan, testRun } from "../../analysis/testdata/test-run.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { perSecond } from "../../src/domain/units.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { runFiles } from "../../src/store/run-directory.ts";
import { storeRun } from "../../src/store/testdata/store-run.ts";

export interface SimulatedLoad {
  /** A multiple of what five seconds have. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Over all surfaces. */
  readonly endpoints: number;
  /** `judged`: three of the fifteen rows of a request, as runs store them. */
  readonly samples: "all" | "judged";
}

const header =
  "metric_name,timestamp,metric_value,error_code,name,scenario,status,extra_tags,metadata\n";
const blockSeconds = 5;
const judgedMetrics = new Set(["response", "page", "lag", "iterations"]);
/** Chunks of the stream. The first five seconds are the warm-up of `analysis/testdata/test-run.ts`, the others its hold. */
export function* simulatedRows(load: SimulatedLoad): Generator<Buffer> {
  yield Buffer.from(header);
  const blocks = Math.ceil(load.requests / (load.requestsPerSecond * blockSeconds));
  let rows = block(load, "warm-up");
  for (let index = 0; index < blocks; index++) {
    if (index === 1) rows = block(load, "hold");
    for (const { at, ms } of rows.stamps)
      rows.bytes.write(String(loadStart + index * blockSeconds * 1000 + ms), at, "latin1");
    for (let start = 0; start < rows.bytes.length; start += 1 << 16)
      yield Buffer.from(rows.bytes.subarray(start, start + (1 << 16)));
  }
}

interface Block {
  readonly bytes: Buffer;
  /** Where the timestamps are, and their milliseconds since the block's beginning. */
  readonly stamps: readonly { readonly at: number; readonly ms: number }[];
}

function block(load: SimulatedLoad, phase: string): Block {
  const uniform = seededRandom(1);
  const stamps: { at: number; ms: number }[] = [];
  let text = "";
  const count = load.requestsPerSecond * blockSeconds;
  for (let index = 0; index < count; index++) {
    const ms = Math.floor((index * 1000) / load.requestsPerSecond);
    for (const [metric, rest] of requestRows(index, phase, load.endpoints, uniform)) {
      if (load.samples === "judged" && !judgedMetrics.has(metric)) continue;
      stamps.push({ at: text.length + metric.length + 1, ms });
      text += `${metric},${loadStart},${rest}\n`;
    }
  }
  return { bytes: Buffer.from(text, "latin1"), stamps };
}

const row = (metric: string, value: number, rest: string) =>
  [metric, `${value.toFixed(6)},${rest}`] as const;

/** Fifteen rows, as one iteration with one request has them: its name, and what follows the timestamp. A page is one more. */
function requestRows(
  index: number,
  phase: string,
  endpoints: number,
  uniform: () => number,
): readonly (readonly [metric: string, rest: string])[] {
  const surface = surfaces[index % 3] ?? "api";
  const endpoint = `${surface}.operation${Math.floor((uniform() * endpoints) / 3)}`;
  const ms = Math.exp(uniform() + uniform() + uniform()) * 20;
  const ok = uniform() > 0.002;
  const request = `,${endpoint},${phase}_${surface},${ok ? 200 : 500},,`;
  const iteration = `,,${phase}_${surface},,,`;
  // k6 writes the tags in any order.
  const tagged = (kind: "page" | "read"): string => {
    const outcome = ok ? "ok" : "http_500";
    const tags = [
      `surface=${surface}`,
      `endpoint=${endpoint}`,
      `kind=${kind}`,
      `outcome=${outcome}`,
    ];
    return `,,${phase}_${surface},,${tags.toSorted(() => uniform() - 0.5).join("&")},`;
  };
  return [
    row("http_reqs", 1, request),
    row("http_req_duration", ms, request),
    row("http_req_blocked", uniform() * 0.02, request),
    row("http_req_connecting", 0, request),
    row("http_req_tls_handshaking", 0, request),
    row("http_req_sending", uniform() * 0.05, request),
    row("http_req_waiting", ms - uniform(), request),
    row("http_req_receiving", uniform() * 0.4, request),
    row("http_req_failed", ok ? 0 : 1, request),
    row("response", ms, tagged("read")),
    ...(surface === "web" ? [row("page", ms + uniform() * 50, tagged("page"))] : []),
    row("lag", uniform() * 2, iteration),
    row("data_sent", 412, iteration),
    row("data_received", 2113, iteration),
    row("iteration_duration", ms + uniform(), iteration),
    row("iterations", 1, iteration),
  ];
}

/** A run whose windows come from its samples when it is analysed. @returns its directory */
export async function storeSimulatedRun(root: string, id: string, load: SimulatedLoad) {
  const perSurface = load.requestsPerSecond / surfaces.length;
  const holdSeconds = load.requests / load.requestsPerSecond - blockSeconds;
  const options = { holdSeconds, perSecond: perSurface, run: { id } };
  const plan = testPlan(options);
  const arrivals = plan.arrivals.map((arrival) => ({
    ...arrival,
    fromPerSecond: perSecond(perSurface),
    toPerSecond: perSecond(perSurface),
  }));
  const { run, observations, events } = testRun({
    ...options,
    plan: { arrivals, keepSamples: true },
  });
  const directory = storeRun(root, {
    run,
    observations,
    events,
    cluster: [],
    windows: [],
  });
  await pipeline(
    Readable.from(simulatedRows(load)),
    createGzip({ level: constants.Z_BEST_SPEED }),
    createWriteStream(path.join(directory, runFiles.samples)),
  );
  return directory;
}
