/** Pages that are opened before the load: side by side, and again where the platform fails now and then. */
import { sleep } from "k6";
import http from "k6/http";
import { probeTogether } from "./measure.ts";
import type { Served } from "./page-marks.ts";
import { isTransient, retryPauseSeconds, setupTimeoutMs, untilAnswered } from "./retry.ts";

/** A document to open, and as whom. */
export interface PageRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** @returns the last answer to each request, in the order of the requests */
export const openPages = (requests: readonly PageRequest[]): readonly Served[] =>
  untilAnswered(requests, probed, {
    mayPass: isTransient,
    pause: () => sleep(retryPauseSeconds),
  });

const probed = (requests: readonly PageRequest[]): readonly Served[] =>
  probeTogether(
    "web",
    requests.map((request) => ({
      ...request,
      responseType: "text",
      timeoutMs: setupTimeoutMs,
      jar: new http.CookieJar(),
    })),
  ).map(({ status, body }) => ({ status, html: typeof body === "string" ? body : "" }));
