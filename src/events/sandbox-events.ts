/** Events of the sandbox: it makes them itself and says when they were over (docs/faults.md). */
import * as z from "zod";
import { ConfigError, TargetError, messageOf } from "../domain/errors.ts";
import { eventSteps, eventText } from "../domain/resilience.ts";
import { pause } from "../observe/pause.ts";
import type { EventMaker } from "./event-maker.ts";

const pollMs = 250;
const answerLimitMs = 5_000;

const begun = z.object({ id: z.number() });
/** `SandboxEvent`, as far as it is read. */
const state = z.object({
  id: z.number(),
  endedAt: z.number().optional(),
  steps: z.array(z.object({ name: z.string(), at: z.number() })),
});
const refusal = z.object({ message: z.string(), hint: z.string().optional() });

/** @param apiUrl of the sandbox */
export function sandboxEvents(apiUrl: string): EventMaker {
  const url = `${apiUrl}/control/events`;
  return {
    check: async (event, earlier = []) => {
      const { kind, target } = event;
      // Its revision is made by the event before.
      if (kind === "rollback" && earlier.some((each) => each.kind === "rolling-update"))
        return undefined;
      try {
        await ask(url, z.object({}), JSON.stringify({ kind, target, isCheck: true }));
      } catch (error) {
        if (!(error instanceof SandboxRefusal)) throw error;
        const { reason, hint } = error;
        throw new ConfigError(`event ${eventText(event)}: ${reason}`, {
          code: "event-refused",
          hint,
          cause: error,
        });
      }
      return undefined;
    },
    make: async ({ kind, target }, { step, signal }) => {
      const { id } = await ask(url, begun, JSON.stringify({ kind, target }));
      while (!signal.aborted) {
        const event = (await ask(url, z.array(state))).find((each) => each.id === id);
        if (typeof event?.endedAt === "number") {
          for (const { name, at } of event.steps) {
            const known = eventSteps.find((each) => each === name);
            if (known !== undefined) step(known, at);
          }
          return undefined;
        }
        await pause(pollMs, signal);
      }
      return undefined;
    },
  };
}

async function ask<Item>(url: string, shape: z.ZodType<Item>, body?: string): Promise<Item> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(answerLimitMs),
    ...(body === undefined
      ? {}
      : { method: "POST", body, headers: { "content-type": "application/json" } }),
  }).catch((cause: unknown) => {
    throw new TargetError(`the sandbox does not answer: ${messageOf(cause)}`, {
      code: "sandbox-failed",
      cause,
    });
  });
  const document: unknown = await response.json().catch(() => undefined);
  const read = shape.safeParse(document);
  if (response.ok && read.success) return read.data;
  const { message = `status ${response.status}`, hint } = refusal.safeParse(document).data ?? {};
  throw new SandboxRefusal(message, hint);
}

class SandboxRefusal extends TargetError {
  readonly reason: string;

  constructor(reason: string, hint: string | undefined) {
    super(`the sandbox did not make the event: ${reason}`, { code: "sandbox-failed", hint });
    this.reason = reason;
  }
}
