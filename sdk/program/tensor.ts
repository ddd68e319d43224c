// Tensors and their layouts: where an element lies in the bytes that are hashed.
import { type Hex, type MerkleTree, pieceTree, TILE_BYTES } from "../protocol/index.ts";
import { bytesOf, WIDTH } from "./dtype.ts";
import type { DType, Tensor, TensorData, TensorType } from "./types.ts";

export const rowMajor = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

export const tensorType = (
  dtype: DType,
  shape: readonly number[],
  layout: readonly number[] = rowMajor(shape.length),
): TensorType => ({ dtype, shape, layout });

export const isRowMajor = ({ layout }: TensorType): boolean => layout.every((axis, place) => axis === place);

export const elementCount = ({ shape }: Pick<TensorType, "shape">): number =>
  shape.reduce((product, size) => product * size, 1);

export const byteLength = (type: TensorType): number => elementCount(type) * WIDTH[type.dtype];

/** Number of elements between neighbours along each axis, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Number of elements between neighbours along an axis, in the layout. */
export const strideAlong = ({ shape, layout }: TensorType, axis: number): number =>
  layout.slice(layout.indexOf(axis) + 1).reduce((stride, inner) => stride * shape[inner]!, 1);

export const isPermutation = (layout: readonly number[]): boolean =>
  new Set(layout).size === layout.length && layout.every((axis) => axis >= 0 && axis < layout.length);

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => sameNumbers(a, b);

/** Same element type, shape and layout. */
export const sameType = (a: TensorType, b: TensorType): boolean =>
  a.dtype === b.dtype && sameNumbers(a.shape, b.shape) && sameNumbers(a.layout, b.layout);

interface Axis {
  size: number;
  /** In row-major elements. */
  stride: number;
}

const plans = new WeakMap<TensorType, readonly Axis[]>();

/** The axes from outermost to innermost in layout order; axes of size 1 dropped, neighbours that lie in one run merged. */
function layoutAxes(type: TensorType): readonly Axis[] {
  const known = plans.get(type);
  if (known) return known;
  const strides = stridesOf(type.shape);
  const axes: Axis[] = [];
  for (const axis of type.layout) {
    const size = type.shape[axis]!;
    const stride = strides[axis]!;
    if (size === 1) continue;
    const outer = axes.at(-1);
    if (outer && outer.stride === stride * size) {
      outer.size *= size;
      outer.stride = stride;
    } else axes.push({ size, stride });
  }
  plans.set(type, axes);
  return axes;
}

const isContiguous = (axes: readonly Axis[]): boolean => axes.every(({ stride }) => stride === 1);

/** The place, in elements, that the layout gives to the element with this row-major number. */
export function layoutPosition(type: TensorType, index: number): number {
  let position = 0;
  for (const { size, stride } of layoutAxes(type)) {
    position = position * size + (Math.floor(index / stride) % size);
  }
  return position;
}

