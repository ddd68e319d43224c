// What the actions have in common: the client they take, where they read, how they send.
import type {
  Account,
  Address,
  BlockTag,
  Chain,
  Client,
  Hash,
  Hex,
  TransactionReceipt,
  Transport,
} from "viem";
import type { Deployment } from "../../deployments.ts";
import type { CommitmentSource } from "../../protocol/enums.ts";
import type { Request } from "../../protocol/request.ts";

/** Any viem client. Writes need an account, in the client or in their parameters. */
export type AssayTransportClient = Client<Transport, Chain | undefined, Account | undefined>;

/** Every action needs to know the contracts. */
export type DeploymentParameters = { deployment: Deployment };

/** The state that a read sees; latest when neither is given. */
export type BlockParameters = { blockNumber?: bigint | undefined; blockTag?: BlockTag | undefined };

export type ReadParameters = DeploymentParameters & BlockParameters;

/** How a transaction is sent and waited for. */
export type TransactionParameters = {
  /** The sender; the client's account when left out. */
  account?: Account | Address | undefined;
  gas?: bigint | undefined;
  maxFeePerGas?: bigint | undefined;
  maxPriorityFeePerGas?: bigint | undefined;
  nonce?: number | undefined;
  /** Blocks to wait for, the transaction's own included; 1 when left out. */
  confirmations?: number | undefined;
  /** Milliseconds to wait for inclusion; 180 000 when left out. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
};

/** A request by its id, which is then looked up in the chain's logs, or as a whole. */
export type RequestReference =
  | { requestId: Hex; request?: undefined }
  | { request: Request; requestId?: undefined };

/** Whose commitment is meant; the market's when left out. */
export type SourceParameters = {
  /** `market` for published answers, `channels` for receipts. */
  source?: CommitmentSource | undefined;
};

export type WriteParameters = DeploymentParameters & TransactionParameters;

/** Actions that spend tokens send an approval first when the vault may not yet take the amount. */
export type SpendParameters = WriteParameters & {
  /** `false` to fail instead of approving. */
  approve?: boolean | undefined;
};

/** A transaction that was included and succeeded. */
export type WriteReturnType = { hash: Hash; receipt: TransactionReceipt };

/** The contract of a commitment's source. */
export const sourceOf = (deployment: Deployment, source: CommitmentSource = "market"): Address =>
  source === "market" ? deployment.inferenceMarket : deployment.channels;

/** The dispute game over a source. */
export const gameOf = (deployment: Deployment, source: CommitmentSource = "market"): Address =>
  source === "market" ? deployment.disputeGame : deployment.receiptGame;

/** The block fields that viem's reads take: a number or a tag, never both. */
export function atBlock({ blockNumber, blockTag }: BlockParameters) {
  return blockNumber !== undefined ? { blockNumber } : { blockTag };
}

/** The transaction fields of an action's parameters, for a further call of the same action. */
export function transactionOf(parameters: TransactionParameters): TransactionParameters {
  const { account, gas, maxFeePerGas, maxPriorityFeePerGas, nonce, confirmations, timeout, signal } =
    parameters;
  return { account, gas, maxFeePerGas, maxPriorityFeePerGas, nonce, confirmations, timeout, signal };
}
