// Reads what plans are made from: requests from the journal, whatever is contested from the chain at one block.
import {
  getBinding,
  getDispute,
  getRecordedCommitment,
  getRequestState,
  getReveal,
  getTier,
} from "@assay/sdk";
import {
  chunkCount,
  type DisputeStatus,
  EMPTY,
  type Hex,
  hexToBytes,
  type RequestStatus,
  type Tier,
} from "@assay/sdk/protocol";
import { type PublicClient, zeroAddress } from "viem";
import type { Agreed, Block, Endpoints } from "../chain/endpoints.ts";
import type { Sender } from "../chain/sender.ts";
import type { Item } from "../store/items.ts";
import type { Journal } from "../store/journal.ts";
import type { CommitmentItem, DisputeItem, InputRequestItem, RequestItem } from "../store/journalItems.ts";
import { isSame } from "../strategy/claims.ts";
import type { AskedInput } from "../strategy/inputPlan.ts";
import type { CommitmentView, DisputeView, RequestView } from "../strategy/views.ts";
import type { RoleContext } from "./context.ts";

/** Reads at one block, and says which. */
export type PinnedRead = <T>(work: (client: PublicClient, block: Block) => Promise<T>) => Promise<Agreed<T>>;

/** The newest block of the preferred endpoint: good enough where a mistake costs a transaction, not a bond. */
export const readPreferred =
  (endpoints: Endpoints): PinnedRead =>
  async (work) => {
    const block = await endpoints.head();
    return { value: await endpoints.use((client) => work(client, block)), block };
  };

export type DisputeEntry = Item<DisputeItem, DisputeStatus>;
export type CommitmentEntry = Item<CommitmentItem, RequestStatus> & { disputes: readonly DisputeEntry[] };

export type ChainViews = {
  /** As the journal has it; undefined when it has not read it. */
  request(requestId: Hex): Pick<RequestView, "requestId" | "request" | "state"> | undefined;
  requests(...states: RequestStatus[]): Promise<RequestView[]>;
  /** Inputs that were asked for and not shown, as the journal has them. */
  asked(): AskedInput[];
  /** Commitments of the journal in those states, with their disputes. */
  entries(states: readonly RequestStatus[], filter: (entry: CommitmentEntry) => boolean): CommitmentEntry[];
  /**
   * Contested entries are read from the chain, without the disputes that others have lost; the rest are as the journal has
   * them.
   */
  commitments(
    entries: readonly CommitmentEntry[],
    read: PinnedRead,
    contested?: (entry: CommitmentEntry) => boolean,
  ): Promise<{ block: Block; views: CommitmentView[] }>;
};

type Contested = Pick<CommitmentView, "commitId" | "state" | "commitment" | "binding" | "disputes">;

