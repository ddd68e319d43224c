// The version of this package, as its package.json says.
import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("@assay/node/package.json") as { version: string };

export const version: string = manifest.version;
