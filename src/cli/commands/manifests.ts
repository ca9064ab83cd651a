/** `headroom manifests KIND`: Kubernetes objects that are made for an environment, for `kubectl apply -f -`. */
import { addressesOf, parseHost } from "../../config/hosts.ts";
import { loadEnvironment } from "../../config/environment-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { Problems } from "../../config/problems.ts";
import { ConfigError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { refused, read } from "../../domain/parsed.ts";
import { defineCommand } from "../command.ts";
import { repeatable, type Kind } from "../options.ts";
import { receiversOfEnvironment } from "../receivers-of-environment.ts";
import { loadOptions } from "../run-options.ts";
import { destinationsOf } from "./manifests/destinations.ts";
import { networkPolicy } from "./manifests/network-policy.ts";

const kinds = ["network-policy"];

const hostAndPort: Kind<{ readonly host: string; readonly port: number }> = {
  name: "host and port",
  shown: "HOST:PORT",
  parse: (text) => {
    const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
    const parsed = parseHost(host);
    if (!parsed.ok || Number(port) < 1 || Number(port) > 65_535)
      return refused(`"${text}" is not a host and a port: write 10.0.0.1:6443`);
    return read({ host: parsed.value, port: Number(port) });
  },
};

export const manifestsCommand = defineCommand({
  name: "manifests",
  positionals: ["<kind>"],
  options: {
    env: loadOptions.env,
    "env-file": loadOptions["env-file"],
    allow: repeatable(hostAndPort, "another host that Headroom's pods connect to"),
  },
  note: "Kinds: network-policy (egress of Headroom's pods, limited to targets, observers and the receivers in HEADROOM_NOTIFY_*).",
  examples: [
    "headroom manifests network-policy --env staging | kubectl apply -f -",
    "headroom manifests network-policy --env staging --allow proxy.example.com:3128",
  ],
  check: ({ positionals: [kind = ""] }, problems) => {
    if (!kinds.includes(kind)) problems.add(`no manifest "${kind}": ${suggestion(kind, kinds)}`);
  },
  checkFiles: ({ options: { env = "local", envFile } }, io, problems) =>
    void problems.attempt(() => loadEnvironment(env, io.cwd, envFile, io.env)),
  run: async ({ options: { env, envFile, allow } }, io) => {
    const { environment } = loadEnvironment(env, io.cwd, envFile, io.env);
    const problems = new Problems();
    const receivers = receiversOfEnvironment(io);
    if (Object.keys(environment.targets).length === 0)
      problems.add(`${environment.name} names no host to load: write its environment file`);
    const parts = { env: io.env, receivers, allowed: allow };
    const destinations = await destinationsOf(environment, parts, problems);
    const resolved = await Promise.all(
      destinations.map(async (destination) => {
        const addresses = await addressesOf(destination.host);
        if (typeof addresses === "string")
          problems.add(`${destination.purposes.join(", ")}: ${addresses}`);
        return { ...destination, addresses: typeof addresses === "string" ? [] : addresses };
      }),
    );
    problems.raise(
      (message) =>
        new ConfigError(message, {
          code: "unknown-address",
          hint: "Run it where the names resolve as in the cluster, with the variables and the kubeconfig of the nightly run.",
        }),
    );
    io.stdout.write(networkPolicy(environment.name, resolved));
    return exitStatus.pass;
  },
});
