// A commitment with what the market recognises it by, for commands without a node's journal.
import { getCommitment, getRequest, ResultNotAvailableError } from "@assay/sdk";
import { encodeMarketOpening, type Terms } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import type { ChainAccess } from "./chain.ts";

export type Opened = { terms: Terms; opening: Hex };

/** @throws CommitmentNotFoundError, ResultNotAvailableError */
export async function openAnswer(
  { client, deployment }: Pick<ChainAccess, "client" | "deployment">,
  commitId: Hex,
): Promise<Opened> {
  const { terms } = await getCommitment(client, { deployment, commitId });
  const requestId = terms.subject;
  const { request, status, answer } = await getRequest(client, { deployment, requestId });
  if (answer === undefined) throw new ResultNotAvailableError({ requestId, status });
  return { terms, opening: encodeMarketOpening(request, answer.leaf) };
}
