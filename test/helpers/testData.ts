// Where test data of others lies: outside the repository, in the folder that ASSAY_TEST_DATA names.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const beside = fileURLToPath(new URL("../../../shared", import.meta.url));
const folder = process.env.ASSAY_TEST_DATA ?? beside;

/** A folder of test data that may not be there. */
export const testData = (path: string): string => join(folder, path);

/** Skips a suite whose data is not there and says why; in continuous integration that is a failure. */
export function needTestData(suite: Mocha.Context, path: string): void {
  if (existsSync(testData(path))) return;
  const reason = `ASSAY_TEST_DATA names no folder with ${path}`;
  if (process.env.CI) throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  suite.skip();
}
