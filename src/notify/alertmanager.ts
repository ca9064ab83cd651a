import { isGoodNews, type Message } from "./message.ts";

/** A change that nobody mends resolves itself after this long: it is the new normal, or somebody knows. */
const activeForMs = 7 * 86_400_000;

/** Alertmanager v2. The labels of a recovery are those of its change, so that it resolves the alert. */
export const alertmanager = (message: Message, now: number): unknown => [
  {
    labels: {
      alertname: message.kind.startsWith("target") ? "HeadroomTargetDown" : "HeadroomLevelChange",
      severity: message.severity,
      profile: message.profile,
      environment: message.environment,
      metric: message.metric,
    },
    annotations: {
      summary: message.sentence,
      description: [message.sentence, ...message.suspects].join("\n"),
    },
    startsAt: new Date(Math.min(message.at, now)).toISOString(),
    endsAt: new Date(isGoodNews(message) ? now : now + activeForMs).toISOString(),
  },
];
