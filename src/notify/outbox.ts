/**
 * Notifications and their deliveries: a file for each message. The file is written before anything is sent, so that a
 * message survives an unreachable receiver, and a message that has a file is never created again.
 */
import { defined } from "../domain/defined.ts";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { documentShape } from "../domain/documents/schemas.ts";
import { instant } from "../domain/documents/shape.ts";
import { StoreError } from "../domain/errors.ts";
import type { Count } from "../domain/written.ts";
import { isPlainName } from "../domain/plain-name.ts";
import { makePrivateDirectory } from "../secrets/private-files.ts";
import { whileLocked } from "../store/lock.ts";
import { writeWhole } from "../store/run-writer.ts";
import { shortHash } from "../store/hash.ts";
import { readDocument, sealedText } from "../store/stored-document.ts";
import type { Message } from "./message.ts";
import { postOnce, type PostOptions } from "./post.ts";
import { addressOf, bodyFor, plainBodyFor, receiverKey, type Receiver } from "./receivers.ts";

/** Kinds and fields before version 0.2. */
const renamedKinds: ReadonlyMap<unknown, Message["kind"]> = new Map([
  ["new-change", "new-regression"],
  ["recovered", "resolved"],
]);
function withCurrentNames(message: unknown): unknown {
  if (typeof message !== "object" || message === null || !("kind" in message)) return message;
  const { night, ...current }: Record<string, unknown> = { ...message };
  const named = defined({ nightlyRun: night });
  return { ...current, ...named, kind: renamedKinds.get(message.kind) ?? message.kind };
}

const queuedShape = z.object({
  schemaVersion: z.literal(1),
  message: documentShape<Message>("Message"),
  writtenAt: instant,
  /** By the key of the receiver. */
  deliveries: z.record(
    z.string(),
    z.object({
      sentAt: instant.optional(),
      attempts: z.int().nonnegative(),
      problem: z.string().optional(),
    }),
  ),
});
type QueuedMessage = z.infer<typeof queuedShape>;
type DeliveryState = QueuedMessage["deliveries"][string];

const kind = {
  what: "a notification",
  code: "unreadable-notification",
  hint: "Restore it from a copy, or remove it: a message that still applies is created and sent again.",
  shape: queuedShape,
  migrate: (queued: Record<string, unknown>) => ({
    ...queued,
    message: withCurrentNames(queued["message"]),
  }),
} as const;

export interface Delivery {
  /** Messages that were sent, counted by receiver. */
  readonly sent: Count;
  /** A sentence for each queued message that is still pending. */
  readonly waiting: readonly string[];
}

export class Outbox {
  readonly #directory: string;

  /** @param name of its directory: what is annotated is no notification that a nightly run counts */
  constructor(runsRoot: string, name: "notifications" | "annotations" = "notifications") {
    this.#directory = path.join(runsRoot, name);
  }

  /** Every message ever created, sent or not. */
  messages(): Message[] {
    return this.#queued().map(({ message }) => message);
  }

  /** Files that cannot be read, a sentence each: their messages are created again where they still apply. */
  problems(): readonly string[] {
    return this.#files().flatMap((name) => this.#read(name).problem ?? []);
  }

  /** @returns the messages that were new */
  put(messages: readonly Message[], receivers: readonly Receiver[], now: number): Message[] {
    return messages.filter((message) => {
      const deliveries = Object.fromEntries(
        receivers.map((receiver) => [receiverKey(receiver), { attempts: 0 }]),
      );
      const queued: QueuedMessage = { schemaVersion: 1, message, writtenAt: now, deliveries };
      return this.#update(message.id, (stored) => (stored === undefined ? queued : undefined));
    });
  }

