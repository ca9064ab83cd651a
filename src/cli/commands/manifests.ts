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
import { runContext } from "../context.ts";
import { checkLoad, loadOptions, runRequest } from "../run-options.ts";
import { destinationsOf } from "./manifests/destinations.ts";
import { eventsRole } from "./manifests/events-role.ts";
import { networkPolicy } from "./manifests/network-policy.ts";
import { testRunObjects } from "./manifests/test-run.ts";

const kinds = ["network-policy", "test-run", "events-role"];

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

/** Of `run`, as far as they change its objects. */
const ofLoad = {
  runners: loadOptions.runners,
  scenario: loadOptions.scenario,
  rate: loadOptions.rate,
  duration: loadOptions.duration,
  "warm-up": loadOptions["warm-up"],
  share: loadOptions.share,
  approval: loadOptions.approval,
};

export const manifestsCommand = defineCommand({
  name: "manifests",
  positionals: ["<kind>", "[profile]"],
  options: {
    env: loadOptions.env,
    "env-file": loadOptions["env-file"],
    allow: repeatable(hostAndPort, "network-policy: another host that Headroom's pods connect to"),
    ...ofLoad,
  },
  note: "Kinds: network-policy (egress of Headroom's pods, limited to targets, observers and the receivers in HEADROOM_NOTIFY_*), test-run <profile> (what run --on kubernetes makes in the cluster, but for the Secret), events-role (the rights to make the events of a resilience run through the Kubernetes API).",
  examples: [
    "headroom manifests network-policy --env staging | kubectl apply -f -",
    "headroom manifests network-policy --env staging --allow proxy.example.com:3128",
    "headroom manifests test-run nightly --env staging --runners 8",
    "headroom manifests events-role --env staging | kubectl apply -f -",
  ],
  check: ({ positionals: [kind = "", profile], options, isGiven }, problems) => {
    if (!kinds.includes(kind)) problems.add(`no manifest "${kind}": ${suggestion(kind, kinds)}`);
    else if (kind === "test-run") {
      if (isGiven("allow")) problems.add("--allow is for network-policy");
      if (profile === undefined)
        problems.add("test-run needs a profile: headroom manifests test-run smoke --env staging");
      else checkLoad(profile, options, problems);
    } else {
      if (profile !== undefined) problems.add(`"${profile}": ${kind} takes no profile`);
      if (kind !== "network-policy" && isGiven("allow"))
        problems.add("--allow is for network-policy");
      for (const name of Object.keys(ofLoad))
        if (isGiven(name)) problems.add(`--${name} is for test-run`);
    }
  },
  checkFiles: ({ options: { env = "local", envFile } }, io, problems) =>
    void problems.attempt(() => loadEnvironment(env, io.cwd, envFile, io.env)),
  run: async ({ positionals: [kind, profile = ""], options }, io) => {
    if (kind === "test-run") {
      const request = await runRequest(profile, { ...options, on: "kubernetes" }, io);
      io.stdout.write(await testRunObjects(request, runContext({}, io)));
      return exitStatus.pass;
    }
    const { env, envFile, allow } = options;
    const { environment } = loadEnvironment(env, io.cwd, envFile, io.env);
    if (kind === "events-role") {
      io.stdout.write(eventsRole(environment));
      return exitStatus.pass;
    }
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
