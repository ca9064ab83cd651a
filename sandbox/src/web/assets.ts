/**
 * The files that pages load: made up from the seed, of the sizes such files have, named by a hash of their content,
 * compressed once.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { integer, pick } from "../random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { hydration, signInForm } from "./live-scripts.ts";

export interface Asset {
  /** `/assets/entry-client-3f2a….js` */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Name of each asset and its size before compression, in bytes. */
const wanted = {
  "entry-client.js": 60_000,
  "vendor-react.js": 118_000,
  "router.js": 42_000,
  "messages.js": 27_000,
  "charts.js": 64_000,
  "data-table.js": 31_000,
  "forms.js": 22_000,
  "app.css": 72_000,
  "logo-light.svg": 5200,
} as const;
export type AssetName = keyof typeof wanted;
export type Assets = Readonly<Record<AssetName, Asset>>;

export async function makeAssets(random: Random): Promise<Assets> {
  const make = (name: AssetName): Promise<Asset> => makeAsset(random, name, wanted[name]);
  return {
    "entry-client.js": await make("entry-client.js"),
    "vendor-react.js": await make("vendor-react.js"),
    "router.js": await make("router.js"),
    "messages.js": await make("messages.js"),
    "charts.js": await make("charts.js"),
    "data-table.js": await make("data-table.js"),
    "forms.js": await make("forms.js"),
    "app.css": await make("app.css"),
    "logo-light.svg": await make("logo-light.svg"),
  };
}

async function makeAsset(random: Random, name: AssetName, size: number): Promise<Asset> {
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1);
  const [contentType, write] = kinds[extension] ?? kinds["js"];
  const body = Buffer.from(write(random, name, size));
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
  return {
    path: `/assets/${name.slice(0, dot)}-${hash}.${extension}`,
    contentType,
    body,
    gzipped: await promisify(gzip)(body),
    etag: `W/"${hash}"`,
  };
}

type Writer = (random: Random, name: string, size: number) => string;

const kinds: Readonly<Record<string, readonly [contentType: string, write: Writer]>> & {
  readonly js: readonly [string, Writer];
} = {
  js: ["text/javascript; charset=utf-8", script],
  css: ["text/css; charset=utf-8", stylesheet],
  svg: ["image/svg+xml", picture],
};

const liveScripts: Readonly<Record<string, string>> = {
  "entry-client.js": hydration,
  "forms.js": signInForm,
};

const words = ["token", "holder", "issue", "ledger", "yield", "claim", "asset", "wallet"] as const;

/** Valid code, mostly of the right size only: two of the scripts do something in a browser. */
function script(random: Random, name: string, size: number): string {
  return fill(liveScripts[name] ?? "", size, (line) => {
    const word = pick(random, words);
    return `export const ${word}${line}=(a,b)=>a*${integer(random, 1, 9999)}+b.${pick(random, words)}Of("${word}-${line}");\n`;
  });
}

function stylesheet(random: Random, _name: string, size: number): string {
  const start =
    "body{font-family:sans-serif;margin:2rem}table{border-collapse:collapse}td{padding:.3rem}\n";
  return fill(start, size, (line) => {
    const hue = integer(random, 0, 359);
    return `.${pick(random, words)}-${line}{color:oklch(0.${integer(random, 20, 90)} 0.1 ${hue});padding:${integer(random, 0, 48)}px}\n`;
  });
}

function picture(random: Random, _name: string, size: number): string {
  const start =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100" width="160" height="40">\n';
  const dots = fill(
    start,
    size - 7,
    () =>
      `<circle cx="${integer(random, 0, 400)}" cy="${integer(random, 0, 100)}" r="${integer(random, 2, 9)}" fill="#${integer(random, 100, 999)}"/>\n`,
  );
  return `${dots}</svg>\n`;
}

function fill(start: string, size: number, next: (line: number) => string): string {
  const parts = [start];
  let length = start.length;
  for (let line = 0; length < size; line++) {
    const part = next(line);
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

/** Answers one asset: 304 where the client has it, compressed where it can read that. */
export function sendAsset(asset: Asset, request: IncomingMessage, response: ServerResponse): void {
  const headers = {
    "cache-control": "public, max-age=31536000, immutable",
    etag: asset.etag,
    vary: "accept-encoding",
  };
  if (request.headers["if-none-match"] === asset.etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const isGzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = isGzip ? asset.gzipped : asset.body;
  response.writeHead(200, {
    ...headers,
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
    "content-type": asset.contentType,
    "content-length": body.length,
  });
  response.end(body);
}
