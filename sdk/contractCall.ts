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
};

/** A {@link ContractCall} whose arguments are typed by its ABI. */
export type TypedContractCall<
  abi extends Abi,
  functionName extends ContractFunctionName<abi, "nonpayable">,
> = ContractCall & {
  abi: abi;
  functionName: functionName;
  args: ContractFunctionArgs<abi, "nonpayable", functionName>;
};

/** Checks a call's arguments against its ABI, at compile time. */
export function contractCall<
  const abi extends Abi,
  functionName extends ContractFunctionName<abi, "nonpayable">,
>(call: TypedContractCall<abi, functionName>): TypedContractCall<abi, functionName> {
  return call;
}

/**
 * Encodes a call into the fields of a transaction.
 *
 * @param call - What a `…Call` builder returned.
 * @returns `to` and `data`; no call of the protocol carries value.
 *
 * @example
 * import { encodeCall, finalizeRequestCall } from "@assay/sdk";
 *
 * const { to, data } = encodeCall(finalizeRequestCall({ deployment, requestId }));
 */
export function encodeCall(call: ContractCall): { to: Address; data: Hex } {
  const { address, abi, functionName, args } = call;
  return { to: address, data: encodeFunctionData({ abi, functionName, args }) };
}
