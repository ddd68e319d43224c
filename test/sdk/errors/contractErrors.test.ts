// Every error that a contract can revert with arrives in TypeScript as a class of the same name.

import * as sdk from "@assay/sdk";
import {
  AlreadyBoundError,
  ContractError,
  contractErrorClass,
  decodeContractError,
  ERC20InsufficientBalanceError,
  InsufficientStakeError,
  NothingToWithdrawError,
  WrongStatusError,
} from "@assay/sdk";
import * as abis from "@assay/sdk/abi";
import { expect } from "chai";
import fc from "fast-check";
import { type Abi, type AbiParameter, encodeErrorResult, toFunctionSelector } from "viem";

type Declared = { contract: string; name: string; inputs: readonly AbiParameter[] };

const declared: Declared[] = Object.entries(abis).flatMap(([contract, abi]) =>
  (abi as Abi).flatMap((item) =>
    item.type === "error" ? [{ contract, name: item.name, inputs: item.inputs }] : [],
  ),
);
const typesOf = (inputs: readonly AbiParameter[]) => inputs.map(({ type }) => type).join(",");
const account = "0x52908400098527886E0F7030069857D2E4169EE7";
const bytes32 = `0x${"ab".repeat(32)}` as const;

const sampleOf = ({ type }: AbiParameter): unknown => {
  if (type === "address") return account;
  if (type === "bytes32") return bytes32;
  if (type === "string") return "text";
  if (type === "bool") return true;
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  return bits <= 48 ? 1 : 1n;
};
const revertData = ({ name, inputs }: Declared) => {
  const abi = [{ type: "error", name, inputs }] as const;
  return encodeErrorResult({ abi: abi as Abi, errorName: name, args: inputs.map(sampleOf) });
};

describe("contractErrors", () => {
  it("has a class for each error of each ABI, with its arguments' names and types", () => {
    const missing = declared.filter(({ name, inputs }) => {
      const found = contractErrorClass(toFunctionSelector(`${name}(${typesOf(inputs)})`));
      const parameters = inputs.map((input) => `${input.type} ${input.name}`).join(", ");
      return found?.declaration !== `error ${name}(${parameters})`;
    });
    expect(declared.length).to.be.greaterThan(60);
    expect(
      missing.map(({ contract, name, inputs }) => `${contract}: ${name}(${typesOf(inputs)})`),
    ).to.deep.equal([]);
  });

  it("exports each class under its Solidity name followed by Error", () => {
    for (const { name, inputs } of declared) {
      const found = (sdk as Record<string, unknown>)[`${name}Error`];
      expect(found, name).to.equal(contractErrorClass(toFunctionSelector(`${name}(${typesOf(inputs)})`)));
    }
  });

  it("decodes each into name, arguments and a sentence that says more than the name", () => {
    for (const one of declared) {
      const error = decodeContractError({ data: revertData(one) });
      expect(error, one.name).to.be.instanceOf(ContractError);
      expect(error?.name).to.equal(`${one.name}Error`);
      expect(error?.args).to.deep.equal(
        Object.fromEntries(one.inputs.map((input) => [input.name, sampleOf(input)])),
      );
      expect(error?.shortMessage).to.match(/^[0-9A-Z].+ .+\.$/);
    }
  });

  it("words its messages for people", () => {
    const messages = [
      new WrongStatusError({ requestId: bytes32, status: 2, required: 1 }),
      new NothingToWithdrawError({ nextAvailableAt: 1_700_000_000n }),
      new NothingToWithdrawError({ nextAvailableAt: 0n }),
      new InsufficientStakeError({ account, free: 1n, required: 2n }),
    ].map(({ message }) => message);
    expect(messages).to.deep.equal([
      `The request is claimed, but the call needs it open.\n\nrequestId: ${bytes32}\nstatus: 2\nrequired: 1`,
      "Nothing can be withdrawn before 2023-11-14T22:13:20.000Z.\n\nnextAvailableAt: 1700000000",
      "Nothing is unbonding.\n\nnextAvailableAt: 0",
      `The account's free stake is too small: stake more, or wait until locks end.\n\naccount: ${account}\nfree: 1\nrequired: 2`,
    ]);
  });
});

describe("decodeContractError", () => {
  const data = revertData(declared.find(({ name }) => name === "AlreadyBound") as Declared);

  it("finds the revert data wherever libraries put it", () => {
    const places = [
      { data },
      { cause: { cause: { data } } },
      { data: { data, message: "reverted" } },
      { error: { code: 3, data } },
      { info: { error: { data: { originalError: { data } }, message: "" } }, data: null, error: { data } },
      { cause: { raw: data, data: { errorName: "AlreadyBound" } } },
      Object.assign(new Error("outer"), { cause: Object.assign(new Error("inner"), { data }) }),
    ];
    for (const place of places) {
      const error = decodeContractError(place);
      expect(error).to.be.instanceOf(AlreadyBoundError);
      expect(error?.cause).to.equal(place);
    }
  });

  it("returns a contract error that is already typed, also as a cause", () => {
    const typed = new ERC20InsufficientBalanceError({ sender: account, balance: 0n, needed: 1n });
    expect(decodeContractError(typed)).to.equal(typed);
    expect(decodeContractError(new Error("sending failed", { cause: typed }))).to.equal(typed);
  });

  it("returns undefined for everything else and never throws", () => {
    const cyclic: { cause?: unknown } = {};
    cyclic.cause = cyclic;
    for (const other of [
      undefined,
      null,
      "0x",
      7,
      cyclic,
      { data: "0x" },
      { data: "0x12345678" },
      new Error("x"),
    ]) {
      expect(decodeContractError(other)).to.equal(undefined);
    }
    expect(decodeContractError({ data: data.slice(0, -2) })).to.equal(undefined);
    fc.assert(
      fc.property(fc.anything(), (thing) => {
        const error = decodeContractError(thing);
        return error === undefined || error instanceof ContractError;
      }),
    );
  });
});
