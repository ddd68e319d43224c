// Lets a key act for the sender's account.
import type { Address } from "viem";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

/** What a key may do for its account: `operator` claims, commits, binds and reveals; `defender` binds. */
export type KeyRole = "operator" | "defender";

/** The bit of each role in the contract's role set. */
export const keyRoles: Readonly<Record<KeyRole, number>> = { operator: 1, defender: 2 };

export type SetKeyParameters = WriteParameters & {
  key: Address;
  /** All that the key may do from now on; none revokes it. */
  roles: readonly KeyRole[];
};
export type SetKeyReturnType = WriteReturnType;
export type SetKeyErrorType = SendCallErrorType;

/** The call that {@link setKey} sends. */
export function setKeyCall({
  deployment,
  key,
  roles,
}: Pick<SetKeyParameters, "deployment" | "key" | "roles">) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "setKey",
    args: [key, roles.reduce((set, role) => set | keyRoles[role], 0)],
  });
}

/**
 * Sets what a key may do for the sender's account. No key can move stake or credit.
 *
 * @param parameters.key - The key's address.
 * @param parameters.roles - All that it may do from now on; none revokes it.
 * @returns Hash and receipt.
 *
 * @example
 * import { setKey } from "@assay/sdk";
 *
 * await setKey(client, { deployment, key: operatorAddress, roles: ["operator", "defender"] });
 */
export async function setKey(
  client: AssayTransportClient,
  parameters: SetKeyParameters,
): Promise<SetKeyReturnType> {
  return sendCall(client, { ...parameters, call: setKeyCall(parameters) });
}
