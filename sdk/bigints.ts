// What Math.max is for numbers.

export const most = (one: bigint, other: bigint): bigint => (one > other ? one : other);
