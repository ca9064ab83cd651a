/** Servers that echo all input, the secrets planted in a run, and the search for them afterwards. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** With what URLs, JSON, HTML and shells write in a way of their own. */
export const planted = {
  password: `pw"4\\x&<q>/+ %ü-7c1d`,
  pincode: "pin-83f2a1",
  targetKey: "key/9f3e+7a&2b",
  targetQuery: "query-token-5d8e",
  pushToken: "push~token/6+a1b2",
  pushPassword: "push-password-77aa",
  prometheusUser: "prom-url-password-31ff",
  prometheusToken: "prom.bearer/token+92cc==",
  databasePassword: "db pass'word-40be",
  kubeToken: `eyJhbGciOiJSUzI1NiJ9.${"k8s0token1".repeat(60)}.c2lnbmF0dXJl`,
  kubePassword: "kube-basic-password-58dd",
  kubeKey: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
  slackPath: "/services/T0AB12CD3/B0EF45GH6/xYz789secretPart",
  webhookToken: "webhook-query-token-66ee",
};
/** Those that the platform gives while the run goes on. */
export const sessions = new Set<string>();

const servers: Server[] = [];
export const closeServers = (): void => servers.forEach((server) => void server.close());

/** Sessions as the cookies that they are sent in: which text is one by itself only k6 knows. */
export const everything = (): string =>
  [
    ...Object.values(planted),
    ...[...sessions].map((session) => `better-auth.session_token=${encodeURIComponent(session)}`),
  ].join(" ; ");

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an AddressInfo
  return (server.address() as AddressInfo).port;
}

export const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

/** Repeats what it was sent, and all that is planted. */
function echo(status: number, json: (text: string) => unknown) {
  return (asked: IncomingMessage, answer: ServerResponse): void => {
    const text = `${asked.url ?? ""} ${JSON.stringify(asked.headers)} ${everything()}`;
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(json(text)));
    asked.resume();
  };
}

/** PostgreSQL's wire format: one ErrorResponse to any input. */
function refusingDatabase(): Server {
  return createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      const fields = `SFATAL\0C99999\0Mrefused ${everything()}\0\0`;
      const length = Buffer.alloc(4);
      length.writeInt32BE(Buffer.byteLength(fields) + 4);
      socket.end(Buffer.concat([Buffer.from("E"), length, Buffer.from(fields)]));
    });
  });
}

const kubeconfig = (port: number): string =>
  JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [
      {
        name: "u",
        user: {
          token: planted.kubeToken,
          password: planted.kubePassword,
          "client-key-data": Buffer.from(
            `-----BEGIN PRIVATE KEY-----\n${planted.kubeKey}\n-----END PRIVATE KEY-----\n`,
          ).toString("base64"),
        },
      },
    ],
  });

const forms: Readonly<Record<string, (text: string) => string[]>> = {
  raw: (text) => [text],
  url: (text) => [
    encodeURIComponent(text),
    encodeURIComponent(text).toLowerCase(),
    new URLSearchParams({ a: text }).toString().slice(2),
  ],
  json: (text) => [
    JSON.stringify(text).slice(1, -1),
    JSON.stringify(JSON.stringify(text)).slice(3, -3),
  ],
  html: (text) => [
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;"),
  ],
  base64: (text) => encodings(text, "base64"),
  base64url: (text) => encodings(text, "base64url"),
};

/** Without the characters at the ends, which hold bits of what is beside it; at each place among the groups of three bytes. */
const encodings = (text: string, encoding: BufferEncoding): string[] =>
  [0, 1, 2].map((before) =>
    Buffer.from("u".repeat(before) + text)
      .toString(encoding)
      .replaceAll("=", "")
      .slice(before === 0 ? 0 : before + 1, -1),
  );

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    return entry.isDirectory() ? [file, ...filesBelow(file)] : [file];
  });
}

