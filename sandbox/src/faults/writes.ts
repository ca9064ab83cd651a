import { read, refused } from "../../../src/domain/parsed.ts";
import type { FaultKind } from "./fault-kind.ts";

/** One of so many mints is carried out twice, or answered well and not carried out: a transfer may lack the means for that. */
interface WritesFault {
  readonly kind: "writes";
  readonly fate: WriteFate;
  readonly every: number;
}

export type WriteFate = "doubled" | "lost";

const mostEvery = 1_000_000;

export const writes: FaultKind<WritesFault> = {
  form: "writes=<doubled|lost>:1/<count>",
  example: "writes=doubled:1/10000",
  parse(text) {
    const [, fate, count] = /^(doubled|lost):1\/(\d{1,7})$/.exec(text) ?? [];
    const every = Number(count);
    if ((fate !== "doubled" && fate !== "lost") || !(every >= 1 && every <= mostEvery))
      return refused(`"${text}" is not doubled or lost, and one of up to ${mostEvery}`);
    return read({ kind: "writes", fate, every });
  },
  format: ({ fate, every }) => `${fate}:1/${every}`,
  act({ fate, every }, { random }) {
    const place = Math.floor(random() * every);
    let count = 0;
    return { fateOfWrite: () => (count++ % every === place ? fate : undefined) };
  },
  expect: ({ fate }) => ({
    note: `found where a run reads its writes back: ${fate}, as often as it struck`,
  }),
};
