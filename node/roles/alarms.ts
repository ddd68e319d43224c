// Calls a person, and does not repeat it all the time.
import { minute } from "../clock.ts";
import type { LogFields } from "../telemetry/logger.ts";
import type { RoleContext } from "./context.ts";

export type Alarms = {
  /** For an operator to look at now. */
  alarm(reason: string, facts: LogFields): void;
};

const repeatAfter = 10 * minute;

export function createAlarms({
  logger,
  clock,
  onEvent,
}: Pick<RoleContext, "logger" | "clock" | "onEvent">): Alarms {
  const raised = new Map<string, number>();
  return {
    alarm: (reason, facts) => {
      const key = [reason, ...Object.values(facts)].join(" ");
      const now = clock.now();
      for (const [other, at] of raised) if (now - at >= repeatAfter) raised.delete(other);
      if (raised.has(key)) return;
      raised.set(key, now);
      logger.error("Alarm", { reason, ...facts });
      onEvent?.({ kind: "alarm", reason, facts });
    },
  };
}
