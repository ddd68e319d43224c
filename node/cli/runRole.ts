// Runs one role until it is told to stop: drains at the first signal, stops at the second.
import { EventEmitter } from "node:events";
import type { Assembled, AssembleOptions } from "../assemble.ts";
import { second } from "../clock.ts";
import type { Signer } from "../keys/keystore.ts";
import { createLifecycle, runUntilStopped } from "../lifecycle.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { version } from "../version.ts";
import { openChain } from "./chain.ts";
import type { Context } from "./context.ts";
import { exits } from "./failure.ts";

export type RoleRun = {
  /** Undefined for roles without a key. */
  signer?: Signer;
  assemble: (options: Omit<AssembleOptions, "signer">) => Pick<Assembled, "node" | "role" | "components">;
  /** Stop at the first signal, leaving open work to others. */
  now: boolean;
  /** Begin to drain at once: take nothing new, end when nothing is open. */
  drain?: boolean;
  /** What the line that says that the role runs tells besides. */
  facts: Readonly<Record<string, unknown>>;
};

export type RoleEnded = { role: string; exitCode?: number };

const remindEvery = 30 * second;

/** Opens the chain and the data folder, runs the role, and says how it ended. */
export async function runRole(context: Context, run: RoleRun): Promise<RoleEnded> {
  const { config, logger, output, clock, io } = context;
  const { deployment, chainId } = await openChain(context);
  const lifecycle = createLifecycle({ logger, clock, graceSeconds: config.graceSeconds });
  const { node, role, components } = run.assemble({
    config,
    deployment,
    onEvent: ({ kind, ...fields }) => output.event(kind, fields, ""),
    fail: lifecycle.fail,
    logger,
    metrics: createMetrics({ version, process: true }),
    clock,
  });
  const name = role.name;
  lifecycle.add(...components, {
    name: "announcement",
    start: () => {
      const key = run.signer && { address: run.signer.address };
      const facts = { role: name, chainId, ...key, url: node.http.url(), ...run.facts };
      output.event("running", facts, "");
      logger.info("Running", facts);
      if (run.drain === true) void drain();
    },
  });

  let draining: Promise<void> | undefined;
  function drain(): Promise<void> {
    draining ??= finish();
    return draining;
  }
  async function finish(): Promise<void> {
    logger.info("Draining: takes on nothing new, ends when nothing is open", { role: name });
    output.event("draining", { role: name }, "");
    node.addReason(() => "The node is draining.");
    const reminder = setInterval(() => logger.info("Still draining", { role: name }), remindEvery);
    await role.drain().finally(() => clearInterval(reminder));
    logger.info("Drained", { role: name });
    await lifecycle.stop();
  }

  const signals = new EventEmitter();
  const stopListening = listen(io.signals, (signal, count) => {
    if (count === 1 && !run.now && run.drain !== true) void drain();
    else signals.emit(signal, signal);
  });
  try {
    const code = await runUntilStopped(lifecycle, { logger, signals });
    return code === exits.ok ? { role: name } : { role: name, exitCode: code };
  } finally {
    stopListening();
  }
}

function listen(
  source: Context["io"]["signals"],
  onSignal: (signal: string, count: number) => void,
): () => void {
  let count = 0;
  const names = ["SIGINT", "SIGTERM"] as const;
  const listeners = names.map((name) => {
    const listener = () => onSignal(name, ++count);
    source.on(name, listener);
    return () => source.off(name, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}
