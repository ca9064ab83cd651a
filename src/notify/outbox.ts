/**
 * What was said, and to whom it still has to be said: a file for each message. The file is written before anything is
 * sent, so that a message survives a receiver that is down, and a message that has a file is never made again.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { instant } from "../domain/documents/shape.ts";
import { StoreError } from "../domain/errors.ts";
import { isPlainName } from "../domain/plain-name.ts";
import { makePrivateDirectory } from "../secrets/private-files.ts";
import { whileLocked } from "../store/lock.ts";
import { writeWhole } from "../store/run-writer.ts";
import { readDocument, sealedText } from "../store/stored-document.ts";
import type { Message } from "./message.ts";
import { postOnce, type PostOptions } from "./post.ts";
import { addressOf, bodyFor, receiverKey, type Receiver } from "./receivers.ts";

const letterShape = z.object({
  schemaVersion: z.literal(1),
  message: z.object({
    id: z.string(),
    kind: z.enum(["new-change", "recovered", "target-down", "target-up"]),
    severity: z.enum(["P0", "P1", "P2", "P3", "info"]),
    profile: z.string(),
    environment: z.string(),
    metric: z.string(),
    sentence: z.string(),
    at: instant,
    suspects: z.array(z.string()),
  }) satisfies z.ZodType<Message>,
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
type Letter = z.infer<typeof letterShape>;
type DeliveryState = Letter["deliveries"][string];

const kind = {
  what: "a notification",
  code: "unreadable-notification",
  hint: "Restore it from a copy, or remove it: a message that is still true is made and sent again.",
  shape: letterShape,
} as const;

export interface Delivery {
  readonly sent: number;
  /** A sentence for each letter that still waits. */
  readonly waiting: readonly string[];
}

export class Outbox {
  readonly #directory: string;

  constructor(runsRoot: string) {
    this.#directory = path.join(runsRoot, "notifications");
  }

  /** Every message that was ever made, sent or not. */
  messages(): Message[] {
    return this.#letters().map(({ message }) => message);
  }

  /** Files that cannot be read, a sentence each: their messages are made again where they are still true. */
  problems(): readonly string[] {
    return this.#files().flatMap((name) => this.#read(name).problem ?? []);
  }

  /** @returns the messages that were new */
  put(messages: readonly Message[], receivers: readonly Receiver[], now: number): Message[] {
    return messages.filter((message) => {
      const deliveries = Object.fromEntries(
        receivers.map((receiver) => [receiverKey(receiver), { attempts: 0 }]),
      );
      const kept = { ...message, suspects: [...message.suspects] };
      const letter: Letter = { schemaVersion: 1, message: kept, writtenAt: now, deliveries };
      return this.#update(message.id, (stored) => (stored === undefined ? letter : undefined));
    });
  }

  /**
   * Tries everything that waits, the oldest first. A receiver that fails is left alone for the rest of this time.
   * @param stream whose letters may be addressed anew, by default all: another environment may tell other people
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
    for (const letter of this.#letters()) {
      const { profile, environment } = letter.message;
      const isOfStream = profile === stream?.profile && environment === stream.environment;
      if (stream === undefined || isOfStream) letter.deliveries = addressedTo(receivers, letter);
      for (const [key, delivery] of Object.entries(letter.deliveries)) {
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
                    body: bodyFor(receiver, letter.message, options.now()),
                    key: `${keyOf(letter.message.id)}-${key}`,
                  },
                  options,
                );
        if (problem === undefined) sent++;
        else {
          isDown.add(key);
          waiting.push(
            `${kindOf(key)}: ${problem}; kept and tried again next time: ${letter.message.sentence}`,
          );
        }
        letter.deliveries[key] = {
          attempts: delivery.attempts + 1,
          ...(problem === undefined ? { sentAt: options.now() } : { problem }),
        };
        this.#update(letter.message.id, (stored) => merged(letter, stored));
      }
    }
    return { sent, waiting };
  }

  #letters(): Letter[] {
    return this.#files()
      .map((name) => this.#read(name).letter)
      .filter((letter) => letter !== undefined)
      .toSorted((a, b) => a.writtenAt - b.writtenAt);
  }

  #files(): string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory).filter(
      (name) => name.endsWith(".json") && isPlainName(name),
    );
  }

  /** Neither: there is none. A letter under a name that is not its message's would be sent for ever, and counts as broken. */
  #read(name: string): { readonly letter?: Letter | undefined; readonly problem?: string } {
    const file = path.join(this.#directory, name);
    try {
      const letter = readDocument(file, kind);
      return letter === undefined || fileName(letter.message.id) === name
        ? { letter }
        : { problem: `${file} holds the message of another file: ${letter.message.id}` };
    } catch (error) {
      if (error instanceof StoreError) return { problem: error.message };
      throw error;
    }
  }

  /** @param change what to keep; `undefined` leaves the file as it is @returns whether something was written */
  #update(id: string, change: (stored: Letter | undefined) => Letter | undefined): boolean {
    const name = fileName(id);
    makePrivateDirectory(this.#directory);
    return whileLocked(path.join(this.#directory, name), () => {
      const letter = change(this.#read(name).letter);
      if (letter !== undefined) writeWhole(this.#directory, name, sealedText(letter));
      return letter !== undefined;
    });
  }
}

/** What another process delivered meanwhile stays delivered. */
function merged(letter: Letter, stored: Letter | undefined): Letter {
  const sent = Object.entries(stored?.deliveries ?? {}).filter(
    ([key, { sentAt }]) => sentAt !== undefined && letter.deliveries[key]?.sentAt === undefined,
  );
  const deliveries: Record<string, DeliveryState> = {
    ...letter.deliveries,
    ...Object.fromEntries(sent),
  };
  return { ...letter, deliveries };
}

/**
 * A receiver that is not configured any more hands what it did not get on to those of its kind, unless one of them got it;
 * a letter that had no receiver goes to all.
 */
function addressedTo(receivers: readonly Receiver[], { deliveries }: Letter): Letter["deliveries"] {
  const known = Object.entries(deliveries);
  const keys = receivers.map(receiverKey);
  const addressed = new Map(known);
  const add = (key: string): void => {
    if (!addressed.has(key)) addressed.set(key, { attempts: 0 });
  };
  if (known.length === 0) keys.forEach(add);
  for (const [key, { sentAt }] of known) {
    const heirs = keys.filter((each) => kindOf(each) === kindOf(key));
    if (sentAt !== undefined || keys.includes(key) || heirs.length === 0) continue;
    addressed.delete(key);
    const isSent = known.some(
      ([each, delivery]) => kindOf(each) === kindOf(key) && delivery.sentAt !== undefined,
    );
    if (!isSent) heirs.forEach(add);
  }
  return Object.fromEntries(addressed);
}

const kindOf = (key: string): string => key.replace(/-.*/, "");

const keyOf = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 16);

const fileName = (id: string): string => `${keyOf(id)}.json`;
