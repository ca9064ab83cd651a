/**
 * What a pod's processes are given in place of an image: environment, arguments, and volumes as folders. No process has a
 * file system or a network of its own, so that paths of mounts become those of the folders, and 0.0.0.0, all addresses
 * of the pod, becomes the pod's own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CoreV1Api, V1Container, V1EnvVar, V1Pod, V1Volume } from "@kubernetes/client-node";

export interface PodPlace {
  readonly api: CoreV1Api;
  readonly pod: V1Pod;
  /** Its IP, of loopback. */
  readonly address: string;
  /** Of its files, which is gone with it. */
  readonly folder: string;
}

export interface ContainerInputs {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Of text for its processes, such as a probe's command. */
  translate(text: string): string;
}

/** @returns folders by the volumes' names    @throws Error where something that it refers to is not there */
export async function makeVolumes(place: PodPlace): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of place.pod.spec?.volumes ?? [])
    folders.set(volume.name, await makeVolume(volume, place));
  return folders;
}

async function makeVolume(volume: V1Volume, { api, pod, folder }: PodPlace): Promise<string> {
  const namespace = pod.metadata?.namespace ?? "";
  if (volume.hostPath !== undefined) {
    if (volume.hostPath.type === "DirectoryOrCreate")
      mkdirSync(volume.hostPath.path, { recursive: true });
    return volume.hostPath.path;
  }
  if (volume.persistentVolumeClaim !== undefined) {
    const name = volume.persistentVolumeClaim.claimName;
    const claim = await api.readNamespacedPersistentVolumeClaim({ name, namespace });
    const bound = await api.readPersistentVolume({ name: claim.spec?.volumeName ?? "" });
    if (bound.spec?.hostPath === undefined)
      throw new Error(`the volume of ${name} has no hostPath`);
    return bound.spec.hostPath.path;
  }
  const own = path.join(folder, "volumes", volume.name);
  mkdirSync(own, { recursive: true });
  const write = (data: Readonly<Record<string, string>> = {}, encoding?: "base64"): void => {
    for (const [key, text] of Object.entries(data))
      writeFileSync(path.join(own, key), Buffer.from(text, encoding));
  };
  const { configMap, secret } = volume;
  if (configMap !== undefined) {
    const name = configMap.name ?? "";
    const { data, binaryData } = await api.readNamespacedConfigMap({ name, namespace });
    write(data);
    write(binaryData, "base64");
  }
  if (secret !== undefined) {
    const name = secret.secretName ?? "";
    write((await api.readNamespacedSecret({ name, namespace })).data, "base64");
  }
  return own;
}

/** @throws Error where something that it refers to is not there */
export async function inputsOf(
  container: V1Container,
  place: PodPlace,
  volumes: ReadonlyMap<string, string>,
): Promise<ContainerInputs> {
  const translate = translation(container, place.address, volumes);
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: place.folder,
    TMPDIR: place.folder,
    HOSTNAME: place.pod.metadata?.name ?? "",
  };
  for (const source of container.envFrom ?? []) {
    const name = source.configMapRef?.name ?? source.secretRef?.name ?? "";
    const data = await dataOf(source.secretRef === undefined ? "ConfigMap" : "Secret", name, place);
    for (const [key, text] of Object.entries(data)) env[`${source.prefix ?? ""}${key}`] = text;
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, place);
    if (value !== undefined) env[variable.name] = translate(expanded(value, env));
  }
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const command = words.map((word) => translate(expanded(word, env)));
  return { command, env, folder: place.folder, translate };
}

/** `$(NAME)` of a variable that is there; `$$` is `$`. */
const expanded = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\(([\w.-]+)\)/g, (match, name: string | undefined) =>
    name === undefined ? "$" : (env[name] ?? match),
  );

/** Paths below mounts, the longest first: one may be mounted below another. */
function translation(
  { volumeMounts = [] }: V1Container,
  address: string,
  volumes: ReadonlyMap<string, string>,
): (text: string) => string {
  const rules = volumeMounts
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length)
    .map(({ mountPath, name, subPath = "" }) => {
      const from = mountPath.replace(/\/$/, "").replace(/[^\w/]/g, String.raw`\$&`);
      const whole = new RegExp(String.raw`(?<![\w./-])${from}(?![\w.-])`, "g");
      return [whole, path.join(volumes.get(name) ?? "", subPath)] as const;
    });
  return (text) =>
    rules
      .reduce((result, [from, to]) => result.replaceAll(from, () => to), text)
      .replaceAll("0.0.0.0", address);
}

async function valueOf(variable: V1EnvVar, place: PodPlace): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef, fieldRef } = variable.valueFrom ?? {};
  if (variable.valueFrom === undefined) return variable.value ?? "";
  if (fieldRef !== undefined) return fieldOf(fieldRef.fieldPath, place);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) throw new Error(`${variable.name}: no such source of a value here`);
  const kind = secretKeyRef === undefined ? "ConfigMap" : "Secret";
  const value = (await dataOf(kind, reference.name ?? "", place))[reference.key];
  if (value === undefined && reference.optional !== true)
    throw new Error(`${kind} ${reference.name} has no key ${reference.key}`);
  return value;
}

async function dataOf(
  kind: "ConfigMap" | "Secret",
  name: string,
  { api, pod }: PodPlace,
): Promise<Readonly<Record<string, string>>> {
  const namespace = pod.metadata?.namespace ?? "";
  if (kind === "ConfigMap")
    return (await api.readNamespacedConfigMap({ name, namespace })).data ?? {};
  const { data = {} } = await api.readNamespacedSecret({ name, namespace });
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]),
  );
}

/** @throws Error for a field that a downward API has not */
function fieldOf(field: string, { pod, address }: PodPlace): string {
  const { metadata = {}, spec } = pod;
  const [, map, key = ""] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(field) ?? [];
  if (map === "labels" || map === "annotations") return metadata[map]?.[key] ?? "";
  const fields: Readonly<Record<string, string | undefined>> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec?.nodeName,
    "spec.serviceAccountName": spec?.serviceAccountName,
    "status.hostIP": "127.0.0.1",
    "status.podIP": address,
    "status.podIPs": address,
  };
  const value = fields[field];
  if (value === undefined) throw new Error(`there is no field ${field} here`);
  return value;
}
