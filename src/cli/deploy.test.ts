/** Nobody's cluster is here to try them on: every command line of `deploy/` goes through the real arguments instead. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadAllYaml, loadYaml } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { loadEnvironment } from "../config/environment-file.ts";
import { k6Version } from "../engine/k6-version.ts";
import { parseArguments } from "./command.ts";
import { commands } from "./commands.ts";

const deploy = path.resolve(import.meta.dirname, "../../deploy");
const textOf = (...names: string[]): string => readFileSync(path.join(deploy, ...names), "utf8");

const workflowShape = z.object({
  name: z.string(),
  permissions: z.object({ contents: z.literal("read") }),
  concurrency: z.object({ "cancel-in-progress": z.literal(false) }),
  on: z.object({ schedule: z.array(z.object({ cron: z.string() })).exactOptional() }),
  jobs: z.record(
    z.string(),
    z.object({
      "runs-on": z.array(z.string()),
      "timeout-minutes": z.number(),
      steps: z.array(
        z.object({
          run: z.string().exactOptional(),
          uses: z.string().exactOptional(),
          env: z.record(z.string(), z.string()).exactOptional(),
          with: z.record(z.string(), z.unknown()).exactOptional(),
        }),
      ),
    }),
  ),
});

const workflows = readdirSync(path.join(deploy, "github")).map((name) => ({
  name,
  workflow: workflowShape.parse(loadYaml(textOf("github", name))),
}));
const stepsOf = ({ workflow }: (typeof workflows)[number]) =>
  Object.values(workflow.jobs).flatMap(({ steps }) => steps);

/** The words of a shell's line up to what the shell does with the answer. */
const wordsOf = (line: string): string[] =>
  (line.split(/\s(?:\|\||&&|>|\|)/)[0] ?? "")
    .match(/"[^"]*"|\S+/g)
    ?.map((word) =>
      word
        .replaceAll('"', "")
        .replaceAll(
          /\$(\w+)/g,
          (_, name: string) => `https://${name.toLowerCase().replaceAll("_", "-")}.example.com`,
        ),
    ) ?? [];

const podSpecShape = z.object({
  restartPolicy: z.literal("Never"),
  serviceAccountName: z.string().exactOptional(),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number(),
    fsGroup: z.number(),
    seccompProfile: z.object({ type: z.literal("RuntimeDefault") }),
  }),
  containers: z.tuple([
    z.object({
      args: z.array(z.string()),
      securityContext: z.object({
        allowPrivilegeEscalation: z.literal(false),
        readOnlyRootFilesystem: z.literal(true),
        capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
      }),
      resources: z.object({
        requests: z.record(z.string(), z.string()),
        limits: z.record(z.string(), z.string()),
      }),
      volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
    }),
  ]),
  volumes: z.array(z.looseObject({ name: z.string() })),
});

const jobSpecShape = z.object({
  backoffLimit: z.literal(0),
  activeDeadlineSeconds: z.number(),
  template: z.object({
    metadata: z.object({ labels: z.record(z.string(), z.string()) }),
    spec: podSpecShape,
  }),
});

const cronJobShape = z.object({
  kind: z.literal("CronJob"),
  apiVersion: z.literal("batch/v1"),
  spec: z.object({
    schedule: z.string(),
    timeZone: z.string(),
    concurrencyPolicy: z.literal("Forbid"),
    jobTemplate: z.object({ spec: jobSpecShape }),
  }),
});

const analysisShape = z.object({
  kind: z.literal("AnalysisTemplate"),
  apiVersion: z.literal("argoproj.io/v1alpha1"),
  spec: z.object({
    args: z.array(z.object({ name: z.string(), value: z.string() })),
    metrics: z.tuple([
      z.object({
        name: z.string(),
        count: z.literal(1),
        failureLimit: z.literal(0),
        provider: z.object({ job: z.object({ spec: jobSpecShape }) }),
      }),
    ]),
  }),
});

const testHookShape = z.object({
  kind: z.literal("Pod"),
  metadata: z.looseObject({ annotations: z.looseObject({ "helm.sh/hook": z.literal("test") }) }),
  spec: podSpecShape.extend({ activeDeadlineSeconds: z.number() }),
});

const objectsIn = (text: string) =>
  loadAllYaml(text).map((each) =>
    z
      .looseObject({
        apiVersion: z.string(),
        kind: z.string(),
        metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
      })
      .parse(each),
  );
const readObjects = (name: string) => objectsIn(textOf("kubernetes", name));
const objects = readObjects("nightly.yaml");
const objectOf = (kind: string) => objects.find((each) => each.kind === kind);
const cronJob = cronJobShape.parse(objectOf("CronJob"));
const pod = cronJob.spec.jobTemplate.spec.template;
const [container] = pod.spec.containers;

const gateObjects = objectsIn(textOf("argo-rollouts", "gate.yaml"));
const analysis = analysisShape.parse(gateObjects.find(({ kind }) => kind === "AnalysisTemplate"));
const [gateMetric] = analysis.spec.metrics;
const gateJob = gateMetric.provider.job.spec;

