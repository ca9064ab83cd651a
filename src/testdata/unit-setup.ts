/** Before each file of the unit tests, which share a process. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { knownSecrets } from "../secrets/known-secrets.ts";

// A secret of an earlier file would be hidden in this one, however it got there.
knownSecrets.forget();

// No power fails here, and a file that waits for the disk takes many times as long.
Object.assign(fs, { fsyncSync: () => undefined });
syncBuiltinESMExports();
