// What every role is given.
import type { Deployment } from "@assay/sdk";
import type { CommittedProgram } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import type { Endpoints } from "../chain/endpoints.ts";
import type { Sender } from "../chain/sender.ts";
import type { Clock } from "../clock.ts";
import type { Journal } from "../store/journal.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { RoleEvent } from "./roleEvents.ts";

/** The programs that this machine can get at. */
export type Programs = {
  /**
   * A program whose roots are the chain's.
   * @throws RetryableError while it cannot be fetched, IntegrityError when what was fetched is another one.
   */
  get(programId: Hex): Promise<CommittedProgram>;
};

export type RoleContext = {
  /** Has read the chain's events up to now when the role starts. */
  journal: Journal;
  endpoints: Endpoints;
  /** Of the role's own key. */
  sender: Sender;
  deployment: Deployment;
  pollSeconds: number;
  onEvent?: ((event: RoleEvent) => void) | undefined;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};
