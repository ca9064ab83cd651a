/** What became of a request, in words that are safe inside k6's CSV (its `extra_tags` are not escaped). */
import type { RequestKind } from "../../src/domain/surface.ts";

/** k6's codes for failures without a usable answer: `lib/netext/httpext/error_codes.go`. */
const networkOutcomes: Readonly<Record<number, string>> = {
  1020: "invalid_url",
  1050: "timeout",
  1110: "blocked",
  1111: "blocked",
  1201: "reset",
  1211: "timeout",
  1212: "refused",
  1220: "reset",
  1701: "undecodable",
};

/** Codes 1400…1599 repeat an HTTP status; all others mean that the exchange itself failed. */
const isNetworkError = (errorCode: number): boolean =>
  errorCode !== 0 && !(errorCode >= 1400 && errorCode < 1600);

/** What k6 says of an answer. */
interface Transport {
  /** 0 where no answer came. */
  readonly status: number;
  readonly error_code: number;
  /** A sentence, read only where the code says little. */
  readonly error: string;
}

/** The outcome by status and transport; the body is checked afterwards. k6 makes each field anew whenever it is read. */
export function transportOutcome(answer: Transport, kind: RequestKind): string {
  const { status, error_code: errorCode } = answer;
  if (errorCode === 0 && status >= 200 && status < 300) return "ok";
  if (isNetworkError(errorCode)) return networkOutcome(errorCode, answer.error);
  if (status === 0) return "no_answer";
  if (status === 401) return "unauthorized";
  if (status === 429) return kind === "sign-in" ? "sign_in_limit" : "rate_limited";
  if (status >= 400) return `http_${status}`;
  return status >= 300 ? "redirected" : "ok";
}

function networkOutcome(errorCode: number, error: string): string {
  const known = networkOutcomes[errorCode];
  if (known !== undefined) return known;
  if (errorCode >= 1100 && errorCode < 1110) return "dns";
  if (errorCode >= 1300 && errorCode < 1400) return "tls";
  if (errorCode >= 1600 && errorCode < 1700) return "http2";
  // Go wraps some failures in types that k6 has no code for.
  if (/x509|tls:/.test(error)) return "tls";
  if (/EOF|closed|reset/.test(error)) return "reset";
  return `network_${errorCode}`;
}

/** Letters, digits, dot, underscore, hyphen and space; everything else becomes `_`. At most 120 characters. */
export const sanitised = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9._ -]/g, "_").slice(0, 120);

/**
 * `POST token.read 403 http_403 NOT_ONBOARDED`: which request failed first and how.
 * @param code of the answer's body, kept only where it looks like the name of an error and not like data
 */
export function failureDetail(
  method: string,
  endpoint: string,
  status: number,
  outcome: string,
  code?: unknown,
): string {
  const name = typeof code === "string" && /^[A-Z][A-Z_]{2,39}$/.test(code) ? ` ${code}` : "";
  return sanitised(`${method} ${endpoint} ${status === 0 ? "-" : status} ${outcome}${name}`);
}
