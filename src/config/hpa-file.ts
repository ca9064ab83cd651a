/** HPA manifests as files: the JSON that `kubectl get hpa -o json` prints, one object or a list of them. */
import { messageOf } from "../domain/errors.ts";
import { z } from "zod";
import type { Problems } from "./problems.ts";

const list = z.object({ kind: z.string().endsWith("List"), items: z.array(z.unknown()) });
const named = z.object({ metadata: z.object({ name: z.string() }) });

/** One object of a file, not yet checked; `shown` says which one in messages. */
export interface ManifestDocument {
  readonly shown: string;
  readonly document: unknown;
}

/** @param shown how the file is called in messages @returns nothing where it cannot be read; `problems` says why */
export function parseManifests(
  text: string,
  shown: string,
  problems: Problems,
): readonly ManifestDocument[] {
  const content = text.replace(/^\uFEFF/, "").trim();
  if (content === "") {
    problems.add(`${shown} is empty, expected the JSON of a HorizontalPodAutoscaler`);
    return [];
  }
  const document = parseJson(content, shown, problems);
  if (document === undefined) return [];
  const many = list.safeParse(document);
  if (!many.success) return [{ shown, document }];
  if (many.data.items.length === 0)
    problems.add(`${shown} is an empty list, expected at least one HorizontalPodAutoscaler`);
  return many.data.items.map((item, index) => {
    const name = named.safeParse(item);
    const place = name.success ? name.data.metadata.name : `items.${index}`;
    return { shown: `${shown}: ${place}`, document: item };
  });
}

function parseJson(content: string, shown: string, problems: Problems): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    const words = messageOf(cause);
    problems.add(
      looksLikeYaml(content)
        ? `${shown} is YAML, expected JSON: kubectl get hpa NAME -o json, or, for a file, kubectl create --dry-run=client -o json -f FILE`
        : `${shown} is not JSON: ${words}`,
    );
    return undefined;
  }
}

const looksLikeYaml = (content: string): boolean =>
  !/^[{[]/.test(content) && /^\s*-?\s*[\w"']+\s*:(\s|$)/m.test(content);
