/** Clocks may differ by this, which is what an HTTP date can tell. */
export const toleratedOffsetMs = 5000;

/** @param place `the cluster at host:6443` @param offsetMs how far its clock is ahead of ours */
export function clockOffsetSentence(place: string, offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return `the clock of ${place} is ${seconds} s ${offsetMs > 0 ? "ahead of" : "behind"} ours; its time stamps were corrected by that`;
}
