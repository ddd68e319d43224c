// Everybody who plays in the story, each with keys of its own. The keys are known to everybody: they hold play money.
import { type Address, bytesToHex, type Hex } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

const mnemonic = "test test test test test test test test test test test junk";

const keyNames = [
  "deployer",
  "publisher",
  "requester",
  "watchtower",
  "worker 1 owner",
  "worker 1 operator",
  "worker 2 owner",
  "worker 2 operator",
  "worker 3 owner",
  "worker 3 operator",
] as const;

type KeyName = (typeof keyNames)[number];

export interface Key {
  account: HDAccount;
  address: Address;
  privateKey: Hex;
}

function keyOf(name: KeyName): Key {
  const account = mnemonicToAccount(mnemonic, { addressIndex: keyNames.indexOf(name) });
  const privateKey = account.getHdKey().privateKey;
  if (privateKey === null) throw new Error("A derived account has a private key");
  return { account, address: account.address, privateKey: bytesToHex(privateKey) };
}

/** A worker: stake under a cold key, work under a hot one. */
export interface WorkerKeys {
  name: string;
  owner: Key;
  operator: Key;
}

export const cast = {
  deployer: keyOf("deployer"),
  publisher: keyOf("publisher"),
  requester: keyOf("requester"),
  watchtower: keyOf("watchtower"),
  workers: [
    { name: "worker 1", owner: keyOf("worker 1 owner"), operator: keyOf("worker 1 operator") },
    { name: "worker 2", owner: keyOf("worker 2 owner"), operator: keyOf("worker 2 operator") },
    { name: "worker 3", owner: keyOf("worker 3 owner"), operator: keyOf("worker 3 operator") },
  ],
} as const satisfies { workers: readonly WorkerKeys[] } & Record<string, unknown>;

/** The one that will cheat. */
export const cheater: WorkerKeys = cast.workers[2];

/** Everybody with a key, under the name that the story calls them. */
export const people: readonly { name: string; key: Key }[] = [
  { name: "publisher", key: cast.publisher },
  { name: "requester", key: cast.requester },
  ...cast.workers.flatMap(({ name, owner, operator }) => [
    { name, key: owner },
    { name, key: operator },
  ]),
  { name: "watchtower", key: cast.watchtower },
];

const names = new Map(people.map(({ name, key }) => [key.address.toLowerCase(), name]));

/** Who has that address. */
export const nameOf = (address: Address): string => names.get(address.toLowerCase()) ?? address;

/** Everybody whose keys begin with coins. */
export const fundedKeys = (): Hex[] => [cast.deployer.privateKey, ...people.map(({ key }) => key.privateKey)];
