/** What Headroom's pods connect to under an environment: targets and allowed hosts, observers, receivers of notifications. */
import * as z from "zod";
import { hostOfTarget } from "../../../config/hosts.ts";
import type { Problems } from "../../../config/problems.ts";
import type { Environment } from "../../../domain/environment.ts";
import { messageOf } from "../../../domain/errors.ts";
import type { Receiver } from "../../../notify/receivers.ts";
import { connect, type KubernetesSettings } from "../../../observe/kubernetes/connection.ts";
import { secretOf } from "../../../secrets/command-secrets.ts";

export interface Destination {
  readonly host: string;
  readonly port: number;
  /** `web`, `metrics store`. */
  readonly purposes: readonly string[];
}

/** @param problems takes what is not known here @returns one for each host and port, sorted */
export async function destinationsOf(
  environment: Environment,
  parts: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly receivers: readonly Receiver[];
    readonly allowed: readonly { readonly host: string; readonly port: number }[];
  },
  problems: Problems,
): Promise<readonly Destination[]> {
  const { targets, allowedHosts, observers } = environment;
  const { kubernetes, prometheus, database } = observers;
  const all: Destination[] = [
    ...Object.entries(targets).map(([surface, url]) => ofUrl(surface, url)),
    ...parts.receivers.map(({ kind, url }) => ofUrl(`${kind} receiver`, url)),
    ...parts.allowed.map(({ host, port }) => ({ host, port, purposes: ["--allow"] })),
  ];
  // What redirects and assets lead to.
  for (const host of allowedHosts)
    if (all.every((other) => other.host !== host))
      all.push({ host, port: 443, purposes: ["allowedHosts"] });
  if (prometheus !== undefined) all.push(ofUrl("metrics store", prometheus.url));
  if (database !== undefined) {
    const url = secretOf(parts.env, database.urlVariable);
    if (url === undefined || !URL.canParse(url))
      problems.add(
        `${database.urlVariable} is not set to a URL: it names the host of the database`,
      );
    else all.push(ofUrl("database", url));
  }
  if (kubernetes !== undefined)
    try {
      all.push(...(await apiServersOf(kubernetes)));
    } catch (error) {
      problems.add(`the addresses of the API server are not known: ${messageOf(error)}`);
    }
  return merged(all);
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

function ofUrl(purpose: string, url: string): Destination {
  const { port, protocol } = new URL(url);
  // The rest are names of PostgreSQL.
  const number = port === "" ? (defaultPorts[protocol] ?? 5432) : Number(port);
  return { host: hostOfTarget(url), port: number, purposes: [purpose] };
}

const slices = z.object({
  items: z.array(
    z.object({
      endpoints: z.array(z.object({ addresses: z.array(z.string()) })).nullish(),
      ports: z.array(z.object({ port: z.number() })).nullish(),
    }),
  ),
});
const service = z.object({ spec: z.object({ clusterIP: z.string() }) });

/** A pod reaches it through its Service; a policy may be applied before or after that is translated. */
async function apiServersOf(settings: KubernetesSettings): Promise<readonly Destination[]> {
  const connection = await connect(settings);
  const purposes = ["API server"];
  try {
    if (settings.kubeconfig !== undefined)
      return [{ ...ofUrl("", `https://${connection.server}`), purposes }];
    const ofService = "labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes";
    const { document } = await connection.get(
      `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?${ofService}`,
    );
    const answer = await connection.get("/api/v1/namespaces/default/services/kubernetes");
    const endpoints = slices
      .parse(document)
      .items.flatMap(({ endpoints: of, ports }) =>
        (of ?? []).flatMap(({ addresses }) =>
          addresses.flatMap((host) => (ports ?? []).map(({ port }) => ({ host, port, purposes }))),
        ),
      );
    return [
      ...endpoints,
      { host: service.parse(answer.document).spec.clusterIP, port: 443, purposes },
    ];
  } finally {
    connection.close();
  }
}

function merged(all: readonly Destination[]): readonly Destination[] {
  const byAddress = new Map<string, Destination>();
  for (const destination of all) {
    const { host, port, purposes } = destination;
    const before = byAddress.get(`${host} ${port}`)?.purposes ?? [];
    byAddress.set(`${host} ${port}`, {
      ...destination,
      purposes: [...new Set([...before, ...purposes])],
    });
  }
  return [...byAddress.values()].toSorted(
    (a, b) => a.host.localeCompare(b.host) || a.port - b.port,
  );
}
