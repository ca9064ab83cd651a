/** A reviewed record that lets one blocked release pass: who, why, until when, and what exactly. */
import { z } from "zod";
import { ConfigError } from "../domain/errors.ts";
import { readJsonFile } from "./json-file.ts";

const bypassFile = z
  .strictObject({
    who: z.string().min(1),
    why: z.string().min(1),
    /** ISO 8601 instant with its offset. */
    until: z.iso.datetime({ offset: true }),
    team: z.literal("performance", {
      error: 'expected "performance": no other team may decide it',
    }),
    gate: z.string().min(8).exactOptional(),
    candidate: z.string().min(1).exactOptional(),
    metrics: z.array(z.string().min(1)).min(1).exactOptional(),
  })
  .refine(({ gate, candidate, metrics }) => gate ?? candidate ?? metrics, {
    error: "expected at least one of gate, candidate, metrics: a bypass is for something",
  });

export type Bypass = z.output<typeof bypassFile>;

/** What a gate came to, as far as a bypass has to match it. */
export interface BlockedGate {
  /** Of the member runs and the margin. */
  readonly hash: string;
  readonly candidateHash: string;
  readonly candidateLabel?: string;
  /** Required metrics that did not pass. */
  readonly metrics: readonly string[];
  /** It is blocked by the candidate's health or objectives, which no list of metrics accepts. */
  readonly isMoreThanMetrics: boolean;
  readonly outcome: string;
}

const hint =
  'Write {"who": "…", "why": "…", "until": "2030-01-31T18:00:00Z", "team": "performance", "gate": "HASH"}; gate, candidate and metrics name what it is for.';

/** @param now epoch milliseconds @throws ConfigError for a record that cannot be read, is malformed, or expired */
export function readBypass(file: string, now: number): Bypass {
  const bypass = readJsonFile(file, file, {
    what: "a bypass",
    shape: bypassFile,
    unreadable: "bypass-unreadable",
    malformed: "bypass-malformed",
    hint,
  });
  if (Date.parse(bypass.until) <= now)
    throw new ConfigError(`${file}: the bypass expired at ${bypass.until}`, {
      code: "bypass-expired",
      hint: "Ask the performance team for a new one, or fix what the gate found.",
    });
  return bypass;
}

/** @throws ConfigError where the record is for something else; the message says what differs */
export function checkBypass(bypass: Bypass, gate: BlockedGate, file: string): void {
  const mismatch = mismatchOf(bypass, gate);
  if (mismatch === undefined) return;
  throw new ConfigError(`${file}: the bypass does not match this gate: ${mismatch}`, {
    code: "bypass-unmatched",
    hint: `The verdict stands. A record for exactly this gate names "gate": "${gate.hash}".`,
  });
}

function mismatchOf(bypass: Bypass, gate: BlockedGate): string | undefined {
  if (gate.outcome === "invalid")
    return "it is INVALID, and what was not measured cannot be accepted";
  if (bypass.gate !== undefined && !gate.hash.startsWith(bypass.gate))
    return `it is for gate ${bypass.gate}, this is ${gate.hash}`;
  const { candidate } = bypass;
  const isCandidate =
    candidate === undefined ||
    candidate === gate.candidateLabel ||
    (candidate.length >= 8 && gate.candidateHash.startsWith(candidate));
  if (!isCandidate)
    return `it is for candidate ${candidate}, this is ${gate.candidateLabel ?? gate.candidateHash}`;
  if (bypass.metrics !== undefined && (gate.isMoreThanMetrics || gate.metrics.length === 0))
    return `it is for ${bypass.metrics.join(", ")} only, and other things block it: health, objectives or too few pairs`;
  const uncovered = gate.metrics.filter((id) => bypass.metrics?.includes(id) === false);
  return uncovered.length === 0
    ? undefined
    : `it is for ${bypass.metrics?.join(", ") ?? ""} only, and ${uncovered.join(", ")} did not pass either`;
}
