/** Calls before the load are retried: an intermittently failing platform must be judged, not refused. */

const attempts = 5;
export const retryPauseSeconds = 0.5;
/** Of one call before the load: a few attempts fit into k6's limit for the setup. */
export const setupTimeoutMs = 10_000;

/** No answer (0), rate-limited, or failed on the server's side: another attempt may be answered. */
export const isTransient = ({ status }: { readonly status: number }): boolean =>
  status === 0 || status === 429 || status >= 500;

/**
 * Sends all requests, and retries transient failures.
 * @param send sends a batch; responses in the order of requests
 * @param pause between attempts
 * @returns the last answer to each request, in the order of the requests
 */
export function untilAnswered<Request, Answer>(
  requests: readonly Request[],
  send: (open: readonly Request[]) => readonly Answer[],
  { mayPass, pause }: { mayPass: (answer: Answer) => boolean; pause: () => void },
): readonly Answer[] {
  if (requests.length === 0) return [];
  const answers = [...send(requests)];
  for (let attempt = 1; attempt < attempts; attempt++) {
    const open = requests.flatMap((request, place) => {
      const answer = answers[place];
      return answer === undefined || mayPass(answer) ? [{ request, place }] : [];
    });
    if (open.length === 0) break;
    pause();
    send(open.map(({ request }) => request)).forEach((answer, index) => {
      const place = open[index]?.place;
      if (place !== undefined) answers[place] = answer;
    });
  }
  return answers;
}
