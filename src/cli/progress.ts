/** Progress of a run: one living line on a terminal, a plain line every ten seconds elsewhere. */
import { formatCount, formatLatency } from "../domain/number-text.ts";
import { formatElapsed } from "../domain/time-text.ts";
import { styleText } from "node:util";
import type { LoadProgress } from "../domain/load-progress.ts";
import { hasColor, type Io } from "./io.ts";

const plainLineEveryMs = 10_000;
const clearLine = "\r\u001b[2K";

export interface ProgressView {
  /** A stage began: always a line of its own. */
  readonly stage: (line: string) => void;
  readonly load: (progress: LoadProgress) => void;
  /** Leaves the terminal at the start of a fresh line. */
  readonly end: () => void;
}

export function progressView(io: Io): ProgressView {
  const { stderr } = io;
  let isLineOpen = false;
  let lastPlainLine = Number.NEGATIVE_INFINITY;
  const end = (): void => {
    if (isLineOpen) stderr.write(clearLine);
    isLineOpen = false;
  };
  return {
    end,
    stage: (line) => {
      end();
      stderr.write(
        `${hasColor(io, stderr) ? styleText("dim", "·", { validateStream: false }) : "·"} ${line}\n`,
      );
    },
    load: (progress) => {
      if (stderr.isTTY) {
        stderr.write(`${clearLine}${progressLine(progress)}`);
        isLineOpen = true;
      } else if (io.now() - lastPlainLine >= plainLineEveryMs) {
        lastPlainLine = io.now();
        stderr.write(`  ${progressLine(progress)}\n`);
      }
    },
  };
}

/** `hold · 0:24 left · offered 6,000/min, achieved 5,980/min · p95 web 1.2 s api 148 ms · 0 errors · 0 dropped` */
export function progressLine(progress: LoadProgress): string {
  const quantiles = progress.surfaces
    .filter(({ recent: { p95Ms } }) => p95Ms !== undefined)
    .map(({ surface, recent: { p95Ms } }) => `${surface} ${formatLatency(p95Ms)}`);
  return [
    progress.phase,
    `${formatElapsed(progress.leftMs)} left`,
    `offered ${perMinute(progress.offeredPerMinute)}, achieved ${perMinute(progress.achievedPerMinute)}`,
    quantiles.length === 0 ? "no answers yet" : `p95 ${quantiles.join(", ")}`,
    `${progress.errors} errors`,
    `${progress.dropped} dropped`,
  ].join(" · ");
}

const perMinute = (rate: number): string => `${formatCount(Math.round(rate))}/min`;
