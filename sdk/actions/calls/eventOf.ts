// Finds the events by which a contract confirms what a transaction did.
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

type EventFilter<abi, eventName> = { address: Address; abi: abi; eventName: eventName };

/** The arguments of the first such event. */
export const eventOf = <const abi extends Abi, eventName extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  filter: EventFilter<abi, eventName>,
): ContractEventArgsFromTopics<abi, eventName> => eventsOf(receipt, filter)[0];

/** The arguments of all such events, at least one, in their order. */
export function eventsOf<const abi extends Abi, eventName extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  { address, abi, eventName }: EventFilter<abi, eventName>,
): [ContractEventArgsFromTopics<abi, eventName>, ...ContractEventArgsFromTopics<abi, eventName>[]] {
  const logs = receipt.logs.filter((log) => isAddressEqual(log.address, address));
  const events = parseEventLogs({ abi: abi as Abi, eventName: eventName as string, logs, strict: true });
  const [first, ...others] = events.map(({ args }) => args as ContractEventArgsFromTopics<abi, eventName>);
  if (!first) throw new MissingEventError({ eventName, hash: receipt.transactionHash });
  return [first, ...others];
}