export function createChainViews({
  journal,
  endpoints,
  deployment,
  sender,
}: Pick<RoleContext, "journal" | "endpoints" | "deployment"> & {
  sender: Pick<Sender, "address">;
}): ChainViews {
  const isRelevant = ({ state, data }: DisputeEntry) =>
    state !== "lost" || isSame(data.challenger, sender.address);
  const tiers = new Map<number, Tier>();

  async function tierOf(version: number): Promise<Tier> {
    const known = tiers.get(version);
    if (known) return known;
    const tier = await endpoints.use((client) => getTier(client, { deployment, version }));
    tiers.set(version, tier);
    return tier;
  }

  async function requestView({ state, data }: Item<RequestItem, RequestStatus>): Promise<RequestView> {
    const { version, programId } = data.request;
    const retired = journal.programs.get(programId)?.state === "retired";
    return { ...toldOf({ state, data }), tier: await tierOf(version), retired };
  }

  function toldOf({ state, data }: Pick<Item<RequestItem, RequestStatus>, "state" | "data">) {
    const { requestId, request, deadline, worker = zeroAddress } = data;
    return { requestId, request, state: { status: state, deadline, worker } };
  }

  function entries(
    states: readonly RequestStatus[],
    filter: (entry: CommitmentEntry) => boolean,
  ): CommitmentEntry[] {
    const disputes = new Map<Hex, DisputeEntry[]>();
    for (const item of journal.disputes.list())
      disputes.set(item.data.commitId, [...(disputes.get(item.data.commitId) ?? []), item]);
    return journal.commitments
      .list({ states })
      .map((item) => ({ ...item, disputes: disputes.get(item.data.commitId) ?? [] }))
      .filter(filter);
  }

  async function commitments(
    selected: readonly CommitmentEntry[],
    read: PinnedRead,
    isContested = ({ data, disputes, state }: CommitmentEntry) =>
      disputes.length > 0 || data.recorded === true || state === "slashed",
  ): Promise<{ block: Block; views: CommitmentView[] }> {
    const onChain = selected.filter(isContested);
    const { value, block } = await read(async (client, { number }) => {
      const found = await Promise.all(onChain.map((entry) => readContested(client, number, entry)));
      return found.filter((one) => one !== undefined);
    });
    const byId = new Map(value.map((one) => [one.commitId, one]));
    const views: CommitmentView[] = [];
    for (const entry of selected) {
      const item = journal.requests.get(entry.data.requestId);
      if (item === undefined) continue;
      const contested = byId.get(entry.data.commitId);
      if (contested) views.push({ ...(await requestView(item)), ...contested });
      else if (!isContested(entry)) views.push({ ...(await requestView(item)), ...uncontested(entry) });
    }
    return { block, views };
  }

  /** Undefined when the block does not know the commitment: the journal is ahead of it, or on a fork. */
  async function readContested(
    client: PublicClient,
    blockNumber: bigint,
    { data: { commitId, requestId, outputRoot, passes }, disputes }: CommitmentEntry,
  ): Promise<Contested | undefined> {
    const at = { deployment, blockNumber };
    try {
      const [state, recorded, binding, seen] = await Promise.all([
        getRequestState(client, { ...at, requestId }),
        getRecordedCommitment(client, { ...at, commitId }),
        getBinding(client, { ...at, commitId }),
        Promise.all(disputes.filter(isRelevant).map(({ data }) => readDispute(client, blockNumber, data))),
      ]);
      if (state.batch === 0) return undefined;
      const { status, deadline, worker } = state;
      const { holds, slashedAt, settled } = recorded;
      return {
        commitId,
        state: { status, deadline, worker },
        commitment: { outputRoot, passes, holds, slashedAt, settled },
        binding: { traceRoot: binding.traceRoot, boundAt: binding.boundAt },
        disputes: seen,
      };
    } catch (error) {
      if (error instanceof Error && error.name.endsWith("NotFoundError")) return undefined;
      throw error;
    }
  }

  async function readDispute(
    client: PublicClient,
    blockNumber: bigint,
    { disputeId, commitId, settled = false }: DisputeItem,
  ): Promise<DisputeView> {
    const at = { deployment, blockNumber };
    const dispute = await getDispute(client, { ...at, disputeId });
    const reveal = await getReveal(client, { ...at, commitId, node: dispute.node });
    return { disputeId, dispute, reveal, settled };
  }

  function askedInput({ id, posted, asker, bond, postBy }: InputRequestItem): AskedInput {
    const request = journal.requests.get(id);
    const state = journal.commitments.get(id)?.state ?? "committed";
    const awaited = request ? request.state === "inputMissing" : state === "committed";
    const of = request ? "request" : "commitment";
    return { id, of, asker, bond, postBy, nextChunk: chunkCount(posted), awaited };
  }

  return {
    asked: () => journal.inputRequests.list({ states: ["open"] }).map(({ data }) => askedInput(data)),
    request: (requestId) => {
      const item = journal.requests.get(requestId);
      return item && toldOf(item);
    },
    requests: (...states) => Promise.all(journal.requests.list({ states }).map(requestView)),
    entries,
    commitments,
  };
}

/** A commitment that nobody has challenged, as its events tell it. */
function uncontested({
  data,
}: CommitmentEntry): Pick<CommitmentView, "commitId" | "commitment" | "binding" | "disputes"> {
  const { commitId, outputRoot, passes, settled = false } = data;
  return {
    commitId,
    commitment: { outputRoot, passes, holds: 0, slashedAt: 0n, settled },
    binding: { traceRoot: EMPTY, boundAt: 0n },
    disputes: [],
  };
}

/** What was revealed of a node, as the strategies take it. */
export function revealedIn(journal: Journal, commitId: Hex) {
  return (node: Hex) => {
    const item = journal.revealOf(commitId, node);
    if (item?.children) return { kind: "inner" as const, children: item.children };
    return item?.tile === undefined ? undefined : { kind: "tile" as const, tile: hexToBytes(item.tile) };
  };
}
