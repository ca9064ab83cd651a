import type { Count } from "./written.ts";
import type { ClusterClock } from "./autoscaling.ts";
import type { AbortRule } from "./profile.ts";
import type { EventKind } from "./resilience.ts";
import type { Silence } from "./silence.ts";
import type { Role } from "./role.ts";
import type { PerSurface, Surface } from "./surface.ts";
import type { Milliseconds, PerMinute } from "./units.ts";

export const environmentNames = [
  "local",
  "feature-branch",
  "shared-development",
  "staging",
  "pre-production",
  "production",
  "disaster-recovery",
] as const;
export type EnvironmentName = (typeof environmentNames)[number];

/** The most that an environment may be given. A plan beyond it is refused before a packet is sent. */
export interface Ceilings {
  /** All HTTP requests at the peak: page assets, writes, and those of real browsers are among them. */
  readonly requestsPerMinute: PerMinute;
  readonly users: number;
  /** Of one run. */
  readonly durationMs: Milliseconds;
  /** Of all runs of one command together: repetitions, pairs of a gate. */
  readonly commandDurationMs: Milliseconds;
  /** Assets that are requested for one page at most, ≥ 0; what a page names beyond it is counted and not requested. */
  readonly assetsPerPage: number;
  /** Hours of the day (UTC) in which load may go on, from its setup to its last request, [from, to); absent: any. */
  readonly hoursUtc?: readonly [from: number, to: number];
}

/** Where the virtual users' identities come from. The password never stands in a file of ours. */
export interface IdentityPool {
  readonly count: number;
  /** `{n}` becomes 1..count: `load-{n}@example.test`. */
  readonly emailPattern: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordVariable: string;
  /** What each identity may do; absent: asked of the platform before the load. */
  readonly roles?: IdentityRoles | undefined;
}

/** Numbers of the identities (1..count) that have a role; one may have several. */
export type IdentityRoles = Readonly<Partial<Record<Role, IdentityNumbers>>>;

/** Numbers of identities, from 1. */
export type IdentityNumbers = readonly Count[];

/** What watches the platform meanwhile. Absent parts are not watched, and the report says so. Secrets are named, never held. */
export interface ObserverSettings {
  readonly kubernetes?: {
    readonly namespace: string;
    /** Path of a kubeconfig; absent: KUBECONFIG, ~/.kube/config, or the service account of the pod that Headroom runs in. */
    readonly kubeconfig?: string;
    readonly context?: string;
    /** Where the cluster's clocks are not ours: a sandbox's that runs already. */
    readonly clock?: ClusterClock;
  };
  readonly prometheus?: {
    readonly url: string;
    /** Added to every selector: {namespace: "kit"}. */
    readonly labels: Readonly<Record<string, string>>;
    /** Environment variable that holds a bearer token. */
    readonly tokenVariable?: string;
    /** Of a store with several tenants: sent as X-Scope-OrgID. */
    readonly tenant?: string;
  };
  readonly database?: {
    /** Environment variable that holds the connection URL of a read-only role. */
    readonly urlVariable: string;
  };
}

/** A volume that Headroom and all runners mount. */
export interface SharedVolume {
  /** PersistentVolumeClaim (ReadWriteMany) in the runners' namespace. */
  readonly claim: string;
  /** Where the same volume is mounted on Headroom's side. */
  readonly directory: string;
}

/** Where the runners of a run on Kubernetes are started. */
export interface RunnerSettings {
  readonly namespace: string;
  /** Path of a kubeconfig; absent: KUBECONFIG, ~/.kube/config, or the service account of the pod that Headroom runs in. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** k6 and Headroom: deploy/container. */
  readonly image: string;
  /** Of each runner, as Kubernetes writes quantities; request and limit. */
  readonly cpu: string;
  readonly memory: string;
  /** How their pods are asked: through the API server, at their own address where Headroom runs in the cluster, or by files. */
  readonly reach: "api-server" | "pod" | SharedVolume;
  /** So long they go on while no Headroom collects from them. Absent: 60 s. */
  readonly unattended?: Milliseconds;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
}