const textOf = (file: string): string =>
  (file.endsWith(".gz") ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString("utf8");


/** Every file below a directory, unpacked, and every directory. */
const entriesBelow = (directory: string): string[] => [directory, ...filesBelow(directory)];

/** Contents by name. */
export const textsBelow = (directory: string): Map<string, string> =>
  new Map(
    filesBelow(directory)
      .filter((file) => statSync(file).isFile())
      .map((file) => [path.relative(directory, file), textOf(file)]),
  );

/** Where each secret occurs, in which form; and the table of the counts. */
export function leaksIn(
  texts: ReadonlyMap<string, string>,
  secrets: Readonly<Record<string, string>>,
): { readonly leaks: readonly string[]; readonly table: string } {
  const leaks: string[] = [];
  const rows = Object.entries(secrets).map(([name, secret]) => {
    const counts = Object.entries(forms).map(([form, make]) => {
      let count = 0;
      for (const [file, text] of texts) {
        const found = make(secret).reduce((sum, each) => sum + text.split(each).length - 1, 0);
        if (found > 0) leaks.push(`${file}: ${name}, ${form}, ${found} times`);
        count += found;
      }
      return `${form} ${count}`;
    });
    return `  ${name.padEnd(18)}${counts.join("  ")}`;
  });
  const bytes = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
  const head = `${rows.length} secrets in ${Object.keys(forms).length} forms, ${texts.size} files and outputs, ${(bytes / 1e6).toFixed(2)} MB:`;
  return { leaks, table: `${[head, ...rows].join("\n")}\n` };
}

/** Files that are not 0600, directories that are not 0700. */
export const openEntries = (directory: string): string[] =>
  entriesBelow(directory).flatMap((entry) => {
    const status = statSync(entry);
    const mode = status.mode & 0o777;
    const name = path.relative(directory, entry);
    return mode === (status.isDirectory() ? 0o700 : 0o600) ? [] : [`${name} ${mode.toString(8)}`];
  });

/**
 * Starts the servers, and writes what a run needs to reach them.
 * @param platform where the API listens @returns variables of the command, and its arguments
 */
export async function plant(
  directory: string,
  platform: number,
): Promise<{ readonly env: Record<string, string>; readonly load: readonly string[] }> {
  const store = await serve(echo(422, (error) => ({ status: "error", error })));
  const kubernetes = await serve(echo(403, (message) => ({ kind: "Status", message })));
  const receiver = await serve(echo(404, (error) => ({ error })));
  const database = await listen(refusingDatabase());
  const config = path.join(directory, "kubeconfig");
  const environment = path.join(directory, "planted.json");
  writeFileSync(config, kubeconfig(kubernetes));
  writeFileSync(
    environment,
    JSON.stringify({
      targets: { api: `http://127.0.0.1:${platform}/{KIT_KEY}` },
      allowedHosts: ["127.0.0.1"],
      identities: {
        count: 3,
        emailPattern: "load-{n}@sandbox.test",
        passwordVariable: "PLANTED_PASSWORD",
      },
      observers: {
        kubernetes: { namespace: "atk", kubeconfig: config },
        prometheus: {
          url: `http://reader:${planted.prometheusUser}@127.0.0.1:${store}`,
          tokenVariable: "PLANTED_PROMETHEUS_TOKEN",
        },
        database: { urlVariable: "PLANTED_DATABASE_URL" },
      },
    }),
  );
  return {
    env: {
      PLANTED_PASSWORD: planted.password,
      HEADROOM_PINCODE: planted.pincode,
      KIT_KEY: planted.targetKey,
      PLANTED_PROMETHEUS_TOKEN: planted.prometheusToken,
      PLANTED_DATABASE_URL: `postgres://reader:${encodeURIComponent(planted.databasePassword)}@127.0.0.1:${database}/kit?sslmode=disable`,
      K6_PROMETHEUS_RW_USERNAME: "pusher",
      K6_PROMETHEUS_RW_PASSWORD: planted.pushPassword,
      HEADROOM_NOTIFY_SLACK: `http://127.0.0.1:${receiver}${planted.slackPath}`,
      HEADROOM_NOTIFY_WEBHOOK: `http://127.0.0.1:${receiver}/hook?token=${planted.webhookToken}`,
    },
    load: [
      ..."nightly smoke --repeat 1 --scenario api --rate 600/min --warm-up 2s --duration 8s".split(" "),
      "--env-file",
      environment,
      "--target",
      `web=http://127.0.0.1:9/x?key=${planted.targetQuery}`,
      "--push",
      `http://127.0.0.1:${store}/push?token=${encodeURIComponent(planted.pushToken)}`,
    ],
  };
}

/** Names that take the places of secrets which the servers repeat: without them nothing was tried. */
export const expectedNames = [
  "{KIT_KEY}",
  "[secret PLANTED_PASSWORD]",
  "[secret PLANTED_PROMETHEUS_TOKEN]",
  "[secret kubeconfig token]",
  "[secret PLANTED_DATABASE_URL]",
  "[secret --push ?token]",
];
