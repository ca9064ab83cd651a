/** Node keeps delays in 32 bits with a sign: a longer one fires at once. 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * A delay that comes from input, for a timer: what is longer than a timer can be waits as long as one can.
 * @param ms any number @returns 0..2³¹−1
 */
export const timerMs = (ms: number): number => Math.max(0, Math.min(ms, longestTimerMs));
