import { sleep } from "k6";
import type { Iteration } from "./iteration.ts";

/** Seconds (as k6's `sleep` takes them) that a user reads a page: seeded, 1 s on average. */
const shortestSeconds = 0.5;
const longestSeconds = 1.5;

/** Users of the real platform wait longer; shorter pauses make the same load with fewer virtual users. */
export function think({ picker }: Iteration): void {
  sleep(shortestSeconds + (longestSeconds - shortestSeconds) * picker.next());
}
