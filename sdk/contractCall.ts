// A contract call as data: what every write action sends, for applications that bring their own transaction sender.
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hex,
} from "viem";

/** A call that changes state: where, which function, with which arguments. */
export type ContractCall = {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  /** Wei that travel along; none when left out. */
  value?: bigint | undefined;
};

type Writing = "nonpayable" | "payable";

/** A {@link ContractCall} whose arguments are typed by its ABI. */
export type TypedContractCall<
  abi extends Abi,
  functionName extends ContractFunctionName<abi, Writing>,
> = ContractCall & {
  abi: abi;
  functionName: functionName;
  args: ContractFunctionArgs<abi, Writing, functionName>;
};

/** Checks a call's arguments against its ABI, at compile time. */
export function contractCall<const abi extends Abi, functionName extends ContractFunctionName<abi, Writing>>(
  call: TypedContractCall<abi, functionName>,
): TypedContractCall<abi, functionName> {
  return call;
}

/**
 * Encodes a call into the fields of a transaction.
 *
 * @param call - What a `…Call` builder returned.
 * @returns `to` and `data`, and `value` where ether travels along.
 *
 * @example
 * import { encodeCall, finalizeRequestCall } from "@assay/sdk";
 *
 * const { to, data } = encodeCall(finalizeRequestCall({ deployment, requestId }));
 */
export function encodeCall(call: ContractCall): { to: Address; data: Hex; value?: bigint } {
  const { address, abi, functionName, args, value } = call;
  const transaction = { to: address, data: encodeFunctionData({ abi, functionName, args }) };
  return value === undefined ? transaction : { ...transaction, value };
}
