// What Math.min and Math.max do not do for big integers.

export function least(first: bigint, ...others: readonly bigint[]): bigint {
  let result = first;
  for (const other of others) if (other < result) result = other;
  return result;
}

export function most(first: bigint, ...others: readonly bigint[]): bigint {
  let result = first;
  for (const other of others) if (other > result) result = other;
  return result;
}
