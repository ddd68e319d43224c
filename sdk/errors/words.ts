// How error texts write the values of Solidity types: enum members as words, times as dates, short strings as text.
import { type Hex, hexToString } from "viem";

export const word = (words: readonly string[], index: number): string => words[index] ?? `number ${index}`;

export const date = (unixSeconds: bigint | number): string =>
  Number(unixSeconds) > 8.64e12 ? "the end of time" : new Date(Number(unixSeconds) * 1000).toISOString();

export const text = (bytes32: Hex): string => hexToString(bytes32, { size: 32 });
