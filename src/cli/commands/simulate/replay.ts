/** `headroom simulate hpa --replay FILE.jsonl`: recorded inputs in, the autoscaler's decisions out, line by line. */
import { percent } from "../../../domain/number-text.ts";
import { messageOf } from "../../../domain/errors.ts";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { explainDecision } from "../../../../analysis/autoscaling/explain.ts";
import { replayTrace } from "../../../../analysis/autoscaling/replay.ts";
import type { ReplayedTick, ReplayedTrace } from "../../../../analysis/autoscaling/replay.ts";
import { SilentMetrics } from "../../../../analysis/autoscaling/silent-metrics.ts";
import type { ControllerConfig } from "../../../../analysis/autoscaling/types.ts";
import { parseTrace } from "../../../../analysis/autoscaling/trace-schema.ts";
import type { Trace } from "../../../../analysis/autoscaling/trace-schema.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { say, type Io } from "../../io.ts";
import { textTable } from "../../../../reports/kit/text-table.ts";

export interface ReplayOptions {
  readonly shown: string;
  readonly json: boolean;
  readonly compare: boolean;
  readonly explain: boolean;
  /** The traces are of one of our runs, which knows what cannot be compared. */
  readonly isOwnRun?: boolean;
  /** Of the Kubernetes version that was asked for; absent: that of each trace, else the newest. */
  readonly controller?: ControllerConfig | undefined;
}

/** Of predicted and observed ticks: below this share the comparison fails. */
const leastAgreement = 0.95;
const mostMissesShown = 20;

/** One trace's line of the table, and its comparison. */
interface Answer {
  readonly id: string;
  readonly ticks: number;
  readonly first: number;
  readonly last: number;
  readonly rescales: number;
  readonly errors: number;
  /** Metrics without a proposal at any tick, a sentence each. */
  readonly silent: readonly string[];
  readonly compared: number;
  readonly misses: readonly string[];
}

/** Answers every good line, names every bad one. @returns 2 where a line was bad, 1 where `--compare` found too little */
export async function replayLines(
  lines: AsyncIterable<string>,
  options: ReplayOptions,
  io: Io,
): Promise<ExitStatus> {
  const answers: Answer[] = [];
  let number = 0;
  let bad = 0;
  for await (const line of lines) {
    number++;
    const text = number === 1 ? line.replace(/^\uFEFF/, "") : line;
    if (text.trim() === "") continue;
    const replayed = replayLine(text, number, options.controller);
    if (!replayed.ok) {
      bad++;
      say(io, `error: ${options.shown}: ${replayed.error}`);
      continue;
    }
    const { trace, result } = replayed;
    if (options.json)
      io.stdout.write(`${JSON.stringify(answerOf(result, trace, options.explain))}\n`);
    const misses = options.compare
      ? compareTicks(text, trace, result)
      : { compared: 0, misses: [] };
    answers.push(summaryOf(trace, result, misses));
  }
  if (answers.length === 0 && bad === 0) {
    say(io, `error: ${options.shown} holds no trace: expected one JSON object a line`);
    return exitStatus.usage;
  }
  if (!options.json) io.stdout.write(tableOf(answers, options.compare));
  for (const { id, silent } of answers)
    for (const metric of silent) say(io, `warning: ${id}: ${metric}`);
  const agreement = options.compare ? sayAgreement(answers, options, io) : exitStatus.pass;
  return bad > 0 ? exitStatus.usage : agreement;
}

type Replayed =
  | { readonly ok: true; readonly trace: Trace; readonly result: ReplayedTrace }
  | { readonly ok: false; readonly error: string };

/** Whatever is odd about one trace, the others are still answered. */
function replayLine(
  text: string,
  number: number,
  controller: ControllerConfig | undefined,
): Replayed {
  const parsed = parseTrace(text, number);
  if (!parsed.ok) return parsed;
  try {
    return { ok: true, trace: parsed.value, result: replayTrace(parsed.value, controller) };
  } catch (error) {
    const words = messageOf(error);
    return {
      ok: false,
      error: `line ${number}: ${parsed.value.id} cannot be calculated: ${words}`,
    };
  }
}

function answerOf({ id, ticks }: ReplayedTrace, trace: Trace, explain: boolean) {
  return {
    id,
    ticks: ticks.map(({ why, ...tick }, index) => {
      if (!explain) return tick;
      return { ...tick, why: { ...why, sentence: sentenceOf(trace, { ...tick, why }, index) } };
    }),
  };
}

function sentenceOf(trace: Trace, tick: ReplayedTick, index: number): string {
  const from = trace.ticks[index]?.specReplicas ?? tick.desiredReplicas;
  return explainDecision({ from, to: tick.desiredReplicas, why: tick.why });
}

