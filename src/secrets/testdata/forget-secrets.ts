import { knownSecrets } from "../known-secrets.ts";

/** Unit tests share a process: a secret of an earlier file would be hidden in this one, however it got there. */
knownSecrets.forget();
