// The accounts of a local network. Every Ethereum tool derives these keys from "test test … junk": they hold nothing elsewhere.
import type { Hex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

const privateKeys = {
  deployer: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  owner: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  operator: "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  defender: "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
  challenger: "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
  requester: "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
  faucet: "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
} as const satisfies Record<string, Hex>;

export type DevnetRole = keyof typeof privateKeys;

export type DevnetAccount = { role: DevnetRole; account: PrivateKeyAccount; privateKey: Hex };

export type DevnetAccounts = Readonly<Record<DevnetRole, DevnetAccount>>;

let known: DevnetAccounts | undefined;

/** The accounts by role. Anybody knows their keys. */
export function devnetAccounts(): DevnetAccounts {
  if (known !== undefined) return known;
  const entries = Object.entries(privateKeys) as [DevnetRole, Hex][];
  const accounts = entries.map(([role, privateKey]) => [
    role,
    { role, privateKey, account: privateKeyToAccount(privateKey) },
  ]);
  known = Object.fromEntries(accounts) as DevnetAccounts;
  return known;
}
