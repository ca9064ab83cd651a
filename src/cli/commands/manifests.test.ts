import { createServer, type Server } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { respondJson } from "../../../sandbox/src/http.ts";
import { listening } from "../../testdata/free-port.ts";
import { parseArguments } from "../command.ts";
import { testIo } from "../testdata/io.ts";
import { manifestsCommand } from "./manifests.ts";

const packageRoot = path.resolve(import.meta.dirname, "../../..");
const cwd = mkdtempSync(path.join(tmpdir(), "headroom-manifests-"));
mkdirSync(path.join(cwd, "environments"));

/** An API server that names its own addresses. */
let server: Server;
let kubeconfig: string;
beforeAll(async () => {
  server = createServer(({ url = "" }, response) =>
    respondJson(
      response,
      200,
      url.includes("endpointslices")
        ? {
            items: [
              {
                endpoints: [{ addresses: ["10.9.0.2"] }, { addresses: ["10.9.0.1"] }],
                ports: [{ port: 6443 }],
              },
            ],
          }
        : { spec: { clusterIP: "10.96.0.1" } },
    ),
  );
  const port = await listening(server);
  kubeconfig = path.join(cwd, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: {} }],
      "current-context": "x",
    }),
  );
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const staging = {
  targets: {
    web: "https://192.0.2.10",
    api: "https://192.0.2.10",
    subgraph: "http://[2001:db8::7]:8000/subgraphs/kit",
  },
  allowedHosts: ["192.0.2.10", "2001:db8::7", "192.0.2.99"],
  observers: {
    prometheus: { url: "http://192.0.2.20:9090" },
    database: { urlVariable: "KIT_DATABASE_URL" },
    kubernetes: { namespace: "atk" },
  },
};

/** @param env of the process; a client of Kubernetes reads its own variables */
async function policy(
  file: unknown,
  env: Readonly<Record<string, string>>,
  ...more: string[]
): Promise<string> {
  return printedOf(file, ["network-policy", "--env", "staging", ...more], env);
}

async function printedOf(
  file: unknown,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  writeFileSync(path.join(cwd, "environments", "staging.json"), JSON.stringify(file));
  const { io, out } = testIo({ cwd, packageRoot, env, commandLine: ["manifests", ...argv] });
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = kubeconfig;
  try {
    expect(await manifestsCommand.run(parseArguments(manifestsCommand, argv), io)).toBe(0);
  } finally {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
  }
  return out();
}

const variables = {
  KIT_DATABASE_URL: "postgres://reader:secret@192.0.2.30/kit",
  HEADROOM_NOTIFY_WEBHOOK: "https://192.0.2.40/hook/secret",
};

test("one rule for each host and port: targets, allowed hosts, observers, receivers, the API server, --allow", async () => {
  const text = await policy(staging, variables, "--allow", "192.0.2.50:3128");
  expect(text).not.toContain("secret");
  const { metadata, spec } = loadYaml<{
    readonly metadata: unknown;
    readonly spec: {
      readonly egress: readonly {
        readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
        readonly ports: readonly { readonly port: number }[];
      }[];
    };
  }>(text);
  expect(metadata).toEqual({ name: "headroom", namespace: "headroom" });
  const rules = spec.egress.map(({ to, ports }) =>
    [...to.map(({ ipBlock }) => ipBlock?.cidr ?? "DNS"), ...ports.map(({ port }) => port)].join(
      " ",
    ),
  );
  expect(rules).toEqual([
    "DNS 53 53",
    "2001:db8::7/128 8000",
    "10.9.0.1/32 6443",
    "10.9.0.2/32 6443",
    "10.96.0.1/32 443",
    "192.0.2.10/32 443",
    "192.0.2.20/32 9090",
    "192.0.2.30/32 5432",
    "192.0.2.40/32 443",
    "192.0.2.50/32 3128",
    "192.0.2.99/32 443",
  ]);
  expect(text).toContain("# web, api: 192.0.2.10\n");
  expect(await policy(staging, variables, "--allow", "192.0.2.50:3128")).toBe(text);
});