/** The row-major number of the element at this place of the layout. */
export function logicalIndex(type: TensorType, position: number): number {
  const axes = layoutAxes(type);
  let index = 0;
  for (let axis = axes.length - 1, rest = position; axis >= 0; axis--) {
    const { size, stride } = axes[axis]!;
    index += (rest % size) * stride;
    rest = Math.floor(rest / size);
  }
  return index;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** Copies elements along the axes, beginning at `position` of the layout, until the target is full. */
function gather(source: Words, target: Words, axes: readonly Axis[], position: number): void {
  const inner = axes.at(-1)!;
  const digits = new Array<number>(axes.length).fill(0);
  let from = 0;
  for (let axis = axes.length - 1, rest = position; axis >= 0; axis--) {
    const { size, stride } = axes[axis]!;
    digits[axis] = rest % size;
    from += digits[axis]! * stride;
    rest = Math.floor(rest / size);
  }
  for (let to = 0; to < target.length; ) {
    const end = Math.min(target.length, to + inner.size - digits.at(-1)!);
    for (; to < end; to++, from += inner.stride) target[to] = source[from]!;
    from -= inner.size * inner.stride;
    digits[axes.length - 1] = 0;
    for (let axis = axes.length - 2; axis >= 0; axis--) {
      const { size, stride } = axes[axis]!;
      from += stride;
      if (++digits[axis]! < size) break;
      from -= size * stride;
      digits[axis] = 0;
    }
  }
}

/** Outer elements that are copied together, so that what the cache holds of them is used at once. */
const BLOCK = 32;

/** Copies rows, which lie along the innermost axis, from number `first` on until the target is full. */
function gatherRows(source: Words, target: Words, axes: readonly Axis[], first: number): void {
  const outer = axes.slice(0, -2);
  const [row, column] = axes.slice(-2) as [Axis, Axis];
  for (let to = 0, next = first; to < target.length; ) {
    let plane = 0;
    for (let axis = outer.length - 1, rest = Math.floor(next / row.size); axis >= 0; axis--) {
      const { size, stride } = outer[axis]!;
      plane += (rest % size) * stride;
      rest = Math.floor(rest / size);
    }
    const start = next % row.size;
    const rows = Math.min(BLOCK, row.size - start, (target.length - to) / column.size);
    for (let x = 0; x < column.size; x++) {
      let at = plane + x * column.stride + start * row.stride;
      for (let y = 0; y < rows; y++, at += row.stride) target[to + y * column.size + x] = source[at]!;
    }
    next += rows;
    to += rows * column.size;
  }
}

/** The elements as words of at most 32 bits, and their axes in the layout. */
function inWords({ type, data }: Tensor): { source: Words; axes: readonly Axis[]; wordBytes: number } {
  const axes = layoutAxes(type);
  const width = WIDTH[type.dtype];
  const { buffer, byteOffset, byteLength: bytes } = data;
  if (width === 1) return { source: bytesOf(data), axes, wordBytes: 1 };
  if (width === 2) return { source: new Uint16Array(buffer, byteOffset, bytes / 2), axes, wordBytes: 2 };
  const source = new Uint32Array(buffer, byteOffset, bytes / 4);
  return { source, axes: width === 8 ? inHalves(axes) : axes, wordBytes: 4 };
}

const wordsOver = ({ buffer }: Uint8Array<ArrayBuffer>, wordBytes: number): Words =>
  wordBytes === 4
    ? new Uint32Array(buffer)
    : wordBytes === 2
      ? new Uint16Array(buffer)
      : new Uint8Array(buffer);

/**
 * The bytes of a tensor in layout order from byte `start` to `end`, which lie on element borders. A view of the tensor's
 * data where the layout is that of the data, otherwise a copy of this part.
 */
export function layoutBytes(tensor: Tensor, start = 0, end = tensor.data.byteLength): Uint8Array {
  const { type, data } = tensor;
  if (isContiguous(layoutAxes(type))) return bytesOf(data).subarray(start, end);
  const { source, axes, wordBytes } = inWords(tensor);
  const bytes = new Uint8Array(end - start);
  const target = wordsOver(bytes, wordBytes);
  if (bytes.length === data.byteLength) gatherRows(source, target, axes, 0);
  else gather(source, target, axes, start / wordBytes);
  return bytes;
}

/** About so many bytes of a tensor are brought into its layout at a time. */
const PIECE_BYTES = 2 ** 20;

/** All bytes of a tensor in layout order, in pieces of whole tiles: a large tensor is never copied as a whole. */
function* layoutPieces(tensor: Tensor): Generator<Uint8Array, void, undefined> {
  if (isContiguous(layoutAxes(tensor.type))) return yield bytesOf(tensor.data);
  const { source, axes, wordBytes } = inWords(tensor);
  const rowWords = axes.at(-1)!.size;
  let rows = Math.ceil(PIECE_BYTES / (rowWords * wordBytes) / BLOCK) * BLOCK;
  while ((rows * rowWords * wordBytes) % TILE_BYTES !== 0) rows *= 2;
  const pieceWords = rows * rowWords;
  for (let start = 0; start < source.length; start += pieceWords) {
    const words = Math.min(pieceWords, source.length - start);
    const bytes = new Uint8Array(words * wordBytes);
    gatherRows(source, wordsOver(bytes, wordBytes), axes, start / rowWords);
    yield bytes;
  }
}

/** The axes over the 32-bit halves of 64-bit elements. */
const inHalves = (axes: readonly Axis[]): Axis[] => [
  ...axes.map(({ size, stride }) => ({ size, stride: 2 * stride })),
  { size: 2, stride: 1 },
];

/** The tree over the tiles of a tensor. */
export const tensorTree = (tensor: Tensor): MerkleTree =>
  pieceTree(tensor.data.byteLength, layoutPieces(tensor));

export const tensorRoot = (tensor: Tensor): Hex => tensorTree(tensor).root;

/** The element with row-major number `index`, as an unbounded integer. */
export const valueAt = (data: TensorData, index: number): bigint => BigInt(data[index]!);
