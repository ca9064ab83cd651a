/** Durations and instants as text; instants are UTC. */
import { absent, formatValue } from "./number-text.ts";

/** @returns "4 min 30 s", "1 h 5 min", "2 d 3 h", "400 ms" */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined || ms < 10_000 || !Number.isFinite(ms)) return formatValue(ms, "ms");
  const total = Math.round(ms / 1000);
  if (total < 60) return `${total} s`;
  if (total < 3600) return pair(total, 60, "min", "s");
  return total < 86_400
    ? pair(Math.round(total / 60), 60, "h", "min")
    : pair(Math.round(total / 3600), 24, "d", "h");
}

function pair(total: number, size: number, large: string, small: string): string {
  const rest = total % size;
  const whole = `${Math.floor(total / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** @param at epoch milliseconds    @returns "2026-03-14 01:30:00 UTC" */
export const formatInstant = (at: number | undefined): string =>
  at === undefined ? absent : `${isoSecond(at).replace("T", " ")} UTC`;

/** Time of day, for instants whose date is given elsewhere. */
export const formatTimeOfDay = (at: number): string => formatInstant(at).slice(11);

/** @returns minutes and seconds since some start: "2:05", "1:02:05"; before it "−0:05" */
export function formatElapsed(ms: number): string {
  if (ms <= -500) return `−${formatElapsed(-ms)}`;
  const total = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  const tail = two(total % 60);
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${two(minutes)}:${tail}`;
}

const two = (part: number): string => `${part}`.padStart(2, "0");

/** @returns "2026-03-14T01:30:00", without its zone (UTC) */
export const isoSecond = (at: number): string => new Date(at).toISOString().slice(0, 19);

/** @returns "2026-03-14": the day that the instant falls on */
export const isoDate = (at: number): string => isoSecond(at).slice(0, 10);

/** ISO date so many days after an instant. */
export const dateAfter = (startMs: number, days: number): string =>
  isoDate(startMs + days * 86_400_000);
