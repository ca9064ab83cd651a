import type { Checked, Values } from "../../command.ts";
import { loadProfiles } from "../../../../profiles/load/index.ts";
import { suggestion } from "../../../config/nearest.ts";
import type { Problems } from "../../../config/problems.ts";
import type { LoadProfile } from "../../../domain/profile.ts";
import { mapParsed, read, refused } from "../../../domain/parsed.ts";
import { parseBytes, parseNumber } from "../../../domain/quantity.ts";
import {
  environmentName,
  flag,
  option,
  rate,
  repeatable,
  string,
  type Kind,
} from "../../options.ts";
import { loadOptions } from "../../run-options.ts";

const profile: Kind<LoadProfile> = {
  name: "name",
  shown: "NAME",
  parse: (word) => {
    const profiles: readonly LoadProfile[] = Object.values(loadProfiles);
    const named = profiles.find(({ name }) => name === word);
    return named === undefined
      ? refused(`unknown profile "${word}": ${suggestion(word, Object.keys(loadProfiles))}`)
      : read(named);
  },
};

const size: Kind<number> = { name: "size", shown: "SIZE", parse: parseBytes };

const priceUnits = ["core-hour", "GB"] as const;

/** `0.04/core-hour`, `0.09/GB`, in any currency. */
const price: Kind<{ readonly amount: number; readonly unit: (typeof priceUnits)[number] }> = {
  name: "price",
  shown: "PRICE",
  parse: (text) => {
    const at = text.indexOf("/");
    const unit = priceUnits.find((each) => each === text.slice(at + 1));
    return at === -1 || unit === undefined
      ? refused(`"${text}" is not a price: write 0.04/core-hour or 0.09/GB`)
      : mapParsed(parseNumber(text.slice(0, at), { min: 0 }), (amount) => ({ amount, unit }));
  },
};

export const doctorOptions = {
  install: flag("get k6 where it is missing"),
  calibrate: flag(
    "measure this generator against a no-op endpoint; kept for the validity check of every run",
  ),
  env: option(
    environmentName,
    "sign in each load identity of this environment and list what it may do; exit status 3 where a run could not work",
  ),
  "env-file": loadOptions["env-file"],
  contract: repeatable(
    string("URL|FILE"),
    "compare a platform, a subgraph, or a saved OpenAPI document or GraphQL schema with what the scenarios use; exit status 1 where it differs",
  ),
  scale: option(
    rate,
    "on paper, nothing is sent: runners, cores, memory, windows, collector and network that this rate takes: 1000000/s",
  ),
  profile: option(profile, "for --scale: the load", { default: "nightly" }),
  scenario: loadOptions.scenario,
  "bytes-per-request": option(size, "for --scale: a request and its answer, on average: 12KB"),
  "runner-memory": option(size, "for --scale: memory of a runner (default: this machine's): 16GiB"),
  price: repeatable(price, "for --scale: 0.04/core-hour, 0.09/GB"),
  approval: loadOptions.approval,
  k6: loadOptions.k6,
  json: loadOptions.json,
};
export type DoctorValues = Values<typeof doctorOptions>;

const ofScale = ["profile", "scenario", "bytes-per-request", "runner-memory", "price"] as const;
const notOfScale = [
  "install",
  "calibrate",
  "env",
  "env-file",
  "contract",
  "approval",
  "k6",
] as const;

export function checkDoctor(
  { isGiven, options }: Checked<typeof doctorOptions>,
  problems: Problems,
): void {
  const names = isGiven("scale") ? notOfScale : ofScale;
  for (const name of names.filter((each) => isGiven(each)))
    problems.add(
      isGiven("scale")
        ? `--scale sends nothing: --${name} has no meaning`
        : `--${name} is for --scale: give a rate, such as --scale 1000000/s`,
    );
  const units = (options.price ?? []).map(({ unit }) => unit);
  for (const unit of new Set(units.filter((each, index) => units.indexOf(each) < index)))
    problems.add(`--price is given twice per ${unit}`);
}
