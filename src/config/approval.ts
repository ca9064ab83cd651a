import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Approval, Environment } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";

const approvalFile = z.strictObject({
  environment: z.string(),
  approvedBy: z.string().min(1),
  reason: z.string().min(1),
  expires: z.iso.datetime({ offset: true }),
});

/**
 * The record that lets load onto an environment that asks for one; kept in `run.json`.
 * @param now epoch milliseconds @throws ConfigError where the environment needs a record and this is none
 */
export function checkApproval(
  environment: Environment,
  file: string | undefined,
  now: number,
): Approval | undefined {
  if (environment.approval === "none" && file === undefined) return undefined;
  const hint = `Write {"environment": "${environment.name}", "approvedBy": "…", "reason": "…", "expires": "2030-01-31T18:00:00Z"} to a file and name it with --approval.`;
  if (file === undefined) {
    throw new ConfigError(`${environment.name} is never loaded without a recorded approval`, {
      code: "approval-missing",
      hint,
    });
  }
  const approval = read(file, hint);
  if (approval.environment !== environment.name) {
    throw new ConfigError(
      `${file}: environment is "${approval.environment}", this run is for "${environment.name}"`,
      { code: "approval-unmatched", hint },
    );
  }
  if (Date.parse(approval.expires) <= now) {
    throw new ConfigError(`${file}: the approval expired at ${approval.expires}`, {
      code: "approval-expired",
      hint: "Ask for a new one.",
    });
  }
  return { ...approval, environment: environment.name };
}

function read(file: string, hint: string): z.output<typeof approvalFile> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError(`${file} cannot be read as an approval: ${String(error)}`, {
      code: "approval-unreadable",
      hint,
      cause: error,
    });
  }
  const parsed = approvalFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    (issue) => `${issue.path.join(".") || "(whole file)"}: ${issue.message}`,
  );
  throw new ConfigError(`${file}: ${fields.join("; ")}`, { code: "approval-malformed", hint });
}