/** What docs/helm-test.md puts into a chart's values. */
const chartValues = z
  .object({ headroom: z.looseObject({ environment: z.string(), facts: z.unknown() }) })
  .parse(
    loadYaml(fencedYaml(readFileSync(path.join(deploy, "../docs/helm-test.md"), "utf8"))),
  ).headroom;

function fencedYaml(markdown: string): string {
  const [, indented = ""] = /```yaml\n([^]*?)```/.exec(markdown) ?? [];
  return indented;
}

/** Of Helm's language only what the one template has: values in scope, `printf`, `toJson`, `quote`. */
function rendered(template: string): string {
  return template
    .replaceAll(/\{\{-? ?(?:\/\*[^]*?\*\/|with [^}]*|end) ?-?\}\}\n?/g, "")
    .replaceAll("{{ $.Release.Name }}", "kit")
    .replaceAll("{{ toJson .facts | quote }}", JSON.stringify(JSON.stringify(chartValues.facts)))
    .replaceAll(
      /\{\{ (?:printf "(api=)%s" )?\.(\w+)(?: \| quote)? \}\}/g,
      (_, prefix: string | undefined, name: string) =>
        `${prefix ?? ""}${z.string().parse(chartValues[name])}`,
    );
}
const hookObjects = objectsIn(rendered(textOf("helm-test", "headroom-gate.yaml")));
const testHook = testHookShape.parse(hookObjects.find(({ kind }) => kind === "Pod"));
const valueOf = (word: string): string =>
  word.replaceAll(
    /\{\{args\.(\w+)\}\}/g,
    (_, name: string) => analysis.spec.args.find((arg) => arg.name === name)?.value ?? "",
  );
const argumentsOf = ({ containers: [only] }: z.infer<typeof podSpecShape>): string[] =>
  only.args.map(valueOf);

const commandLines = [
  ...workflows.flatMap((each) =>
    stepsOf(each).flatMap(({ run = "" }) =>
      run
        .split("\n")
        .filter((line) => /(?:^|\s)headroom\s/.test(line))
        .map((line) => ({ place: each.name, line, words: wordsOf(line) })),
    ),
  ),
  ...[
    { place: "nightly.yaml", args: argumentsOf(pod.spec) },
    { place: "argo-rollouts/gate.yaml", args: argumentsOf(gateJob.template.spec) },
    { place: "helm-test/headroom-gate.yaml", args: argumentsOf(testHook.spec) },
  ].map(({ place, args }) => ({ place, line: args.join(" "), words: ["headroom", ...args] })),
];

test("there are command lines to try", () => {
  expect(commandLines.length).toBeGreaterThanOrEqual(7);
});

test.each(commandLines)("$place: $line", async ({ words }) => {
  const [name, ...rest] = words.slice(words.indexOf("headroom") + 1);
  const command = await commands.find((each) => each.name === name)?.load();
  if (command === undefined) throw new Error(`there is no command ${name}`);
  // The shell fills in URLs.
  const filled = rest.map((word) => word.replaceAll(/\$[A-Z_]+/g, "https://host.example"));
  expect(parseArguments(command, filled).isHelp).toBe(false);
});

/** Minute, hour, day of the month, month, day of the week. */
const cron = /^\d{1,2} \d{1,2} (?:\*|\d{1,2}) (?:\*|[\d,]+) (?:\*|[0-7])$/;

