// Contracts that are nothing but their attack, assembled by hand.
import { ContractFactory, type InterfaceAbi, type Signer } from "ethers";
import type { FactoryOf } from "../helpers/deploy.ts";

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
const bare = (data: string): string => data.replace(/^0x/, "");

/** Code that returns `runtime` to be deployed. */
const deploying = (runtime: string): string =>
  `0x61${hex(runtime.length / 2, 2)}80600c6000396000f3${runtime}`;

/** Refuses every call. */
export const reverting = deploying("60006000fd");

/** Reverts with a megabyte, which whoever copies it pays for. */
export const returnBomb = deploying("621000006000fd");

/** Calls `target` with `data` whenever it is called, and keeps in slot 0 one more than what came of it. */
export function calling(target: string, data: string): string {
  const size = hex(bare(data).length / 2, 2);
  const code = (start: number) =>
    `61${size}61${hex(start, 2)}600039` + // the data into memory
    `6000600061${size}60006000` + // nothing back, all of it in, no ether
    `73${bare(target)}5af1600101600055` + // call, add one, store
    "00";
  const start = code(0).length / 2;
  return deploying(code(start) + bare(data));
}

/** A token that is another's code, but refuses to transfer to `blocked`. */
function blocking(implementation: string, blocked: string): string {
  const check = `60003560e01c63a9059cbb1460043573${bare(blocked)}141615`;
  const passOn = `3660006000376000600036600073${bare(implementation)}5af43d6000600060`;
  const yes = check.length / 2 + 3 + 5;
  // A jump over the revert; then the same call with the other's code, and its answer.
  const head = `${check}60${hex(yes, 1)}5760006000fd5b`;
  const body = `${passOn.slice(0, -10)}600060003e`;
  const good = (head.length + body.length) / 2 + 3 + 4;
  return deploying(`${head}${body}60${hex(good, 1)}573d6000fd5b3d6000f3`);
}

/** A network whose token pays `blocked` nothing. */
export const blockingToken =
  (blocked: string): FactoryOf =>
  async (name: string, deployer: Signer, otherwise) => {
    const factory = await otherwise(name, deployer);
    if (name !== "AssayToken") return factory;
    const token = await (await factory.deploy()).waitForDeployment();
    const code = blocking(String(token.target), blocked);
    return new ContractFactory(factory.interface.fragments as InterfaceAbi, code, deployer);
  };
