/** The objects of a run on Kubernetes, to be read before it: `run --on kubernetes` makes them itself, with its secrets. */
import { buildScenarios } from "../../../engine/bundle.ts";
import { plan, receiverAt, type RunContext, type RunRequest } from "../../../pipeline.ts";
import { runObjects } from "../../../runners/run-objects.ts";
import { newRunId } from "../../../store/run-directory.ts";

/** @returns a List, as JSON, without the Secret @throws as `plan` and `runObjects` do */
export async function testRunObjects(request: RunRequest, context: RunContext): Promise<string> {
  const { runners: settings } = request.environment;
  if (settings === undefined) throw new Error("a run without runners must have been refused");
  const checked = await plan(request, context);
  const flows = [...new Set(checked.arrivals.map(({ flow }) => flow))];
  const { code } = await buildScenarios({ packageRoot: context.packageRoot, flows });
  const { testRun, others } = runObjects({
    id: newRunId(checked.profile, context.now()),
    plan: checked,
    runners: checked.runners ?? 1,
    settings,
    scenario: Buffer.from(code).toString(),
    secrets: { token: "", variables: {} },
    receiver: request.pushUrl === undefined ? undefined : await receiverAt(request.pushUrl),
  });
  const items = [testRun, ...others.filter(({ kind }) => kind !== "Secret")];
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`;
}
