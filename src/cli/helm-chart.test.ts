/** The Helm chart: the objects of `deploy/kubernetes`, and wrong values refused by their place. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadAllYaml, loadYaml } from "@kubernetes/client-node";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { binaryPath } from "../../tests/cluster/binaries.ts";
import { environmentFileSchema, loadEnvironment } from "../config/environment-file.ts";
import { environmentNames } from "../domain/environment.ts";
import { parseArguments } from "./command.ts";
import { commands } from "./commands.ts";

const deploy = path.resolve(import.meta.dirname, "../../deploy");
const chart = path.join(deploy, "helm/headroom");
const read = (...names: string[]): string => readFileSync(path.join(deploy, ...names), "utf8");

const record = z.record(z.string(), z.unknown());
const schemaFile = path.join(chart, "values.schema.json");
const schema = z
  .looseObject({
    properties: z.looseObject({ environments: record }),
    $defs: record,
  })
  .parse(JSON.parse(readFileSync(schemaFile, "utf8")));

/** Helm reads patterns as Go does. */
test("an environment in the values is what Headroom reads (-u writes it), and no pattern looks around", async () => {
  const { $schema: _, ...environment } = record.parse(environmentFileSchema());
  const properties = Object.fromEntries(
    environmentNames.map((name) => [name, { $ref: "#/$defs/environment" }]),
  );
  const upToDate = {
    ...schema,
    properties: {
      ...schema.properties,
      environments: { ...schema.properties.environments, properties },
    },
    $defs: { ...schema.$defs, environment },
  };
  const text = `${JSON.stringify(upToDate, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(schemaFile);
  expect(text).not.toMatch(/\(\?[=!<]/);
});

const validate = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  strictTypes: false,
  validateFormats: false,
}).compile(schema);
const defaults = (): Record<string, unknown> =>
  record.parse(loadYaml(read("helm/headroom/values.yaml")));

/** The defaults with another value at one place; null removes it, as Helm reads null. */
function valuesWith(place: string, value: unknown): Record<string, unknown> {
  const values = defaults();
  const names = place.split("/");
  const last = names.pop() ?? "";
  const parent = names.reduce((parts, name) => parts[name] as Record<string, unknown>, values);
  if (value === null) delete parent[last];
  else parent[last] = value;
  return values;
}

test("the default values are accepted; their image is this version's", () => {
  validate(defaults());
  expect(validate.errors).toBeNull();
  const { version } = record.parse(JSON.parse(read("../package.json")));
  const about = record.parse(loadYaml(read("helm/headroom/Chart.yaml")));
  expect(about["appVersion"]).toBe(version);
  expect(defaults()["image"]).toBe(`example.org/headroom:${String(version)}`);
});

/** Also those that Helm leaves out under a condition. */
const rulesIn = (text: string) =>
  text.replaceAll(/^\{\{- (?:if has .*|end) \}\}\n/gm, "").match(/^rules:\n(?: .*\n)+/gm);

test.each([
  ["observer-rbac.yaml", "observer-rbac.yaml", 3],
  ["runners.yaml", "runners-rbac.yaml", 1],
])("without Helm as well: the rules of %s are those of the chart", (manifest, template, roles) => {
  const rules = rulesIn(read("kubernetes", manifest));
  expect(rules).toHaveLength(roles);
  expect(rulesIn(read("helm/headroom/templates", template))).toEqual(rules);
});

const wrongValues: readonly [place: string, value: unknown, at: string, reason: RegExp][] = [
  ["nightly/scedule", "0 1 * * *", "/nightly", /scedule/],
  ["nightly/schedule", null, "/nightly", /missing property 'schedule'/],
  ["nightly/schedule", "at night", "/nightly/schedule", /pattern/],
  ["nightly/timeZone", "+02:00", "/nightly/timeZone", /pattern/],
  ["nightly/activeDeadlineSeconds", "90m", "/nightly/activeDeadlineSeconds", /got string/],
  ["nightly/args", "--repeat 5", "/nightly/args", /got string, want array/],
  ["image", "example.org/headroom", "/image", /pattern/],
  ["secret", "", "/secret", /pattern/],
  ["resources/cpu", 0, "/resources/cpu", /exclusiveMinimum/],
  ["resources/cpu", "two", "/resources/cpu", /pattern/],
  ["resources/memory", "2 GB", "/resources/memory", /pattern/],
  ["storage/size", "0Gi", "/storage/size", /pattern/],
  ["storage/existingClaim", "My Claim", "/storage/existingClaim", /pattern/],
  ["networkPolicy/ports", [443, 70_000], "/networkPolicy/ports/1", /maximum/],
  ["networkPolicy/cidrs", ["10.0.0.1"], "/networkPolicy/cidrs/0", /pattern/],
  ["nodeSelector", { zone: 1 }, "/nodeSelector/zone", /want string/],
  ["tolerations", [{ effect: "Never" }], "/tolerations/0/effect", /one of/],
  ["environments", {}, "/environments", /minProperties/],
  ["environments/stagging", {}, "/environments", /stagging/],
  ["environments/staging/allowedHost", "a", "/environments/staging", /allowedHost/],
  ["environments/staging/ceilings", { users: 0 }, "/environments/staging/ceilings/users", /0/],
  ["gate/baseline", { api: "dapp:3000" }, "/gate/baseline/api", /pattern/],
  ["gate/baseline", { apis: "http://dapp" }, "/gate/baseline", /apis/],
];

test.each(wrongValues)("%s: %j is refused at its place, once", (place, value, at) => {
  validate(valuesWith(place, value));
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toEqual([at]);
});

test("a gate without an address of each arm is refused", () => {
  const gate = { ...record.parse(defaults()["gate"]), enabled: true };
  validate({ ...defaults(), gate });
  const places = validate.errors?.map(({ instancePath }) => instancePath);
  expect(places).toEqual(["/gate/baseline", "/gate/candidate", "/gate"]);
});

const objectShape = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
  data: z.record(z.string(), z.string()).exactOptional(),
});
type ClusterObject = z.infer<typeof objectShape>;
const objectsIn = (text: string): ClusterObject[] =>
  loadAllYaml(text).map((each) => objectShape.parse(each));

const helm = [process.env["HEADROOM_HELM"] ?? "", binaryPath("helm"), "/usr/local/bin/helm"].find(
  (file) => file !== "" && existsSync(file),
);
if (helm === undefined)
  process.stderr.write(
    "SKIPPED: the chart as Helm renders it. No helm: HEADROOM_HELM names one, npm run test:cluster builds one.\n",
  );

interface Rendered {
  readonly objects: readonly ClusterObject[];
  readonly errors: string;
}

function render(values: unknown, release = "headroom"): Rendered {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-chart-")), "values.json");
  writeFileSync(file, JSON.stringify(values));
  const words = ["template", release, chart, "-n", "headroom", "-f", file];
  const { stdout, stderr } = spawnSync(helm ?? "", [...words, "--kube-version", "1.37"], {
    encoding: "utf8",
  });
  return { objects: objectsIn(stdout).filter(Boolean), errors: stderr };
}

const keyOf = ({ kind, metadata: { namespace, name } }: ClusterObject): string =>
  [kind, namespace, name].join("/");

/** By kind and name; files of the config map parsed, since Helm writes JSON its own way. */
const comparable = (objects: readonly ClusterObject[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    objects.map((each) => {
      const { annotations: _, ...metadata } = each.metadata;
      const files = Object.entries(each.data ?? {});
      const data = Object.fromEntries(
        files.map(([name, text]) => [name, JSON.parse(text) as unknown]),
      );
      return [keyOf(each), { ...each, metadata, data }];
    }),
  );

const podShape = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  containers: z.tuple([z.looseObject({ args: z.array(z.string()) })]),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const cronJobShape = z.object({
  jobTemplate: z.object({ spec: z.object({ template: z.object({ spec: podShape }) }) }),
});
const specOf = ({ objects, errors }: Rendered, kind: string): unknown => {
  expect(errors).toBe("");
  return objects.find((each) => each.kind === kind)?.["spec"];
};
const nightlyPod = (rendered: Rendered): z.infer<typeof podShape> =>
  cronJobShape.parse(specOf(rendered, "CronJob")).jobTemplate.spec.template.spec;

const rolesIn = (objects: readonly ClusterObject[]) =>
  objects.filter(({ kind }) => kind === "Role").map(({ metadata }) => metadata.namespace);
const cronJobOf = (release: string) =>
  render({}, release)
    .objects.map(keyOf)
    .find((key) => key.startsWith("CronJob"));

async function expectParsed([name, ...words]: readonly string[]): Promise<void> {
  const command = await commands.find((each) => each.name === name)?.load();
  if (command === undefined) throw new Error(`there is no command ${name}`);
  expect(parseArguments(command, words).isHelp).toBe(false);
}

describe.skipIf(helm === undefined)("rendered by Helm", () => {
  test("with the default values it is nightly.yaml and observer-rbac.yaml, but for the namespace", () => {
    const manifests = ["nightly.yaml", "observer-rbac.yaml"]
      .flatMap((name) => objectsIn(read("kubernetes", name)))
      .filter(({ kind }) => kind !== "Namespace");
    const { objects, errors } = render({});
    expect(errors).toBe("");
    expect(comparable(objects)).toEqual(comparable(manifests));
    expect(objects).toHaveLength(Object.keys(comparable(manifests)).length);
  });

  test.each(wrongValues)("%s: %j is refused with one line", (place, value, at, reason) => {
    // Values are merged into the defaults, where only null removes one.
    const names = place.split("/");
    const replaced = place === "environments" ? { staging: null } : value;
    const values = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), replaced);
    const lines = render(values)
      .errors.split("\n")
      .filter((line) => line.trim().startsWith("- "));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`- at '${at}': `);
    expect(lines[0]).toMatch(reason);
  });

  test.each([
    [undefined, true],
    ["api-server", true],
    ["pod", false],
    [{ claim: "shared", directory: "/shared" }, false],
  ])("runners that are reached by %j need pods/proxy: %s", (reach, isNeeded) => {
    const runners = { namespace: "load", image: "example.org/headroom:1", reach };
    const { objects, errors } = render({ environments: { staging: { runners } } });
    expect(errors).toBe("");
    const role = objects.find(
      ({ kind, metadata }) => kind === "Role" && metadata.namespace === "load",
    );
    expect(role).toBeDefined();
    expect(JSON.stringify(role).includes("pods/proxy")).toBe(isNeeded);
  });

  test("an environment that the values lack is refused by name", () => {
    expect(render({ nightly: { environment: "production" } }).errors).toContain(
      'nightly.environment is "production", expected a name in environments: staging',
    );
  });

  const arms = { baseline: { api: "http://blue:3000" }, candidate: { api: "http://green:3000" } };

  test("the gate is a pod of helm test that runs what Headroom reads, in the nightly run's pod", async () => {
    const rendered = render({ gate: { enabled: true, ...arms } });
    const { activeDeadlineSeconds, ...pod } = podShape.parse(specOf(rendered, "Pod"));
    const [container] = pod.containers;
    await expectParsed(container.args);
    expect(container.args).toContain("api=http://green:3000");
    const nightly = nightlyPod(rendered);
    const ofTheGate = { name: "data", emptyDir: {} };
    expect({ ...pod, containers: [{ ...container, args: [] }] }).toEqual({
      ...nightly,
      containers: [{ ...nightly.containers[0], args: [] }],
      volumes: nightly.volumes.map((each) => (each.name === "data" ? ofTheGate : each)),
    });
    expect(activeDeadlineSeconds).toBeGreaterThan(15 * 60);
    const hook = rendered.objects.find(({ kind }) => kind === "Pod")?.metadata["annotations"];
    expect(hook).toMatchObject({ "helm.sh/hook": "test" });
  });

  test("arguments of the nightly run, numbers and addresses reach the objects", async () => {
    const rendered = render({
      resources: { cpu: 4, memory: "8Gi" },
      nightly: { args: ["--repeat", "5"], ttlSecondsAfterFinished: 2_000_000_000 },
      networkPolicy: { ports: [3000], cidrs: ["10.0.0.0/8"] },
      nodeSelector: { pool: "load" },
      tolerations: [{ key: "load", operator: "Exists", effect: "NoSchedule" }],
      imagePullSecrets: ["registry"],
    });
    const pod = nightlyPod(rendered);
    const [container] = pod.containers;
    await expectParsed(container.args);
    expect(container.args).toEqual(["nightly", "--env", "staging", "--repeat", "5"]);
    expect(container["resources"]).toEqual({
      requests: { cpu: 4, memory: "8Gi" },
      limits: { cpu: 4, memory: "8Gi" },
    });
    expect(pod).toMatchObject({
      nodeSelector: { pool: "load" },
      tolerations: [{ key: "load", operator: "Exists", effect: "NoSchedule" }],
      imagePullSecrets: [{ name: "registry" }],
    });
    expect(specOf(rendered, "NetworkPolicy")).toMatchObject({
      egress: [
        {},
        { ports: [{ protocol: "TCP", port: 3000 }], to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
      ],
    });
    expect(JSON.stringify(rendered.objects)).toContain('"ttlSecondsAfterFinished":2000000000');
  });

  test("roles are in the namespaces that environments observe: none, no role and no token", () => {
    const facts = {
      allowedHosts: ["a.example.com"],
      observers: { kubernetes: { namespace: "b" } },
    };
    const both = render({ environments: { "pre-production": facts } }).objects;
    expect(new Set(rolesIn(both))).toEqual(new Set(["atk", "b", "default"]));
    const withoutNodes = render({ rbac: { nodes: false } }).objects;
    expect(rolesIn(withoutNodes)).toEqual(["atk"]);
    expect(withoutNodes.map(({ kind }) => kind)).not.toContain("ClusterRole");
    const none = render({ environments: { staging: { observers: null } } });
    expect(none.objects.filter(({ kind }) => kind.includes("Role"))).toEqual([]);
    expect(nightlyPod(none).automountServiceAccountToken).toBe(false);
  });

  test("an environment with runners has the rights of runners.yaml in their namespace, and a token", () => {
    const runners = { namespace: "headroom-runners", image: "example.org/headroom:0.1.0" };
    const rendered = render({ environments: { staging: { observers: null, runners } } });
    const rights = rendered.objects.filter(({ kind }) => kind.startsWith("Role"));
    const manifests = objectsIn(read("kubernetes/runners.yaml"));
    expect(comparable(rights)).toEqual(
      comparable(manifests.filter(({ kind }) => kind !== "Namespace")),
    );
    expect(nightlyPod(rendered).automountServiceAccountToken).toBe(true);
  });

  test("a volume by whose files runners are asked is mounted where the environment says, once", () => {
    const reach = { claim: "headroom.shared", directory: "/mnt/shared" };
    const runners = { namespace: "a", image: "example.org/headroom:0.1.0", reach };
    const pod = nightlyPod(render({ environments: { staging: { runners }, local: { runners } } }));
    const [{ volumeMounts }] = pod.containers;
    const name = "shared-f7f25b5b";
    expect(volumeMounts).toContainEqual({ name, mountPath: "/mnt/shared" });
    expect(pod.volumes.filter((each) => each.name === name)).toEqual([
      { name, persistentVolumeClaim: { claimName: "headroom.shared" } },
    ]);
  });

  test("an existing claim and account are used, and not made", () => {
    const rendered = render({
      storage: { existingClaim: "shared-runs" },
      serviceAccount: { create: false, name: "123" },
    });
    const pod = nightlyPod(rendered);
    expect(pod.serviceAccountName).toBe("123");
    expect(JSON.stringify(pod.volumes)).toContain('"claimName":"shared-runs"');
    const kinds = rendered.objects.map(({ kind }) => kind);
    expect(kinds).not.toContain("PersistentVolumeClaim");
    expect(kinds).not.toContain("ServiceAccount");
  });

  test("names begin with the release; that of a CronJob has 52 characters at most", () => {
    expect(cronJobOf("kit")).toBe("CronJob/headroom/kit-headroom-nightly");
    const cronJob = cronJobOf("a-very-long-name".repeat(3));
    expect(cronJob?.split("/").at(-1)?.length).toBeLessThanOrEqual(52);
  });

  test("an environment of the values is one that Headroom reads", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "headroom-chart-"));
    const map = render({}).objects.find(({ kind }) => kind === "ConfigMap");
    const file = path.join(folder, "staging.json");
    writeFileSync(file, map?.data?.["staging.json"] ?? "");
    expect(loadEnvironment("staging", folder, file).environment.observers.kubernetes).toEqual({
      namespace: "atk",
    });
  });
});
