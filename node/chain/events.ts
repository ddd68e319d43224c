// The protocol's events, decoded and typed, in the order in which the chain has them.

import type { Deployment } from "@assay/sdk";
import {
  channelsAbi,
  disputeGameAbi,
  epochsAbi,
  inferenceMarketAbi,
  inputRequestsAbi,
  programRegistryAbi,
  stakeVaultAbi,
} from "@assay/sdk/abi";
import { type Address, isAddressEqual, parseEventLogs } from "viem";
import type { MinedLog } from "./poller.ts";

const abi = [
  ...inferenceMarketAbi,
  ...disputeGameAbi,
  ...inputRequestsAbi,
  ...programRegistryAbi,
  ...stakeVaultAbi,
  ...channelsAbi,
  ...epochsAbi,
] as const;

const decode = (logs: MinedLog[]) => parseEventLogs({ abi, logs });

/** One event of the protocol: `eventName` tells which, `args` what it says. */
export type ProtocolEvent = ReturnType<typeof decode>[number];

/** Decodes logs of the protocol's contracts; logs of unknown events are left out. */
export function decodeEvents(logs: MinedLog[]): ProtocolEvent[] {
  return decode(logs);
}

/** Every contract whose events a node follows. */
export const followed = (deployment: Deployment): Address[] => [
  deployment.inferenceMarket,
  deployment.disputeGame,
  deployment.inputRequests,
  deployment.programRegistry,
  deployment.stakeVault,
  ...receiptContracts(deployment),
];

const receiptContracts = ({ channels, receiptGame, epochs }: Deployment): Address[] => [
  channels,
  receiptGame,
  epochs,
];

/** Whether an event is about receipts: their contracts have events of the same names as those of requests. */
export function isAboutReceipts(
  deployment: Deployment,
  { address }: Pick<ProtocolEvent, "address">,
): boolean {
  return receiptContracts(deployment).some((one) => isAddressEqual(one, address));
}
