/** The sandbox is a package of its own: looked for when it is needed, and everything else works without it. */
import { Problems } from "../config/problems.ts";
import { UsageError } from "../domain/errors.ts";
import { refusalError } from "./protocol.ts";

type SandboxPackage = typeof import("@headroom-load/sandbox");

/** @throws UsageError that says how to add it */
export async function loadSandbox(): Promise<SandboxPackage> {
  try {
    return await import("@headroom-load/sandbox");
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new UsageError("the sandbox is a package of its own, which is not installed here", {
      code: "sandbox-missing",
      hint: "Add it beside Headroom with `npm install @headroom-load/sandbox` in the same version, or load a platform of your own with --env or --target.",
      cause,
    });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "ERR_MODULE_NOT_FOUND" &&
  error.message.includes("@headroom-load/sandbox");

/** @returns the faults as the sandbox writes them @throws UsageError with every one that it does not have */
export async function checkedFaults(texts: readonly string[]): Promise<readonly string[]> {
  if (texts.length === 0) return [];
  const { checkFault } = await loadSandbox();
  const problems = new Problems();
  const checked = texts.map((text) =>
    problems.attempt(() => {
      const answer = checkFault(text);
      if ("refusal" in answer) throw refusalError(answer.refusal);
      return answer.text;
    }),
  );
  problems.raise((message) => new UsageError(message, { code: "bad-fault" }));
  return checked.filter((text) => text !== undefined);
}
