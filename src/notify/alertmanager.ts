import { isResolved, type Message } from "./message.ts";

/** An alert that is neither fixed nor renewed resolves after this time. */
const activeForMs = 7 * 86_400_000;

/** Alertmanager v2. The labels of a recovery are those of its change, so that it resolves the alert. */
export const alertmanager = (message: Message, now: number): unknown => [
  {
    labels: {
      alertname: message.kind.startsWith("target") ? "HeadroomTargetDown" : "HeadroomRegression",
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
    endsAt: new Date(isResolved(message) ? now : now + activeForMs).toISOString(),
  },
];