/** What makes an event where nothing is built in for it, or in its place. */
export type EventMaking =
  | { readonly command: readonly string[] }
  /** A file of one object that is applied, awaited (a condition, or `field=value`) and removed. */
  | { readonly object: string; readonly until: string }
  /** What a person does. */
  | { readonly byHand: string };

/** How the events of a resilience run are made. */
export interface EventSettings {
  /** Absent: that of the Kubernetes observer. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Of one event. */
  readonly timeoutMs: Milliseconds;
  readonly make: Readonly<Partial<Record<EventKind, EventMaking>>>;
}

/** Where: hosts, limits, approval. Loading anything not named here is refused. */
export interface Environment {
  readonly name: EnvironmentName;
  readonly summary: string;
  /** The embedded sandbox is started for the run and stopped after it. */
  readonly sandbox: boolean;
  /** Base URLs; absent surfaces cannot be loaded. */
  readonly targets: Readonly<Partial<PerSurface<string>>>;
  /** Hosts (no port) that requests may go to; redirects elsewhere fail. */
  readonly allowedHosts: readonly string[];
  /** Addresses (CIDR) that those hosts may resolve to; absent: any. */
  readonly allowedNetworks?: readonly string[];
  /** By host: the environment with approval that names it, so that it is refused under this name. Absent: none. */
  readonly approvedElsewhere?: Readonly<Record<string, HostOwner>> | undefined;
  readonly ceilings: Ceilings;
  /** Findings that are not shown; absent: none. */
  readonly silence?: readonly Silence[] | undefined;
  /** Beside those of each profile: they can end a run earlier, never later. */
  readonly abortRules?: readonly AbortRule[] | undefined;
  readonly approval: "none" | "recorded";
  /** 0..1; absent where the specification says "best effort". */
  readonly availabilityTarget?: number;
  readonly identities: IdentityPool;
  /** Text that a private page's document contains only for signed-in users; a page that is absent has the platform's. */
  readonly pageMarks?: Readonly<Partial<Record<string, string>>> | undefined;
  /** The Kubernetes workload that serves each surface: two surfaces may share one. */
  readonly workloads: PerSurface<string>;
  readonly observers: ObserverSettings;
  /** Absent: only what is built in. */
  readonly events?: EventSettings | undefined;
  /** Absent: no run of it can be started on Kubernetes. */
  readonly runners?: RunnerSettings | undefined;
}

/** The environment that a host belongs to, and the file that says so. */
export interface HostOwner {
  readonly environment: EnvironmentName;
  readonly file: string;
}

/**
 * Who allowed a run where one must be allowed, why, how much, and until when. Kept in `run.json`; what is optional here
 * is absent in runs from before it was asked for.
 */
export interface Approval {
  /** The environment that it allows. */
  readonly environment: EnvironmentName;
  /** Who approved it. */
  readonly approvedBy: string;
  /** Why it was approved. */
  readonly reason: string;
  /** Names of the profiles that it covers. */
  readonly profiles?: readonly string[] | undefined;
  /** All HTTP requests at the peak. */
  readonly requestsPerMinute?: PerMinute | undefined;
  /** All runs of the command together. */
  readonly durationMs?: Milliseconds | undefined;
  /** Whether the load may change data. */
  readonly writes?: boolean | undefined;
  /** ISO 8601 instants, at most seven days apart. */
  readonly issued?: string | undefined;
  /** ISO 8601 instant from which it no longer holds. */
  readonly expires: string;
}

export type Targets = Readonly<Partial<Record<Surface, BaseUrl>>>;

/** Base URL of a surface. */
export type BaseUrl = string;

/** Name of a Kubernetes workload. */
export type WorkloadName = string;