function summaryOf(
  trace: Trace,
  { id, ticks }: ReplayedTrace,
  comparison: Pick<Answer, "compared" | "misses">,
): Answer {
  const silent = new SilentMetrics();
  for (const tick of ticks) silent.add(tick);
  return {
    id,
    ticks: ticks.length,
    first: trace.ticks[0]?.specReplicas ?? 0,
    last: ticks.at(-1)?.specReplicasAfter ?? 0,
    rescales: ticks.filter(({ rescaled }) => rescaled).length,
    errors: ticks.filter(({ error }) => error !== null).length,
    silent: silent.sentences,
    ...comparison,
  };
}

// Comparison

/** What a recording may know of a decision; what it does not know is not compared. */
const expectedShape = z
  .object({
    desiredReplicas: z.number(),
    specReplicasAfter: z.number(),
    rescaled: z.boolean(),
    conditions: z.record(z.string(), z.tuple([z.string(), z.string()])),
    error: z.string().nullable(),
  })
  .partial();
const expectedLine = z.object({
  ticks: z.array(z.object({ expected: expectedShape.optional() })),
});

function compareTicks(
  text: string,
  trace: Trace,
  { id, ticks }: ReplayedTrace,
): Pick<Answer, "compared" | "misses"> {
  const parsed = expectedLine.safeParse(JSON.parse(text));
  if (!parsed.success) return { compared: 0, misses: [] };
  let compared = 0;
  const misses = parsed.data.ticks.flatMap(({ expected }, index) => {
    const tick = ticks[index];
    if (expected === undefined || tick === undefined) return [];
    compared++;
    const different = differencesOf(expected, tick);
    if (different.length === 0) return [];
    return [`${id}, t=${tick.t}: ${different.join(", ")}; ${sentenceOf(trace, tick, index)}`];
  });
  return { compared, misses };
}

/** Words of errors are informative only: there is one, or there is none. */
function differencesOf(
  expected: z.output<typeof expectedShape>,
  tick: ReplayedTick,
): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["desiredReplicas", expected.desiredReplicas, tick.desiredReplicas],
    ["specReplicasAfter", expected.specReplicasAfter, tick.specReplicasAfter],
    ["rescaled", expected.rescaled, tick.rescaled],
    ["conditions", comparable(expected.conditions), comparable(tick.conditions)],
    [
      "error",
      expected.error === undefined ? undefined : expected.error !== null,
      tick.error !== null,
    ],
  ];
  return pairs
    .filter(([, wanted, got]) => wanted !== undefined && !isDeepStrictEqual(wanted, got))
    .map(
      ([name, wanted, got]) =>
        `${name} predicted ${JSON.stringify(got)}, observed ${JSON.stringify(wanted)}`,
    );
}

/** From 1.37 on every HPA that was rescaled says that it did not scale to zero; that is the same as not saying it. */
function comparable(conditions: ReplayedTick["conditions"] | undefined) {
  if (conditions?.["ScaledToZero"]?.[0] !== "False") return conditions;
  const { ScaledToZero: _, ...others } = conditions;
  return others;
}

function sayAgreement(
  answers: readonly Answer[],
  { isOwnRun = false }: Pick<ReplayOptions, "isOwnRun">,
  io: Io,
): ExitStatus {
  const compared = answers.reduce((sum, answer) => sum + answer.compared, 0);
  const misses = answers.flatMap((answer) => answer.misses);
  if (compared === 0 && isOwnRun) {
    say(io, "inconclusive: no decision of this run rests on metrics and sizes that were observed");
    return exitStatus.inconclusive;
  }
  if (compared === 0) {
    say(io, "error: --compare: no tick has a field expected to compare with");
    return exitStatus.usage;
  }
  for (const miss of misses.slice(0, mostMissesShown)) say(io, `miss: ${miss}`);
  if (misses.length > mostMissesShown) say(io, `… and ${misses.length - mostMissesShown} more`);
  const agreed = compared - misses.length;
  const share = percent(agreed / compared);
  say(
    io,
    `predicted = observed on ${agreed} of ${compared} ticks (${share}), at least 95 % wanted`,
  );
  return agreed / compared >= leastAgreement ? exitStatus.pass : exitStatus.fail;
}

function tableOf(answers: readonly Answer[], compare: boolean): string {
  const header = ["trace", "ticks", "first", "last", "rescales", "errors"];
  const rows = answers.map((answer) => [
    answer.id,
    String(answer.ticks),
    String(answer.first),
    String(answer.last),
    String(answer.rescales),
    String(answer.errors),
    ...(compare ? [`${answer.compared - answer.misses.length} of ${answer.compared}`] : []),
  ]);
  return textTable([[...header, ...(compare ? ["agree"] : [])], ...rows]);
}
