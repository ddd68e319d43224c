// The defender: binds and reveals for a worker whose own machine may be off. Holds a key that can do nothing else.
import type { Address } from "viem";
import type { Executor } from "../execution/executor.ts";
import { isSame } from "../strategy/claims.ts";
import { type DefenderAction, type DefenderLimits, defenderPlan } from "../strategy/defenderPlan.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createReplying, keyOfReply } from "./replying.ts";
import { createRole, type Role } from "./role.ts";
import { createTraces } from "./traces.ts";

export type DefenderOptions = RoleContext & {
  /** The worker that is defended. */
  account: Address;
  programs: Programs;
  executor: Executor;
  limits: DefenderLimits;
};

export function createDefender(options: DefenderOptions): Role {
  const { journal, endpoints, account, programs, executor, limits } = options;
  const views = createChainViews(options);
  const traces = createTraces(journal, programs, executor);
  const reply = createReplying(options, createConduct(options), traces);
  let open = 0;

  async function plan(): Promise<DefenderAction[]> {
    const entries = views.entries(
      ["committed"],
      ({ data, disputes }) => isSame(data.worker, account) && disputes.length > 0,
    );
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    open = commitments.filter(({ disputes }) =>
      disputes.some(({ dispute }) => dispute.status === "open"),
    ).length;
    traces.keep(new Set(commitments.map(({ commitId }) => commitId)));
    const defended = commitments.map((view) => ({ ...view, trace: traces.get(view.commitId) }));
    return defenderPlan({ now: block.timestamp, commitments: defended }, limits);
  }

  return createRole<DefenderAction>({
    ...options,
    name: "defender",
    seconds: options.pollSeconds,
    plan,
    act: reply,
    keyOf: keyOfReply,
    isIdle: () => open === 0,
  });
}
