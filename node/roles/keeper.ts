// The keeper: moves on every request and dispute whose deadline has passed, whoever it belongs to.

import type { Hex } from "@assay/sdk/protocol";
import type { SendRequest } from "../chain/sender.ts";
import {
  type KeeperAction,
  type KeeperLimits,
  keeperPlan,
  type PendingDelivery,
} from "../strategy/keeperPlan.ts";
import { pokeRequest } from "./calls.ts";
import { createChainViews, readPreferred } from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createRole, type Role } from "./role.ts";

export type KeeperOptions = RoleContext & { limits: KeeperLimits };

/** How often a consumer was called, kept over restarts. */
type Tries = { tries: number; retryAt: bigint };

const firstRetrySeconds = 60;
const longestRetrySeconds = 86_400;

export function createKeeper(options: KeeperOptions): Role {
  const { journal, endpoints, metrics, limits } = options;
  const views = createChainViews(options);
  const conduct = createConduct(options);
  const called = journal.notes<Tries, "kept">("delivery");
  let now = 0n;

  async function plan(): Promise<KeeperAction[]> {
    const requests = await views.requests("open", "claimed");
    const asked = views.asked();
    const entries = views.entries(["committed", "slashed"], ({ data }) => data.settled !== true);
    const { block, views: commitments } = await views.commitments(entries, readPreferred(endpoints));
    now = block.timestamp;
    return keeperPlan({ now, requests, commitments, deliveries: deliveries(), asked }, limits);
  }

  function deliveries(): PendingDelivery[] {
    return journal.deliveries.list({ states: ["open"] }).flatMap(({ data: { requestId, delivered } }) => {
      const view = views.request(requestId);
      return view === undefined ? [] : [{ ...view, delivered, ...triesOf(requestId) }];
    });
  }

  const triesOf = (requestId: Hex): Tries => called.get(requestId)?.data ?? { tries: 0, retryAt: 0n };

  async function act(action: KeeperAction, signal: AbortSignal): Promise<void> {
    const request = pokeRequest(options, action);
    const isDelivery = action.kind === "deliver" || action.kind === "deliverFailure";
    const sent = isDelivery ? anotherTry(action.requestId, request) : request;
    await conduct.send(action.kind, subjectOf(action), sent, signal);
    metrics.keeper.pokes.add({ call: action.kind, outcome: "done" });
  }

  /** A consumer that fails may be called again. Counted first: only the chain's events tell whether it took the call. */
  function anotherTry(requestId: Hex, request: SendRequest): SendRequest {
    const tries = triesOf(requestId).tries + 1;
    const wait = Math.min(firstRetrySeconds * 2 ** (tries - 1), longestRetrySeconds);
    called.put(requestId, "kept", { tries, retryAt: now + BigInt(wait) });
    return { ...request, key: `${request.key}:${tries}` };
  }

  return createRole<KeeperAction>({
    ...options,
    name: "keeper",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (action) => `${action.kind}:${subjectOf(action)}`,
  });
}

function subjectOf(action: KeeperAction) {
  if ("requestId" in action) return action.requestId;
  return "commitId" in action ? action.commitId : action.disputeId;
}
