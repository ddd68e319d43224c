// Plain JavaScript: every entry point of the installed packages loads and has something in it that works.
import { createRequire } from "node:module";
import * as node from "@assay/node";
import { approveCall, createAssayClient } from "@assay/sdk";
import { inferenceMarketAbi } from "@assay/sdk/abi";
import { fromEthers } from "@assay/sdk/ethers";
import { execute } from "@assay/sdk/program";
import { byteRoot } from "@assay/sdk/protocol";
import { encodePrompt } from "@assay/sdk/text";

const { abi, bytecode } = createRequire(import.meta.url)("@assay/contracts/artifacts/InferenceMarket.json");
const loaded = [approveCall, createAssayClient, fromEthers, execute, encodePrompt].every(
  (exported) => typeof exported === "function",
);
const sameAbi = JSON.stringify(abi) === JSON.stringify(inferenceMarketAbi);
const empty = byteRoot(new Uint8Array()) === `0x${"00".repeat(32)}`;
console.log(
  JSON.stringify({ ok: loaded && sameAbi && empty && bytecode.length > 2 && typeof node === "object" }),
);
