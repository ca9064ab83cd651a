/**
 * What a run of several runners needs in its namespace: the scenario and its plan, their secrets, who may connect, and the
 * TestRun of k6-operator (`k6.io/v1alpha1`) that starts the runners. Pure: the same run gives the same objects.
 */
import type { Plan } from "../domain/plan.ts";
import type { RunnerSettings } from "../domain/environment.ts";
import { cidrOf } from "../domain/cidr.ts";
import { EngineError } from "../domain/errors.ts";
import { surfaces } from "../domain/surface.ts";
import { runFolder, runnerPort } from "./runner-protocol.ts";

export interface RunObjectOptions {
  /** Id of the run. */
  readonly id: string;
  readonly plan: Plan;
  readonly runners: number;
  readonly settings: RunnerSettings;
  /** The bundle. */
  readonly scenario: string;
  readonly secrets: RunSecrets;
  /** Of k6's own metrics. */
  readonly receiver?: Receiver | undefined;
}

export interface Receiver {
  readonly url: string;
  /** As they resolve here; empty: its name is one of the cluster's. */
  readonly addresses: readonly string[];
}

export interface RunSecrets {
  /** For requests to the runners. */
  readonly token: string;
  /** Of k6's environment. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface KubernetesObject<Kind extends string = string> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly object[];
  };
}

export interface RunObjects {
  readonly testRun: KubernetesObject<"TestRun">;
  /** What its pods mount, and who may connect to them. */
  readonly others: readonly KubernetesObject<"ConfigMap" | "Secret" | "NetworkPolicy">[];
}

/** The API server refuses larger objects. */
const mostBytes = 1024 * 1024;
const folders = {
  run: "/headroom/run",
  secrets: "/headroom/secrets",
  tmp: "/headroom/tmp",
  volume: "/headroom/volume",
} as const;
const scenarioFile = "scenario.js";
/** Where the bundle of the operator's chart and manifests puts it. */
const operatorNamespace = "k6-operator-system";
/** Of k6's REST interface, which the operator opens in every runner. */
const k6Port = 6565;

/**
 * Objects' common name: Services are among those that the operator makes of it, and a Service's name begins with a letter
 * and has 63 characters at most. @param id `20261123-165043-nightly-3fa9`
 */
export const objectName = (id: string): string => `headroom-${id.slice(0, 15)}-${id.slice(-4)}`;

/** Labels that the operator gives the pods of a TestRun's runners. */
export const runnerLabels = (name: string): Record<string, string> => ({
  app: "k6",
  k6_cr: name,
  runner: "true",
});

/** @throws EngineError `bundle-too-large` */
export function runObjects(options: RunObjectOptions): RunObjects {
  const { id, plan, scenario, secrets, settings } = options;
  const planText = JSON.stringify(plan);
  const bytes = Buffer.byteLength(scenario) + Buffer.byteLength(planText);
  if (bytes > mostBytes)
    throw new EngineError(
      `scenario and plan take ${bytes} bytes, a ConfigMap holds at most ${mostBytes}`,
      { code: "bundle-too-large", hint: "use fewer phases or scenarios" },
    );
  const head = headOf(id, settings);
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    ...head,
    immutable: true,
    data: { [scenarioFile]: scenario, [runFolder.plan]: planText },
  } as const;
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    ...head,
    immutable: true,
    type: "Opaque",
    stringData: {
      [runFolder.token]: secrets.token,
      [runFolder.variables]: JSON.stringify(secrets.variables),
    },
  } as const;
  return { testRun: testRun(options), others: [configMap, secret, networkPolicy(options)] };
}

const headOf = (id: string, { namespace }: RunnerSettings) => ({
  metadata: {
    name: objectName(id),
    namespace,
    labels: { "app.kubernetes.io/managed-by": "headroom", "headroom/run": id },
  },
});

