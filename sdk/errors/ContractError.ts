// An error that a contract reverted with: same name, same arguments, and a sentence for people.
import {
  type AbiParameter,
  type AbiParameterToPrimitiveType,
  type DecodeErrorResultReturnType,
  decodeErrorResult,
  type Hex,
  type ParseAbiItem,
  parseAbiItem,
  toFunctionSelector,
} from "viem";
import { BaseError, type Facts } from "../errors.ts";

/** A revert of a contract of the protocol. `name` is the Solidity name followed by `Error`, and never changes. */
export class ContractError<args extends object = object> extends BaseError {
  override readonly name: string = "ContractError";
  /** The error's arguments, by their Solidity names. */
  readonly args: args;

  constructor(shortMessage: string, args: args, cause?: unknown) {
    super(shortMessage, { facts: args as Facts, cause });
    this.args = args;
  }
}

/** A class made by {@link contractError}. */
export type ContractErrorClass<args extends object = object> = {
  new (args: args, cause?: unknown): ContractError<args>;
  /** How Solidity declares the error. */
  readonly declaration: string;
  readonly selector: Hex;
  decode(data: Hex, cause?: unknown): ContractError<args>;
};

type InputsOf<declaration extends string> =
  ParseAbiItem<declaration> extends {
    inputs: infer inputs extends readonly AbiParameter[];
  }
    ? inputs
    : readonly [];

type ArgsOf<declaration extends string> = {
  readonly [input in InputsOf<declaration>[number] as input["name"] &
    string]: AbiParameterToPrimitiveType<input>;
};

/** Makes the class for one Solidity error. The return type is spelled out so that declarations stay free of Node's types. */
export function contractError<const declaration extends `error ${string}`>(
  declaration: declaration,
  describe: string | ((args: ArgsOf<declaration>) => string),
): ContractErrorClass<ArgsOf<declaration>> {
  type Args = ArgsOf<declaration>;
  const item = parseAbiItem(declaration as string) as Extract<
    ReturnType<typeof parseAbiItem>,
    { type: "error" }
  >;
  const name = `${item.name}Error`;
  return class extends ContractError<Args> {
    static readonly declaration: string = declaration;
    static readonly selector: Hex = toFunctionSelector(declaration.slice("error ".length));
    override readonly name: string = name;

    constructor(args: Args, cause?: unknown) {
      super(typeof describe === "string" ? describe : describe(args), args, cause);
    }

    static decode(data: Hex, cause?: unknown): ContractError<Args> {
      const { args = [] } = decodeErrorResult({ abi: [item], data }) as DecodeErrorResultReturnType;
      const named = item.inputs.map((input, index) => [input.name, args[index]]);
      return new this(Object.fromEntries(named) as Args, cause);
    }
  };
}
