// The accounts of a local network: derived from the mnemonic that every Ethereum tool uses for tests, so they hold nothing elsewhere.
import { bytesToHex, type Hex } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

const mnemonic = "test test test test test test test test test test test junk";

/** In the order of their derivation. */
export const devnetRoles = [
  "deployer",
  "owner",
  "operator",
  "defender",
  "challenger",
  "requester",
  "faucet",
] as const;

export type DevnetRole = (typeof devnetRoles)[number];

export type DevnetAccount = { role: DevnetRole; account: HDAccount; privateKey: Hex };

/** The accounts by role. Anybody knows their keys. */
export function devnetAccounts(): Readonly<Record<DevnetRole, DevnetAccount>> {
  const entries = devnetRoles.map((role, addressIndex) => {
    const account = mnemonicToAccount(mnemonic, { addressIndex });
    const key = account.getHdKey().privateKey;
    return [role, { role, account, privateKey: bytesToHex(key!) }];
  });
  return Object.fromEntries(entries) as Record<DevnetRole, DevnetAccount>;
}
