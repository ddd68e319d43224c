// Random shapes that stretch to a common one.
import type { Random } from "../random.ts";

export function randomPair(random: Random): { a: number[]; b: number[]; out: number[] } {
  const out = random.shape(random.int(0, 4), 3);
  const thin = () => out.slice(random.int(0, out.length)).map((dim) => (random.chance(0.3) ? 1 : dim));
  const [a, b] = [thin(), thin()];
  const dims = [a, b].map((shape) => [...out.map(() => 1), ...shape].slice(shape.length));
  const common = out.map((_, axis) => Math.max(dims[0]![axis]!, dims[1]![axis]!));
  return { a, b, out: common.slice(out.length - Math.max(a.length, b.length)) };
}
