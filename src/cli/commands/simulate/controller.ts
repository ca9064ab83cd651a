/** Which version's autoscaler is meant. */
import {
  controllerOfVersion,
  newestKubernetes,
  oldestKubernetes,
} from "../../../../analysis/autoscaling/types.ts";
import type { ControllerConfig } from "../../../../analysis/autoscaling/types.ts";
import type { Problems } from "../../../config/problems.ts";
import type { Arguments } from "../../command.ts";

const flag = "kubernetes-version";

/** @returns `undefined` where no version was given, or where `problems` has why it is none */
export function chosenController(
  args: Arguments,
  problems: Problems,
): ControllerConfig | undefined {
  const text = args.value(flag);
  if (text === undefined) return undefined;
  const controller = controllerOfVersion(text);
  if (controller === undefined)
    problems.add(
      `--${flag}: "${text}" is not a version from ${oldestKubernetes} on, such as ${newestKubernetes}`,
    );
  return controller;
}
