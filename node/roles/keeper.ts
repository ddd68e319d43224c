// The keeper: moves on every request and dispute whose deadline has passed, whoever it belongs to.
import { type KeeperAction, keeperPlan } from "../strategy/keeperPlan.ts";
import { pokeRequest } from "./calls.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createRole, type Role } from "./role.ts";

export function createKeeper(options: RoleContext): Role {
  const { endpoints, deployment, metrics } = options;
  const views = createChainViews(options);
  const conduct = createConduct(options);

  async function plan(): Promise<KeeperAction[]> {
    const requests = await views.requests("open", "claimed");
    const entries = views.entries(["committed", "slashed"], ({ data }) => data.settled !== true);
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    return keeperPlan({ now: block.timestamp, requests, commitments });
  }

  return createRole<KeeperAction>({
    ...options,
    name: "keeper",
    seconds: options.pollSeconds,
    plan,
    act: async (action, signal) => {
      await conduct.send(action.kind, subjectOf(action), pokeRequest(deployment, action), signal);
      metrics.keeper.pokes.add({ call: action.kind, outcome: "done" });
    },
    keyOf: (action) => `${action.kind}:${subjectOf(action)}`,
  });
}

function subjectOf(action: KeeperAction) {
  if ("requestId" in action) return action.requestId;
  return "commitId" in action ? action.commitId : action.disputeId;
}
