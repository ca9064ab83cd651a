/** Which version's autoscaler is meant. */
import {
  controllerOfVersion,
  newestKubernetes,
  oldestKubernetes,
  type ControllerConfig,
} from "../../../../analysis/autoscaling/types.ts";
import { read, refused } from "../../../domain/parsed.ts";
import type { Kind } from "../../options.ts";

export interface ChosenVersion {
  readonly version: string;
  readonly controller: ControllerConfig;
}

export const kubernetesVersion: Kind<ChosenVersion> = {
  name: "Kubernetes version",
  shown: "VERSION",
  parse: (version) => {
    const controller = controllerOfVersion(version);
    return controller === undefined
      ? refused(
          `"${version}" is not a version from ${oldestKubernetes} on, such as ${newestKubernetes}`,
        )
      : read({ version, controller });
  },
};
