// What every component of the node is given first.
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./telemetry/logger.ts";
import type { Metrics } from "./telemetry/metrics.ts";

export type Common = {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
  /** Aborts when the process has to stop; everything that waits listens to it. */
  signal: AbortSignal;
};
