// What has to be brought along to the chain, because it keeps hashes only: requests, and where an answer stands in its batch.
import { BatchTree, encodeMarketOpening, type Hex, type Leaf, type Request } from "@assay/sdk/protocol";
import { RetryableError } from "../errors.ts";
import type { Journal } from "../store/journal.ts";
import type { CommitmentItem } from "../store/journalItems.ts";

/** @throws RetryableError when the journal has not read it. */
export function askedOf(journal: Journal, requestId: Hex): Request {
  const item = journal.requests.get(requestId);
  if (item === undefined) throw new RetryableError("The request is not at hand.", { facts: { requestId } });
  return item.data.request;
}

/** @throws RetryableError when the journal lacks the commitment or others of its batch. */
export function leafOf(journal: Journal, commitId: Hex): Leaf {
  const { batch, passes, outputRoot } = commitmentOf(journal, commitId);
  const { commitIds = [] } = journal.batches.get(String(batch))?.data ?? {};
  const place = commitIds.indexOf(commitId);
  if (place < 0)
    throw new RetryableError("The batch of the commitment is not at hand.", { facts: { commitId, batch } });
  return { passes, outputRoot, proof: new BatchTree(commitIds).proof(place) };
}

/** What the market recognises a commitment by. */
export function openingOf(journal: Journal, commitId: Hex): Hex {
  const { requestId } = commitmentOf(journal, commitId);
  return encodeMarketOpening(askedOf(journal, requestId), leafOf(journal, commitId));
}

function commitmentOf(journal: Journal, commitId: Hex): CommitmentItem {
  const item = journal.commitments.get(commitId);
  if (item === undefined) throw new RetryableError("The commitment is not at hand.", { facts: { commitId } });
  return item.data;
}
