// Reads PNG, PGM and PPM images and makes them the numbers that a program's image input takes.
import { inflateSync } from "node:zlib";
import type { ManifestTensor } from "@assay/sdk/program";
import { dtypeBounds } from "@assay/sdk/program";
import { InputFormatError } from "./npy.ts";

/** `pixels`: 0..255, channels interleaved, rows from top to bottom. */
export type Image = { width: number; height: number; channels: number; pixels: Uint8Array };

const pngMagic = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const largestImage = 2 ** 26;

export function isImage(bytes: Uint8Array): boolean {
  return isPng(bytes) || isNetpbm(bytes);
}

export function readImage(bytes: Uint8Array, file: string): Image {
  if (isPng(bytes)) return readPng(bytes, file);
  if (isNetpbm(bytes)) return readNetpbm(bytes, file);
  throw refusal("is not PNG, PGM or PPM", file);
}

const isPng = (bytes: Uint8Array): boolean => pngMagic.every((byte, index) => bytes[index] === byte);
const isNetpbm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && (bytes[1] === 0x35 || bytes[1] === 0x36);

const refusal = (reason: string, file: string, facts: Record<string, unknown> = {}) =>
  new InputFormatError(`The image ${reason}.`, {
    facts: { file, ...facts },
    hint: "Convert it to an 8-bit PNG without interlacing, or to PGM/PPM",
  });

function readNetpbm(bytes: Uint8Array, file: string): Image {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 512));
  const [matched, kind, width, height, most] =
    /^P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+(\d+)\s/.exec(head) ?? [];
  if (matched === undefined || Number(most) !== 255) throw refusal("has a header that is not read", file);
  const channels = kind === "5" ? 1 : 3;
  const size = Number(width) * Number(height) * channels;
  const pixels = bytes.subarray(matched.length, matched.length + size);
  if (pixels.length !== size || size === 0)
    throw refusal("ends too early", file, { given: pixels.length, required: size });
  return { width: Number(width), height: Number(height), channels, pixels };
}

/** Channels by PNG's colour type; palettes are not read. */
const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

function readPng(bytes: Uint8Array, file: string): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: { width: number; height: number; channels: number } | undefined;
  const compressed: Uint8Array[] = [];
  for (let offset = 8; offset + 12 <= bytes.length; ) {
    const length = view.getUint32(offset);
    const kind = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const start = offset + 8;
    if (kind === "IHDR" && length === 13) {
      const [width, height] = [view.getUint32(start), view.getUint32(start + 4)];
      const channels = pngChannels[view.getUint8(start + 9)];
      if (view.getUint8(start + 8) !== 8 || channels === undefined || view.getUint8(start + 12) !== 0)
        throw refusal("is a PNG of a kind that is not read", file);
      header = { width, height, channels };
    }
    if (kind === "IDAT") compressed.push(bytes.subarray(start, start + length));
    if (kind === "IEND") break;
    offset = start + length + 4;
  }
  if (header === undefined || compressed.length === 0) throw refusal("lacks its header or its data", file);
  const { width, height, channels } = header;
  const size = (width * channels + 1) * height;
  if (size > largestImage) throw refusal("is too large", file, { width, height });
  try {
    const lines = inflateSync(Buffer.concat(compressed), { maxOutputLength: size });
    if (lines.length === size)
      return { width, height, channels, pixels: unfilter(lines, width * channels, channels) };
  } catch {
    // refused below, as too short data is
  }
  throw refusal("has damaged data", file);
}

function unfilter(lines: Uint8Array, stride: number, channels: number): Uint8Array {
  const height = lines.length / (stride + 1);
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const left = x < channels ? 0 : pixels[y * stride + x - channels]!;
      const up = y === 0 ? 0 : pixels[(y - 1) * stride + x]!;
      const corner = y === 0 || x < channels ? 0 : pixels[(y - 1) * stride + x - channels]!;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[y * stride + x] = lines[y * (stride + 1) + 1 + x]! + predicted;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

export type ImageOptions = {
  /** Ink and paper change places. */
  invert: boolean;
  /** Number that black and white become; the ends of what the input's codec can say if not given. */
  range?: readonly [number, number] | undefined;
};

/**
 * The numbers of an image for an input [1, channels, height, width] or [channels, height, width]: resized by averaging,
 * grey or RGB as the input has it, black at the lower and white at the upper end of the input's range.
 */
export function imageValues(
  image: Image,
  input: ManifestTensor,
  { invert, range }: ImageOptions,
): Float64Array {
  const [width = 0, height = 0, channels = 0] = [...input.shape].reverse();
  const hasForm = input.shape.length >= 3 && input.shape.slice(0, -3).every((size) => size === 1);
  if (!hasForm || (channels !== 1 && channels !== 3))
    throw new InputFormatError("The program's input is not an image.", {
      facts: { input: input.name, shape: input.shape.join("×") },
      hint: "Give the numbers as .npy or .json",
    });
  const [low, high] = range ?? codecBounds(input);
  const values = new Float64Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const light =
          average(image, channel, channels, x / width, y / height, (x + 1) / width, (y + 1) / height) / 255;
        const shade = invert ? 1 - light : light;
        values[(channel * height + y) * width + x] = low + (high - low) * shade;
      }
  return values;
}

function codecBounds({ codec, dtype }: ManifestTensor): [number, number] {
  const { min, max } = dtypeBounds(dtype);
  if (codec.kind === "integer") return [0, Math.min(255, Number(max))];
  const at = (integer: bigint) => codec.scale * (Number(integer) - codec.zeroPoint);
  return [at(min), at(max)];
}

/** Mean of a channel over a rectangle given in shares of the image; partly covered pixels count partly. */
function average(
  image: Image,
  channel: number,
  wanted: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  const { width, height } = image;
  let sum = 0;
  let area = 0;
  for (let y = Math.floor(y0 * height); y < Math.min(height, Math.ceil(y1 * height - 1e-9)); y++) {
    const tall = Math.min(y + 1, y1 * height) - Math.max(y, y0 * height);
    for (let x = Math.floor(x0 * width); x < Math.min(width, Math.ceil(x1 * width - 1e-9)); x++) {
      const share = tall * (Math.min(x + 1, x1 * width) - Math.max(x, x0 * width));
      sum += share * lightAt(image, x, y, channel, wanted);
      area += share;
    }
  }
  return area === 0 ? 0 : sum / area;
}

/** One channel of a pixel over white paper; grey is the usual weighted mean. */
function lightAt(
  { width, channels, pixels }: Image,
  x: number,
  y: number,
  channel: number,
  wanted: number,
): number {
  const at = (y * width + x) * channels;
  const hasAlpha = channels === 2 || channels === 4;
  const alpha = hasAlpha ? pixels[at + channels - 1]! / 255 : 1;
  const colour = (index: number) => pixels[at + (channels >= 3 ? index : 0)]! * alpha + 255 * (1 - alpha);
  if (wanted === 3) return colour(channel);
  return channels >= 3 ? 0.299 * colour(0) + 0.587 * colour(1) + 0.114 * colour(2) : colour(0);
}