test("all that is not known is one error", async () => {
  const unknown = {
    ...staging,
    targets: { web: "https://web.invalid", api: "https://api.invalid" },
    allowedHosts: ["web.invalid", "api.invalid"],
  };
  const error: unknown = await policy(unknown, {}).catch((reason: unknown) => reason);
  const { message, code } = error as { message: string; code: string };
  expect(code).toBe("unknown-address");
  expect(message).toMatch(/KIT_DATABASE_URL is not set/);
  expect(message).toMatch(/web: .*web\.invalid/);
  expect(message).toMatch(/api: .*api\.invalid/);
});

test("an environment without hosts is refused", async () => {
  await expect(policy({}, {})).rejects.toThrow("staging names no host");
});

describe("test-run", () => {
  const withRunners = {
    ...staging,
    runners: { namespace: "load", image: "registry.example.com/headroom:1", cpu: "500m" },
  };
  const printed = async (...argv: string[]): Promise<string> => {
    writeFileSync(path.join(cwd, "environments", "staging.json"), JSON.stringify(withRunners));
    const { io, out } = testIo({ cwd, packageRoot, env: {}, commandLine: ["manifests", ...argv] });
    await manifestsCommand.run(parseArguments(manifestsCommand, argv), io);
    return out();
  };

  test("prints what a run makes, but for its Secret", async () => {
    const text = await printed(
      ..."test-run smoke --env staging --scenario api --runners 3 --rate 600/min".split(" "),
    );
    const { items } = JSON.parse(text) as { items: { kind: string; spec?: unknown }[] };
    expect(items.map(({ kind }) => kind)).toEqual(["TestRun", "ConfigMap", "NetworkPolicy"]);
    expect(items[0]?.spec).toMatchObject({
      parallelism: 3,
      runner: {
        image: "registry.example.com/headroom:1",
        resources: { limits: { cpu: "500m", memory: "2Gi" } },
      },
    });
  });

  test.each([
    ["test-run --env staging", "test-run needs a profile"],
    ["test-run smoke --env staging --allow a:1", "--allow is for network-policy"],
    ["test-run smok --env staging", 'unknown profile "smok"'],
    ["network-policy smoke --env staging", '"smoke": network-policy takes no profile'],
    ["network-policy --env staging --runners 3", "--runners is for test-run"],
  ])("%s is refused", async (words, problem) => {
    await expect(async () => printed(...words.split(" "))).rejects.toThrow(problem);
  });
});

const roleOf = async (file: object, ...more: string[]): Promise<string> =>
  printedOf(file, ["events-role", "--env", "staging", ...more]);

describe("events-role", () => {
  type Role = { readonly kind: string; readonly metadata: object };

  test("the rights of deploy/kubernetes/events.yaml, in the namespace of the platform", async () => {
    const { items } = JSON.parse(await roleOf(staging)) as { readonly items: readonly Role[] };
    const file = readFileSync(path.join(packageRoot, "deploy/kubernetes/events.yaml"), "utf8");
    expect(items).toEqual(file.split(/^---$/m).map((document) => loadYaml(document)));
  });

  test("not those of events that are made in another way", async () => {
    const byHand = { byHand: "stop it" };
    const make = { "node-drain": byHand, rollback: byHand, "pod-deletion": byHand };
    const text = await roleOf({ ...staging, events: { make } });
    const { items } = JSON.parse(text) as { readonly items: readonly Role[] };
    expect(items.map(({ kind }) => kind)).toEqual(["ServiceAccount", "Role", "RoleBinding"]);
    expect(items[1]).toMatchObject({
      rules: [{ resources: ["deployments", "statefulsets"], verbs: ["get", "patch"] }],
    });
  });

  test("an environment without a cluster, and flags of other kinds, are refused", async () => {
    const { kubernetes: _, ...observers } = staging.observers;
    await expect(roleOf({ ...staging, observers })).rejects.toThrow(
      "staging makes no events through the Kubernetes API",
    );
    await expect(async () => roleOf(staging, "--allow", "a:1")).rejects.toThrow(
      "--allow is for network-policy",
    );
  });
});
