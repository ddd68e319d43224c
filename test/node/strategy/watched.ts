// A watchtower before a worker that flips one bit: its state, and its plan.
import { commitProgram, createTrace, execute, type Revealed } from "@assay/sdk/program";
import type { Hex, Position } from "@assay/sdk/protocol";
import type { Evidence } from "../../../node/strategy/judgement.ts";
import type { DisputeView } from "../../../node/strategy/views.ts";
import {
  type WatchedCommitment,
  type WatchtowerLimits,
  type WatchtowerState,
  watchtowerPlan,
} from "../../../node/strategy/watchtowerPlan.ts";
import { cheatingSlots } from "../../helpers/cheat.ts";
import { network, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { challenger, commitmentView, id, now } from "./views.ts";

export const program = network(1);
export const committed = commitProgram(program);
export const input = randomInput(program, new Random(2));
export const own = createTrace(committed, input, execute(program, input));
export const commitId = id(2);
export const disputeId = id(3);

export const cheater = createTrace(
  committed,
  input,
  cheatingSlots(program, input, { slot: 2, element: 700 }),
);
export const limits: WatchtowerLimits = {
  challenge: true,
  bondBudget: undefined,
  parallelChecks: 2,
  marginSeconds: 5,
  inputTries: 3,
};
export const convicted: Evidence = {
  fast: own.outputRoot,
  reference: own.outputRoot,
  seen: [],
  retryAt: undefined,
};

export const state = (
  commitments: WatchedCommitment[],
  parts: Partial<WatchtowerState> = {},
): WatchtowerState => ({
  now,
  challenger,
  wallet: 1_000n,
  coins: 10n ** 18n,
  spentToday: 0n,
  maxFeePerGas: 1n,
  credit: 0n,
  checkSeconds: new Map(),
  commitments,
  refuted: new Set<Hex>(),
  distrusted: new Set<Hex>(),
  inputs: { missing: new Map(), asked: new Map() },
  health: { endpointsAgree: true, headFresh: true },
  ...parts,
});

export const watched = (
  parts: Partial<WatchedCommitment> & { disputes?: readonly DisputeView[]; shown?: readonly Position[] } = {},
): WatchedCommitment => {
  const { shown = [], ...rest } = parts;
  const revealed = new Map(
    shown.map((position): [Hex, Revealed | undefined] => [cheater.node(position), cheater.reveal(position)]),
  );
  return {
    ...commitmentView({
      disputes: parts.disputes ?? [],
      commitment: { outputRoot: id(0xbad) },
      binding: shown.length > 0 ? { traceRoot: cheater.traceRoot, boundAt: now - 4n } : {},
    }),
    evidence: convicted,
    inputBond: undefined,
    trace: own,
    revealed: (node) => revealed.get(node),
    ...rest,
  };
};
export const plan = (
  commitments: WatchedCommitment[],
  parts: Partial<WatchtowerState> = {},
  changed: Partial<WatchtowerLimits> = {},
) => watchtowerPlan(state(commitments, parts), { ...limits, ...changed });
export const evidence = (parts: Partial<Evidence>): Evidence => ({
  ...convicted,
  fast: undefined,
  reference: undefined,
  ...parts,
});