describe.each(workflows)("$name", (each) => {
  test("starts at a time that cron knows, on a machine of its own", () => {
    for (const { cron: when } of each.workflow.on.schedule ?? []) expect(when).toMatch(cron);
    for (const job of Object.values(each.workflow.jobs))
      expect(job["runs-on"]).toContain("self-hosted");
  });

  test("keeps k6 between runs, uploads what was found even when it fails, and no input is text of a script", () => {
    const steps = stepsOf(each);
    expect(steps.some(({ uses }) => uses?.startsWith("actions/cache@"))).toBe(true);
    const upload = steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
    expect(upload?.with?.["include-hidden-files"]).toBe(true);
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("names every action by its commit", () => {
    const used = stepsOf(each).flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/@[0-9a-f]{40}$/);
  });

  test("its environment is spelled as Headroom knows it", () => {
    const text = textOf("github", each.name);
    const folder = mkdtempSync(path.join(tmpdir(), "headroom-deploy-"));
    for (const [, name = ""] of text.matchAll(/--env (\S+)/g))
      expect(loadEnvironment(name, folder).environment.name).toBe(name);
  });
});

describe("nightly.yaml", () => {
  test("every object stands in the namespace, or in none by its kind", () => {
    const clusterWide = new Set(["Namespace"]);
    const misplaced = objects.filter(
      ({ kind, metadata }) =>
        metadata.namespace !== (clusterWide.has(kind) ? undefined : "headroom"),
    );
    expect(misplaced).toEqual([]);
    expect(cronJob.spec.schedule).toMatch(cron);
  });

  test("volumes, the service account, and the pods of the network policy are those of the job", () => {
    const names = pod.spec.volumes.map(({ name }) => name);
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(names);
    expect(JSON.stringify(pod.spec.volumes)).toContain(
      objectOf("PersistentVolumeClaim")?.metadata.name,
    );
    expect(JSON.stringify(pod.spec.volumes)).toContain(objectOf("ConfigMap")?.metadata.name);
    expect(objectOf("ServiceAccount")?.metadata.name).toBe(pod.spec.serviceAccountName);
    const policy = z
      .object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) })
      .parse(objectOf("NetworkPolicy")?.["spec"]);
    expect(pod.metadata.labels).toMatchObject(policy.podSelector.matchLabels);
    expect(container.resources.limits).toEqual(container.resources.requests);
  });

  test("its account reads, and changes nothing of the cluster", () => {
    const roles = readObjects("observer-rbac.yaml");
    const rules = z.array(z.object({ verbs: z.array(z.enum(["get", "list", "watch"])) }));
    const granted = roles.filter(({ kind }) => kind.endsWith("Role"));
    expect(granted.flatMap((role) => rules.parse(role["rules"])).length).toBeGreaterThan(0);
    const subjects = z.array(
      z.object({ kind: z.string(), name: z.string(), namespace: z.string() }),
    );
    const bound = roles
      .filter(({ kind }) => kind.endsWith("Binding"))
      .flatMap((binding) => subjects.parse(binding["subjects"]));
    expect(new Set(bound.map(({ name }) => name))).toEqual(new Set([pod.spec.serviceAccountName]));
  });

  test("its environment is one that Headroom takes", () => {
    const files = z.record(z.string(), z.string()).parse(objectOf("ConfigMap")?.["data"]);
    const folder = mkdtempSync(path.join(tmpdir(), "headroom-deploy-"));
    mkdirSync(path.join(folder, "environments"));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, "environments", name), text);
      const environment = loadEnvironment(name.replace(".json", ""), folder);
      expect(environment).toBeDefined();
    }
    expect(container.volumeMounts.find(({ name }) => name === "environments")?.mountPath).toBe(
      "/data/environments",
    );
  });
});

describe.each([
  {
    name: "argo-rollouts/gate.yaml",
    spec: gateJob.template.spec,
    deadline: gateJob.activeDeadlineSeconds,
    maps: gateObjects,
  },
  {
    name: "helm-test/headroom-gate.yaml",
    spec: testHook.spec,
    deadline: testHook.spec.activeDeadlineSeconds,
    maps: hookObjects,
  },
])("$name", ({ spec, deadline, maps }) => {
  test("its pod is the nightly one's, for an answer of --quick", () => {
    const [only] = spec.containers;
    expect({ ...only, args: [] }).toEqual({ ...container, args: [] });
    expect(spec.securityContext).toEqual(pod.spec.securityContext);
    expect(only.volumeMounts.map(({ name }) => name)).toEqual(spec.volumes.map(({ name }) => name));
    expect(deadline).toBeGreaterThan(15 * 60);
    expect(deadline).toBeLessThan(cronJob.spec.jobTemplate.spec.activeDeadlineSeconds);
  });

  test("both arms are hosts of the environment that it mounts", () => {
    const map = maps.find(({ kind }) => kind === "ConfigMap");
    expect(JSON.stringify(spec.volumes)).toContain(`"${map?.metadata.name}"`);
    const folder = mkdtempSync(path.join(tmpdir(), "headroom-deploy-"));
    mkdirSync(path.join(folder, "environments"));
    for (const [name, text] of Object.entries(
      z.record(z.string(), z.string()).parse(map?.["data"]),
    ))
      writeFileSync(path.join(folder, "environments", name), text);
    const { environment } = loadEnvironment("pre-production", folder);
    const arms = argumentsOf(spec).filter((word) => word.startsWith("api="));
    expect(arms).toHaveLength(2);
    expect(new Set(arms).size).toBe(2);
    for (const arm of arms)
      expect(environment.allowedHosts).toContain(new URL(arm.replace("api=", "")).hostname);
  });
});

describe("Containerfile", () => {
  const text = textOf("container", "Containerfile");

  test("the image runs as the user of the pod, where its volume is", () => {
    expect(text).toContain(`USER ${pod.spec.securityContext.runAsUser}:`);
    expect(text).toContain(`chown -R ${pod.spec.securityContext.fsGroup}:`.replace(":", ""));
    const data = container.volumeMounts.find(({ name }) => name === "data")?.mountPath;
    expect(text).toContain(`WORKDIR ${data}`);
    for (const name of ["HEADROOM_RUNS", "HEADROOM_CACHE"])
      expect(text).toContain(`${name}=${data}/`);
  });

  test("names every image by its digest", () => {
    const images = [...text.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)].map(([, image = ""]) => image);
    const used = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image = ""]) => image);
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/^[\w/]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    for (const image of used) expect(image).toMatch(/^\$\{\w+_IMAGE\}$/);
  });

  test("holds the k6 that Headroom pins", () => {
    expect(text).toContain(`grafana/k6:${k6Version}@sha256:`);
  });
});
