// Finds the contract's own error inside whatever a wallet, a node or viem threw.
import { type Hex, isHex, slice } from "viem";
import { ContractError, type ContractErrorClass } from "./ContractError.ts";
import * as contractErrors from "./contractErrors.ts";

const classes = new Map<Hex, ContractErrorClass>(
  (Object.values(contractErrors) as unknown as ContractErrorClass[]).map((one) => [one.selector, one]),
);

/** The class of a Solidity error, by the first four bytes of its revert data. */
export const contractErrorClass = (selector: Hex): ContractErrorClass | undefined => classes.get(selector);

/**
 * Finds the contract error in anything thrown by viem, ethers, a wallet or a JSON-RPC endpoint.
 *
 * @param thrown - What was caught; its causes are walked.
 * @returns The typed error, with `thrown` as its cause, or undefined when no contract of the protocol said why.
 *
 * @example
 * import { decodeContractError, InsufficientStakeError } from "@assay/sdk";
 *
 * try {
 *   await wallet.sendTransaction(transaction);
 * } catch (thrown) {
 *   const error = decodeContractError(thrown);
 *   if (error instanceof InsufficientStakeError) console.log(error.args.required - error.args.free);
 * }
 */
export function decodeContractError(thrown: unknown): ContractError | undefined {
  for (const one of causes(thrown)) {
    if (one instanceof ContractError) return one;
    const data = revertData(one);
    if (data === undefined) continue;
    const found = classes.get(slice(data, 0, 4));
    if (found) return decode(found, data, thrown);
  }
  return undefined;
}

function decode(found: ContractErrorClass, data: Hex, cause: unknown): ContractError | undefined {
  try {
    return found.decode(data, cause);
  } catch {
    return undefined; // another contract's error with the same selector
  }
}

/** The error and its causes; JSON-RPC libraries nest them under several names. */
function* causes(thrown: unknown): Generator<object> {
  const queue = [thrown];
  const seen = new Set<unknown>();
  while (queue.length > 0) {
    const one = queue.shift();
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    yield one;
    const { cause, error, info, data } = one as Record<string, unknown>;
    queue.push(cause, error, info, data);
  }
}

function revertData(one: object): Hex | undefined {
  const { data, raw } = one as { data?: unknown; raw?: unknown };
  return [raw, data].find((value): value is Hex => isHex(value) && value.length >= 10);
}
