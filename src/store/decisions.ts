/**
 * What people decided about the history: `decisions.json` beside it. Unlike `history.json` it is no cache: it cannot be
 * made again from the runs.
 */
import path from "node:path";
import { documentShape } from "../domain/documents/schemas.ts";
import type { Acceptance, Decisions, Pin } from "../domain/history.ts";
import { makePrivateDirectory } from "../secrets/private-files.ts";
import { whileLocked } from "./lock.ts";
import { writeWhole } from "./run-writer.ts";
import { readDocument, sealedText } from "./stored-document.ts";

interface StreamName {
  readonly profile: string;
  readonly environment: string;
}

const fileName = "decisions.json";
const none: Decisions = { schemaVersion: 1, accepted: [], references: [] };

const kind = {
  what: "decisions about the history",
  code: "unreadable-decisions",
  hint: "Restore it from a copy: accepted changes and the pinned reference are kept there and nowhere else. After a change by hand remove its field sha256.",
  shape: documentShape<Decisions>("Decisions"),
} as const;

/** @throws StoreError for half a file, a later version, or a wrong field: a decision is never passed over */
const readDecisions = (root: string): Decisions =>
  readDocument(path.join(root, fileName), kind) ?? none;

/** @throws StoreError where the file cannot be read */
export function decisionsOf(
  root: string,
  stream: StreamName,
): { readonly accepted: readonly Acceptance[]; readonly pin?: Pin } {
  const { accepted, references } = readDecisions(root);
  const pin = references.find((each) => isOf(each, stream));
  return {
    accepted: accepted.filter((each) => isOf(each, stream)),
    pin,
  };
}

/** A change that was accepted before gets the new reason. */
export function keepAcceptance(root: string, acceptance: Acceptance): void {
  update(root, (decisions) => {
    const others = decisions.accepted.filter(
      (each) =>
        !isOf(each, acceptance) || each.metric !== acceptance.metric || each.at !== acceptance.at,
    );
    return { ...decisions, accepted: [...others, acceptance] };
  });
}

/** Takes the place of the reference that was pinned before. */
export function keepPin(root: string, pin: Pin): void {
  update(root, (decisions) => {
    const others = decisions.references.filter((each) => !isOf(each, pin));
    return { ...decisions, references: [...others, pin] };
  });
}

const isOf = (each: StreamName, { profile, environment }: StreamName): boolean =>
  each.profile === profile && each.environment === environment;

function update(root: string, change: (decisions: Decisions) => Decisions): void {
  makePrivateDirectory(root, false);
  whileLocked(path.join(root, fileName), () =>
    writeWhole(root, fileName, sealedText(change(readDecisions(root)))),
  );
}
