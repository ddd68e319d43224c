// Refuses a Node.js that is too old, before something fails in a way that nobody understands.

const least = [22, 14] as const;

/** Prints what is wrong and ends the process with the exit code for a wrong setting. */
export function requireRuntime(version: string): void {
  if (isRecent(version)) return;
  process.stderr.write(
    `error: Node.js ${version} is too old.\n  required  ${least.join(".")} or later\n  what to do: Install a newer Node.js\n`,
  );
  process.exit(2);
}

export function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}
