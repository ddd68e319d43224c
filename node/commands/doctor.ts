// assay doctor: everything that a node needs, checked before it matters.
import { defineCommand, toggle } from "../cli/command.ts";
import { chainChecks } from "../cli/doctor/chain.ts";
import type { Check, CheckState } from "../cli/doctor/checks.ts";
import { machineChecks } from "../cli/doctor/machine.ts";
import { exits } from "../cli/failure.ts";

type Diagnosis = { healthy: boolean; checks: Check[]; exitCode?: number };

const marks: Readonly<Record<CheckState, string>> = { ok: "✔", warning: "!", failed: "✖", skipped: "–" };

export const doctorCommand = defineCommand({
  name: "doctor",
  group: "Begin",
  summary: "Check machine, chain, keys, stake and programs, and say how to mend them",
  about:
    "Runs known answers on this machine's own processor: a machine that computes anything else would lose its stake. Exits with 1 when a check fails.",
  scopes: ["chain", "follow", "keys", "programs", "worker", "watchtower"],
  flags: { offline: toggle("Check this machine only") },
  run: async (context, { offline }): Promise<Diagnosis> => {
    const machine = await machineChecks(context);
    const checks = offline ? machine : [...machine, ...(await chainChecks(context))];
    const healthy = checks.every(({ state }) => state !== "failed");
    return { healthy, checks, ...(!healthy && { exitCode: exits.fatal }) };
  },
  render: ({ healthy, checks }) => {
    const width = Math.max(...checks.map(({ name }) => name.length));
    const lines = checks.map(({ name, state, found, hint }) => {
      const line = `${marks[state]} ${name.padEnd(width)}  ${found}`;
      return hint === undefined ? line : `${line}\n${" ".repeat(width + 4)}→ ${hint}`;
    });
    return [...lines, "", healthy ? "Nothing stands in the way." : "Mend what is marked ✖ first."].join("\n");
  },
});