  /**
   * Sends all pending messages, oldest first. A receiver that fails is skipped for the rest of this call.
   * @param stream whose queued messages may be readdressed, default all: another environment may notify other people
   */
  async deliver(
    receivers: readonly Receiver[],
    options: PostOptions,
    stream?: Pick<Message, "profile" | "environment">,
  ): Promise<Delivery> {
    const byKey = new Map(receivers.map((receiver) => [receiverKey(receiver), receiver]));
    const isDown = new Set<string>();
    const waiting: string[] = [];
    let sent = 0;
    for (const queued of this.#queued()) {
      const { profile, environment } = queued.message;
      const isOfStream = profile === stream?.profile && environment === stream.environment;
      if (stream === undefined || isOfStream) queued.deliveries = addressedTo(receivers, queued);
      for (const [key, delivery] of Object.entries(queued.deliveries)) {
        if (delivery.sentAt !== undefined) continue;
        const receiver = byKey.get(key);
        const problem =
          receiver === undefined
            ? "its receiver is not configured any more"
            : isDown.has(key)
              ? "its receiver did not answer before"
              : await postOnce(
                  {
                    url: addressOf(receiver),
                    body: bodyFor(receiver, queued.message, options.now()),
                    plainBody: plainBodyFor(receiver, queued.message),
                    key: `${shortHash(queued.message.id)}-${key}`,
                    token: receiver.token,
                  },
                  options,
                );
        if (problem === undefined) sent++;
        else {
          isDown.add(key);
          waiting.push(
            `${kindOf(key)}: ${problem}; queued, retried next time: ${queued.message.sentence}`,
          );
        }
        queued.deliveries[key] = {
          attempts: delivery.attempts + 1,
          ...(problem === undefined ? { sentAt: options.now() } : { problem }),
        };
        this.#update(queued.message.id, (stored) => merged(queued, stored));
      }
    }
    return { sent, waiting };
  }

  #queued(): QueuedMessage[] {
    return this.#files()
      .map((name) => this.#read(name).queued)
      .filter((queued) => queued !== undefined)
      .toSorted((a, b) => a.writtenAt - b.writtenAt);
  }

  #files(): string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory).filter(
      (name) => name.endsWith(".json") && isPlainName(name),
    );
  }

  /** Neither: there is none. A queued message under another message's file name would be sent for ever, and counts as damaged. */
  #read(name: string): { readonly queued?: QueuedMessage | undefined; readonly problem?: string } {
    const file = path.join(this.#directory, name);
    try {
      const queued = readDocument(file, kind);
      if (queued === undefined) return {};
      return fileName(queued.message.id) === name
        ? { queued }
        : { problem: `${file} holds the message of another file: ${queued.message.id}` };
    } catch (error) {
      if (error instanceof StoreError) return { problem: error.message };
      throw error;
    }
  }

  /** @param change what to keep; `undefined` leaves the file as it is @returns whether something was written */
  #update(
    id: string,
    change: (stored: QueuedMessage | undefined) => QueuedMessage | undefined,
  ): boolean {
    const name = fileName(id);
    makePrivateDirectory(this.#directory);
    return whileLocked(path.join(this.#directory, name), () => {
      const queued = change(this.#read(name).queued);
      if (queued !== undefined) writeWhole(this.#directory, name, sealedText(queued));
      return queued !== undefined;
    });
  }
}

/** What another process delivered meanwhile stays delivered. */
function merged(queued: QueuedMessage, stored: QueuedMessage | undefined): QueuedMessage {
  const sent = Object.entries(stored?.deliveries ?? {}).filter(
    ([key, { sentAt }]) => sentAt !== undefined && queued.deliveries[key]?.sentAt === undefined,
  );
  const deliveries: Record<string, DeliveryState> = {
    ...queued.deliveries,
    ...Object.fromEntries(sent),
  };
  return { ...queued, deliveries };
}

/**
 * Pending messages of a receiver that is not configured any more move to the fallback receivers of the same type, unless
 * one of them has it; a queued message without receivers goes to all.
 */
function addressedTo(
  receivers: readonly Receiver[],
  { deliveries }: QueuedMessage,
): QueuedMessage["deliveries"] {
  const known = Object.entries(deliveries);
  const keys = receivers.map(receiverKey);
  const addressed = new Map(known);
  const add = (key: string): void => {
    if (!addressed.has(key)) addressed.set(key, { attempts: 0 });
  };
  if (known.length === 0) keys.forEach(add);
  for (const [key, { sentAt }] of known) {
    const fallbacks = keys.filter((each) => kindOf(each) === kindOf(key));
    if (sentAt !== undefined || keys.includes(key) || fallbacks.length === 0) continue;
    addressed.delete(key);
    const isSent = known.some(
      ([each, delivery]) => kindOf(each) === kindOf(key) && delivery.sentAt !== undefined,
    );
    if (!isSent) fallbacks.forEach(add);
  }
  return Object.fromEntries(addressed);
}

const kindOf = (key: string): string => key.replace(/-.*/, "");

const fileName = (id: string): string => `${shortHash(id)}.json`;
