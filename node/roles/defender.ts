// The defender: binds and reveals for a worker whose own machine may be off. Holds a key that can do nothing else.
import type { Address } from "viem";
import type { Executor } from "../execution/executor.ts";
import { isSame } from "../strategy/claims.ts";
import { type DefenderAction, type DefenderLimits, defenderPlan } from "../strategy/defenderPlan.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createInputs, type InputSources, inputStateOf } from "./inputs.ts";
import { createReplying, keyOfReply } from "./replying.ts";
import { createRole, type Role } from "./role.ts";
import { createShowing, isInputReply, keyOfInputReply } from "./showing.ts";
import { createTraces } from "./traces.ts";

export type DefenderOptions = RoleContext &
  InputSources & {
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
  const conduct = createConduct(options);
  const reply = createReplying(options, conduct, traces);
  const inputs = createInputs({ ...options, now: () => now });
  const show = createShowing(options, conduct, inputs);
  let now = 0n;
  let open = 0;

  async function plan(): Promise<DefenderAction[]> {
    const entries = views.entries(
      ["committed"],
      ({ data, disputes }) => isSame(data.worker, account) && (disputes.length > 0 || data.recorded === true),
    );
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    open = commitments.filter(({ disputes }) =>
      disputes.some(({ dispute }) => dispute.status === "open"),
    ).length;
    traces.keep(new Set(commitments.map(({ commitId }) => commitId)));
    const defended = commitments.map((view) => ({ ...view, trace: traces.get(view.commitId) }));
    now = block.timestamp;
    return defenderPlan(
      { now, commitments: defended, inputs: inputStateOf(views, inputs, defended) },
      limits,
    );
  }

  function act(action: DefenderAction, signal: AbortSignal): Promise<void> {
    return isInputReply(action) ? show(action, signal) : reply(action, signal);
  }

  return createRole<DefenderAction>({
    ...options,
    name: "defender",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (action) => (isInputReply(action) ? keyOfInputReply(action) : keyOfReply(action)),
    isIdle: () => open === 0,
  });
}
