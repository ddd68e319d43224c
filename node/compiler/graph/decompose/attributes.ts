// Attributes of nodes that the reader makes, and those of nodes that it takes apart.
import { ATTRIBUTE_TYPE, type AttributeProto } from "@assay/sdk/program";
import { attributeOf, type RawNode } from "../rawGraph.ts";

export const attributeProtoOf = (name: string, value: number | readonly number[]): AttributeProto =>
  typeof value === "number"
    ? { name, i: BigInt(value), type: ATTRIBUTE_TYPE.INT }
    : { name, ints: value.map(BigInt), type: ATTRIBUTE_TYPE.INTS };

export const intOf = (node: RawNode, name: string, otherwise: number): number => {
  const attribute = attributeOf(node, name);
  return attribute?.i === undefined ? otherwise : Number(attribute.i);
};

export const intsOf = (node: RawNode, name: string): number[] | undefined =>
  attributeOf(node, name)?.ints?.map(Number);

export const floatOf = (node: RawNode, name: string, otherwise: number): number =>
  attributeOf(node, name)?.f ?? otherwise;

const text = new TextDecoder();

export const stringOf = (node: RawNode, name: string, otherwise: string): string => {
  const attribute = attributeOf(node, name);
  return attribute?.s === undefined ? otherwise : text.decode(attribute.s);
};
