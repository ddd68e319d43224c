// The keeper: moves on every request and dispute whose deadline has passed, whoever it belongs to.
import type { SendRequest } from "../chain/sender.ts";
import {
  hookOf,
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

type Delivery = Extract<KeeperAction, { kind: "deliver" | "deliverFailure" }>;

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
      if (view === undefined) return [];
      const hook = hookOf(view.state.status);
      return [{ ...view, delivered, ...triesOf(`${hook}:${requestId}`) }];
    });
  }

  /** @param key Of the call without its number. */
  const triesOf = (key: string): Tries => called.get(key)?.data ?? { tries: 0, retryAt: 0n };

  async function act(action: KeeperAction, signal: AbortSignal): Promise<void> {
    const request = pokeRequest(options, action);
    if (action.kind === "deliver" || action.kind === "deliverFailure") await call(action, request, signal);
    else await conduct.send(action.kind, subjectOf(action), request, signal);
    metrics.keeper.pokes.add({ call: action.kind, outcome: "done" });
  }

  /** A consumer that fails may be called again, each time by another transaction. */
  async function call(
    { kind, requestId }: Delivery,
    request: SendRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const { key } = request;
    const tries = triesOf(key).tries + 1;
    await conduct.send(kind, requestId, { ...request, key: `${key}:${tries}` }, signal);
    const wait = Math.min(firstRetrySeconds * 2 ** (tries - 1), longestRetrySeconds);
    called.put(key, "kept", { tries, retryAt: now + BigInt(wait) });
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
