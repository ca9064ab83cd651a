/** Pages and their assets over HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sessions } from "../auth/session.ts";
import type { Database } from "../database/database.ts";
import type { RequestHandler } from "../http.ts";
import { respond } from "../http.ts";
import type { LatencyModel } from "../latency.ts";
import { sendAsset } from "./assets.ts";
import type { Asset, Assets } from "./assets.ts";
import { pageAt, toHtml } from "./pages.ts";

export interface WebOptions {
  readonly assets: Assets;
  readonly database: Database;
  readonly sessions: Sessions;
  readonly latency: LatencyModel;
}

/** Answers pages and assets; everything else with 404. */
export function createWeb({ assets, database, sessions, latency }: WebOptions): RequestHandler {
  const byPath = new Map<string, Asset>(Object.values(assets).map((asset) => [asset.path, asset]));
  return async (request, response) => {
    const startedAt = performance.now();
    if (request.method !== "GET" && request.method !== "HEAD") {
      respond(response, 405, "text/plain", "Method Not Allowed");
      return;
    }
    const path = pathOf(request);
    const asset = byPath.get(path);
    if (asset !== undefined) {
      await latency.hold(startedAt, "asset", path);
      sendAsset(asset, request, response);
      return;
    }
    const page = pageAt(path);
    if (page === undefined) {
      respond(response, 404, "text/html; charset=utf-8", "<!doctype html><title>Not found</title>");
      return;
    }
    const user = await sessions.userOf(request.headers);
    const content = await page.render({ database, user });
    const html = toHtml(content, assets);
    await latency.hold(startedAt, "document", page.name);
    sendDocument(response, content.status ?? 200, html);
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

function sendDocument(response: ServerResponse, status: number, html: string): void {
  response.setHeader("cache-control", "no-store");
  respond(response, status, "text/html; charset=utf-8", html);
}
