/**
 * Pods in front of real handlers: a request is given to a ready pod when it arrives, and answers when the handler is
 * done and the pod's queue has let it through. What an ingress controller says in their place: 503 where no pod is ready
 * or the pod is full, 502 where it dies meanwhile or has died already, 504 where its node does not answer.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Workload } from "../cluster/workload.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import type { RequestHandler } from "../http.ts";
import { respond } from "../http.ts";
import type { Random } from "../../../src/domain/random.ts";
import type { RunningPod } from "./running-pod.ts";
import { timerMs } from "../../../src/domain/timer.ts";

export interface GateOptions {
  readonly serving: (surface: Surface) => Workload;
  /** Wall time since the start of the cluster, milliseconds. */
  readonly now: () => number;
  readonly random: Random;
  /** Every answer, as the ingress sees it. */
  readonly onAnswer: (answer: Answer) => void;
}

export interface Answer {
  readonly workload: Workload;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

interface Alarm {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/** Of the ingress, wall time. */
const connectTimeoutMs = 5_000;

/** What nginx logs where the client went away first. */
const clientClosed = 499;

export class PodGate {
  readonly #options: GateOptions;
  readonly #visits = new AsyncLocalStorage<RunningPod>();
  readonly #alarms = new WeakMap<RunningPod, Alarm>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** The pod that the current request was given to; `undefined` outside of one. */
  get pod(): RunningPod | undefined {
    return this.#visits.getStore();
  }

  /** @param locate `undefined` for what no pod stands for */
  before(
    handle: RequestHandler,
    locate: (request: IncomingMessage) => Surface | undefined,
  ): RequestHandler {
    const { serving, now, random, onAnswer } = this.#options;
    return (request, response) => {
      const surface = locate(request);
      if (surface === undefined) return handle(request, response);
      const workload = serving(surface);
      const arrivedAt = now();
      response.once("close", () => {
        const status = response.writableFinished ? response.statusCode : clientClosed;
        const durationMs = now() - arrivedAt;
        onAnswer({ workload, method: request.method ?? "GET", status, durationMs });
      });
      const chosen = workload.pick(random);
      if (chosen?.lost !== undefined) return unreachable(response);
      const pod = chosen?.process;
      if (pod?.isGone === true) return badGateway(response);
      const leave = pod?.enter(arrivedAt, () => badGateway(response));
      if (pod === undefined || leave === undefined) return unavailable(response);
      response.once("close", leave);
      return this.#visits.run(pod, () => handle(request, response));
    };
  }

  /**
   * Queues at a pod.
   * @returns how much longer it took than on an idle pod, milliseconds; never, where the pod is killed
   */
  serve(pod: RunningPod, demandCoreMs: number): Promise<number> {
    return new Promise((resolve) => {
      // Its request was answered by the ingress already.
      if (pod.isGone) return;
      const from = this.#options.now();
      const idleMs = pod.queue.idleMs(demandCoreMs);
      pod.queue.arrive(from, demandCoreMs, (end) => resolve(Math.max(0, end - from - idleMs)));
      this.#wake(pod);
    });
  }

  /** Sees to it that the next end of service is reported in time. */
  #wake(pod: RunningPod): void {
    const at = pod.queue.nextDepartureAt();
    const known = this.#alarms.get(pod);
    if (known !== undefined && at !== undefined && known.at <= at) return;
    clearTimeout(known?.timer);
    this.#alarms.delete(pod);
    if (at === undefined) return;
    const ring = (): void => {
      this.#alarms.delete(pod);
      pod.queue.advance(this.#options.now());
      this.#wake(pod);
    };
    const timer = setTimeout(ring, timerMs(at - this.#options.now()));
    this.#alarms.set(pod, { at, timer });
  }
}

const pageOf = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

function unavailable(response: ServerResponse): void {
  respond(response, 503, "text/html", pageOf("503 Service Temporarily Unavailable"));
}

/** Nobody refuses the connection either: the ingress gives up after its `proxy-connect-timeout`. */
function unreachable(response: ServerResponse): void {
  const waiting = setTimeout(
    () => respond(response, 504, "text/html", pageOf("504 Gateway Time-out")),
    connectTimeoutMs,
  );
  response.once("close", () => clearTimeout(waiting));
}

function badGateway(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else respond(response, 502, "text/html", pageOf("502 Bad Gateway"));
}