function testRun({ id, runners, settings }: RunObjectOptions) {
  const head = headOf(id, settings);
  const { name } = head.metadata;
  const pod = {
    image: settings.image,
    imagePullPolicy: "IfNotPresent",
    // The operator's type is a text here.
    automountServiceAccountToken: "false",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    nodeSelector: settings.nodeSelector,
    tolerations: settings.tolerations,
  };
  // Equal request and limit: a runner that is throttled starts its iterations late, and the run becomes invalid.
  const resources = { cpu: settings.cpu, memory: settings.memory };
  const shared = typeof settings.reach === "object" ? settings.reach : undefined;
  const onlyIfShared = <Item>(item: Item): readonly Item[] => (shared === undefined ? [] : [item]);
  return {
    apiVersion: "k6.io/v1alpha1",
    kind: "TestRun" as const,
    ...head,
    spec: {
      parallelism: runners,
      ports: shared === undefined ? [{ name: "headroom", containerPort: runnerPort }] : [],
      // Not `cleanup: post`: it deletes the runners with what they measured and how they ended.
      script: { configMap: { name, file: scenarioFile } },
      // The plan was checked, and the bundle built, before the objects were made.
      initializer: { disabled: true },
      starter: {
        ...pod,
        resources: {
          requests: { cpu: "50m", memory: "32Mi" },
          limits: { cpu: "100m", memory: "64Mi" },
        },
      },
      runner: {
        ...pod,
        metadata: { labels: { "headroom/run": id } },
        resources: { requests: resources, limits: resources },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: runnerLabels(name) },
          },
        ],
        env: [
          { name: "TMPDIR", value: folders.tmp },
          { name: "HEADROOM_RUN_FOLDER", value: folders.run },
          { name: "HEADROOM_SECRETS_FOLDER", value: folders.secrets },
          ...(settings.unattended === undefined
            ? []
            : [{ name: "HEADROOM_UNATTENDED_MS", value: String(settings.unattended) }]),
          { name: "HEADROOM_POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          ...onlyIfShared({ name: "HEADROOM_VOLUME", value: `${folders.volume}/${name}` }),
        ],
        volumes: [
          { name: "run", configMap: { name } },
          { name: "secrets", secret: { secretName: name, defaultMode: 0o440 } },
          { name: "tmp", emptyDir: {} },
          ...onlyIfShared({ name: "volume", persistentVolumeClaim: { claimName: shared?.claim } }),
        ],
        volumeMounts: [
          { name: "run", mountPath: folders.run, readOnly: true },
          { name: "secrets", mountPath: folders.secrets, readOnly: true },
          { name: "tmp", mountPath: folders.tmp },
          ...onlyIfShared({ name: "volume", mountPath: folders.volume }),
        ],
      },
    },
  };
}

/**
 * k6's REST interface takes requests from anybody: here from the operator and its starter only. The runners' own port is
 * open, because the API server's proxy has no label to select it by; it asks for the run's token.
 */
function networkPolicy({ id, plan, settings, receiver }: RunObjectOptions) {
  const head = headOf(id, settings);
  const { name } = head.metadata;
  const { app, k6_cr } = runnerLabels(name);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy" as const,
    ...head,
    spec: {
      podSelector: { matchLabels: runnerLabels(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { "kubernetes.io/metadata.name": operatorNamespace },
              },
            },
            { podSelector: { matchLabels: { app, k6_cr } } },
          ],
          ports: [{ protocol: "TCP", port: k6Port }],
        },
        ...(typeof settings.reach === "object"
          ? []
          : [{ ports: [{ protocol: "TCP", port: runnerPort }] }]),
      ],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        ...rulesTo(placesOf(plan, receiver)),
      ],
    },
  };
}

/** Of a receiver whose name only the cluster knows, its port at any address. */
function placesOf({ targets, resolvedAddresses }: Plan, receiver: Receiver | undefined) {
  const loaded = surfaces.flatMap((surface) => {
    const url = targets[surface];
    return url === undefined
      ? []
      : [{ url, addresses: resolvedAddresses[new URL(url).hostname] ?? [] }];
  });
  return [
    ...loaded.flatMap(addressesAndPorts),
    ...(receiver === undefined ? [] : addressesAndPorts(receiver)),
    ...(receiver?.addresses.length === 0 ? [` ${portOf(receiver.url)}`] : []),
  ];
}

const addressesAndPorts = ({ url, addresses }: Receiver): readonly string[] =>
  addresses.map((address) => `${cidrOf(address)} ${portOf(url)}`);

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

/** One for each address and port. */
const rulesTo = (places: readonly string[]) =>
  [...new Set(places)].toSorted().map((place) => {
    const [cidr = "", port] = place.split(" ");
    const ports = [{ protocol: "TCP", port: Number(port) }];
    return cidr === "" ? { ports } : { to: [{ ipBlock: { cidr } }], ports };
  });
