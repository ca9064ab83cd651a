/** One request of a log or a HAR file. Missing values are absent. */
export interface LoggedRequest {
  /** Epoch milliseconds. */
  readonly at?: number | undefined;
  /** In upper case. */
  readonly method: string;
  /** Path and query, as sent; or a whole URL. */
  readonly target: string;
  /** Lower case, without a port. */
  readonly host?: string | undefined;
  readonly status?: number | undefined;
  readonly userAgent?: string | undefined;
  /** Name of the GraphQL operation. */
  readonly operation?: string | undefined;
}

export type ParsedLine =
  | { readonly ok: true; readonly value: LoggedRequest }
  | { readonly ok: false; readonly problem: string };

/** `Example.test:443` → `example.test`; IPv6 keeps its brackets. */
export const hostOnly = (authority: string): string => authority.toLowerCase().replace(/:\d+$/, "");
