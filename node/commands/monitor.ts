// assay monitor: looks after everybody's answers, disputes and money, without a key.
import type { Address } from "viem";
import { type AssembledMonitor, type AssembleOptions, assembleMonitor } from "../assemble.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { exits } from "../cli/failure.ts";
import { facts, table, timeText, tokenText } from "../cli/layout.ts";
import { type RoleEnded, runRole } from "../cli/runRole.ts";
import { RetryableError } from "../errors.ts";
import { createLifecycle } from "../lifecycle.ts";
import type { MonitorReport } from "../roles/monitor.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { version } from "../version.ts";
import { renderEnded } from "./worker.ts";

/** `exitCode` is 1 when somebody has to be called. */
type Once = MonitorReport & { chainId: number; market: Address; now: number; exitCode?: number };

export const monitorCommand = defineCommand({
  name: "monitor",
  group: "Run",
  summary:
    "Watch everybody's answers, disputes and the vault's money, and call somebody in time; needs no key",
  about:
    "A process of its own, with a data folder of its own: it executes answers again, also those that are final, keeps the vault's books a second time from its events, and foresees how disputes end. Metrics and alert rules: see docs/operate.md. With --once it looks at everything once, prints what it has found, and exits with 1 when somebody has to be called.",
  scopes: ["chain", "follow", "http", "programs", "inputs", "coverage", "monitor"],
  flags: { once: toggle("Look at everything once, print what there is to say, and end") },
  runsOn: true,
  examples: ["assay monitor --data-dir monitor", "assay monitor --data-dir monitor --once --json"],
  run: (context, { once }): Promise<Once | RoleEnded> =>
    once
      ? lookOnce(context)
      : runRole(context, {
          now: true,
          assemble: assembleMonitor,
          facts: { watches: context.config.watchPrograms },
        }),
  render: (result) => ("role" in result ? renderEnded(result) : renderReport(result)),
});

async function lookOnce({ config, logger, clock, signal, output }: Context): Promise<Once> {
  const { deployment, chainId } = await openChain({ config });
  const lifecycle = createLifecycle({ logger, clock, graceSeconds: config.graceSeconds });
  const { node, role } = assembleMonitor({
    config,
    deployment,
    onEvent: ({ kind, ...fields }: Parameters<NonNullable<AssembleOptions["onEvent"]>>[0]) =>
      output.json ? undefined : logger.debug(kind, fields),
    fail: lifecycle.fail,
    logger,
    metrics: createMetrics({ version }),
    clock,
  });
  lifecycle.add(...node.components.filter((component) => component !== node.http));
  await lifecycle.start();
  try {
    const report = await lookUntilNothingIsLeft(role, AbortSignal.any([signal, lifecycle.signal]));
    return {
      ...report,
      chainId,
      market: deployment.inferenceMarket,
      now: Math.floor(clock.now() / 1_000),
      ...(!report.healthy && { exitCode: exits.fatal }),
    };
  } finally {
    await lifecycle.stop();
  }
}

/** Rounds until none of them starts anything that was not tried before. */
async function lookUntilNothingIsLeft(
  role: AssembledMonitor["role"],
  signal: AbortSignal,
): Promise<MonitorReport> {
  for (;;) {
    const started = await role.tick();
    await role.settled();
    signal.throwIfAborted();
    const report = role.report();
    if (started.length > 0) continue;
    if (report === undefined) throw new RetryableError("The chain could not be read.");
    return report;
  }
}

function renderReport({ findings, solvency, commitments, ...report }: Once): string {
  const counts = Object.entries(commitments).map(([judgement, count]) => `${count} ${judgement}`);
  const { balance, byEvents, byViews } = solvency;
  return [
    facts([
      ["chain", report.chainId],
      ["market", report.market],
      ["block", `${report.block}, ${timeText(report.time, report.now)}`],
      ["commitments", counts.join(", ") || "none are open"],
      ["coverage", `${Math.floor(1_000 * report.coverage) / 10} %`],
      ["open disputes", report.openDisputes],
      ["vault", tokenText(balance)],
      ["owed by its events", tokenText(byEvents)],
      ["owed by its accounts", byViews === undefined ? undefined : tokenText(byViews)],
    ]),
    table(
      ["", "finding", "about"],
      findings.map(({ severity, kind, facts: about }) => [
        severity,
        kind,
        Object.entries(about)
          .map(([name, value]) => `${name} ${value}`)
          .join(", "),
      ]),
      "Nothing is wrong.",
    ),
  ].join("\n\n");
}
