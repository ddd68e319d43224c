// Finds the event by which a contract confirms what a transaction did.
import {
  type Abi,
  type Address,
  type ContractEventArgsFromTopics,
  type ContractEventName,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { MissingEventError } from "../../errors/clientErrors.ts";

export function eventOf<const abi extends Abi, eventName extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  { address, abi, eventName }: { address: Address; abi: abi; eventName: eventName },
): ContractEventArgsFromTopics<abi, eventName> {
  const logs = receipt.logs.filter((log) => isAddressEqual(log.address, address));
  const [event] = parseEventLogs({ abi: abi as Abi, eventName: eventName as string, logs, strict: true });
  if (!event) throw new MissingEventError({ eventName, hash: receipt.transactionHash });
  return event.args as ContractEventArgsFromTopics<abi, eventName>;
}
